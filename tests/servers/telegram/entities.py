"""Marked-up text as Telegram reads it: the plain text is what counts, the marks stand beside it.

Source: https://core.telegram.org/bots/api#html-style
"""

import html
import re
from dataclasses import dataclass
from typing import Any

_KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    **{name: name for name in ("code", "pre", "blockquote")},
    "a": "text_link",
}
_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-zA-Z-]*)(?P<attributes>[^<>]*)>?")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# Other names are no entities to it, and stay as they were typed.
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


class UnreadableError(Exception):
    """The text is not marked up as it has to be."""


@dataclass(frozen=True)
class _Open:
    name: str
    at: int
    attributes: dict[str, str]


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities; their offsets count UTF-16 units.

    Raises UnreadableError when a tag is not known, not closed, or closed by another.
    """
    plain, found, opened, at = "", [], list[_Open](), 0
    for tag in _TAG.finditer(text):
        plain += _unescaped(text[at : tag.start()])
        at = tag.end()
        name, offset = tag["name"].lower(), len(text[: tag.start()].encode())
        if not tag["slash"]:
            attributes = {n.lower(): a or b for n, a, b in _ATTRIBUTE.findall(tag["attributes"])}
            _check_start(name, attributes, offset)
            opened.append(_Open(name, units(plain), attributes))
        elif not opened:
            raise UnreadableError(f"Unexpected end tag at byte offset {offset}")
        elif opened[-1].name != name:
            words = f'Unmatched end tag at byte offset {offset}, expected "</{opened[-1].name}>"'
            raise UnreadableError(f'{words}, found "</{name}>"')
        else:
            found.append(_entity(opened.pop(), units(plain)))
    if opened:
        name = opened[-1].name
        raise UnreadableError(f'Can\'t find end tag corresponding to start tag "{name}"')
    return _trimmed(plain + _unescaped(text[at:]), found)


def units(text: str) -> int:
    """Count UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _check_start(name: str, attributes: dict[str, str], offset: int) -> None:
    is_spoiler = name != "span" or attributes.get("class") == "tg-spoiler"
    if name not in _KINDS or not is_spoiler:
        raise UnreadableError(f'Unsupported start tag "{name}" at byte offset {offset}')


def _entity(opened: _Open, end: int) -> dict[str, Any]:
    entity = {"type": _KINDS[opened.name], "offset": opened.at, "length": end - opened.at}
    if opened.name == "a":
        entity["url"] = html.unescape(opened.attributes.get("href", ""))
    return entity


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(lambda reference: html.unescape(reference.group()), text)


def _trimmed(plain: str, found: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Drop the white space around the text, and what was marked of it."""
    kept = plain.strip()
    before, length = units(plain[: len(plain) - len(plain.lstrip())]), units(kept)
    entities = []
    for entity in sorted(found, key=lambda one: (one["offset"], -one["length"])):
        begin = max(entity["offset"] - before, 0)
        end = min(entity["offset"] + entity["length"] - before, length)
        if begin < end:
            entities.append(entity | {"offset": begin, "length": end - begin})
    return kept, entities
