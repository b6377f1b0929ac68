"""The disk is full when an attempt is about to be committed."""

import asyncio
import resource
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import pysqlite3
import pytest
from sqlalchemy.engine import make_url

from socialapp import live
from socialapp.api.app import build
from socialapp.clock import utc_now
from socialapp.store import session
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted
from tests.servers.network import CountingNetwork
from tests.world import World, until

RED_WITHIN_S = 10.0
_WITHOUT_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Disk(Protocol):
    """Where the database is."""

    folder: Path

    def fill(self, worker: WorkerProcess) -> None:
        """Leave no room."""

    def empty(self, worker: WorkerProcess) -> None:
        """Make room."""


class LimitedFiles:
    """The worker's files may not grow: its commits fail as on a disk that fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, worker: WorkerProcess) -> None:
        limit = (self.folder / "socialapp.db-wal").stat().st_size
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def empty(self, worker: WorkerProcess) -> None:
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, _WITHOUT_LIMIT)


class SmallDisk:
    """A disk of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, worker: WorkerProcess) -> None:
        try:
            with self._filler.open("wb", buffering=0) as filler:
                while filler.write(b"x" * 4096):
                    pass
        except OSError:
            pass

    def empty(self, worker: WorkerProcess) -> None:
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk that is really full when it is full; only root can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("This user may not mount a small disk.")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def limited_files(tmp_path: Path) -> Disk:
    """A disk on which the worker's files cannot grow; anybody can have that."""
    return LimitedFiles(tmp_path)


@pytest.fixture(params=["limited_files", "small_disk"])
def disk(request: pytest.FixtureRequest) -> Disk:
    """The disk that becomes full."""
    found: Disk = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def database_url(disk: Disk, sqlite_template: Path) -> str:
    """The address of a SQLite file on that disk."""
    shutil.copy(sqlite_template, disk.folder / "socialapp.db")
    return f"sqlite+aiosqlite:///{disk.folder / 'socialapp.db'}"


@pytest.fixture
def keeps_the_wal_growing(world: World) -> Iterator[None]:
    """Somebody reads an old state all the time: no room in the journal is used again."""
    reader = pysqlite3.connect(make_url(world.settings.database).database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM delivery").fetchall()
    yield
    reader.close()


@pytest.fixture
async def health(world: World, valkey: str) -> AsyncIterator[Callable[[], Any]]:
    """Ask how the parts are, as a probe does."""
    database = session.connect(world.settings.database)
    line = live.connect(valkey)
    transport = httpx.ASGITransport(build(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def ask() -> dict[str, Any]:
            found: dict[str, Any] = (await client.get("/api/health")).json()
            return found

        yield ask
    await line.close()
    await database.close()


async def test_nothing_is_sent_while_the_disk_is_full_and_everything_when_there_is_room(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    network: CountingNetwork,
    disk: Disk,
    keeps_the_wal_growing: None,
) -> None:
    worker = new_worker()
    await worker.start()
    await world.plan_more("before", 1, at=utc_now())
    await all_posted(world, 1, within_s=20)
    due = utc_now() + timedelta(seconds=5)
    await world.plan_more("full", 20, at=due)
    ready = [await world.delivery_of(i) for i in range(2, 22)]

    async def are_ready() -> bool:
        found = [await world.delivery_of(delivery.id or 0) for delivery in ready]
        return {delivery.status for delivery in found} == {"ready"}

    await until(are_ready)
    disk.fill(worker)
    await asyncio.sleep((due - utc_now()).total_seconds() + 5)  # the length of it is the input

    assert utc_now() > due
    assert network.requests == {"before-0": 1}
    disk.empty(worker)
    roomy_at = time.time()
    await all_posted(world, 21, within_s=30)
    assert network.requests == Counter({"before-0": 1} | {f"full-{i}": 1 for i in range(20)})
    assert max(arrival.at for arrival in network.arrivals) < roomy_at + 10


async def test_health_turns_red_while_nothing_can_be_written_and_green_again_by_itself(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    valkey: str,
    disk: Disk,
    health: Callable[[], Any],
    keeps_the_wal_growing: None,
) -> None:
    worker = new_worker(valkey)
    await worker.start()
    assert (await health())["status"] == "ok"

    async def is_red() -> bool:
        return (await health())["status"] != "ok"

    async def is_green() -> bool:
        return not await is_red()

    disk.fill(worker)
    await until(is_red, within_s=RED_WITHIN_S)
    disk.empty(worker)
    await until(is_green, within_s=15)
