"""Evergreen lists: when their turns come, and which entry goes out then, in which wording."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count, islice

from socialapp.domain import slots
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment, in_zone, moment
from socialapp.domain.slots import WeeklyTime

REST_DAYS = 30
"""Unless a list says otherwise."""
REST_AT_LEAST, REST_AT_MOST = 7, 365
"""Within less, networks and readers take it for the same post twice."""
PER_WEEK_AT_MOST = 50
TIMES_AT_MOST = 100
ROUNDS_AT_MOST = 1000
FAILURES_AT_MOST = 3
"""So many in a row stop a list."""
_NEVER = datetime.min  # noqa: DTZ901 - wall clock, before every other


@dataclass(frozen=True)
class Rhythm:
    """When a list has its turns: at times of its own, or so often a week."""

    times: tuple[WeeklyTime, ...] = ()
    per_week: int = 0
    """With no times: each turn takes the next free slots of the channels."""

    def check(self) -> None:
        """Raise Rejected unless it is one of the two."""
        if bool(self.times) == bool(self.per_week):
            message = "Give the times of the week, or how many times a week: one of the two."
            raise Rejected(Problem("one_of_two", message, "times"))
        if self.times:
            _check_range("times", len(self.times), 1, TIMES_AT_MOST, "A list has")
        else:
            _check_range("per_week", self.per_week, 1, PER_WEEK_AT_MOST, "A list goes out")

    def coming(self, zone: str, *, start: datetime, after: datetime) -> Iterator[Moment]:
        """Yield the turns to come, soonest first; `start` is when the list was started.

        Of so many a week each has a share of the week, counted from the start, and stands for the
        beginning of its share: so the first is the one that is under way at `after`.
        """
        if self.times:
            yield from slots.coming(self.times, zone, after=after)
            return
        first = in_zone(start, zone).replace(tzinfo=None)
        share = timedelta(weeks=1) / self.per_week
        gone = max(0, (in_zone(after, zone).replace(tzinfo=None) - first) // share)
        for number in count(gone):
            yield moment((first + number * share).replace(microsecond=0), zone)

    def spoken(self, zone: str) -> str:
        """Say it for a person: "Monday 09:00 and Thursday 17:00 Europe/Berlin"."""
        if not self.times:
            often = "once" if self.per_week == 1 else f"{self.per_week} times"
            return f"In the next free slots of its channels, {often} a week"
        by_clock: dict[str, list[int]] = defaultdict(list)
        for each in self.times:
            by_clock[each.clock].append(each.weekday)
        return ", ".join(f"{_days(by_clock[c])} {c}" for c in sorted(by_clock)) + f" {zone}"


def _days(weekdays: Sequence[int]) -> str:
    found = sorted(weekdays)
    if len(found) == 7:
        return "Every day"
    if found == [0, 1, 2, 3, 4]:
        return "Monday to Friday"
    names = [slots.DAYS[day] for day in found]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _check_range(name: str, number: int, low: int, high: int, what: str) -> None:
    if not low <= number <= high:
        unit = {"times": " times", "per_week": " times a week"}.get(name, "")
        message = f"{what} {low} to {high}{unit}. Nothing was changed."
        raise Rejected(Problem("out_of_range", message, name))


def check_numbers(*, rest_days: int, rounds: int | None) -> None:
    """Raise Rejected when a wording would come again too soon, or the rounds are no number."""
    _check_range("rest_days", rest_days, REST_AT_LEAST, REST_AT_MOST, "The days of rest are")
    if rounds is not None:
        _check_range("rounds", rounds, 1, ROUNDS_AT_MOST, "The rounds are")


def check_at_most(at_most: int | None) -> None:
    """Raise Rejected when the times of an entry are no number."""
    if at_most is not None:
        _check_range("at_most", at_most, 1, ROUNDS_AT_MOST, "An entry goes out at most")


@dataclass(frozen=True)
class Entry:
    """Something that goes round, in one or several wordings."""

    id: int
    wordings: tuple[int, ...]
    at_most: int | None = None
    """So many times in all."""
    until: datetime | None = None
    """The last wall-clock time at which it may go out."""


@dataclass
class Book:
    """What has gone out, and what is planned. All times are wall clock in the zone of the list."""

    times: dict[int, int] = field(default_factory=dict)
    """How often each entry went out, or will."""
    last_of_entry: dict[int, datetime] = field(default_factory=dict)
    last_of_wording: dict[int, datetime] = field(default_factory=dict)
    uses: dict[tuple[int, int], list[datetime]] = field(default_factory=dict)
    """When a wording (first) was or will be in a channel (second), by hand or by the list."""

    def note(self, choice: "Choice", when: Mapping[int, datetime]) -> None:
        """Write down what was chosen; `when` it goes out, by channel."""
        first = min(when.values())
        entry, wording = choice.entry_id, choice.wording_id
        self.times[entry] = self.times.get(entry, 0) + 1
        self.last_of_entry[entry] = max(first, self.last_of_entry.get(entry, _NEVER))
        self.last_of_wording[wording] = max(first, self.last_of_wording.get(wording, _NEVER))
        for channel, at in when.items():
            self.uses.setdefault((wording, channel), []).append(at)

    def has_rested(
        self, wording: int, when: Mapping[int, datetime], rest: timedelta, late: timedelta
    ) -> bool:
        """Whether a wording is in none of the channels within `rest`, before and after."""
        return all(
            (at - used if used <= at else used - at - late) >= rest
            for channel, at in when.items()
            for used in self.uses.get((wording, channel), ())
        )


@dataclass(frozen=True)
class Choice:
    """What goes out, and why, for people."""

    entry_id: int
    wording_id: int
    why: str


class Why(StrEnum):
    """Why nothing goes out."""

    EMPTY = "empty"
    DONE = "done"
    RESTING = "resting"


def choose(
    entries: Iterable[Entry],
    book: Book,
    *,
    when: Mapping[int, datetime],
    rest_days: int,
    rounds: int | None = None,
    late: timedelta = timedelta(),
) -> Choice | Why:
    """Return what goes out at a moment, or why nothing does. The same for the same arguments.

    Of the entries that may go, the one whose last time is the longest ago; of its wordings the
    same. When two are alike, the older one. A wording may go when it has rested `rest_days` in
    each channel of `when`; `late` is how much later than that it may go out.
    """
    first = min(when.values())
    there = [each for each in entries if each.wordings]
    left = [each for each in there if not _is_done(each, book, at=first, rounds=rounds)]
    if not left:
        return Why.DONE if there else Why.EMPTY
    rest = timedelta(days=rest_days)
    rested = {
        each.id: [w for w in each.wordings if book.has_rested(w, when, rest, late)] for each in left
    }
    may = [each for each in left if rested[each.id]]
    if not may:
        return Why.RESTING
    mine = min(may, key=lambda e: (book.last_of_entry.get(e.id, _NEVER), e.id))
    wording = min(rested[mine.id], key=lambda w: (book.last_of_wording.get(w, _NEVER), w))
    why = _words(book.last_of_entry.get(mine.id), resting=len(left) - len(may))
    return Choice(mine.id, wording, why)


def _is_done(each: Entry, book: Book, *, at: datetime, rounds: int | None) -> bool:
    limits = [limit for limit in (each.at_most, rounds) if limit is not None]
    is_late = each.until is not None and at > each.until
    return is_late or (bool(limits) and book.times.get(each.id, 0) >= min(limits))


def _words(last: datetime | None, *, resting: int) -> str:
    why = f"Longest not used: last on {last.day} {last:%b}" if last else "Not used yet"
    if not resting:
        return f"{why}."
    return f"{why}; {resting} {'other rests' if resting == 1 else 'others rest'}."


def turns(
    rhythm: Rhythm, zone: str, *, start: datetime, after: datetime, until: datetime, at_most: int
) -> list[Moment]:
    """Return the turns from `after` up to `until`, and no more than `at_most`."""
    found = []
    for each in islice(rhythm.coming(zone, start=start, after=after), at_most):
        if each.at > until:
            break
        found.append(each)
    return found
