"""Recycling: which posts did so well that they go round in an evergreen list, by a rule.

Each post is compared with the others of its channel, in one measure, by what it had at one age.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.results import Metric

AGE = timedelta(days=7)
"""Posts are compared by what they had within that: older ones had more time."""
NEAR = timedelta(days=5)
"""What was read at that age tells what a post had within AGE: then networks are asked so often."""
ENOUGH = 20
"""Measured posts of a channel; of fewer nothing is concluded."""
DAYS_AT_MOST = 3650
AT_LEAST_AT_MOST = 1_000_000
PER_WEEK_AT_MOST = 20
WEEK = timedelta(days=7)


def known(
    counts: Mapping[str, int], *, age: timedelta, later: Mapping[str, int] | None
) -> Mapping[str, int]:
    """Return what is known of what a post had within AGE, of what was last read by then.

    `later` is what was read first after that; None: nothing changed. What was read long before AGE
    is known when it is still so later: in between nobody may have asked.
    """
    if age >= NEAR or later is None:
        return counts
    return {key: number for key, number in counts.items() if later.get(key) == number}


class Measure(StrEnum):
    """What is counted: one of these, never several together."""

    LIKES = "likes"
    REPOSTS = "reposts"
    REPLIES = "replies"
    VIEWS = "views"


_CALLED: Mapping[Measure, frozenset[str]] = {
    Measure.LIKES: frozenset({"likes", "favourites"}),
    Measure.REPOSTS: frozenset({"reposts", "boosts"}),
    Measure.REPLIES: frozenset({"replies"}),
    Measure.VIEWS: frozenset({"views"}),
}
"""Networks have words of their own for the same."""


def metric_of(measure: Measure, metrics: Iterable[Metric]) -> Metric | None:
    """Return what a network calls it; None when it does not tell that."""
    return next((metric for metric in metrics if metric.key in _CALLED[measure]), None)


class State(StrEnum):
    """What became of a post that a rule has found."""

    PROPOSED = "proposed"
    ADDED = "added"
    DISMISSED = "dismissed"
    """Never found again for this list."""
    WITHDRAWN = "withdrawn"
    """The rule was changed or removed before anybody answered, or the post may not go again."""


DECIDED = (State.ADDED, State.DISMISSED)


@dataclass(frozen=True)
class Rule:
    """Which posts of its channels a list gets, and how."""

    measure: Measure = Measure.LIKES
    best_percent: int = 10
    at_least: int = 1
    from_days: int = 30
    to_days: int = 365
    """Posts are at least and at most so old."""
    per_week: int = 2
    asks: bool = True
    """Whether each waits for a person's yes; else it is added at once."""

    def check(self) -> None:
        """Raise Rejected for what is out of range."""
        _check("best_percent", self.best_percent, 1, 100, "The best are")
        _check("at_least", self.at_least, 1, AT_LEAST_AT_MOST, "The least number is")
        _check("from_days", self.from_days, AGE.days, DAYS_AT_MOST, "Posts are at least")
        _check("to_days", self.to_days, AGE.days, DAYS_AT_MOST, "Posts are at most")
        _check("per_week", self.per_week, 1, PER_WEEK_AT_MOST, "A week brings")
        if self.to_days < self.from_days:
            message = "The oldest posts cannot be younger than the youngest. Nothing was changed."
            raise Rejected(Problem("out_of_range", message, "to_days"))

    def spoken(self) -> str:
        """Say it for a person."""
        often = "one" if self.per_week == 1 else str(self.per_week)
        how = "each waits for your yes" if self.asks else "added at once"
        return (
            f"Posts of its channels that are {self.from_days} to {self.to_days} days old, with"
            f" {self.measure} among the best {self.best_percent} % of their channel and at least"
            f" {self.at_least}; at most {often} a week, {how}."
        )


_UNITS = {"best_percent": " %", "from_days": " days old", "to_days": " days old"}


def _check(name: str, number: int, low: int, high: int, what: str) -> None:
    if not low <= number <= high:
        message = f"{what} {low} to {high}{_UNITS.get(name, '')}. Nothing was changed."
        raise Rejected(Problem("out_of_range", message, name))


@dataclass(frozen=True)
class Seen:
    """A post at a channel, and how many it had within AGE."""

    post_id: int
    channel_id: int
    posted_at: datetime
    number: int


@dataclass(frozen=True)
class Pick:
    """A post that a rule finds, and how it stands in its channel."""

    seen: Seen
    better_than: int
    others: int
    """So many other posts of the channel are measured."""

    def words(self, metric: Metric, channel: str) -> str:
        """Say it: "12 likes within 7 days, better than 18 of 19 other posts of Shop"."""
        return (
            f"{metric.words(self.seen.number)} within {AGE.days} days,"
            f" better than {self.better_than} of {self.others} other posts of {channel}"
        )

    @property
    def _worth(self) -> tuple[float, int, int]:
        return (self.better_than / max(1, self.others), self.seen.number, -self.seen.post_id)


def standings(posts: Sequence[Seen]) -> list[Pick]:
    """Return how each post of a channel stands: what is alike is not better than one another."""
    numbers = sorted(post.number for post in posts)
    return [Pick(post, bisect_left(numbers, post.number), len(numbers) - 1) for post in posts]


def is_among_best(pick: Pick, percent: int) -> bool:
    """Whether a post is better than all of the others but these percent."""
    return pick.better_than * 100 >= (100 - percent) * pick.others


def not_enough(posts: int) -> str:
    """Say that too few posts are measured; "" when they are enough."""
    return "" if posts >= ENOUGH else f"not enough data: {posts} of {ENOUGH} posts"


def choose(by_channel: Iterable[Sequence[Seen]], rule: Rule, *, now: datetime) -> list[Pick]:
    """Return what a rule finds, the best first; each post once, where it stands best."""
    found: dict[int, Pick] = {}
    for posts in by_channel:
        if not_enough(len(posts)):
            continue
        for pick in standings(posts):
            if _fits(pick, rule, now=now):
                before = found.get(pick.seen.post_id)
                if before is None or pick._worth > before._worth:  # noqa: SLF001 - of its own kind
                    found[pick.seen.post_id] = pick
    return sorted(found.values(), key=lambda pick: pick._worth, reverse=True)  # noqa: SLF001


def _fits(pick: Pick, rule: Rule, *, now: datetime) -> bool:
    age = now - pick.seen.posted_at
    return (
        timedelta(days=rule.from_days) <= age <= timedelta(days=rule.to_days)
        and pick.seen.number >= rule.at_least
        and is_among_best(pick, rule.best_percent)
    )
