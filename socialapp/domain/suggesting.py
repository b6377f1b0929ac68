"""Good moments for a post: from a channel's own results, or a guess that says that it is one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import log1p
from statistics import median

from socialapp.domain.moments import in_zone, moment

SETTLED = timedelta(days=2)
"""What a younger post will come to is not known yet."""
AT_LEAST = 20
"""Posts of a channel; from fewer nothing is concluded."""
HERE_AT_LEAST = 3
"""Posts at one hour of the week; fewer are chance."""
DOUBT = 6.0
"""Worth so many posts, the more general knowledge counts in what is known of an hour."""
AHEAD = timedelta(days=8)
SOON = timedelta(minutes=15)
"""A moment that is nearer has passed before the post is written."""
APART = timedelta(hours=1)
"""Posts of a channel that are nearer than this take each other's readers."""
HOURS = 7 * 24


class Basis(StrEnum):
    """What a suggestion rests on."""

    OWN = "own"
    """The channel's own results at that hour of the week."""
    GUESS = "guess"
    """An hour at which many people look; nothing is known of this channel."""


@dataclass(frozen=True)
class Seen:
    """A post of a channel that is out: when, and how often people did something with it."""

    posted_at: datetime
    acts: int


@dataclass(frozen=True, order=True)
class Hour:
    """An hour of the week, on the wall clock."""

    weekday: int
    """0 is Monday."""
    hour: int


@dataclass(frozen=True)
class Rated:
    """An hour of the week, and what it is worth."""

    hour: Hour
    worth: float
    """How much better than the channel's usual post, in logarithms: 0 is as usual."""
    posts: int
    """The channel's own, at this hour."""
    basis: Basis


@dataclass(frozen=True)
class Suggestion:
    """A moment to come."""

    at: datetime
    """The instant, UTC."""
    local: datetime
    """The wall-clock time of the zone."""
    rated: Rated


@dataclass(frozen=True)
class Suggestions:
    """Some moments, soonest first, and the posts that all of it rests on."""

    moments: Sequence[Suggestion]
    posts: int

    @property
    def is_enough(self) -> bool:
        """Whether the channel's own results say anything yet."""
        return self.posts >= AT_LEAST


def guess(hour: Hour) -> float:
    """Return what an hour is worth where nothing is known: a guess, and a modest one.

    Many people look in the morning, at noon and after work; on a weekend later, and less. The best
    of it is worth a fifth more than the usual post; networks and places differ by more.
    """
    if hour.weekday >= 5:
        return {10: 0.08, 11: 0.08, 17: 0.04, 18: 0.05, 19: 0.04}.get(hour.hour, 0.0)
    midweek = 0.03 if hour.weekday in (1, 2, 3) else 0.0
    base = {8: 0.10, 9: 0.15, 12: 0.13, 13: 0.08, 17: 0.13, 18: 0.12, 19: 0.08}.get(hour.hour)
    return base + midweek if base is not None else 0.0


def rate(channels: Iterable[Sequence[Seen]], zone: str) -> tuple[list[Rated], int]:
    """Rate each hour of the week in `zone`, the best first; and say on how many posts that rests.

    Each channel is compared with itself alone. Of logarithms the medians are taken, so that one
    post that went round the world changes little; what is known of an hour of the week leans on
    what is known of that hour on all days, and that on the guess, the more the fewer posts it has.
    """
    over = [found for seen in channels for found in _over_usual(seen, zone)]
    weekly: dict[Hour, list[float]] = {}
    daily: dict[int, list[float]] = {}
    for hour, worth in over:
        weekly.setdefault(hour, []).append(worth)
        daily.setdefault(hour.hour, []).append(worth)
    enough = len(over) >= AT_LEAST
    rated = [_rated(hour, weekly, daily, enough=enough) for hour in _week()]
    return sorted(rated, key=lambda r: (-r.worth, r.hour)), len(over)


