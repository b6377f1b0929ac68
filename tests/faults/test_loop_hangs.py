"""A worker's loop is blocked, for some seconds or for good."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.store.tables import PublishLog
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted
from tests.servers.network import CountingNetwork
from tests.world import World, until

NewWorker = Callable[..., WorkerProcess]
Blocking = Callable[[float], dict[str, str]]
ENDS_WITHIN_S = 15.0
SAID_WITHIN_S = 10.0

# Put where Python looks first: on SIGUSR1 the loop does nothing else for as long as it is told.
BLOCKS = """
import os, signal, time
def block(*_):
    time.sleep(float(os.environ["BLOCK_S"]))
signal.signal(signal.SIGUSR1, block)
"""


@pytest.fixture
def blocking(tmp_path: Path) -> Blocking:
    """Return what a worker has to be started with to be blocked by a signal, for so long."""
    folder = tmp_path / "blocks"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BLOCKS)

    def env(seconds: float) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
        return {"PYTHONPATH": path, "BLOCK_S": str(seconds)}

    return env


async def _attempts(world: World) -> Counter[tuple[str, str]]:
    async with world.database.reading() as db:
        query = select(PublishLog.kind, PublishLog.status)
        return Counter((kind, status) for kind, status in (await db.execute(query)).all())


async def test_a_loop_blocked_for_five_seconds_keeps_its_posts_and_doubles_nothing(
    world: World, new_worker: NewWorker, network: CountingNetwork, blocking: Blocking
) -> None:
    worker = new_worker(**blocking(5.0))
    await worker.start()
    await new_worker().start()
    due = await world.plan_spread(40, begin=utc_now() + timedelta(seconds=3), every_s=0.2)
    await network.has(3, within_s=15)

    os.kill(worker.pid, signal.SIGUSR1)

    await all_posted(world, 40, within_s=30)
    assert network.requests == Counter(dict.fromkeys(due, 1))
    assert await _attempts(world) == {("send", "posted"): 40}
    assert max(arrival.at - due[arrival.text] for arrival in network.arrivals) < 5 + 2
    assert await worker.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_loop_that_was_blocked_says_so(
    world: World, new_worker: NewWorker, blocking: Blocking
) -> None:
    worker = new_worker(**blocking(5.0))
    await worker.start()
    at = len(worker.said)

    os.kill(worker.pid, signal.SIGUSR1)

    async def is_said() -> bool:
        return "loop" in worker.said[at:]

    await until(is_said, within_s=SAID_WITHIN_S)


async def test_a_worker_whose_loop_hangs_ends_itself_and_another_takes_over(
    world: World, new_worker: NewWorker, network: CountingNetwork, blocking: Blocking
) -> None:
    worker = new_worker(**blocking(600.0))
    await worker.start()
    due = await world.plan_spread(40, begin=utc_now() + timedelta(seconds=3), every_s=0.2)
    await network.has(3, within_s=15)

    os.kill(worker.pid, signal.SIGUSR1)
    assert await worker.ends(within_s=ENDS_WITHIN_S) == 70
    assert "loop hangs" in worker.said
    await new_worker().start()

    await all_posted(world, 40, within_s=30)
    assert network.requests == Counter(dict.fromkeys(due, 1))
