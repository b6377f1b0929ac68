"""What Discord answers, and what it comes to.

Source: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from socialapp.domain.outcome import (
    Disconnected,
    Outcome,
    Posted,
    Refused,
    Trouble,
    TryLater,
    Unknown,
)
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, failure, retry_after, without

HOME = "https://discord.com"
_SNOWFLAKE = re.compile(r"\d{1,25}", re.ASCII)
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE = 10003, 10008
_LONGEST_WAIT_S = 86_400


def said(answer: Answer) -> dict[str, Any]:
    """Return the body; empty when it is no JSON object."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def snowflake(value: Any) -> str:
    """Return an id of Discord's; "" for anything else."""
    return value if isinstance(value, str) and _SNOWFLAKE.fullmatch(value) else ""


def posted(answer: Answer, access: Access, *, thread: str) -> Posted:
    """Return the message that was made. Raises PublishFailed when that cannot be read."""
    body = said(answer)
    message = snowflake(body.get("id"))
    if not message:
        raise PublishFailed(Unknown("Discord's answer could not be read. The post may be out."))
    home = snowflake(access.known.get("channel_id"))
    guild = snowflake(access.known.get("guild_id"))
    channel = snowflake(body.get("channel_id")) or thread or home
    return Posted(
        remote_id=message,
        url=f"{HOME}/channels/{guild}/{channel}/{message}" if guild and channel else "",
        kept={"thread_id": channel} if channel and channel != home else {},
    )


def is_gone(answer: Answer) -> bool:
    """Whether there is no such message."""
    return _code(answer) in {_UNKNOWN_MESSAGE, _UNKNOWN_CHANNEL}


@dataclass(frozen=True)
class _Fault:
    """What one of Discord's codes means here."""

    what: str
    advice: str
    action: str = "edit"
    disconnects: bool = False

    def outcome(self, nothing: str = " Nothing was posted.") -> Outcome:
        reason = f"Discord: {self.what}.{nothing} {self.advice}"
        return Disconnected(reason) if self.disconnects else Refused(reason, self.action)


_NO_WEBHOOK = _Fault(
    "this webhook is not known there; it was deleted, or its address has changed",
    "Make a new one in Discord and connect the channel again.",
    disconnects=True,
)
_NO_CHANNEL = _Fault(
    "the thread or channel of this webhook is gone",
    "Connect the channel again with another.",
    disconnects=True,
)
_TOO_BIG = _Fault(
    "a file is too big; a server that is not boosted takes 10 MB each", "Use smaller ones."
)
_FAULTS = {
    10015: _NO_WEBHOOK,
    50027: _NO_WEBHOOK,
    _UNKNOWN_CHANNEL: _NO_CHANNEL,
    40005: _TOO_BIG,
    50045: _TOO_BIG,
    40333: _Fault("this server's address is kept out", "Try again later.", "retry"),
    220001: _Fault("the channel is a forum", "Connect it again and say so.", "reconnect"),
    220003: _Fault("the channel is no forum", "Connect it again as a text channel.", "reconnect"),
}
_FAULTS_BY_STATUS = {401: _NO_WEBHOOK, 413: _TOO_BIG}


def refusal(answer: Answer, access: Access) -> Outcome:
    """Sort an answer to a message that is not a confirmation."""
    if answer.status == 429:
        reason = "Discord asks us to wait. Nothing was posted; it is tried again."
        return _wait(answer, reason)
    if fault := _fault(answer):
        return fault.outcome()
    words = without(_words(said(answer)), [access.secrets["token"]])
    return failure(answer, network="Discord", words=words).outcome


def unverified(answer: Answer) -> Outcome:
    """Sort an answer to the question whether the webhook is there."""
    if answer.status == 429:
        return _wait(answer, "Discord asks us to wait a moment.")
    if fault := _fault(answer):
        return fault.outcome(nothing="")
    return Unknown(f"Discord did not say whether the webhook is there ({answer.status}).")


def _code(answer: Answer) -> int:
    code = said(answer).get("code")
    return code if type(code) is int else 0


def _fault(answer: Answer) -> _Fault | None:
    return _FAULTS.get(_code(answer)) or _FAULTS_BY_STATUS.get(answer.status)


def _wait(answer: Answer, reason: str) -> TryLater:
    """Read how long to wait: fractions of a second are only in the body."""
    body = said(answer)
    after, wait_s = retry_after(answer.headers), body.get("retry_after")
    if isinstance(wait_s, int | float) and 0 <= wait_s < math.inf:
        after = timedelta(seconds=min(wait_s, _LONGEST_WAIT_S))
    # Without a body of Discord's own it is its shield that speaks, to all who come from here.
    is_for_all = body.get("global") is True or not body
    return TryLater(reason, after, Trouble.NETWORK if is_for_all else Trouble.CHANNEL)


def _words(body: Mapping[str, Any]) -> str:
    """Return what Discord says, field by field where it does."""
    found = [f"{field}: {words}" for field, words in _faulty(body.get("errors"))]
    words = " ".join(found[:5]) or body.get("message")
    if not isinstance(words, str) or not words:
        return ""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _faulty(errors: Any, field: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """Return the fields that are wrong, and why, of a tree whose leaves are called `_errors`."""
    if not isinstance(errors, dict) or depth > 10:
        return []
    found: list[tuple[str, str]] = []
    for key, value in errors.items():
        if key == "_errors" and isinstance(value, list):
            why = [fault.get("message") for fault in value if isinstance(fault, dict)]
            found += [(field or "message", words) for words in why if isinstance(words, str)]
        else:
            found += _faulty(value, f"{field}.{key}" if field else str(key), depth + 1)
    return found
