"""Without Redis posts go out; with it back, it is used again."""

import asyncio
import shutil
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from socialapp.live import CHANGES, QUEUE, WAKE, Live
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted
from tests.servers.network import CountingNetwork
from tests.servers.valkey import ValkeyServer
from tests.world import World, until

LATE_AT_MOST_S = 2.0


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


async def killed_for_a_second(server: ValkeyServer) -> None:
    server.kill()
    await asyncio.sleep(1)  # the length of the outage is the input
    await asyncio.to_thread(server.start)


async def killed_for_ten_seconds(server: ValkeyServer) -> None:
    server.kill()
    await asyncio.sleep(10)  # the length of the outage is the input
    await asyncio.to_thread(server.start)


async def back_empty(server: ValkeyServer) -> None:
    server.kill()
    shutil.rmtree(server.folder / "appendonlydir")
    await asyncio.to_thread(server.start)


async def flushed_again_and_again(server: ValkeyServer) -> None:
    for _ in range(50):
        assert server.command("FLUSHALL") == b"+OK\r\n"
        await asyncio.sleep(0.1)  # spread over the burst


async def full_for_five_seconds(server: ValkeyServer) -> None:
    assert server.command("CONFIG SET maxmemory 1") == b"+OK\r\n"
    assert server.command("SET a b").startswith(b"-OOM")
    await asyncio.sleep(5)  # the length of the outage is the input
    assert server.command("CONFIG SET maxmemory 0") == b"+OK\r\n"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "outage",
    [
        killed_for_a_second,
        killed_for_ten_seconds,
        back_empty,
        flushed_again_and_again,
        full_for_five_seconds,
    ],
)
async def test_whatever_becomes_of_redis_posts_go_out_once_and_in_time(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    network: CountingNetwork,
    own_valkey: Callable[[], ValkeyServer],
    outage: Callable[[ValkeyServer], Awaitable[None]],
) -> None:
    server = own_valkey()
    await new_worker(server.url).start()
    begin = utc_now() + timedelta(seconds=1)
    due: dict[str, float] = {}
    for tenth in range(100):
        at = begin + timedelta(seconds=tenth / 10)
        await world.plan_more(f"t{tenth}", 1, at=at)
        due[f"t{tenth}-0"] = at.timestamp()
    await network.has(5, within_s=10)

    ended = asyncio.create_task(outage(server))
    for number in range(10):  # and some are wanted at once, while it lasts
        due[f"now {number}"] = utc_now().timestamp()
        await world.schedule(f"now {number}")
        await asyncio.sleep(0.4)
    await ended

    await all_posted(world, len(due), within_s=30)
    assert network.requests == Counter(dict.fromkeys(due, 1))
    late = sorted(arrival.at - due[arrival.text] for arrival in network.arrivals)
    assert late[0] > -0.001
    assert late[int(len(late) * 0.99)] <= LATE_AT_MOST_S
    await until(lambda: _is_used_again(server))


async def _is_used_again(server: ValkeyServer) -> bool:
    """Whether the worker listens for wakes, and arq's worker leaves its own sign of life."""
    listens = server.command(f"PUBSUB NUMSUB {WAKE}").endswith(b":1\r\n")
    return listens and server.command(f"EXISTS {QUEUE}:health-check") == b":1\r\n"


async def test_a_listener_says_when_the_line_breaks_and_hears_again_when_it_is_back(
    own_valkey: Callable[[], ValkeyServer],
) -> None:
    server = own_valkey()
    line = Live(server.url)
    heard = line.listen(CHANGES)
    async with asyncio.timeout(30):
        assert await anext(heard) == {"redis": True}

        server.kill()
        assert await anext(heard) == {"redis": False}
        await asyncio.to_thread(server.start)
        while (said := await anext(heard)) == {"redis": False}:
            pass
        assert said == {"redis": True}

        await line.announce(7)
        assert await anext(heard) == {"workspaces": [7]}
    await heard.aclose()  # type: ignore[attr-defined]
    await line.close()
