"""Sources: which items of a feed become posts, with what words, and when a feed is read again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import regex

from socialapp.domain import addresses, counting
from socialapp.domain.content import Capabilities
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import in_zone
from socialapp.domain.plain import tidy

EVERY = timedelta(minutes=15)
"""No feed is read more often by itself."""
LONGEST = timedelta(days=1)
PER_DAY_AT_MOST = 100
KEPT = 1000
"""Items of a source that are remembered beside those that are in its feed, the newest."""
WORDS_AT_MOST = 50
WORD_LENGTH = 100
TEMPLATE_LENGTH = 2000
TEMPLATE = "{title} {link}"
_FIELD = re.compile(r"\{(title|link|summary|author|date)\}")
_WORD = regex.compile(r"\S+")
_GRAPHEME = regex.compile(r"\X")
_LONG_WORD = 40
"""Longer ones, as in languages without blanks, are cut inside."""


class Becomes(StrEnum):
    """What is made of a new item."""

    DRAFT = "draft"
    QUEUE = "queue"


class ItemState(StrEnum):
    """What became of an item."""

    KNOWN = "known"
    """It was there before anything was to be posted."""
    WAITING = "waiting"
    LEFT_OUT = "left_out"
    """Its words are not those that were asked for."""
    MADE = "made"


@dataclass(frozen=True)
class Item:
    """An item of a feed, in plain text."""

    key: str
    """The same for the same item for ever."""
    title: str = ""
    link: str = ""
    summary: str = ""
    author: str = ""
    published_at: datetime | None = None


def read_address(words: str, *, allow_http: bool) -> str:
    """Return the address of a feed as it was typed, with a scheme. Raises Rejected for others."""
    typed = words.strip()
    if "//" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
    except ValueError:
        parts = urlsplit("")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if any(c.isspace() or ord(c) < 32 or c in '\\<>"' for c in path) or len(typed) > 1000:
        message = "That is not the address of a feed. It looks like https://example.org/feed.xml."
        raise Rejected(Problem("address_invalid", message, "url"))
    home = addresses.read(f"{parts.scheme}://{parts.netloc}", field="url", allow_http=allow_http)
    return home + path


def check_template(template: str) -> str:
    """Return a template as it is kept. Raises Rejected when nothing of an item is in it."""
    kept = template.strip()
    if not _FIELD.search(kept):
        message = "The text has to hold something of the item, like {title} {link}."
        raise Rejected(Problem("template_invalid", message, "template"))
    if len(kept) > TEMPLATE_LENGTH:
        message = f"The text is longer than {TEMPLATE_LENGTH} characters."
        raise Rejected(Problem("template_too_long", message, "template"))
    return kept


def check_words(words: Sequence[str], *, field: str) -> list[str]:
    """Return words as they are kept: each once, none empty. Raises Rejected for too many."""
    kept = list(dict.fromkeys(filter(None, (word.strip() for word in words))))
    if len(kept) > WORDS_AT_MOST or any(len(word) > WORD_LENGTH for word in kept):
        message = f"At most {WORDS_AT_MOST} words of {WORD_LENGTH} characters can be asked for."
        raise Rejected(Problem("too_many_words", message, field))
    return kept


def is_wanted(item: Item, must_have: Sequence[str], must_not_have: Sequence[str]) -> bool:
    """Whether an item has one of the first words, if there are any, and none of the others."""
    said = f"{item.title}\n{item.summary}".casefold()
    if any(_has(said, word) for word in must_not_have):
        return False
    return not must_have or any(_has(said, word) for word in must_have)


def _has(said: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said) is not None


def text_of(template: str, item: Item, *, zone: str) -> str:
    """Return the words of a post; what an item says of itself is never read as a template."""
    values = {
        "title": item.title,
        "link": item.link,
        "summary": item.summary,
        "author": item.author,
        "date": _day(item.published_at, zone),
    }
    return tidy(_FIELD.sub(lambda found: values[found[1]], template))


def _day(at: datetime | None, zone: str) -> str:
    try:
        local = in_zone(at, zone) if at else None
    except OverflowError:  # the zero of somebody's calendar
        return ""
    return f"{local.day} {local:%B %Y}" if local else ""


def fitted(template: str, item: Item, can: Capabilities, *, zone: str) -> str:
    """Return the words of a post as a network takes them: summary, then title, are shortened.

    Links stay whole, and so does the template; what is too long with those alone stays too long.
    """
    text = text_of(template, item, zone=zone)
    for field in ("summary", "title"):
        if _fits(text, can):
            return text
        if f"{{{field}}}" in template:
            item, text = _shortened(template, item, field, can, zone)
    return text


def _shortened(
    template: str, item: Item, field: str, can: Capabilities, zone: str
) -> tuple[Item, str]:
    words = str(getattr(item, field))
    ends = _ends(words)
    least, most = 0, len(ends)
    while least < most:  # the most that fits; nothing of it when none does
        middle = (least + most + 1) // 2
        tried = _with(item, field, _until(words, ends, middle))
        if _fits(text_of(template, tried, zone=zone), can):
            least = middle
        else:
            most = middle - 1
    item = _with(item, field, _until(words, ends, least))
    return item, text_of(template, item, zone=zone)


def _with(item: Item, field: str, words: str) -> Item:
    return replace(item, title=words) if field == "title" else replace(item, summary=words)


def _until(words: str, ends: Sequence[int], number: int) -> str:
    if number == 0:
        return ""
    if number == len(ends):
        return words
    return words[: ends[number - 1]].rstrip(" ,.;:-") + "…"


def _ends(words: str) -> list[int]:
    """Return where words may be cut."""
    found: list[int] = []
    for word in _WORD.finditer(words):
        if len(word[0]) > _LONG_WORD and "://" not in word[0]:
            found += [word.start() + each.end() for each in _GRAPHEME.finditer(word[0])]
        else:
            found.append(word.end())
    return found


def _fits(text: str, can: Capabilities) -> bool:
    if can.byte_limit and len(text.encode()) > can.byte_limit:
        return False
    counted = counting.count(text, can.count, link_length=can.link_length)
    return not can.text_limit or counted <= can.text_limit


def next_look(*, failures: int, after: timedelta | None, now: datetime) -> datetime:
    """Return when a feed is read again: rarer after failures, never before its server's wait."""
    wait = min(EVERY * (1 << min(failures, 7)), LONGEST)
    return now + max(wait, after or EVERY)
