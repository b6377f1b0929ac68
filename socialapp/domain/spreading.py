"""Several posts -> a suggested moment for each: none near another, so many a day, in some hours."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from heapq import heapify, heappop, heappush, heapreplace

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import in_zone
from socialapp.domain.suggesting import APART, Hour, Rated, Suggestion, hours

SAME_TEXT_WITHIN = timedelta(days=7)
"""Nearer than this, the same words are a clash."""
DAYS_AT_MOST = 60
PER_DAY_AT_MOST = 12
COMBINATIONS_AT_MOST = 50
"""Of channels; for each of them all hours ahead are put in order."""

_Order = tuple[bool, int, float, datetime]
"""What comes first: better than usual, a day with fewer posts, what it is worth, the soonest."""


@dataclass(frozen=True)
class Span:
    """Within what the moments are."""

    days: int = 7
    per_day: int = 1
    """Posts of a channel, those that it has anyway counted in."""
    first_hour: int = 8
    """Of the day, on the wall clock: not before 08:00."""
    last_hour: int = 20
    """Not after 20:00."""

    def check(self) -> None:
        """Raise Rejected for one in which no moment can be."""
        for name, number, least, most in (
            ("days", self.days, 1, DAYS_AT_MOST),
            ("per_day", self.per_day, 1, PER_DAY_AT_MOST),
            ("first_hour", self.first_hour, 0, 23),
            ("last_hour", self.last_hour, 0, 23),
        ):
            if not least <= number <= most:
                message = f"Choose a number from {least} to {most}. Nothing was planned."
                raise Rejected(Problem("out_of_range", message, name))
        if self.first_hour > self.last_hour:
            message = "The first hour is after the last one. Nothing was planned."
            raise Rejected(Problem("out_of_range", message, "last_hour"))


@dataclass(frozen=True)
class Draft:
    """A post that is to get a moment, the same for all of its channels."""

    key: int
    channel_ids: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of some channels together: what hours are worth, and the zone of them."""

    rated: Sequence[Rated]
    zone: str


class Full(StrEnum):
    """Why there is no moment."""

    TIMES = "no_free_time"
    """Each hour is taken, or its day is full."""
    TEXT = "same_text"
    """There are free ones, too near to another post of the same words."""


@dataclass
class Book:
    """When channels post and what they say, and what is added to it."""

    zones: Mapping[int, str]
    """Of each channel: its days are counted there."""
    busy: dict[int, list[datetime]] = field(default_factory=dict)
    """By channel, in order: a moment is an hour away from each."""
    counts: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
    """Posts of a channel on a day."""
    said: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    opens: Mapping[int, datetime] = field(default_factory=dict)
    """Until then the network takes nothing of the channel: it said so."""
    _days: dict[tuple[str, datetime], date] = field(default_factory=dict, repr=False)

    def note(self, channel_id: int, at: datetime) -> None:
        """Let a channel have a post at a moment."""
        insort(self.busy.setdefault(channel_id, []), at)
        self.counts[channel_id, self._day(channel_id, at)] += 1

    def keep(self, channel_id: int, at: datetime) -> None:
        """Let nothing be near a moment, which is no post of its own."""
        insort(self.busy.setdefault(channel_id, []), at)

    def put(self, draft: Draft, at: datetime) -> None:
        """Let a draft have a moment."""
        for channel_id in draft.channel_ids:
            self.note(channel_id, at)
        if draft.text:
            self.said[draft.text].append(at)

    def is_free(self, channel_ids: Iterable[int], at: datetime) -> bool:
        """Whether all of these channels can post then, an hour away from all else."""
        return all(
            at >= self.opens.get(each, at) and not self._is_near(each, at) for each in channel_ids
        )

    def _is_near(self, channel_id: int, at: datetime) -> bool:
        some = self.busy.get(channel_id, [])
        place = bisect_left(some, at)
        return any(abs(at - other) < APART for other in some[max(0, place - 1) : place + 1])

    def load(self, channel_ids: Iterable[int], at: datetime) -> int:
        """Return how many posts that day has in the fullest of these channels."""
        return max((self.counts[each, self._day(each, at)] for each in channel_ids), default=0)

    def _day(self, channel_id: int, at: datetime) -> date:
        key = self.zones[channel_id], at
        if key not in self._days:  # asked of each hour for each draft
            self._days[key] = in_zone(at, key[0]).date()
        return self._days[key]

    def is_said(self, text: str, at: datetime) -> bool:
        """Whether the same words are out or planned within days of a moment."""
        return bool(text) and any(
            abs(at - other) <= SAME_TEXT_WITHIN for other in self.said.get(text, ())
        )

    def takes(self, draft: Draft, at: datetime, span: Span) -> bool:
        """Whether a draft may have a moment."""
        return (
            self.is_free(draft.channel_ids, at)
            and self.load(draft.channel_ids, at) < span.per_day
            and not self.is_said(draft.text, at)
        )


