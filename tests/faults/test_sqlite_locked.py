"""SQLite's one write lock is held by others, wanted by many, or dies with its holder."""

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pysqlite3
import pytest
from sqlalchemy.engine import make_url

from socialapp import live
from socialapp.api.app import build
from socialapp.clock import utc_now
from socialapp.store import session
from tests.faults.conftest import ROUNDS, WorkerProcess
from tests.faults.ends import all_posted, open_attempts
from tests.people import key_of
from tests.servers.network import CountingNetwork
from tests.world import NO_REDIS, World

NewWorker = Callable[..., WorkerProcess]
WRITERS = ("tests.servers.writers", 4, 25)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The address of a SQLite file."""
    return sqlite_url


@pytest.fixture
def file(database_url: str) -> str:
    """The file itself."""
    return str(make_url(database_url).database)


@pytest.fixture
async def alice(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's program, in a web process of its own as far as the database can tell."""
    database = session.connect(world.settings.database)
    line = live.connect(NO_REDIS)
    headers = {"authorization": f"Bearer {await key_of(database, world.alice)}"}
    transport = httpx.ASGITransport(build(), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers, timeout=60
    ) as client:
        yield client
    await line.close()
    await database.close()


async def _python(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, stdout=pipe, stderr=pipe
    )


@asynccontextmanager
async def held(file: str, seconds: float) -> AsyncIterator[None]:
    """Another process has the write lock for so long."""
    locker = await _python("tests.servers.locker", file, str(seconds))
    assert locker.stdout
    assert await locker.stdout.readline() == b"held\n"
    yield
    assert await locker.wait() == 0


@pytest.mark.parametrize(("held_s", "has_to_work"), [(4.0, True), (20.0, False)])
async def test_a_lock_held_by_another_process_loses_and_doubles_nothing(
    world: World,
    new_worker: NewWorker,
    network: CountingNetwork,
    alice: httpx.AsyncClient,
    file: str,
    held_s: float,
    has_to_work: bool,
) -> None:
    worker = new_worker()
    await worker.start()
    begin = utc_now() + timedelta(seconds=2)
    for i in range(30):
        await world.plan_more(f"t{i}", 1, at=begin + timedelta(seconds=i / 5))
    posts = [await alice.post("/api/posts", json={"text": f"Alice {i}"}) for i in range(10)]
    await network.has(3, within_s=10)

    async with held(file, held_s):
        began = time.monotonic()
        answers = await asyncio.gather(
            *(alice.post("/api/schedules", json={"post_id": post.json()["id"]}) for post in posts)
        )
        took_s = time.monotonic() - began
    ended_at = time.time()

    allowed = {201} if has_to_work else {201, 503}
    assert {answer.status_code for answer in answers} <= allowed
    assert took_s < 35
    planned = 30 + sum(answer.status_code == 201 for answer in answers)
    await all_posted(world, planned, within_s=30)
    assert set(network.requests.values()) == {1}
    due_by = max(ended_at, begin.timestamp() + 6)
    assert max(arrival.at for arrival in network.arrivals) < due_by + 6
    assert await open_attempts(world) == []
    if has_to_work:
        assert "locked" not in worker.said


async def test_a_hundred_writers_in_four_processes_all_succeed_while_posts_go_out(
    world: World, new_worker: NewWorker, network: CountingNetwork
) -> None:
    worker = new_worker()
    await worker.start()

    module, processes, each = WRITERS
    url = world.settings.database
    writers = [await _python(module, url, f"w{n}", str(each)) for n in range(processes)]
    for writer in writers:
        _, said = await asyncio.wait_for(writer.communicate(), 60)
        assert writer.returncode == 0, said.decode()[-2000:]

    await all_posted(world, processes * each, within_s=30)
    assert network.requests == Counter(
        {f"w{n}-{i}": 1 for n in range(processes) for i in range(each)}
    )
    assert "locked" not in worker.said


def _integrity(file: str) -> str:
    line = pysqlite3.connect(file, timeout=10)
    try:
        return str(line.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        line.close()


async def test_workers_killed_while_they_commit_leave_a_sound_file(
    world: World, new_worker: NewWorker, network: CountingNetwork, file: str
) -> None:
    chance = random.Random(11)
    rounds = (ROUNDS or 20) // 2
    for number in range(rounds):
        await world.plan_more(f"k{number}", 20, at=utc_now() + timedelta(seconds=2 + number * 2))

    for _ in range(rounds):
        pair = [new_worker(), new_worker()]
        await asyncio.gather(*(worker.start() for worker in pair))
        for worker in pair:
            await asyncio.sleep(chance.uniform(0.1, 0.6))  # the moment of the kill is the input
            await worker.end(signal.SIGKILL)
            assert await asyncio.to_thread(_integrity, file) == "ok"
    await new_worker().start()

    await all_posted(world, rounds * 20, within_s=60)
    assert network.texts == Counter({f"k{n}-{i}": 1 for n in range(rounds) for i in range(20)})
    assert await asyncio.to_thread(_integrity, file) == "ok"
