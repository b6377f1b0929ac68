"""What Discord takes as a message, and how it says which field is wrong.

Source: https://discord.com/developers/docs/resources/webhook#execute-webhook
"""

from collections.abc import Callable
from typing import Any

from tests.servers.simulator import Refusal

MAX_FILES = 10
MAX_EMBEDS_CHARACTERS = 6000
_EMBED = {"title": 256, "description": 4096, "url": 2048}
_NOT_IN_NAMES = ("clyde", "discord")


class Form:
    """The faults of one request, by field."""

    def __init__(self, measure: Callable[[str], int]) -> None:
        self._measure = measure
        self._errors: dict[str, Any] = {}

    def fault(self, field: str, code: str, words: str) -> None:
        """Note what is wrong with a field such as `embeds.0.title`."""
        at = self._errors
        for part in field.split("."):
            at = at.setdefault(part, {})
        at.setdefault("_errors", []).append({"code": code, "message": words})

    def check_length(self, field: str, text: Any, most: int, least: int = 0) -> None:
        """Note a text that is too long, or none."""
        if text is None:
            return
        if not isinstance(text, str):
            self.fault(field, "STRING_TYPE_CONVERT", "Could not interpret as a string.")
        elif self._measure(text) > most:
            words = f"Must be {most} or fewer in length."
            self.fault(field, "BASE_TYPE_MAX_LENGTH", words)
        elif self._measure(text) < least:
            words = f"Must be between {least} and {most} in length."
            self.fault(field, "BASE_TYPE_BAD_LENGTH", words)

    def check_count(self, field: str, items: list[Any], most: int) -> None:
        """Note a list that is too long."""
        if len(items) > most:
            self.fault(field, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def raise_if_faulty(self) -> None:
        """Raise the Refusal, if anything is wrong."""
        if self._errors:
            raise refusal(400, 50035, "Invalid Form Body", errors=self._errors)


def refusal(status: int, code: int, words: str, **more: Any) -> Refusal:
    """Return an answer that says no, with Discord's own code."""
    return Refusal(status, {"message": words, "code": code, **more})


def check_message(body: dict[str, Any], files: set[str], measure: Callable[[str], int]) -> None:
    """Raise Refusal unless it can be a message; `files` are the numbers of those sent with it."""
    form = Form(measure)
    form.check_length("content", body.get("content"), 2000)
    form.check_length("username", body.get("username"), 80, least=1)
    form.check_length("avatar_url", body.get("avatar_url"), 2048)
    form.check_length("thread_name", body.get("thread_name"), 100, least=1)
    for word in _NOT_IN_NAMES:
        if word in str(body.get("username") or "").lower():
            words = f'Username cannot contain "{word}"'
            form.fault("username", "USERNAME_INVALID_CONTAINS", words)
    _check_embeds(form, body.get("embeds") or [])
    _check_attachments(form, body.get("attachments") or [], files)
    _check_mentions(form, body.get("allowed_mentions"))
    _check_poll(form, body.get("poll"))
    form.raise_if_faulty()


def _check_embeds(form: Form, embeds: list[dict[str, Any]]) -> None:
    form.check_count("embeds", embeds, 10)
    characters = 0
    for i, embed in enumerate(embeds):
        texts = [(f"embeds.{i}.{name}", embed.get(name), most) for name, most in _EMBED.items()]
        footer, author = embed.get("footer") or {}, embed.get("author") or {}
        texts.append((f"embeds.{i}.footer.text", footer.get("text"), 2048))
        texts.append((f"embeds.{i}.author.name", author.get("name"), 256))
        form.check_count(f"embeds.{i}.fields", embed.get("fields") or [], 25)
        for k, field in enumerate(embed.get("fields") or []):
            texts.append((f"embeds.{i}.fields.{k}.name", field.get("name"), 256))
            texts.append((f"embeds.{i}.fields.{k}.value", field.get("value"), 1024))
        for name, text, most in texts:
            form.check_length(name, text, most)
            if not name.endswith(".url"):
                characters += len(text or "")
    if characters > MAX_EMBEDS_CHARACTERS:
        words = f"Embed size exceeds maximum size of {MAX_EMBEDS_CHARACTERS}"
        form.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", words)


def _check_attachments(form: Form, attachments: list[dict[str, Any]], files: set[str]) -> None:
    form.check_count("attachments", attachments, MAX_FILES)
    for i, attachment in enumerate(attachments):
        form.check_length(f"attachments.{i}.description", attachment.get("description"), 1024)
        if str(attachment.get("id")) not in files:
            words = "No file of that number was sent."
            form.fault(f"attachments.{i}.id", "ATTACHMENT_NOT_FOUND", words)


def _check_mentions(form: Form, allowed: dict[str, Any] | None) -> None:
    for i, kind in enumerate((allowed or {}).get("parse") or []):
        if kind not in ("roles", "users", "everyone"):
            words = "Value must be one of ('users', 'roles', 'everyone')."
            form.fault(f"allowed_mentions.parse.{i}", "BASE_TYPE_CHOICES", words)


def _check_poll(form: Form, poll: dict[str, Any] | None) -> None:
    if poll is None:
        return
    form.check_length("poll.question.text", (poll.get("question") or {}).get("text"), 300, least=1)
    answers = poll.get("answers") or []
    form.check_count("poll.answers", answers, 10)
    for i, answer in enumerate(answers):
        text = (answer.get("poll_media") or {}).get("text")
        form.check_length(f"poll.answers.{i}.poll_media.text", text, 55, least=1)
    if not 1 <= int(poll.get("duration", 24)) <= 768:
        form.fault("poll.duration", "NUMBER_TYPE_MAX", "Must be between 1 and 768 hours.")
