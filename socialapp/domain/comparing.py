"""Comparisons: two wordings in comparable slots, what is measured, and what may be said of it.

Networks do not let an audience be split. So each pair has the same channel, weekday and wall-clock
time, in two weeks that follow each other: how many people are there depends on these most. Which
wording has the first of the two weeks is drawn, as often A as B.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from socialapp.domain import moments
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.paired import PAIRS_AT_LEAST, PAIRS_AT_MOST, Finding, Scale

PAIRS_FEWEST = 2
PAIRS_USUAL = 8
RUNNING_AT_MOST = 20
"""At once in a workspace."""
AGES = (1, 2, 3, 7, 14)
"""Days after which a post may be measured."""
AGE_DAYS = 7
SEEDS = 2**31
OFF_AT_MOST = timedelta(hours=1)
"""A post that went out farther from its slot was not in a comparable one."""
NOT_OUT_AFTER = timedelta(days=1)
"""What is not out so long after its slot does not come into it any more."""
MEASURED_WITHIN = 0.1
"""Of its age: what is read later than that is the count of another age."""
ASKED_WITHIN = timedelta(days=3)
"""A network that says nothing for so long after that age says nothing."""


CHANGED = "It was changed before it went out."
CANCELLED = "It was cancelled, and its slot is over."
MOVED = "It was moved out of its slot."
BY_PEOPLE = frozenset({CHANGED, CANCELLED, MOVED})
"""Why a pair does not count that people chose, who may have seen the numbers of others."""
TOUCHED_AT_MOST = 1 / 3
"""Of the pairs; where people touched more, they may have chosen what counts."""


class Wording(StrEnum):
    """One of the two."""

    A = "a"
    B = "b"

    @property
    def other(self) -> "Wording":
        """The one that it is compared with."""
        return Wording.B if self is Wording.A else Wording.A


@dataclass(frozen=True)
class Measure:
    """What a comparison goes by: one kind of act, whatever each network calls it."""

    key: str
    one: str
    many: str
    metrics: frozenset[str]
    """By the networks' own keys; they are the same act in other words."""

    def of(self, metrics: Iterable[str]) -> str | None:
        """Return which of a network's metrics this is, or None."""
        return next((key for key in metrics if key in self.metrics), None)


MEASURES = {
    each.key: each
    for each in (
        Measure("likes", "like", "likes", frozenset({"likes", "favourites"})),
        Measure("reposts", "repost", "reposts", frozenset({"reposts", "boosts"})),
        Measure("replies", "reply", "replies", frozenset({"replies", "comments"})),
        Measure("views", "view", "views", frozenset({"views"})),
    )
}


@dataclass(frozen=True)
class Slot:
    """Where one of the two goes out, and when."""

    pair: int
    """From 1."""
    wording: Wording
    channel_id: int
    at: Moment


def check(*, pairs: int, age_days: int, measure: str) -> None:
    """Raise Rejected for numbers that no comparison has."""
    found: list[Problem] = []
    if not PAIRS_FEWEST <= pairs <= PAIRS_AT_MOST:
        message = f"A comparison has {PAIRS_FEWEST} to {PAIRS_AT_MOST} pairs. Nothing was planned."
        found.append(Problem("pairs_invalid", message, "pairs"))
    if age_days not in AGES:
        *some, last = map(str, AGES)
        message = f"A post is measured after {', '.join(some)} or {last} days."
        found.append(Problem("age_invalid", message, "age_days"))
    if measure not in MEASURES:
        message = f"What is counted is one of {', '.join(MEASURES)}."
        found.append(Problem("measure_unknown", message, "measure"))
    if found:
        raise Rejected(*found)


