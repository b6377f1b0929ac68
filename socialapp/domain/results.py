"""Results: what networks say that people did with a post, when they are asked, and what adds up.

Counts of different networks, or of different kinds, are never added: a like is not a view. A count
that a network did not give is unknown, not zero.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Generic, TypeVar

ENDS_AFTER = timedelta(days=30)
"""Hardly anybody does anything with a post that is older."""
FIRST = timedelta(minutes=1)
LONGEST = timedelta(days=3)
GONE_AGAIN = timedelta(days=1)
"""Whether a post that is gone is back, is asked once."""
ENOUGH = 5
"""Posts; of fewer no typical number is told."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Metric:
    """Something that a network counts, in the network's own words."""

    key: str
    one: str
    many: str

    def words(self, number: int) -> str:
        """Return "1 favourite", "12 favourites"."""
        return f"{number:,} {self.one if number == 1 else self.many}"


@dataclass(frozen=True)
class Measurement:
    """What a network says of one post."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """By the keys of its metrics; what it does not tell is missing."""
    is_gone: bool = False
    """It is not there any more."""


def next_reading(posted_at: datetime, *, now: datetime) -> datetime | None:
    """Return when the network is asked next, after it was asked now; None: never again.

    After half of the age the post has: a minute at first, three days at last, and once when it has
    become a month old. That is some thirty times.
    """
    age = max(now - posted_at, timedelta())
    if age >= ENDS_AFTER:
        return None
    return min(now + min(max(age / 2, FIRST), LONGEST), posted_at + ENDS_AFTER)


def after_gone(*, was_gone: bool, posted_at: datetime, now: datetime) -> datetime | None:
    """Return when a post that is gone is asked for again: once, for networks err."""
    return None if was_gone or now - posted_at >= ENDS_AFTER else now + GONE_AGAIN


def step(posted_at: datetime, *, now: datetime) -> timedelta:
    """Return how far apart entries of a series are at least; what comes sooner replaces the last.

    So a series stays small, however often people look.
    """
    return max(FIRST, (now - posted_at) / 20)


def in_words(counts: Mapping[str, int], metrics: Iterable[Metric]) -> str:
    """Say what is known: "12 favourites, 3 boosts"; empty when nothing is."""
    return ", ".join(m.words(counts[m.key]) for m in metrics if m.key in counts)


def acts(counts: Mapping[str, int]) -> int | None:
    """Return how often people did something with a post; None when nothing is known.

    Only to compare posts of one channel with each other: what is counted there is acts alone.
    """
    return sum(counts.values()) if counts else None


@dataclass(frozen=True)
class Figure:
    """One metric of some posts."""

    total: int
    typical: float | None
    """The median; None when there are not enough posts that it is known of."""
    known: int
    """Of so many posts it is known."""


@dataclass(frozen=True)
class Group(Generic[Key]):
    """Some posts at one network."""

    key: Key
    posts: int
    figures: Mapping[str, Figure]
    """By metric; of which nothing is known is missing."""


@dataclass(frozen=True)
class Measured:
    """A post that is out at a channel, and what is known of it."""

    posted_at: datetime
    counts: Mapping[str, int]


_M = TypeVar("_M", bound=Measured)


def grouped(posts: Iterable[_M], keys: Callable[[_M], Iterable[Key]]) -> list[Group[Key]]:
    """Return groups by the keys that each post has, those with the most posts first."""
    by_key: dict[Key, list[_M]] = {}
    for post in posts:
        for key in keys(post):
            by_key.setdefault(key, []).append(post)
    groups = [Group(key, len(some), _figures(some)) for key, some in by_key.items()]
    return sorted(groups, key=lambda group: -group.posts)


def _figures(posts: Iterable[Measured]) -> dict[str, Figure]:
    known: dict[str, list[int]] = {}
    for post in posts:
        for metric, number in post.counts.items():
            known.setdefault(metric, []).append(number)
    return {
        metric: Figure(
            sum(numbers), median(numbers) if len(numbers) >= ENOUGH else None, len(numbers)
        )
        for metric, numbers in known.items()
    }
