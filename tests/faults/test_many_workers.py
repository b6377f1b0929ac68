"""Many workers share the same rows, die and are replaced: each post is at its network once."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.publishing.heartbeat import LEASE_SENDING_S
from socialapp.store import attempts
from socialapp.store.tables import PublishLog
from tests.networks.adapters import ADAPTERS
from tests.networks.court import Case, Court
from tests.networks.fleet import Forked, fleet
from tests.networks.stand import KINDS
from tests.servers.valkey import ValkeyServer
from tests.world import until

STUCK_AFTER_S = LEASE_SENDING_S + 10


@pytest.fixture(params=["sqlite", "postgresql"])
async def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Case]:
    """A workspace before its judge, on each kind of database."""
    monkeypatch.setattr(providers, "PROVIDERS", (Sandbox, *ADAPTERS))
    is_sqlite = request.param == "sqlite"
    cluster = None if is_sqlite else request.getfixturevalue("postgresql")
    empty = str(request.getfixturevalue(f"{request.param}_template"))
    async with fleet() as opened, Court(opened, tmp_path, empty, cluster).case() as found:
        yield found


async def _plan(case: Case, posts: int, *, in_s: float, every_s: float) -> None:
    """Plan posts to all five networks at a steady pace."""
    first_at = utc_now() + timedelta(seconds=in_s)
    await case.stand.plan_many(
        (f"post-{i}", first_at + timedelta(seconds=i * every_s)) for i in range(posts)
    )


async def test_workers_killed_at_random_lose_nothing_and_double_nothing(case: Case) -> None:
    chance = random.Random(5)
    crew = [await case.worker(f"w{i}") for i in range(3)]
    await _plan(case, 60, in_s=2, every_s=0.1)
    assert len(await case.stand.said()) == 300

    for i in range(24):
        await asyncio.sleep(chance.uniform(0.25, 0.5))  # the moment of the kill is the input
        chosen = chance.randrange(len(crew))
        await crew[chosen].end(signal.SIGKILL)
        crew[chosen] = await case.worker(f"r{i}")
    await case.stand.settles(within_s=STUCK_AFTER_S)

    assert await case.stand.faults() == []
    assert await _asked_twice(case) == []


async def test_threads_whose_workers_are_killed_at_random_go_on_where_they_were(
    case: Case,
) -> None:
    chance = random.Random(7)
    crew = [await case.worker(f"w{i}") for i in range(2)]
    at = utc_now() + timedelta(seconds=1)
    wanted = [(f"thread-{i}", at + timedelta(seconds=i * 0.5)) for i in range(10)]
    await case.stand.plan_many(wanted, parts=3)

    for i in range(10):
        await asyncio.sleep(chance.uniform(0.3, 0.8))  # the moment of the kill is the input
        chosen = chance.randrange(len(crew))
        await crew[chosen].end(signal.SIGKILL)
        crew[chosen] = await case.worker(f"r{i}")
    await case.stand.settles(within_s=STUCK_AFTER_S)

    assert await case.stand.faults() == []


async def _asked_twice(case: Case) -> list[str]:
    """Return what was asked for again of the network that can neither tell nor be asked."""
    asked = Counter(a.text for a in case.judge.arrived if a.kind == "nothing")
    return [text for text, times in asked.items() if times > 1]


async def test_a_rolling_restart_under_load_is_not_felt(case: Case) -> None:
    crew = [await case.worker(f"w{i}") for i in range(3)]
    for worker in crew:
        await worker.is_ready()
    await _plan(case, 32, in_s=2, every_s=0.25)

    for i, old in enumerate(crew):
        await asyncio.sleep(2)  # load before, between and after the restarts
        await (await case.worker(f"n{i}")).is_ready()
        async with asyncio.timeout(45):
            assert await old.end(signal.SIGTERM) == 0, old.out.read_text()[-2000:]
    await case.stand.settles(within_s=STUCK_AFTER_S)

    assert await case.stand.faults() == []
    assert {said.status for said in await case.stand.said()} == {"posted"}
    assert await _entries(case) == {("send", "posted"): 160}
    assert set(case.judge.requests().values()) == {len(KINDS)}


async def _entries(case: Case) -> dict[tuple[str, str], int]:
    """Count the log's entries by what they are about and how they ended."""
    query = select(col(PublishLog.kind), col(PublishLog.status), func.count()).group_by(
        col(PublishLog.kind), col(PublishLog.status)
    )
    async with case.stand.world.database.reading() as db:
        return {(kind, status): number for kind, status, number in (await db.execute(query)).all()}


async def test_eight_workers_on_the_same_rows_post_each_once(
    case: Case, own_valkey: object
) -> None:
    server: ValkeyServer = own_valkey()  # type: ignore[operator]
    case.redis_url = server.url
    crew: list[Forked] = [await case.worker(f"w{i}") for i in range(8)]
    for worker in crew:
        await worker.is_ready()
    await _plan(case, 20, in_s=2, every_s=0)

    await asyncio.gather(case.stand.settles(within_s=STUCK_AFTER_S), _wake(server, 1000))

    assert await case.stand.faults() == []
    assert {said.status for said in await case.stand.said()} == {"posted"}
    assert len(case.judge.arrived) == 100


async def _wake(server: ValkeyServer, times: int) -> None:
    """Tell every worker again and again that something is due, over the seconds around it."""
    import redis.asyncio

    from socialapp.live import WAKE

    heard = 0
    async with redis.asyncio.Redis.from_url(server.url) as line:
        for _ in range(times // 10):
            await asyncio.sleep(0.03)
            async with line.pipeline() as many:
                for _ in range(10):
                    many.publish(WAKE, "{}")
                heard += sum(await many.execute())
    assert heard >= times, "nobody listened"


@pytest.mark.parametrize("case", ["postgresql"], indirect=True)
async def test_a_worker_alone_does_not_wait_for_itself(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off: list[int] = []

    async def start(*args: Any, **named: Any) -> attempts.Started:
        started = await start_as_ever(*args, **named)
        put_off.extend(started.busy)
        return started

    start_as_ever = attempts.start
    monkeypatch.setattr(attempts, "start", start)
    at = utc_now()
    await case.stand.plan_many(((f"post-{i}", at) for i in range(20)), kinds=["nothing"])

    async with case.stand.world.worker():
        await case.stand.settles(within_s=STUCK_AFTER_S)

    assert len(case.judge.arrived) == 20
    assert put_off == []


@pytest.mark.parametrize("case", ["sqlite"], indirect=True)
async def test_what_a_dead_worker_sent_is_not_repeated_while_it_may_be_on_its_way_in(
    case: Case,
) -> None:
    case.judge.think_s = 3
    await case.stand.plan("slow", kinds=["server_key"])
    first = await case.worker("first")
    await case.at_first_request(lambda: first.send(signal.SIGKILL))
    case.judge.think_s = 0.01

    await case.worker("heir")
    await case.stand.settles(within_s=STUCK_AFTER_S)
    await _until_it_is_in(case)

    assert case.judge.texts("server_key") == ["slow"]
    assert await case.stand.faults() == []


async def _until_it_is_in(case: Case) -> None:
    """Wait until the network has done what the first request asked for."""
    at_latest = case.judge.arrived[0].at + timedelta(seconds=4)

    async def is_over() -> bool:
        return utc_now() > at_latest

    await until(is_over)
