"""The wall clock of a worker is turned, or is wrong from the start."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from socialapp.clock import utc_now
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted
from tests.servers.clock import TurnedClock
from tests.servers.network import CountingNetwork
from tests.world import World, until

NewWorker = Callable[..., WorkerProcess]
LATE_AT_MOST_S = 2.0
HOUR = 3600.0
TURNS = [
    ("sqlite", [HOUR]),
    ("sqlite", [-HOUR]),
    ("sqlite", [5.0]),
    ("sqlite", [-5.0]),
    ("sqlite", [HOUR, 0.0]),
    ("postgresql", [HOUR]),
    ("postgresql", [-5.0]),
]


@pytest.mark.parametrize(("database_url", "turns"), TURNS, indirect=["database_url"])
async def test_a_clock_that_jumps_makes_nothing_early_late_double_or_lost(
    world: World,
    new_worker: NewWorker,
    network: CountingNetwork,
    tmp_path: Path,
    turns: list[float],
) -> None:
    clock = TurnedClock(tmp_path)
    worker = new_worker(**clock.env)
    await worker.start()
    begin = utc_now() + timedelta(seconds=3)
    due = await world.plan_spread(50, begin=begin, every_s=0.2)
    await world.plan_more("later", 1, at=utc_now() + timedelta(minutes=30))
    assert utc_now() < begin

    await network.has(5, within_s=15)
    for by_s in turns:
        clock.turn(by_s)
        await asyncio.sleep(6)  # longer than the worker believes a reading of the clock
    await network.has(50, within_s=15)

    assert network.requests == Counter(dict.fromkeys(due, 1))
    late = [arrival.at - due[arrival.text] for arrival in network.arrivals]
    assert min(late) > -0.001
    assert max(late) < LATE_AT_MOST_S
    assert await _lateness_is_said_right(world, network, due)


async def _lateness_is_said_right(
    world: World, network: CountingNetwork, due: dict[str, float]
) -> bool:
    """Whether what people are told is what the tests saw, on a clock that was not turned."""
    await until(lambda: _has_noted(world, len(due)))
    said = sorted([(await world.delivery_of(i)).late_ms or 0.0 for i in range(1, len(due) + 1)])
    seen = sorted((arrival.at - due[arrival.text]) * 1000 for arrival in network.arrivals)
    return all(abs(a - b) < 1000 for a, b in zip(said, seen, strict=True))


async def _has_noted(world: World, number: int) -> bool:
    return (await world.counts()).get("posted") == number


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("by_s", [30.0, -30.0, HOUR])
async def test_a_worker_whose_clock_is_not_the_databases_refuses_to_start(
    world: World, new_worker: NewWorker, network: CountingNetwork, tmp_path: Path, by_s: float
) -> None:
    await world.plan(3, at=utc_now() + timedelta(seconds=2))
    worker = new_worker(**TurnedClock(tmp_path, by_s=by_s).env)

    with pytest.raises(AssertionError, match="the worker ended"):
        await worker.start()

    assert await worker.ends(within_s=10) != 0
    assert f"{abs(by_s):.0f} s {'ahead of' if by_s > 0 else 'behind'} the database" in worker.said
    assert "Traceback" not in worker.said
    assert network.arrivals == []
    assert await world.counts() == {"queued": 3}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_worker_that_is_a_second_off_starts_and_goes_by_the_database(
    world: World, new_worker: NewWorker, network: CountingNetwork, tmp_path: Path
) -> None:
    await new_worker(**TurnedClock(tmp_path, by_s=1.0).env).start()
    at = utc_now() + timedelta(seconds=3)
    await world.plan(5, at=at)

    await all_posted(world, 5, within_s=20)
    assert min(arrival.at for arrival in network.arrivals) > at.timestamp() - 0.001