def orders(seed: int, pairs: int) -> list[bool]:
    """Draw for each pair whether A comes first: as often A as B, or once more of an odd number."""
    drawn = random.Random(seed)  # noqa: S311 - nobody gains by guessing it; it can be drawn again
    firsts = [True] * (pairs // 2) + [False] * (pairs // 2)
    if pairs % 2:
        firsts.append(drawn.random() < 0.5)
    drawn.shuffle(firsts)
    return firsts


def slots(start: Moment, channel_ids: Sequence[int], pairs: int, seed: int) -> list[Slot]:
    """Return where and when everything goes out, in order: channels take turns, week by week.

    Raises Rejected when the clocks skip one of the times: it would not be comparable.
    """
    found: list[Slot] = []
    for number, is_a_first in enumerate(orders(seed, pairs)):
        week = number // len(channel_ids) * 2
        channel_id = channel_ids[number % len(channel_ids)]
        first = Wording.A if is_a_first else Wording.B
        for later, wording in enumerate((first, first.other)):
            at = moments.moment(start.local + timedelta(weeks=week + later), start.zone)
            if at.was_skipped:
                message = (
                    f"The clocks skip {at.local:%H:%M} on {at.local:%d %b %Y} {at.zone}."
                    " Choose another time; nothing was planned."
                )
                raise Rejected(Problem("time_skipped", message, "starts_at"))
            found.append(Slot(number + 1, wording, channel_id, at))
    return sorted(found, key=lambda slot: (slot.at.at, slot.pair))


def closest(slots: Iterable[Slot]) -> timedelta | None:
    """Return how soon a wording is in the same channel again at the soonest; None: never."""
    before: dict[tuple[int, Wording], datetime] = {}
    apart: list[timedelta] = []
    for slot in sorted(slots, key=lambda each: each.at.at):
        key = (slot.channel_id, slot.wording)
        if key in before:
            apart.append(slot.at.at - before[key])
        before[key] = slot.at.at
    return min(apart, default=None)


# What a post came to.


@dataclass(frozen=True)
class Read:
    """What a network said of a post at an instant."""

    at: datetime
    counts: Mapping[str, int]
    is_gone: bool = False


@dataclass(frozen=True)
class Value:
    """What a post came to at its age, or why it has no value; neither: it is not known yet."""

    number: int | None = None
    lost: str = ""


def value(
    series: Sequence[Read],
    *,
    asked_at: datetime | None,
    posted_at: datetime,
    age: timedelta,
    metrics: Collection[str],
    now: datetime,
) -> Value:
    """Return what a post came to at an age, from what was read of it, the oldest first.

    A series keeps only what differs: `asked_at`, when the network last answered, says up to when
    the last entry holds.
    """
    due, latest = posted_at + age, posted_at + age * (1 + MEASURED_WITHIN)
    until = [read for read in series if read.at <= latest]
    if now < due:
        return Value()
    if asked_at is None or asked_at < due:
        is_over = now > due + ASKED_WITHIN
        return Value(lost="Its network did not say how many in time.") if is_over else Value()
    if until and until[-1].is_gone:  # not before: networks err, and are asked again
        return Value(lost="It is gone at its network.")
    later = [read for read in series if read.at > latest]
    if not until or (later and until[-1].at < due):
        return Value(lost="Its network was asked too late: that is the count of another age.")
    key = next((key for key in until[-1].counts if key in metrics), None)
    if key is None:
        return Value(lost="Its network does not say how many.")
    return Value(until[-1].counts[key])


# What is said.


class Stage(StrEnum):
    """How far a comparison is."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


def is_bent(touched: int, pairs: int) -> bool:
    """Whether people touched so many pairs that no verdict is fair."""
    return touched > TOUCHED_AT_MOST * pairs


def statement(
    stage: Stage,
    finding: Finding | None,
    *,
    measured: int,
    pairs: int,
    measure: Measure,
    touched: int = 0,
) -> str:
    """Say what is known: a verdict at the end alone, for who looks often enough finds anything.

    `finding`: of the complete pairs; None when there is none. `touched`: so many pairs do not count
    for what people did to them.
    """
    did = "eople changed, moved or cancelled"
    if stage is Stage.ENDED and is_bent(touched, pairs):
        return f"Cannot tell: p{did} {touched} of {pairs} pairs. No verdict is fair then."
    said = _said(stage, finding, measured=measured, pairs=pairs, measure=measure)
    if touched:
        said += f" P{did} {_pairs(touched, 'it does', 'they do', '; ')} not count."
    return said


def _said(
    stage: Stage, finding: Finding | None, *, measured: int, pairs: int, measure: Measure
) -> str:
    if stage is Stage.RUNNING:
        return f"Still running: {measured} of {pairs} pairs measured."
    if stage is Stage.STOPPED:
        return f"Stopped with {measured} of {pairs} pairs measured: no verdict."
    if finding is None or finding.pairs < PAIRS_AT_LEAST:
        return f"Cannot tell: {_pairs(measured, 'is', 'are')} too few."
    if finding.low is None or finding.high is None:
        return f"Cannot tell: in the {finding.pairs} complete pairs nearly always one came first."
    if finding.low == finding.high and not finding.is_told:
        return f"Cannot tell: A and B got the same in nearly all of the {finding.pairs} pairs."
    if finding.scale == Scale.DIFFERENCE:
        return _difference(finding, finding.low, finding.high, measure)
    return _ratio(finding, finding.low, finding.high, measure)


def _ratio(found: Finding, low: float, high: float, measure: Measure) -> str:
    if not found.is_told:
        return (
            f"Cannot tell: after {found.pairs} pairs A may have got anything from"
            f" {_number(low)} to {_number(high)} times the {measure.many} of B."
        )
    best, rest, times = ("A", "B", found.estimate) if low > 1 else ("B", "A", 1 / found.estimate)
    bounds = (low, high) if low > 1 else (1 / high, 1 / low)
    return (
        f"{best} got {_number(times, 1)} times the {measure.many} of {rest}"
        f" (95 % interval {_number(bounds[0], 1)} to {_number(bounds[1], 1)}; {found.pairs} pairs)."
    )


def _difference(found: Finding, low: float, high: float, measure: Measure) -> str:
    if not found.is_told:
        return (
            f"Cannot tell: after {found.pairs} pairs A may have got anything from"
            f" {_more(low)} to {_more(high)} {measure.many} for each post than B."
        )
    best, rest = ("A", "B") if low > 0 else ("B", "A")
    bounds = sorted((abs(low), abs(high)))
    return (
        f"{best} got {_number(abs(found.estimate), 0)} more {measure.many} for each post than"
        f" {rest} (95 % interval {_number(bounds[0], 0)} to {_number(bounds[1], 0)};"
        f" {found.pairs} pairs)."
    )


def _more(number: float) -> str:
    return f"{_number(abs(number))} {'fewer' if number < 0 else 'more'}"


def _number(number: float, not_: float | None = None) -> str:
    """Write a number with two figures; more where it would else read as one that it is `not_`."""
    if number >= 10:
        return f"{number:,.0f}"
    for places in (1, 2, 3, 4):
        words = f"{number:.{places}f}"
        if float(words) != not_ and (float(words) or not number):
            break
    return words


def _pairs(number: int, one: str, many: str, then: str = " ") -> str:
    return f"{number} pair{then}{one}" if number == 1 else f"{number} pairs{then}{many}"
