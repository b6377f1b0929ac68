"""Wall-clock words <-> UTC instants, across the hours that clocks skip and repeat."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from socialapp.domain.errors import Problem, Rejected


@dataclass(frozen=True)
class Moment:
    """An instant, the wall-clock time it was read from, and the zone it was read in."""

    at: datetime
    local: datetime
    zone: str
    was_skipped: bool = False
    """The clocks jump over the time that was asked for; `at` is the first that exists."""
    happens_twice: bool = False
    """The clocks go back over it; `at` is the first of the two."""


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """Return the IANA zone, or raise Rejected with `zone_unknown`."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        message = f"There is no time zone called {name[:64]!r}. Use a name like Europe/Berlin."
        raise Rejected(Problem("zone_unknown", message, "timezone")) from error


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the names a person may choose from, sorted."""
    return tuple(
        sorted(
            name
            for name in available_timezones()
            if name == "UTC"
            or ("/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/")))
        )
    )


def moment(local: datetime, zone: str) -> Moment:
    """Read wall-clock time in `zone`: a skipped one moves forward, a doubled one is the first."""
    info = zone_info(zone)
    first = local.replace(tzinfo=info, fold=0)
    second = local.replace(tzinfo=info, fold=1)
    try:
        at = first.astimezone(UTC)
        differs = first.utcoffset() != second.utcoffset()
        exists = at.astimezone(info).replace(tzinfo=None, fold=0) == local.replace(fold=0)
        if differs and not exists:
            at = _end_of_gap(first, second)
    except OverflowError as error:
        raise Rejected(Problem("time_unreadable", "That date is out of range.")) from error
    return Moment(at, local, zone, differs and not exists, differs and exists)


def _end_of_gap(before: datetime, after: datetime) -> datetime:
    """Return the instant at which the clocks jump; the wall clock reads the first time after."""
    early, late = after.astimezone(UTC), before.astimezone(UTC)
    info = before.tzinfo
    offset = early.astimezone(info).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(info).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def read(words: str, *, zone: str) -> Moment:
    """Read ISO 8601: with an offset it is that instant, without one wall-clock time in `zone`."""
    zone_info(zone)
    try:
        given = datetime.fromisoformat(words.strip())
        if given.tzinfo is None:
            return moment(given, zone)
        at = given.astimezone(UTC)
        return Moment(at, at.astimezone(zone_info(zone)).replace(tzinfo=None), zone)
    except (ValueError, OverflowError) as error:
        message = f"{words[:64]!r} is not a time. Write it like 2027-05-14T09:00."
        raise Rejected(Problem("time_unreadable", message, "scheduled_at")) from error


def in_zone(at: datetime, zone: str) -> datetime:
    """Return the instant as an aware time in `zone`."""
    return at.astimezone(zone_info(zone))


def spoken(at: datetime, zone: str, *, now: datetime) -> str:
    """Say an instant for a person: "Thu 14 May, 09:00 Europe/Berlin"; the year when it differs."""
    local, here = in_zone(at, zone), in_zone(now, zone)
    year = f" {local.year}" if local.year != here.year else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M} {zone}"


def distance(at: datetime, *, now: datetime) -> str:
    """Say how far an instant is: "in 2 days", "5 minutes ago", "now"."""
    seconds = (at - now).total_seconds()
    size = abs(seconds)
    if size < 5:
        return "now"
    # The third number: from where on it rounds to one of these, not to 60 or 24 of the next.
    units = (
        ("day", 86400, 84600),
        ("hour", 3600, 3570),
        ("minute", 60, 59.5),
        ("second", 1, 0),
    )
    unit, length = next(u[:2] for u in units if size >= u[2])
    number = max(1, round(size / length))
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def iso(at: datetime) -> str:
    """Return ISO 8601 UTC with `Z` and milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(at: datetime, zone: str, *, days: int = 0, minutes: int = 0) -> Moment:
    """Return an instant some days later on the wall clock of `zone`, and then some minutes.

    A day later it is 09:00 again, also when the clocks change in between; an hour is an hour.
    """
    try:
        local = in_zone(at, zone).replace(tzinfo=None)
        then = moment(local + timedelta(days=days), zone).at if days else at
        late = then + timedelta(minutes=minutes)
        return Moment(late, in_zone(late, zone).replace(tzinfo=None, fold=0), zone)
    except OverflowError as error:
        raise Rejected(Problem("time_unreadable", "That date is out of range.")) from error
