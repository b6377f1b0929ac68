"""The record that a part becomes, and its name: the same at every attempt, to the byte."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from socialapp.domain import facets, tids
from socialapp.domain.content import Media, Part
from socialapp.domain.facets import Facet
from socialapp.domain.moments import iso
from socialapp.providers.intent import Intent

POST = "app.bsky.feed.post"
LABELS = (
    ("", "None"),
    ("sexual", "Suggestive"),
    ("nudity", "Nudity without sex"),
    ("porn", "Adult"),
    ("graphic-media", "Violent or disturbing"),
)
"""What authors may say of their own posts.

Source: https://docs.bsky.app/docs/advanced-guides/moderation
"""
TAGS_AT_MOST = 8
_TAG_BYTES = 640
_MICROSECONDS = 1_000_000


def key(intent: Intent, once: str) -> str:
    """Return the name of the next part's record: 30 bits of it are chance, drawn from `once`.

    The parts of a thread are seconds apart, so that their names sort as they were written.
    """
    at = datetime.fromisoformat(intent.created_at) + timedelta(seconds=intent.index)
    chance = int.from_bytes(hashlib.sha256(once.encode()).digest()[:8])
    clock_id, microseconds = divmod(chance % (1024 * _MICROSECONDS), _MICROSECONDS)
    return tids.tid(int(at.timestamp()) * _MICROSECONDS + microseconds, clock_id)


def record(intent: Intent) -> dict[str, Any]:
    """Return the record of the part that is next."""
    part, made = intent.part, _made(intent)
    # Of parts with one instant the order in which they are shown would be left to chance.
    at = datetime.fromisoformat(intent.created_at) + timedelta(milliseconds=intent.index)
    found: dict[str, Any] = {"$type": POST, "text": part.text, "createdAt": iso(at)}
    if marked := _facets(part.text, made.get("mentions", {})):
        found["facets"] = marked
    if intent.posted:
        found["reply"] = {
            "root": _reference(intent.posted[0]),
            "parent": _reference(intent.posted[-1]),
        }
    if embed := _embed(part, made):
        found["embed"] = embed
    return found | _chosen(intent)


def has_what_it_follows(intent: Intent) -> bool:
    """Whether the parts before are known well enough to answer to them."""
    return all(posted.get("kept", {}).get("cid") for posted in intent.posted)


def _made(intent: Intent) -> Mapping[str, Any]:
    parts: Sequence[Mapping[str, Any]] = intent.prepared.get("parts", ())
    return parts[intent.index] if intent.index < len(parts) else {}


def _reference(posted: Mapping[str, Any]) -> dict[str, str]:
    return {"uri": posted["remote_id"], "cid": posted["kept"]["cid"]}


def _chosen(intent: Intent) -> dict[str, Any]:
    """Return what the options say. Another network's content warning is none of these labels."""
    options = intent.options
    found: dict[str, Any] = {}
    if language := options.get("language"):
        found["langs"] = [language]
    if (label := options.get("content_warning")) and label in dict(LABELS):
        found["labels"] = {
            "$type": "com.atproto.label.defs#selfLabels",
            "values": [{"val": label}],
        }
    if not intent.index and (tags := _tags(options.get("tags", ()))):
        found["tags"] = tags
    return found


def _tags(chosen: Sequence[str]) -> list[str]:
    plain = dict.fromkeys(tag.strip().lstrip("#\uff03").strip() for tag in chosen)
    return [tag for tag in plain if tag][:TAGS_AT_MOST]


def _facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what is more than text; the mention of somebody unknown stays text."""
    found = []
    for facet in facets.facets(text):
        if feature := _feature(facet, dids):
            index = {"byteStart": facet.start, "byteEnd": facet.end}
            found.append({"index": index, "features": [feature]})
    return found


def _feature(facet: Facet, dids: Mapping[str, str]) -> dict[str, str] | None:
    kind = f"app.bsky.richtext.facet#{facet.feature}"
    match facet.feature:
        case "mention":
            did = dids.get(facet.value.lower())
            return {"$type": kind, "did": did} if did else None
        case "tag":
            is_long = len(facet.value.encode()) > _TAG_BYTES
            return None if is_long else {"$type": kind, "tag": facet.value}
    return {"$type": kind, "uri": facet.value}


def _embed(part: Part, made: Mapping[str, Any]) -> dict[str, Any] | None:
    blobs: Sequence[Mapping[str, Any]] = made.get("media", ())
    shown = [{**_shape(m), "alt": m.alt_text} for m in part.media]
    if not shown:
        card = made.get("card")
        return {"$type": "app.bsky.embed.external", "external": card} if card else None
    if part.media[0].kind == "video":
        return {"$type": "app.bsky.embed.video", "video": blobs[0], **shown[0]}
    images = [{"image": b, **s} for b, s in zip(blobs, shown, strict=True)]
    return {"$type": "app.bsky.embed.images", "images": images}


def _shape(media: Media) -> dict[str, Any]:
    if not (media.width > 0 and media.height > 0):
        return {}
    return {"aspectRatio": {"width": media.width, "height": media.height}}
