"""The request that publishes: what is in it, and what it means that its media is refused."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.outcome import Absent, Finding, Posted, Refused, TryLater, Unknown
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon.server import Server, name, said

UPLOADS_LIVE = timedelta(hours=12)
"""Mastodon removes what was not attached for a day; some versions then post without it."""
READY_IN = timedelta(seconds=10)
_NOT_READY = re.compile(r"finished processing|(still|being|not yet|not) process", re.IGNORECASE)
_ABOUT_MEDIA = re.compile(r"media|attach", re.IGNORECASE)
_MISSING = re.compile(r"not found|no such|unknown|does not exist", re.IGNORECASE)
_ATTACHED = re.compile(r"already (been )?(attached|used|in use)", re.IGNORECASE)


def body(server: Server, intent: Intent) -> dict[str, Any]:
    """Return the status that the next part becomes. Raises PublishFailed.

    What is not chosen is left out: the account's own settings hold then.
    """
    chosen = intent.options
    # Others let people write Markdown; what was typed is what was shown and counted here.
    made: dict[str, Any] = {"status": intent.part.text, "content_type": "text/plain"}
    if media := _media(server, intent):
        made["media_ids"] = media
    if warning := chosen.get("content_warning"):
        made["spoiler_text"] = warning
    if "sensitive" in chosen:
        made["sensitive"] = bool(chosen["sensitive"])
    if language := chosen.get("language"):
        made["language"] = language
    if visibility := _visibility(intent):
        made["visibility"] = visibility
    if intent.index:
        made["in_reply_to_id"] = follows(server, intent)
    elif poll := chosen.get("poll"):
        made["poll"] = _poll(poll)
    return made


def _media(server: Server, intent: Intent) -> list[str]:
    media = uploaded(intent)
    is_whole = len(media) == len(intent.part.media)
    is_old = bool(media) and utc_now() - _uploaded_at(intent) > UPLOADS_LIVE
    if is_whole and not is_old:
        return media
    reason = f"The media is not at {server.host} any more. Nothing was posted; it is sent anew."
    raise PublishFailed(TryLater(reason, unprepares=True))


def uploaded(intent: Intent) -> list[str]:
    """Return the ids of the media of the next part, as prepare() has kept them."""
    parts = intent.prepared.get("media", [])
    return list(parts[intent.index]) if intent.index < len(parts) else []


def _uploaded_at(intent: Intent) -> datetime:
    return datetime.fromisoformat(intent.prepared["at"])


def _visibility(intent: Intent) -> str:
    """Return who sees the next part: as the first, or off the timelines, if that was public."""
    if not intent.index:
        return str(intent.options.get("visibility") or "")
    first = str(intent.posted[0].get("kept", {}).get("visibility") or "")
    as_first = first or str(intent.options.get("visibility") or "")
    return "unlisted" if as_first == "public" and intent.options.get("unlisted_rest") else as_first


def follows(server: Server, intent: Intent) -> str:
    """Return the id of the part before. Raises PublishFailed."""
    before = intent.posted[-1]
    # Somebody may have told us its address alone: the id is at its end.
    if found := name(before["remote_id"]) or name(before["url"].rstrip("/").rpartition("/")[2]):
        return found
    reason = f"Nobody knows which post at {server.host} the part before is, so none can follow it."
    raise PublishFailed(Refused(f"{reason} Nothing was posted. Post the rest there by hand."))


def _poll(poll: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "options": list(poll["options"]),
        "expires_in": poll["expires_in_s"],
        "multiple": bool(poll.get("multiple")),
        "hide_totals": bool(poll.get("hide_totals")),
    }


def has_no_media(intent: Intent, answer: Answer) -> bool:
    """Whether it was refused because its media is not there to be attached."""
    words = said(answer)
    is_refused = answer.status in {400, 404, 422} and bool(intent.part.media)
    is_missing = _MISSING.search(words) or _ATTACHED.search(words)
    return bool(is_refused and _ABOUT_MEDIA.search(words) and is_missing)


def without_media(server: Server, answer: Answer, finding: Finding) -> Posted:
    """Return the post to which the media is attached already, or say that it is lost.

    Raises PublishFailed. `finding`: what the account's list says.
    """
    if isinstance(finding, Posted):
        return finding
    if isinstance(finding, Absent) and _MISSING.search(said(answer)):
        reason = f"{server.name} has lost the media. Nothing was posted; it is sent anew."
        raise PublishFailed(TryLater(reason, unprepares=True))
    reason = f"{server.name} says that the media is in a post already, and it was not found there."
    raise PublishFailed(Unknown(reason))


def refused(server: Server, answer: Answer) -> PublishFailed:
    """Say what an answer that is no confirmation means."""
    if answer.status in {400, 422} and _NOT_READY.search(said(answer)):
        reason = f"{server.name} is still at work on the media. Nothing was posted yet."
        return PublishFailed(TryLater(reason, READY_IN))
    return server.refused(answer)
