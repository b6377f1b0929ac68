"""RRULE (RFC 5545): how a series repeats on the wall clock -> its next moments, and in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

from dateutil.rrule import rrulestr

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment, in_zone, moment
from socialapp.domain.slots import DAYS

COUNT_AT_MOST = 10_000
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": "(DAILY|WEEKLY|MONTHLY|YEARLY)",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "BYDAY": f"([+-]?[1-9][0-9]?)?{_DAY}",
    "BYMONTHDAY": "-?([1-9]|[12][0-9]|3[01])",
    "BYMONTH": "([1-9]|1[0-2])",
    "BYSETPOS": "-?[1-9][0-9]{0,2}",
    "BYHOUR": "([01]?[0-9]|2[0-3])",
    "BYMINUTE": "[0-5]?[0-9]",
    "WKST": _DAY,
}
"""What a rule is made of, in the order in which it is kept; of most there may be several."""
_ONE = ("FREQ", "INTERVAL", "WKST")
TIMES_A_DAY = 24
_LONGEST = 500
# A rule that never matches would keep dateutil busy until the year 9999; the calendar is the same
# every 400 years, so we count close to the end of it.
_YEARS_AWAY = 7600


@dataclass(frozen=True)
class Rule:
    """How something repeats, and until when."""

    parts: str
    """RRULE without its end: "FREQ=WEEKLY;BYDAY=TU"."""
    count: int | None = None
    """How many times in all."""
    until: datetime | None = None
    """The last wall-clock time at which it may happen."""

    def __str__(self) -> str:
        """Return the whole RRULE, as it may be read again."""
        end = f";COUNT={self.count}" if self.count else ""
        if self.until:
            end = f";UNTIL={self.until:%Y%m%dT%H%M%S}"
        return self.parts + end

    def part(self, name: str) -> str:
        """Return what it says of BYDAY or another of its parts; empty when it says nothing."""
        found = dict(part.split("=") for part in self.parts.split(";"))
        return found.get(name, "")


def read(words: str, *, zone: str) -> Rule:
    """Read an RRULE. Raises Rejected in words when it is none, or not one of ours.

    Ours are daily, weekly, monthly and yearly ones; UNTIL with a Z is an instant, else wall clock.
    """
    said = words.strip().upper().removeprefix("RRULE:")
    if not said or len(said) > _LONGEST or not said.isascii() or any(c.isspace() for c in said):
        raise _unreadable(words)
    given: dict[str, str] = {}
    for part in said.strip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in given:
            raise _unreadable(words)
        given[name] = value
    count, until = _end(given.pop("COUNT", None), given.pop("UNTIL", None), zone=zone)
    unknown = sorted(set(given) - set(_PARTS))
    if given.get("FREQ") not in _UNITS:
        message = (
            "A series repeats DAILY, WEEKLY, MONTHLY or YEARLY. Several times a day is BYHOUR."
        )
        raise Rejected(Problem("repeat_unreadable", message, "repeat"))
    if unknown:
        message = f"A series cannot repeat by {', '.join(unknown)[:60]}. Nothing was saved."
        raise Rejected(Problem("repeat_unreadable", message, "repeat"))
    if not all(_is_made_of(name, value) for name, value in given.items()):
        raise _unreadable(words)
    times = [given.get(part, "").count(",") + 1 for part in ("BYHOUR", "BYMINUTE")]
    if times[0] * times[1] > TIMES_A_DAY:
        message = f"A series has at most {TIMES_A_DAY} times a day. Nothing was saved."
        raise Rejected(Problem("too_often", message, "repeat"))
    rule = Rule(";".join(f"{n}={given[n]}" for n in _PARTS if n in given), count, until)
    try:
        rrulestr(rule.parts, dtstart=datetime(2024, 1, 1))  # noqa: DTZ001 - wall clock
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise _unreadable(words) from error
    return rule


def _unreadable(words: str) -> Rejected:
    message = (
        f"{words[:80]!r} is no rule that posts can repeat by. Write it like"
        " FREQ=WEEKLY;BYDAY=TU;COUNT=10. Nothing was saved."
    )
    return Rejected(Problem("repeat_unreadable", message, "repeat"))


def _is_made_of(name: str, value: str) -> bool:
    several = value.split(",")
    if name in _ONE and len(several) > 1:
        return False
    return all(re.fullmatch(_PARTS[name], each) for each in several)


def _number(words: str, *, at_most: int) -> int:
    """Return a whole number from 1; 0 when it is none of them."""
    if not (words.isascii() and words.isdigit() and len(words) < 9):
        return 0
    return int(words) if 1 <= int(words) <= at_most else 0


def _end(count: str | None, until: str | None, *, zone: str) -> tuple[int | None, datetime | None]:
    if count is not None and until is not None:
        message = "Give COUNT or UNTIL, not both. Nothing was saved."
        raise Rejected(Problem("one_of_two", message, "repeat"))
    if count is not None:
        number = _number(count, at_most=COUNT_AT_MOST)
        if not number:
            message = f"COUNT is from 1 to {COUNT_AT_MOST}. Nothing was saved."
            raise Rejected(Problem("out_of_range", message, "repeat"))
        return number, None
    return None, _until(until, zone=zone) if until is not None else None


def _until(words: str, *, zone: str) -> datetime:
    try:
        if len(words) == len("20270514"):
            return datetime.combine(date.fromisoformat(words), time(23, 59, 59))
        at = datetime.strptime(words.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        if words.endswith("Z"):
            at = in_zone(at.replace(tzinfo=UTC), zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        message = f"UNTIL={words[:20]} is no date. Write it like UNTIL=20270514."
        raise Rejected(Problem("repeat_unreadable", message, "repeat")) from error
    return at


def coming(rule: Rule, start: datetime, zone: str) -> Iterator[Moment]:
    """Yield the moments of a rule from the wall-clock time `start` on, each later than the last.

    A time that the clocks skip is the first that exists, one that happens twice the first of the
    two; when two become one by that, it happens once.
    """
    first = start.replace(microsecond=0, tzinfo=None, fold=0)
    if not 1970 <= first.year < 2300:
        raise Rejected(Problem("time_unreadable", "That date is out of range.", "scheduled_at"))
    far = first.replace(year=first.year + _YEARS_AWAY)
    last: datetime | None = None
    for number, each in enumerate(rrulestr(rule.parts, dtstart=far), 1):
        local = each.replace(year=each.year - _YEARS_AWAY)
        if rule.until and local > rule.until:
            return
        if rule.count and number > rule.count:
            return
        found = moment(local, zone)
        if last is None or found.at > last:
            last = found.at
            yield found


def spoken(rule: Rule, start: datetime, zone: str) -> str:
    """Say it for a person: "Every Tuesday at 09:00 Europe/Berlin, 10 times"."""
    every = _often(rule, start)
    hours = rule.part("BYHOUR").split(",") if rule.part("BYHOUR") else [str(start.hour)]
    minutes = rule.part("BYMINUTE").split(",") if rule.part("BYMINUTE") else [str(start.minute)]
    clocks = sorted(f"{int(h):02d}:{int(m):02d}" for h in hours for m in minutes)
    return f"{every} at {_and(clocks)} {zone}{_end_words(rule)}"


def _often(rule: Rule, start: datetime) -> str:
    freq, days = rule.part("FREQ"), rule.part("BYDAY")
    number = int(rule.part("INTERVAL") or 1)
    unit = _UNITS[freq]
    if rule.part("BYSETPOS") or (freq in ("YEARLY", "DAILY") and days):
        return f"By the rule {rule.parts}"
    every = f"Every {unit}" if number == 1 else f"Every {number} {unit}s"
    in_months = _in_months(rule.part("BYMONTH"))
    if freq == "DAILY":
        monthdays = rule.part("BYMONTHDAY")
        return every + (f" on the {_and(_ordinals(monthdays))}" if monthdays else "") + in_months
    if freq == "WEEKLY":
        names = [DAYS[CODES.index(d[-2:])] for d in days.split(",")] if days else []
        named = _and(names or [DAYS[start.weekday()]])
        return (f"Every {named}" if number == 1 else f"{every} on {named}") + in_months
    if freq == "MONTHLY":
        return f"{every} on {_in_the_month(rule, start)}{in_months}"
    day = rule.part("BYMONTHDAY") or str(start.day)
    return f"{every} on the {_and(_ordinals(day))}{in_months or f' of {start:%B}'}"


def _in_months(numbers: str) -> str:
    if not numbers:
        return ""
    return " of " + _and([f"{date(2000, int(n), 1):%B}" for n in numbers.split(",")])


def _in_the_month(rule: Rule, start: datetime) -> str:
    days = rule.part("BYDAY")
    if not days or rule.part("BYMONTHDAY"):
        monthdays = _and(_ordinals(rule.part("BYMONTHDAY") or str(start.day)))
        monthdays += " day" if monthdays.endswith("last") else ""
        only = [DAYS[CODES.index(d[-2:])] for d in days.split(",")] if days else []
        return f"the {monthdays}" + (f" if it is a {_and(only)}" if only else "")
    words = []
    for day in days.split(","):
        place, name = day[:-2], DAYS[CODES.index(day[-2:])]
        words.append(f"the {_ordinals(place)[0]} {name}" if place else f"each {name}")
    return _and(words)


def _ordinals(numbers: str) -> list[str]:
    """Say "1,-1" as "1st" and "last"."""
    return [_ordinal(int(number)) for number in numbers.split(",")]


def _ordinal(number: int) -> str:
    if number == -1:
        return "last"
    size = abs(number)
    teens = 11 <= size % 100 <= 13
    end = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(size % 10, "th")
    return f"{size}{end}" + (" last" if number < 0 else "")


def _and(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _end_words(rule: Rule) -> str:
    if rule.count:
        return ", once" if rule.count == 1 else f", {rule.count} times"
    if rule.until:
        return f", until {rule.until.day} {rule.until:%B %Y}"
    return ""


def is_closer(rule: Rule, start: datetime, zone: str, *, than: timedelta) -> bool:
    """Whether two neighbours among its first moments have less between them."""
    # An hour of tolerance: when the clocks change, a week is an hour shorter.
    room = than - timedelta(hours=1)
    first = [found.at for found in islice(coming(rule, start, zone), 14)]
    return any(then - at < room for at, then in pairwise(first))