def spread(
    drafts: Sequence[Draft],
    span: Span,
    known: Mapping[tuple[int, ...], Known],
    book: Book,
    *,
    now: datetime,
) -> dict[int, Suggestion | Full]:
    """Give each draft a moment, or say why there is none; the same for the same input.

    Hours that do better than usual come first; among these a day that has fewer posts; then what
    the hour is worth; then the soonest. Drafts with the same channels then go out in their order.
    `known` is by the channels of a draft. What is given is put into `book`.
    """
    span.check()
    ahead: dict[tuple[int, ...], list[tuple[_Order, Suggestion]]] = {}
    for to in {draft.channel_ids for draft in drafts}:
        some = _ahead(span, known[to], now=now)
        ahead[to] = [(_order(each, book.load(to, each.at)), each) for each in some]
        heapify(ahead[to])
    found: dict[int, Suggestion | Full] = {}
    nothing: dict[tuple[tuple[int, ...], str], Full] = {}  # what is full stays so
    for draft in drafts:
        same = draft.channel_ids, draft.text
        best = nothing.get(same) or _best(ahead[draft.channel_ids], draft, span, book)
        found[draft.key] = best
        if isinstance(best, Suggestion):
            book.put(draft, best.at)
        else:
            nothing[same] = best
    return _in_order(drafts, found, book)


def _best(
    heap: list[tuple[_Order, Suggestion]], draft: Draft, span: Span, book: Book
) -> Suggestion | Full:
    """Take the best moment that a draft may have; what nobody may have any more is dropped.

    Days only ever get fuller, so what stands first and is as full as it was noted is the best.
    """
    found: Suggestion | Full = Full.TIMES
    aside = []
    while heap:
        order, one = heap[0]
        load = book.load(draft.channel_ids, one.at)
        if load >= span.per_day or not book.is_free(draft.channel_ids, one.at):
            heappop(heap)
        elif _order(one, load) != order:
            heapreplace(heap, (_order(one, load), one))
        elif book.is_said(draft.text, one.at):
            aside.append(heappop(heap))
            found = Full.TEXT
        else:
            found = heappop(heap)[1]
            break
    for each in aside:  # for others, with other words
        heappush(heap, each)
    return found


def _order(one: Suggestion, load: int) -> _Order:
    return (one.rated.worth <= 0, load, -one.rated.worth, one.at)


def _ahead(span: Span, about: Known, *, now: datetime) -> list[Suggestion]:
    worth: dict[Hour, Rated] = {each.hour: each for each in about.rated}
    return [
        Suggestion(at, local, worth[hour])
        for hour, at, local in _hours(about.zone, span.days, now)
        if span.first_hour <= hour.hour <= span.last_hour
    ]


@lru_cache(maxsize=16)
def _hours(zone: str, days: int, now: datetime) -> tuple[tuple[Hour, datetime, datetime], ...]:
    """Return the hours ahead: many combinations of channels have the same ones."""
    return tuple(hours(zone, within=timedelta(days=days), now=now))


def _in_order(
    drafts: Sequence[Draft], found: dict[int, Suggestion | Full], book: Book
) -> dict[int, Suggestion | Full]:
    """Let drafts with the same channels change places, so that the first goes out first.

    Words that are out more than once stay where they are: elsewhere they may be a clash.
    """
    groups: dict[tuple[int, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        is_once = len(book.said.get(draft.text, ())) <= 1
        if is_once and isinstance(found[draft.key], Suggestion):
            groups[draft.channel_ids].append(draft)
    for some in groups.values():
        given = [each for d in some if isinstance(each := found[d.key], Suggestion)]
        given.sort(key=lambda each: each.at)
        for draft, each in zip(some, given, strict=True):
            found[draft.key] = each
    return found
