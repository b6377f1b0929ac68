"""What Telegram answers, and what it comes to.

Source: https://core.telegram.org/bots/api#making-requests
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from socialapp.domain.outcome import Disconnected, Posted, Refused, Trouble, TryLater, Unknown
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, failure, retry_after, without

_LINKED = {"supergroup", "channel"}
"""The chats whose messages have an address."""
_LONGEST_WAIT_S = 86_400
NOTHING_POSTED = "Nothing was posted. "


class Moved(PublishFailed):
    """A group has become a supergroup, with another number."""

    def __init__(self, to: int) -> None:
        words = f"Telegram: the group has another number now. {NOTHING_POSTED}Connect it again."
        super().__init__(Disconnected(words))
        self.to = to


def refused(what: str, advice: str) -> PublishFailed:
    """Return the refusal of what cannot be sent as it is."""
    return PublishFailed(Refused(f"Telegram: {what}. {NOTHING_POSTED}{advice}"))


def result(answer: Answer, access: Access, *, nothing: str = NOTHING_POSTED) -> Any:
    """Return what was asked for. Raises PublishFailed; `nothing` says what was not done."""
    said = _said(answer)
    if answer.status == 200 and said.get("ok") is True and said.get("result"):
        return said["result"]
    raise _failed(answer, said, access, nothing)


def posted(sent: Any, access: Access) -> Posted:
    """Return the message that was made, or the first of an album. Raises PublishFailed."""
    messages = sent if isinstance(sent, list) else [sent]
    try:
        numbers = [int(message["message_id"]) for message in messages]
        number, chat = numbers[0], messages[0].get("chat")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        words = "Telegram's answer could not be read. The post may be out."
        raise PublishFailed(Unknown(words)) from None
    chat = chat if isinstance(chat, dict) else {}
    kept: dict[str, Any] = {"message_ids": numbers} if len(numbers) > 1 else {}
    if type(chat.get("id")) is int and str(chat["id"]) != access.remote_id:
        kept["chat_id"] = chat["id"]
    return Posted(remote_id=str(number), url=_link(chat, number), kept=kept)


def _link(chat: Mapping[str, Any], number: int) -> str:
    """Return the address of a message; members alone can open that of a private chat."""
    if chat.get("type") not in _LINKED:
        return ""
    if name := username(chat):
        return f"https://t.me/{name}/{number}"
    inside = str(chat.get("id")).removeprefix("-100")
    return f"https://t.me/c/{inside}/{number}" if inside.isdigit() else ""


def username(chat: Mapping[str, Any]) -> str:
    """Return the public name of a chat; "" for a private one."""
    name = chat.get("username")
    return name if isinstance(name, str) and re.fullmatch(r"\w{3,64}", name, re.ASCII) else ""


_NO_RIGHTS = (
    *("not enough rights", "need administrator rights", "have no rights", "chat_write_forbidden"),
    *("chat_admin_required", "chat_restricted", "user_banned_in_channel"),
)


def _failed(answer: Answer, said: Mapping[str, Any], access: Access, nothing: str) -> PublishFailed:
    """Sort an answer that is not a confirmation."""
    details = said.get("parameters")
    details = details if isinstance(details, dict) else {}
    if type(moved_to := details.get("migrate_to_chat_id")) is int:
        return Moved(moved_to)
    if answer.status == 429:
        return PublishFailed(_wait(answer, details, nothing))
    words = without(_words(said), [access.secrets["token"]])
    if lost := _lost(answer.status, words, nothing):
        return PublishFailed(Disconnected(f"Telegram: {lost}"))
    if answer.status == 413:
        return refused("a file is too big: 10 MB for a picture, 50 for others", "Use smaller ones.")
    if answer.status == 200:
        return PublishFailed(Unknown("Telegram's answer could not be read."))
    return failure(answer, network="Telegram", words=words)


def _lost(status: int, words: str, nothing: str) -> str:
    """Say that the bot has no access any more, and what to do; "" when that is not so."""
    if status == 401 or (status == 404 and "method" not in words):
        return (
            f"the bot's token is not known there. {nothing}"
            "Copy it from @BotFather again, and connect the channel with it."
        )
    if status == 400 and words.lower().startswith("chat not found"):
        return (
            f"the bot sees no such channel or group. {nothing}"
            "Check how it is written, and that the bot is in it."
        )
    if status == 403 or (status == 400 and any(sign in words.lower() for sign in _NO_RIGHTS)):
        return (
            f"the bot may not post there. {nothing}Add it again, with the right to post."
            f" Telegram's own words: {words}"
        )
    return ""


def _wait(answer: Answer, details: Mapping[str, Any], nothing: str) -> TryLater:
    after, wait_s = retry_after(answer.headers), details.get("retry_after")
    if type(wait_s) is int and wait_s >= 0:
        after = timedelta(seconds=min(wait_s, _LONGEST_WAIT_S))
    advice = "It is tried again." if nothing else "Try again in a moment."
    reason = f"Telegram asks us to wait. {nothing}{advice}"
    return TryLater(reason, after, Trouble.CHANNEL)


def _words(said: Mapping[str, Any]) -> str:
    words = said.get("description")
    if not isinstance(words, str) or not words:
        return ""
    for start in ("Bad Request: ", "Forbidden: "):
        words = words.removeprefix(start)
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _said(answer: Answer) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
