"""The weekly posting slots of a channel -> the next free one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment, in_zone, moment

AHEAD = timedelta(days=2 * 366)
"""Nobody looks for a free slot farther away."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTES = 24 * 60
DELAY_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True, order=True)
class WeeklyTime:
    """A wall-clock time of each week."""

    weekday: int
    """0 is Monday."""
    minute: int
    """Of the day: 540 is 09:00."""

    def __str__(self) -> str:
        return f"{DAYS[self.weekday]} {self.clock}"

    @property
    def clock(self) -> str:
        """The time of the day: "09:00"."""
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"


@dataclass(frozen=True)
class Slot:
    """One of the times of a week that is to come."""

    at: datetime
    """The instant, UTC."""
    zone: str
    follows_at: datetime
    """The one after it."""

    def delayed(self, at_most: timedelta, *, chance: float) -> datetime:
        """Return the instant with a natural delay, in whole minutes, before the next slot.

        `chance` is from 0 up to, not including, 1.
        """
        room = self.follows_at - self.at - timedelta(minutes=1)
        minutes = max(0, int(min(at_most, room) / timedelta(minutes=1)))
        return self.at + timedelta(minutes=int(chance * (minutes + 1)))


def read_time(weekday: int, clock: str) -> WeeklyTime:
    """Read a day (0 is Monday) and "09:00". Raises Rejected when it is none."""
    hours, colon, minutes = clock.strip().partition(":")
    is_digits = hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()
    is_clock = bool(colon) and is_digits and len(hours) <= 2 and len(minutes) == 2
    if not is_clock or int(hours) > 23 or int(minutes) > 59:
        message = f"{clock[:20]!r} is not a time of the day. Write it like 09:00."
        raise Rejected(Problem("time_unreadable", message, "time"))
    if not 0 <= weekday < len(DAYS):
        raise Rejected(Problem("day_unknown", "That is no day of the week.", "day"))
    return WeeklyTime(weekday, int(hours) * 60 + int(minutes))


def in_words(times: Iterable[WeeklyTime]) -> str:
    """Say weekly times by days that have the same: "Mon to Fri 09:00, 17:00; Sat 10:00"."""
    by_day: dict[int, list[str]] = {}
    for each in sorted(set(times)):
        by_day.setdefault(each.weekday, []).append(each.clock)
    said = [(list(days), clocks) for clocks, days in groupby(range(7), key=by_day.get)]
    return "; ".join(f"{_days(days)} {', '.join(clocks)}" for days, clocks in said if clocks)


def _days(days: Sequence[int]) -> str:
    if len(days) == len(DAYS):
        return "Every day"
    names = [DAYS[day][:3] for day in days]
    return f"{names[0]} to {names[-1]}" if len(names) > 2 else ", ".join(names)


def coming(times: Iterable[WeeklyTime], zone: str, *, after: datetime) -> Iterator[Moment]:
    """Yield the moments of weekly times, each later than `after` and than the one before it.

    A time that the clocks skip is the first that exists, and no second slot where another is
    there already; of one that happens twice the first is meant.
    """
    weekly = sorted(set(times))
    if not weekly:
        return
    last = after
    # From the day before: a time that is skipped moves on, perhaps into the next day.
    day = in_zone(after, zone).date() - timedelta(days=1)
    until = day + AHEAD + timedelta(days=2)
    while day < until:
        for each in weekly:
            if each.weekday == day.weekday():
                found = moment(_local(day, each), zone)
                if found.at > last:
                    last = found.at
                    yield found
        day += timedelta(days=1)


def _local(day: date, each: WeeklyTime) -> datetime:
    return datetime.combine(day, time(each.minute // 60, each.minute % 60))


def next_free(
    times: Iterable[WeeklyTime], zone: str, *, after: datetime, taken: Collection[datetime]
) -> Slot | None:
    """Return the first slot later than `after` that is not among `taken`; None within AHEAD."""
    ahead = coming(times, zone, after=after)
    for found in ahead:
        if found.at - after > AHEAD:
            return None
        if found.at not in taken:
            following = next(ahead, None)
            return Slot(
                found.at, zone, following.at if following else datetime.max.replace(tzinfo=UTC)
            )
    return None
