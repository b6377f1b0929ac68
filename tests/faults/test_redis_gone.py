"""Without Redis posts go out; with it back, it is used again."""

import signal
from collections.abc import Callable
from datetime import timedelta

from socialapp.clock import utc_now
from tests.faults.conftest import WorkerProcess
from tests.servers.valkey import ValkeyServer
from tests.world import World, until


async def test_a_worker_starts_and_publishes_without_redis(
    world: World, new_worker: Callable[..., WorkerProcess]
) -> None:
    await new_worker().start()

    schedule = await world.schedule("No Redis")

    await world.reaches(schedule, "posted")
    assert await world.timeline() == ["No Redis"]


async def test_redis_killed_in_the_middle_delays_nothing(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    own_valkey: Callable[[], ValkeyServer],
) -> None:
    server = own_valkey()
    worker = new_worker(server.url)
    await worker.start()
    await world.plan(20, at=utc_now() + timedelta(seconds=3))

    server.stop()

    async def all_posted() -> bool:
        return await world.counts() == {"posted": 20}

    await until(all_posted)
    late = [(await world.delivery_of(i)).late_ms for i in range(1, 21)]
    assert max(ms for ms in late if ms is not None) < 2000
    assert await worker.end(signal.SIGTERM) == 0
