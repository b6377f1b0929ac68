"""The instant is kept through whatever happens to the clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from socialapp.publishing import timekeeper
from socialapp.publishing.timekeeper import BELIEVE_AFTER_S, ClockIsWrong, Timekeeper

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


class Clocks:
    """A machine's clock that never jumps, and a database's that does."""

    def __init__(self) -> None:
        self.steady_s = 5000.0
        self.jumped_s = 0.0
        self.journey_s = 0.0
        """How long an answer of the database is on its way."""

    def steady(self) -> float:
        return self.steady_s

    @property
    def truth(self) -> datetime:
        return NOON + timedelta(seconds=self.steady_s - 5000)

    async def now(self) -> datetime:
        instant = self.truth + timedelta(seconds=self.jumped_s)
        self.steady_s += self.journey_s
        return instant


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr(timekeeper, "utc_now", lambda: clocks.truth)
    return clocks


async def kept(clocks: Clocks) -> Timekeeper:
    time = Timekeeper(steady=clocks.steady)
    await time.set(cast(Any, clocks))
    return time


async def pass_s(clocks: Clocks, time: Timekeeper, seconds: int) -> None:
    for _ in range(0, seconds, 5):
        clocks.steady_s += 5
        await time.renew(cast(Any, clocks))


@pytest.mark.parametrize("jump_s", [3600, -3600, 5, -5])
async def test_a_jump_moves_nothing(clocks: Clocks, jump_s: float) -> None:
    time = await kept(clocks)
    clocks.jumped_s = jump_s

    await pass_s(clocks, time, 55)

    assert time.now() == clocks.truth
    assert time.jump_s == pytest.approx(jump_s)


@pytest.mark.parametrize("jump_s", [3600, -5])
async def test_a_jump_that_stands_is_a_correction(clocks: Clocks, jump_s: float) -> None:
    time = await kept(clocks)
    clocks.jumped_s = jump_s

    await pass_s(clocks, time, int(BELIEVE_AFTER_S) + 10)

    assert time.now() == clocks.truth + timedelta(seconds=jump_s)
    assert time.jump_s == 0


async def test_a_jump_there_and_back_leaves_nothing(clocks: Clocks) -> None:
    time = await kept(clocks)
    clocks.jumped_s = 3600
    await pass_s(clocks, time, 40)
    clocks.jumped_s = 0

    await pass_s(clocks, time, 100)

    assert time.now() == clocks.truth
    assert time.jump_s == 0


async def test_small_corrections_are_followed_at_once(clocks: Clocks) -> None:
    time = await kept(clocks)
    clocks.jumped_s = -0.3

    await pass_s(clocks, time, 5)

    assert time.now() == clocks.truth - timedelta(seconds=0.3)


@pytest.mark.parametrize(("jump_s", "word"), [(30, "behind"), (-30, "ahead of")])
async def test_it_refuses_to_begin_with_a_clock_that_is_off(
    clocks: Clocks, jump_s: float, word: str
) -> None:
    clocks.jumped_s = jump_s

    with pytest.raises(ClockIsWrong, match=f"30 s {word} the database's"):
        await kept(clocks)


async def test_a_slow_answer_at_the_start_is_no_wrong_clock(clocks: Clocks) -> None:
    clocks.journey_s = 4.0

    time = await kept(clocks)

    # Late by the journey at worst, never early.
    assert timedelta(0) <= clocks.truth - time.now() <= timedelta(seconds=4)


async def test_a_slow_answer_is_no_jump(clocks: Clocks) -> None:
    time = await kept(clocks)
    clocks.journey_s = 3.0

    await pass_s(clocks, time, 60)

    assert time.now() == clocks.truth
    assert time.jump_s == 0


async def test_a_jump_is_seen_through_slow_answers(clocks: Clocks) -> None:
    time = await kept(clocks)
    clocks.journey_s, clocks.jumped_s = 3.0, 3600.0

    await pass_s(clocks, time, 20)

    assert time.now() == clocks.truth
    assert time.jump_s == pytest.approx(3600, abs=3)
