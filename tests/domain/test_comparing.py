"""Comparisons: honest about chance, fair in their order, and plain in what they say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from socialapp.domain import moments
from socialapp.domain.comparing import (
    MEASURES,
    Read,
    Stage,
    Value,
    Wording,
    closest,
    orders,
    slots,
    statement,
    value,
)
from socialapp.domain.errors import Rejected
from socialapp.domain.paired import PAIRS_AT_LEAST, Pair, Scale, find

RUNS = 1000
LIKES = MEASURES["likes"]


def drawn(
    number: int, *, times: float = 1, mean: float = 20, spread: float = 4, runs: int = RUNS
) -> Iterator[list[Pair]]:
    """Yield pairs of overdispersed counts, with channels of all sizes and a steady growth.

    The variance of a count is mean + mean² / spread. A pair shares its channel; the second week has
    a little more of everything, whatever the wording.
    """
    chance = np.random.default_rng(2026)
    for run in range(runs):
        pairs = []
        for n, is_a_first in enumerate(orders(run, number)):
            here = mean * chance.lognormal(0, 0.5) * 1.03 ** (2 * n)
            first, second = here * (times if is_a_first else 1), here * 1.03
            second *= 1 if is_a_first else times
            got = [
                int(chance.negative_binomial(spread, spread / (spread + expected)))
                for expected in (first, second)
            ]
            a, b = got if is_a_first else reversed(got)
            pairs.append(Pair(a, b, is_a_first))
        yield pairs


@pytest.mark.parametrize(
    ("number", "mean", "spread"),
    [(7, 20, 4), (8, 20, 1), (9, 3, 0.5), (12, 20, 4), (12, 0.4, 0.5), (12, 200, 0.3), (14, 2, 1)],
)
def test_without_a_difference_it_claims_one_in_five_of_a_hundred_at_most(
    number: int, mean: float, spread: float
) -> None:
    claims = sum(find(pairs).is_told for pairs in drawn(number, mean=mean, spread=spread))

    # Of 1000 honest runs up to 50, and what chance adds to that in one of a thousand tests.
    assert claims <= 72


def test_twice_as_much_is_found_mostly_and_the_interval_holds_it() -> None:
    found = [find(pairs) for pairs in drawn(12, times=2)]

    assert sum(f.is_told and f.estimate > 1 for f in found) > 0.75 * RUNS
    assert sum(f.is_told and f.estimate < 1 for f in found) <= 2
    holds = sum(f.low is not None and f.high is not None and f.low <= 2 <= f.high for f in found)
    assert holds >= 0.93 * RUNS
    assert all(f.low and f.high and f.low <= f.estimate <= f.high for f in found)


@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.parametrize("mean", [1, 5, 20])
def test_the_interval_holds_what_is_true_for_few_and_for_many(mean: float, times: float) -> None:
    chance = np.random.default_rng(2027)
    holds = ratios = 0
    for run in range(RUNS):
        firsts = orders(run, 14)
        a, b = chance.poisson(mean * times, 14), chance.poisson(mean, 14)
        found = find([Pair(int(x), int(y), z) for x, y, z in zip(a, b, firsts, strict=True)])
        assert found.low is not None
        assert found.high is not None
        ratios += found.scale is Scale.RATIO
        truth = times if found.scale is Scale.RATIO else mean * (times - 1)
        holds += found.low <= truth <= found.high

    # Of 1000 honest runs 950, and what chance takes from that in one of a thousand tests.
    assert holds >= 928
    if mean <= 2:
        assert ratios <= 0.01 * RUNS
    if mean >= 10:
        assert ratios >= 0.99 * RUNS


def test_it_does_not_matter_which_of_them_is_called_a() -> None:
    for pairs in drawn(11, times=1.5, runs=40):
        one, other = find(pairs), find([Pair(p.b, p.a, not p.is_a_first) for p in pairs])

        assert None not in {one.low, one.high, other.low, other.high}
        assert (one.scale, one.is_told) == (other.scale, other.is_told)
        assert one.low == pytest.approx(1 / (other.high or 0))
        assert one.high == pytest.approx(1 / (other.low or 0))


def test_few_pairs_and_none_but_one_order_tell_nothing() -> None:
    clear = [Pair(100, 1, n % 2 == 0) for n in range(20)]

    assert [find(clear[:n]).is_told for n in (1, 2, 5, 6)] == [False] * 4
    assert [find(clear[:n]).is_told for n in (7, 8, 19, 20)] == [True] * 4
    assert find([Pair(100, 1, True)] * 12).low is None
    with pytest.raises(ValueError, match="too many pairs"):
        find(clear * 2)


def test_the_order_is_drawn_in_balance_and_drawn_again_from_its_seed() -> None:
    for number in (7, 8, 20):
        draws = [orders(seed, number) for seed in range(200)]

        assert all(abs(2 * sum(each) - number) == number % 2 for each in draws)
        assert draws == [orders(seed, number) for seed in range(200)]
        assert 70 <= sum(each[0] for each in draws) <= 130


def test_a_pair_has_one_channel_and_time_in_weeks_that_follow_each_other() -> None:
    start = moments.read("2027-03-16T09:00", zone="Europe/Berlin")

    plan = slots(start, [4, 5], 5, seed=1)

    assert len(plan) == 10
    assert {f"{s.at.local:%A %H:%M}" for s in plan} == {"Tuesday 09:00"}
    assert {s.at.at.hour for s in plan} == {8, 7}  # the clocks change in between
    for number in range(1, 6):
        one, other = sorted((s for s in plan if s.pair == number), key=lambda s: s.at.at)
        assert other.at.local - one.at.local == timedelta(weeks=1)
        assert one.channel_id == other.channel_id == (4, 5)[(number - 1) % 2]
        assert {one.wording, other.wording} == set(Wording)
    assert max(s.at.local for s in plan) == start.local + timedelta(weeks=5)
    assert closest(slots(start, [4], 1, seed=1)) is None
    soonest = closest(slots(start, [4], 20, seed=1))
    assert soonest is not None
    assert soonest <= timedelta(weeks=1)
    skipped = moments.read("2027-03-21T02:30", zone="Europe/Berlin")
    with pytest.raises(Rejected, match="The clocks skip"):
        slots(skipped, [4], 2, seed=1)


OUT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def test_each_post_is_measured_at_the_same_age_or_not_at_all() -> None:
    def at(days: float, likes: int, **more: bool) -> Read:
        return Read(OUT + timedelta(days=days), {"favourites": likes, "boosts": 50}, **more)

    def read(*series: Read, asked: float | None, now: float = 7) -> Value:
        return value(
            series,
            asked_at=None if asked is None else OUT + timedelta(days=asked),
            posted_at=OUT,
            age=timedelta(days=7),
            metrics=LIKES.metrics,
            now=OUT + timedelta(days=now),
        )

    assert read(at(1, 3), at(6.9, 5), asked=6.9) == Value()
    assert read(at(1, 3), asked=7.01) == Value(3)
    assert read(at(1, 3), at(7.2, 6), asked=7.2) == Value(6)
    assert read(at(1, 3), at(7.2, 6), at(9, 9), asked=9) == Value(6)
    assert "another age" in read(at(1, 3), at(9, 9), asked=9).lost
    assert "in time" in read(at(1, 3), asked=5, now=10.1).lost
    gone = at(4, 3, is_gone=True)
    assert read(at(1, 3), gone, asked=4, now=4.1) == read(at(1, 3), gone, asked=4) == Value()
    assert "gone" in read(at(1, 3), gone, asked=7.01, now=7.1).lost
    assert read(at(1, 3), gone, at(7.01, 4), asked=7.01, now=7.1) == Value(4)
    assert "does not say" in read(Read(OUT, {"boosts": 2}), asked=7.1).lost


def test_what_people_touched_is_said_and_above_a_third_nothing_else() -> None:
    clear = find([Pair(24 + n, 10 + n % 4, n % 2 == 0) for n in range(8)])

    def say(touched: int, pairs: int, stage: Stage = Stage.ENDED) -> str:
        return statement(stage, clear, measured=8, pairs=pairs, measure=LIKES, touched=touched)

    assert say(0, 8).endswith("8 pairs).")
    assert say(1, 9).startswith("A got 2.3 times the likes of B")
    assert say(1, 9).endswith(" People changed, moved or cancelled 1 pair; it does not count.")
    assert say(4, 12).startswith("A got 2.3 times")
    assert say(4, 12).endswith(" People changed, moved or cancelled 4 pairs; they do not count.")
    many = "Cannot tell: people changed, moved or cancelled 5 of 12 pairs. No verdict is fair then."
    assert say(5, 12) == many
    running = say(5, 12, Stage.RUNNING)
    assert running.startswith("Still running: 8 of 12 pairs measured. People changed")


def test_a_verdict_is_given_at_the_end_alone_and_says_what_it_rests_on() -> None:
    clear = find([Pair(14, 10, n % 2 == 0) for n in range(8)])
    vague = find([Pair(10 + 9 * (n % 3), 12, n % 2 == 0) for n in range(8)])
    rare = find([Pair(n % 3 == 0, 0, n % 2 == 0) for n in range(12)])
    none = find([Pair(0, 0, n % 2 == 0) for n in range(12)])

    def say(found: object, stage: Stage = Stage.ENDED, measured: int = 8) -> str:
        return statement(stage, found, measured=measured, pairs=8, measure=LIKES)  # type: ignore[arg-type]

    assert say(clear, Stage.RUNNING) == "Still running: 8 of 8 pairs measured."
    assert say(clear, Stage.STOPPED) == "Stopped with 8 of 8 pairs measured: no verdict."
    few = find([Pair(100, 1, n % 2 == 0) for n in range(PAIRS_AT_LEAST - 1)])
    assert say(few, measured=6) == "Cannot tell: 6 pairs are too few."
    assert say(None, measured=0) == "Cannot tell: 0 pairs are too few."
    varied = find([Pair(24 + n, 10 + n % 4, n % 2 == 0) for n in range(8)])
    assert say(varied) == "A got 2.3 times the likes of B (95 % interval 2.1 to 2.6; 8 pairs)."
    mirror = find([Pair(10 + n % 4, 24 + n, n % 2 == 1) for n in range(8)])
    assert say(mirror) == say(varied).replace("A", "x").replace("B", "A").replace("x", "B")
    assert say(vague).startswith("Cannot tell: after 8 pairs A may have got anything from 0.")
    assert rare.scale is Scale.DIFFERENCE
    assert "fewer" in say(rare) or "more likes for each post" in say(rare)
    assert say(none) == "Cannot tell: A and B got the same in nearly all of the 12 pairs."
