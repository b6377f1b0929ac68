"""The message that is sent for a part of a post.

Source: https://discord.com/developers/docs/resources/webhook#execute-webhook
"""

import math
from collections.abc import Mapping
from typing import Any

from socialapp.domain import counting, polls
from socialapp.domain.content import Media
from socialapp.domain.outcome import Refused
from socialapp.providers import files
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.discord.answer import snowflake
from socialapp.providers.intent import Intent

QUESTION_LIMIT = 300
THREAD_NAME_LIMIT = 100
HOUR_S = 3600
LONGEST_POLL_H = 768
_NO_PREVIEWS = 1 << 2
_NO_NOTIFICATION = 1 << 12
_MENTIONS = ["everyone", "roles", "users"]


def thread_of(intent: Intent, access: Access) -> str:
    """Return where it goes: the thread that the first part has opened, or the channel's own."""
    opened = intent.posted[0].get("kept", {}).get("thread_id") if intent.posted else ""
    return snowflake(opened or access.known.get("thread_id"))


def message(intent: Intent, access: Access, *, thread: str) -> dict[str, Any]:
    """Return the next part as JSON. Raises PublishFailed when Discord has no form for it."""
    part, chosen = intent.part, intent.options
    made: dict[str, Any] = {"allowed_mentions": {"parse": _MENTIONS * _is(chosen, "mentions")}}
    text = part.text
    if chosen.get("poll") and not intent.index:
        made["poll"], text = _poll(text, chosen["poll"])
    if text.strip():
        made["content"] = text
    flags = _NO_NOTIFICATION * _is(chosen, "silent")
    flags |= _NO_PREVIEWS * (chosen.get("link_card") is False)
    if flags:
        made["flags"] = flags
    made |= {key: chosen[key] for key in ("username", "avatar_url") if chosen.get(key)}
    if access.known.get("is_forum") and not thread:
        made |= _new_thread(part.text, chosen, access)
    if part.media:
        made["attachments"] = [_attachment(m, i, intent) for i, m in enumerate(part.media)]
    return made


def uploads(intent: Intent) -> list[files.Upload]:
    """Return the files that go with it."""
    return [
        files.Upload(f"files[{i}]", m.file, _filename(m, i, intent), m.mime_type)
        for i, m in enumerate(intent.part.media)
    ]


def _is(chosen: Mapping[str, Any], key: str) -> bool:
    return chosen.get(key) is True


def _attachment(media: Media, number: int, intent: Intent) -> dict[str, Any]:
    return {
        "id": number,
        "filename": _filename(media, number, intent),
        **({"description": media.alt_text} if media.alt_text else {}),
        **({"is_spoiler": True} if _is(intent.options, "spoiler") else {}),
    }


def _filename(media: Media, number: int, intent: Intent) -> str:
    # The prefix is what has always hidden a file; `is_spoiler` is newer.
    return "SPOILER_" * _is(intent.options, "spoiler") + files.name_of(media, number)


def _poll(text: str, poll: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the poll, and what of the text is left beside it."""
    question, rest = polls.question(text, QUESTION_LIMIT)
    if not question:
        reason = (
            "Discord: the last line of a post with a poll is its question, of at most"
            f" {QUESTION_LIMIT} characters. Nothing was posted. Write one."
        )
        raise PublishFailed(Refused(reason))
    hours = math.ceil(poll["expires_in_s"] / HOUR_S)
    return {
        "question": {"text": question},
        "answers": [{"poll_media": {"text": answer}} for answer in poll["options"]],
        "duration": min(max(hours, 1), LONGEST_POLL_H),
        "allow_multiselect": bool(poll.get("multiple")),
    }, rest


def _new_thread(text: str, chosen: Mapping[str, Any], access: Access) -> dict[str, Any]:
    """Return the thread that a post in a forum opens, called as was chosen or by its first line."""
    name = str(chosen.get("thread_name") or "").strip() or text.strip().partition("\n")[0]
    name = name or access.account or "Discord"
    tags = [tag for tag in chosen.get("thread_tags", ()) if snowflake(tag)]
    return {
        "thread_name": name[: counting.cut(name, "utf16", THREAD_NAME_LIMIT)].strip(),
        **({"applied_tags": tags} if tags else {}),
    }
