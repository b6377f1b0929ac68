"""What a network takes, in words, and whose words they are: its own in general, or its server's."""

from collections.abc import Callable
from typing import TypedDict
from urllib.parse import urlsplit

from socialapp.domain.content import MIB, Capabilities, Kind, Repeats
from socialapp.domain.patterns import UNITS

_COUNTED = {
    "graphemes": "counted as a reader sees them",
    "code_points": "counted by code points",
    "bytes": "counted in bytes",
    "utf16": "counted as UTF-16 counts them",
}
_REPEATS = {
    Repeats.CLIENT_ID: "A repeat changes nothing: each post has an id, and goes in once.",
    Repeats.PREPARED: "It is prepared first, and publishing it twice is publishing it once.",
    Repeats.SERVER_KEY: "A repeat is recognised for a while; it is looked for before it is sent.",
    Repeats.REFUSED: "A repeat is refused, which proves that the first one is there.",
    Repeats.NOTHING: "A repeat would be a second post, and nobody can be asked: you are asked.",
}


class LimitRow(TypedDict):
    """One limit."""

    key: str
    label: str
    value: str
    note: str
    """Who says so, when it is not what the network says in general."""


def rows(can: Capabilities, usual: Capabilities, *, said_by: str) -> list[LimitRow]:
    """Return the limits of one channel; `usual` are those of its network."""
    found = []
    for label, say in _SAID.items():
        value, general = say(can), say(usual)
        if not value:
            continue
        note = f"{said_by} says so; elsewhere: {_small(general)}" if value != general else ""
        found.append(LimitRow(key=label, label=label, value=value, note=note))
    return found


def server(address: str, network: str) -> str:
    """Return what to call the server that said something."""
    return urlsplit(address).hostname or network


def unit(name: str, network: str) -> str:
    """Say how a network counts."""
    return _COUNTED.get(name, f"counted as {network} counts them")


def _small(words: str) -> str:
    return words[:1].lower() + words[1:] if words else "not offered"


def _text(can: Capabilities) -> str:
    if not can.text_limit:
        return "Any length"
    words = f"{can.text_limit:,} characters, {_COUNTED.get(can.count, 'counted its own way')}"
    if can.byte_limit:
        words += f", and at most {can.byte_limit:,} bytes"
    if can.media_text_limit:
        words += f"; with media {can.media_text_limit:,}"
    if UNITS[can.count].links:
        words += f"; a link counts {can.link_length}"
    return words


def _pictures(can: Capabilities) -> str:
    if not can.images:
        return "None"
    kinds = ", ".join(_kind(name) for name in can.image_types)
    words = f"Up to {can.images}, {_size(can.image_bytes)} each; {kinds}"
    if can.image_side:
        words += f"; at most {can.image_side:,} pixels a side"
    if can.image_pixels:
        words += f"; at most {can.image_pixels / 1e6:.0f} megapixels"
    return words


def _videos(can: Capabilities) -> str:
    if not can.videos:
        return "None"
    kinds = ", ".join(_kind(name) for name in can.video_types)
    words = f"Up to {can.videos}, {_size(can.video_bytes)}; {kinds}"
    shortest, longest = can.video_s
    if longest:
        words += f"; {shortest:g} to {longest:,.0f} s" if shortest else f"; up to {longest:,.0f} s"
    return words


def _together(can: Capabilities) -> str:
    if not (can.images and can.videos):
        return ""
    return "In one post" if can.mixes_media else "Not in one post"


def _needs(can: Capabilities) -> str:
    parts = [w for w, is_so in (("media", can.needs_media), ("a text", can.needs_text)) if is_so]
    return f"Each post needs {' and '.join(parts)}" if parts else ""


def _descriptions(can: Capabilities) -> str:
    limit = can.alt_text_limit
    return f"Up to {limit:,} characters" if limit else "Not taken"


def _threads(can: Capabilities) -> str:
    return f"Up to {can.parts} parts" if can.parts > 1 else "None"


def _pages(can: Capabilities) -> str:
    if Kind.PAGE not in can.kinds:
        return ""
    words = f"Title up to {can.title_limit:,} characters" if can.title_limit else "With a title"
    if can.page_text_limit is not None:
        limit = can.page_text_limit
        words += f"; text up to {limit:,}" if limit else "; text of any length"
    if can.attachment_bytes:
        words += f"; attachments up to {_size(can.attachment_bytes)}"
    return words


def _polls(can: Capabilities) -> str:
    poll = can.poll
    if poll is None:
        return ""
    return f"Up to {poll.options} answers of {poll.option_characters} characters"


def _marks(can: Capabilities) -> str:
    parts = [f"{n} {word}" for n, word in ((can.links, "links"), (can.tags, "hashtags")) if n]
    return f"At most {' and '.join(parts)}" if parts else ""


def _kind(mime_type: str) -> str:
    name = mime_type.partition("/")[2]
    return {"quicktime": "MOV", "*": "any"}.get(name, name.upper())


def _size(size_bytes: int) -> str:
    if size_bytes < MIB:
        return f"{size_bytes / 1024:.0f} KB"
    return (
        f"{size_bytes / MIB:.3g} MB" if size_bytes < 1024 * MIB else f"{size_bytes / MIB:,.0f} MB"
    )


_SAID: dict[str, Callable[[Capabilities], str]] = {
    "Text": _text,
    "Pictures": _pictures,
    "Videos": _videos,
    "Pictures and videos": _together,
    "Needed": _needs,
    "Descriptions": _descriptions,
    "Threads": _threads,
    "Polls": _polls,
    "Pages": _pages,
    "Links and hashtags": _marks,
    "Repeats": lambda can: _REPEATS[can.repeats],
}