def _over_usual(seen: Sequence[Seen], zone: str) -> Iterator[tuple[Hour, float]]:
    logs = [log1p(max(each.acts, 0)) for each in seen]
    usual = median(logs) if logs else 0.0
    for each, worth in zip(seen, logs, strict=True):
        local = in_zone(each.posted_at, zone)
        yield Hour(local.weekday(), local.hour), worth - usual


def _week() -> Iterator[Hour]:
    return (Hour(number // 24, number % 24) for number in range(HOURS))


def _rated(
    hour: Hour,
    weekly: Mapping[Hour, Sequence[float]],
    daily: Mapping[int, Sequence[float]],
    *,
    enough: bool,
) -> Rated:
    here = weekly.get(hour, ())
    if not enough:
        return Rated(hour, guess(hour), len(here), Basis.GUESS)
    on_all_days = _shrunk(daily.get(hour.hour, ()), towards=guess(hour))
    worth = _shrunk(here, towards=on_all_days)
    basis = Basis.OWN if len(here) >= HERE_AT_LEAST else Basis.GUESS
    return Rated(hour, worth, len(here), basis)


def _shrunk(values: Sequence[float], *, towards: float) -> float:
    if not values:
        return towards
    return (len(values) * median(values) + DOUBT * towards) / (len(values) + DOUBT)


def suggest(
    channels: Iterable[Sequence[Seen]],
    zone: str,
    *,
    taken: Collection[datetime] = (),
    count: int = 3,
    now: datetime,
) -> Suggestions:
    """Return up to `count` moments within eight days, soonest first, each on another day.

    `taken` are the moments at which the channels post already, or have just posted: a suggestion is
    an hour away from each. Hours that are worth no more than the usual are not suggested.
    """
    rated, posts = rate(channels, zone)
    soonest = _soonest(zone, now=now)
    busy = sorted(taken)
    chosen: dict[date, Suggestion] = {}
    for each in rated:
        if len(chosen) == count or each.worth <= 0:
            break
        for at, local in soonest.get(each.hour, ()):
            is_free = all(abs(at - other) >= APART for other in busy)
            if is_free and local.date() not in chosen:
                chosen[local.date()] = Suggestion(at, local, each)
                break
    return Suggestions(sorted(chosen.values(), key=lambda s: s.at), posts)


def _soonest(zone: str, *, now: datetime) -> dict[Hour, list[tuple[datetime, datetime]]]:
    """Return the moments ahead by hour of the week."""
    found: dict[Hour, list[tuple[datetime, datetime]]] = {}
    for hour, at, local in hours(zone, within=AHEAD, now=now):
        found.setdefault(hour, []).append((at, local))
    return found


def hours(
    zone: str, *, within: timedelta, now: datetime
) -> Iterator[tuple[Hour, datetime, datetime]]:
    """Yield each full hour ahead, its instant and its wall-clock time; skipped ones are left out.

    Of an hour that happens twice it is the first.
    """
    today = in_zone(now, zone).date()
    for days in range(within.days + 1):
        day = today + timedelta(days=days)
        for number in range(24):
            one = moment(datetime.combine(day, time(number)), zone)
            if not one.was_skipped and now + SOON <= one.at.astimezone(UTC) <= now + within:
                yield Hour(day.weekday(), number), one.at, one.local


def weekly(
    channel: Sequence[Seen], zone: str, *, there: Collection[Hour] = (), count: int = 5
) -> tuple[list[Rated], int]:
    """Return hours of the week for a channel's posting times, those `there` and beside it left out.

    The best first; and on how many posts that rests.
    """
    rated, posts = rate([channel], zone)
    chosen: list[Rated] = []
    for each in rated:
        if len(chosen) == count or each.worth <= 0:
            break
        others = {*there, *(one.hour for one in chosen)}
        if not any(_is_beside(each.hour, other) for other in others):
            chosen.append(each)
    return chosen, posts


def _is_beside(one: Hour, other: Hour) -> bool:
    apart = abs((one.weekday * 24 + one.hour) - (other.weekday * 24 + other.hour))
    return min(apart, HOURS - apart) <= 1
