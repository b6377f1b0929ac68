"""A text that is too long, in the parts of a thread."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as numbers
from typing import Any, NamedTuple

import regex

from socialapp.domain import counting, links

_CJK = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_BORDER = regex.compile(
    r"(?<blank>\s+)|(?<sentence>[\u3002\uFF01\uFF1F][\u3002\uFF01\uFF1F\p{Pe}\p{Pf}]*)"
    rf"|[\u3001\uFF0C]|{_CJK}(?={_CJK})"
)
_SENTENCE_END = regex.compile(r"[.!?\u2026][\p{Pe}\p{Pf}\"']{0,3}\Z")
_GRAPHEME = regex.compile(r"\X")
_PARAGRAPHS, _SENTENCES, _WORDS = range(3)
_LEAST_SHARE = 0.25
"""A paragraph or a sentence is cut when the part before it would stay emptier than this share."""


class _Border(NamedTuple):
    """Where a part may end, and where the next one then begins."""

    end: int
    start: int


@dataclass(frozen=True)
class _Room:
    """What a part has to fit into."""

    limit: int
    unit: str
    link_length: int
    number: str = ""
    """What is appended to a part."""

    def fits(self, part: str) -> bool:
        return self._count(part + self.number) <= self.limit

    def reach(self, text: str, start: int) -> int:
        """Return where a part that begins at `start` is full."""
        limit = self.limit - self._count(self.number)
        width = 64 + 4 * max(self.limit, 0)
        while True:
            ahead = text[start : start + width]
            at = counting.cut(ahead, self.unit, limit, link_length=self.link_length)
            if at < len(ahead) or start + width >= len(text):
                return start + at
            width *= 2

    def _count(self, text: str) -> int:
        return counting.count(text, self.unit, link_length=self.link_length)


def split(
    text: str, limit: int, unit: str, *, link_length: int = 23, is_numbered: bool = False
) -> list[str]:
    """Cut `text` into parts of at most `limit`: between paragraphs, else sentences, else words.

    Only blanks are left out, where it is cut. URLs, mentions and tags stay whole if they fit.
    A numbered part ends in " (1/3)", which counts. Raises ValueError when nothing fits.
    """
    text = text.strip()
    room = _Room(limit, unit, link_length)
    if room.fits(text):
        return [text]
    if not is_numbered:
        return list(_parts(text, room))
    for digits in numbers(1):
        most = "9" * digits
        parts = list(_parts(text, _Room(limit, unit, link_length, f" ({most}/{most})")))
        if len(parts) <= int(most):
            break
    return [f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, start=1)]


def _parts(text: str, room: _Room) -> Iterator[str]:
    levels = _levels(text)
    start = 0
    while start < len(text):
        border = _next(text, start, levels, room)
        if part := text[start : border.end].strip():
            yield part
        start = border.start


def _next(text: str, start: int, levels: list[list[_Border]], room: _Room) -> _Border:
    reach = room.reach(text, start)
    if reach == len(text) and room.fits(text[start:]):
        return _Border(reach, reach)
    for level, borders in enumerate(levels):
        least = (reach - start) * _LEAST_SHARE if level < _WORDS else 0
        for at in range(bisect_right(borders, (reach, len(text))) - 1, -1, -1):
            border = borders[at]
            if border.end - start <= least:
                break
            if room.fits(text[start : border.end].strip()):
                return border
    message = f"a limit of {room.limit} leaves no room for text"
    raise ValueError(message)


def _levels(text: str) -> list[list[_Border]]:
    """Return the borders of text, in order, from the best ones to all that there are."""
    spans = _whole(text)
    found: list[list[_Border]] = [[], [], []]
    for match in _BORDER.finditer(text):
        border = _Border(match.start() if match["blank"] else match.end(), match.end())
        if not _is_inside(border.end, spans):
            for level in range(_level(text, match), _WORDS + 1):
                found[level].append(border)
    graphemes = [_Border(match.end(), match.end()) for match in _GRAPHEME.finditer(text)]
    points = [_Border(at, at) for at in range(1, len(text) + 1)]
    return [*found, [b for b in graphemes if not _is_inside(b.end, spans)], graphemes, points]


def _level(text: str, match: Any) -> int:
    if match["sentence"]:
        return _SENTENCES
    if not match["blank"]:
        return _WORDS
    line_ends = match[0].count("\n")
    if line_ends > 1:
        return _PARAGRAPHS
    before = text[max(0, match.start() - 4) : match.start()]
    return _SENTENCES if line_ends or _SENTENCE_END.search(before) else _WORDS


def _whole(text: str) -> list[tuple[int, int]]:
    """Return what is not cut, without overlaps."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted([*links.urls(text), *((m.start, m.end) for m in links.marks(text))]):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    before = bisect_right(spans, (at, 0)) - 1
    return before >= 0 and spans[before][0] < at < spans[before][1]
