"""The message that is sent for a part of a post.

Source: https://core.telegram.org/bots/api#available-methods
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socialapp.domain import polls
from socialapp.domain.content import Media, Part
from socialapp.domain.escaping import telegram_html
from socialapp.providers import files
from socialapp.providers.intent import Intent
from socialapp.providers.telegram.answer import refused

QUESTION_LIMIT = 300
DESCRIPTION_LIMIT = 1024
_GENERAL_TOPIC = "1"
"""Named in an address like any other, and refused when it is named to the API."""


@dataclass
class Message:
    """A method, what it is given, and the files that go with it."""

    method: str
    fields: dict[str, Any]
    uploads: Sequence[files.Upload] = ()


def message(intent: Intent) -> Message:
    """Return the next part as it is sent. Raises PublishFailed when Telegram has no form for it."""
    part, chosen = intent.part, intent.options
    poll = chosen.get("poll") if not intent.index else None
    made = _poll(part, poll) if poll else _with_media(part, chosen) if part.media else None
    made = made or _text(part, chosen)
    if chosen.get("silent") is True:
        made.fields["disable_notification"] = True
    if chosen.get("protected") is True:
        made.fields["protect_content"] = True
    if topic := _topic(chosen):
        made.fields["message_thread_id"] = topic
    if intent.posted:
        # What it answers may have been deleted meanwhile; the thread goes on all the same.
        before = int(intent.posted[-1]["remote_id"])
        answers = {"message_id": before, "allow_sending_without_reply": True}
        made.fields["reply_parameters"] = answers
    return made


def _text(part: Part, chosen: Mapping[str, Any]) -> Message:
    fields: dict[str, Any] = {"text": telegram_html(part.text), "parse_mode": "HTML"}
    if chosen.get("link_card") is False:
        fields["link_preview_options"] = {"is_disabled": True}
    return Message("sendMessage", fields)


def _topic(chosen: Mapping[str, Any]) -> int | None:
    words = str(chosen.get("topic") or "").strip()
    if not words or words == _GENERAL_TOPIC:
        return None
    if not re.fullmatch(r"\d{1,15}", words, re.ASCII):
        raise refused("the topic is a number: the first one in its link", "Correct it.")
    return int(words)


def _poll(part: Part, poll: Mapping[str, Any]) -> Message:
    if part.media:
        raise refused("a poll takes no pictures or videos", "Remove them, or the poll.")
    question, rest = polls.question(part.text, QUESTION_LIMIT)
    if not question or len(rest) > DESCRIPTION_LIMIT:
        raise refused(
            f"the last line of a post with a poll is its question, of at most {QUESTION_LIMIT}"
            f" characters, and at most {DESCRIPTION_LIMIT} stand before it",
            "Shorten the text.",
        )
    fields: dict[str, Any] = {
        "question": question,
        "options": [{"text": words} for words in poll["options"]],
        "open_period": poll["expires_in_s"],
        "allows_multiple_answers": bool(poll.get("multiple")),
    }
    return Message("sendPoll", fields | ({"description": rest} if rest else {}))


def _with_media(part: Part, chosen: Mapping[str, Any]) -> Message:
    caption: dict[str, Any] = {}
    if part.text.strip():
        caption = {"caption": telegram_html(part.text), "parse_mode": "HTML"}
    if len(part.media) == 1:
        media, kind = part.media[0], _kind(part.media[0], chosen, is_alone=True)
        fields = _looks(media, kind, chosen) | caption
        return Message(f"send{kind.capitalize()}", fields, [_upload(kind, media)])
    kinds = [_kind(media, chosen) for media in part.media]
    if "animation" in kinds:
        raise refused("an animated picture goes alone", "Remove it, or the others.")
    if "document" in kinds and len(set(kinds)) > 1:
        raise refused(
            "a video that is no MP4 goes as a file, and files go with files only",
            "Remove it, or send all as files.",
        )
    items = [
        {"type": kind, "media": f"attach://file{i}", **_looks(media, kind, chosen)}
        for i, (media, kind) in enumerate(zip(part.media, kinds, strict=True))
    ]
    items[0] |= caption
    uploads = [_upload(f"file{i}", media, i) for i, media in enumerate(part.media)]
    return Message("sendMediaGroup", {"media": items}, uploads)


def _looks(media: Media, kind: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a medium is shown."""
    looks: dict[str, Any] = {}
    if kind != "document" and chosen.get("spoiler") is True:
        looks["has_spoiler"] = True
    if kind in {"video", "animation"} and media.width and media.height:
        looks |= {"width": media.width, "height": media.height}
    if kind == "video":
        looks |= {"supports_streaming": True}
        looks |= {"duration": round(media.duration_s)} if media.duration_s else {}
    return looks


def _kind(media: Media, chosen: Mapping[str, Any], *, is_alone: bool = False) -> str:
    """Return what it is sent as: https://core.telegram.org/bots/api#sending-files."""
    is_video = media.kind == "video"
    if chosen.get("as_file") is True or (is_video and media.mime_type != "video/mp4"):
        return "document"
    if is_video:
        return "video"
    is_gif = media.kind == "gif" or (is_alone and media.mime_type == "image/gif")
    return "animation" if is_gif else "photo"


def _upload(field: str, media: Media, number: int = 0) -> files.Upload:
    return files.Upload(field, media.file, files.name_of(media, number), media.mime_type)
