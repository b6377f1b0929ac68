"""Days and times as spreadsheets write them -> ISO 8601, which everything else reads."""

import re
from enum import StrEnum

from socialapp.domain.errors import Problem, Rejected


class Order(StrEnum):
    """What 3/4/2027 is; with points the day is always first, as in 3.4.2027."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE
)


def written(day: str, clock: str = "", *, order: Order = Order.DAY_FIRST) -> str:
    """Return a day and a time of it in ISO 8601; `day` alone may hold both, or ISO already.

    Raises Rejected with `time_unreadable`.
    """
    words = " ".join(f"{day} {clock}".split())
    first, _, rest = words.replace("T", " ", 1).partition(" ")
    found = _DAY.fullmatch(first)
    if not found:
        if clock and not _ISO_DAY.fullmatch(first):
            raise _unreadable(words)
        return f"{first}T{_clock(rest, words)}" if clock else words
    one, sign, two, year = found.groups()
    is_day_first = sign == "." or order is Order.DAY_FIRST
    the_day, month = (one, two) if is_day_first else (two, one)
    if not rest:
        message = f"{words[:64]!r} says no time of the day. Write it like 2027-05-14 09:00."
        raise Rejected(Problem("time_unreadable", message, "scheduled_at"))
    return f"{year if len(year) == 4 else '20' + year}-{month:0>2}-{the_day:0>2}T" + _clock(
        rest, words
    )


def _clock(clock: str, words: str) -> str:
    found = _CLOCK.fullmatch(clock)
    if not found or not (found[2] or found[4]):
        raise _unreadable(words)
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            raise _unreadable(words)
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}:{found[3] or '00'}"


def _unreadable(words: str) -> Rejected:
    message = f"{words[:64]!r} is not a time. Write it like 2027-05-14 09:00."
    return Rejected(Problem("time_unreadable", message, "scheduled_at"))
