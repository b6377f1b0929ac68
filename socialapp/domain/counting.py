"""Counting as each network counts, and where a text becomes too long for it."""

from collections.abc import Callable, Iterator
from functools import partial
from unicodedata import normalize

import regex

from socialapp.domain import links
from socialapp.domain.patterns import UNITS, Unit

_GRAPHEME = regex.compile(r"\X")
_SIZES: dict[str, Callable[[str], int]] = {
    # Half of a pair is three bytes, as it is when it has been replaced by U+FFFD.
    "bytes": lambda piece: len(piece.encode("utf-8", "surrogatepass")),
    "utf16": lambda piece: len(piece.encode("utf-16-le", "surrogatepass")) // 2,
}


def graphemes(text: str) -> int:
    """Count what a reader sees as one character: a flag, a family, an accented letter."""
    return len(_GRAPHEME.findall(text))


def count(text: str, unit: str, *, link_length: int = 23, warning: str = "") -> int:
    """Measure `text` in `unit`, and with it the content warning, in which nothing is shortened."""
    rule = UNITS[unit]
    sizes = (size for _, size in _pieces(_formed(text, rule), rule, link_length))
    return graphemes(warning) + sum(sizes)


def cut(text: str, unit: str, limit: int, *, link_length: int = 23) -> int:
    """Return where the part begins that is too much, in code points; `len(text)` when nothing is.

    It begins before a URL, never in it.
    """
    rule = UNITS[unit]
    formed = _formed(text, rule)
    at = total = 0
    for length, size in _pieces(formed, rule, link_length):
        total += size
        if total > limit:
            break
        at += length
    return at if formed == text else _unformed(text, at, rule)


def is_accepted(text: str, unit: str) -> bool:
    """Whether a network that counts in `unit` takes each of the characters."""
    return refused(text, unit) is None


def refused(text: str, unit: str) -> tuple[int, int] | None:
    """Return where the first character is that a network does not take, in code points."""
    pattern = UNITS[unit].refused
    found = links.compiled(pattern).search(text) if pattern else None
    return found.span() if found else None


def utf16_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return offset and length of `text[start:end]` in UTF-16 units, as entities of Telegram."""
    units = _SIZES["utf16"]
    return units(text[:start]), units(text[start:end])


def _formed(text: str, rule: Unit) -> str:
    return normalize("NFC", text) if rule.is_composed else text


def _unformed(text: str, at: int, rule: Unit) -> int:
    """Return the border of graphemes of `text` that is at `at` of its normal form, or before it.

    Nothing is composed across graphemes.
    """
    place = formed = 0
    for grapheme in _GRAPHEME.findall(text):
        formed += len(_formed(grapheme, rule))
        if formed > at:
            break
        place += len(grapheme)
    return place


def _pieces(text: str, rule: Unit, link_length: int) -> Iterator[tuple[int, int]]:
    """Yield what is counted as one: its length in code points, and its size."""
    at = 0
    for start, end, size in _shortened(text, rule, link_length):
        yield from _plain(text[at:start], rule)
        yield end - start, size
        at = end
    yield from _plain(text[at:], rule)


def _shortened(text: str, rule: Unit, link_length: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and size of what does not count as it is written."""
    found = []
    if rule.links:
        found += [(start, end, link_length) for start, end in links.urls(text, rule.links)]
    if rule.mention:
        found += [(start, end, 1 + len(user)) for start, end, user in links.mentions(text, rule)]
    at = 0
    for start, end, size in sorted(found):
        if start >= at:
            yield start, end, size
            at = end


def _plain(text: str, rule: Unit) -> Iterator[tuple[int, int]]:
    if not rule.pieces:
        yield from ((len(grapheme), 1) for grapheme in _GRAPHEME.findall(text))
        return
    kinds = "|".join(f"({pattern})" for pattern, _ in rule.pieces)
    for found in links.compiled(kinds).finditer(text):
        _, size = rule.pieces[found.lastindex - 1]
        yield len(found[0]), size if isinstance(size, int) else _SIZES[size](found[0])


COUNTERS: dict[str, Callable[[str], int]] = {unit: partial(count, unit=unit) for unit in UNITS}
