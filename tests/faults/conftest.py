"""A world on each kind of database, and worker processes that may be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from socialapp.store.session import Database
from tests.servers.network import CountingNetwork
from tests.world import NO_REDIS, World, make_world, settings_for

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "0"))
"""How often a fault is repeated; 0: as often as there is time for beside all other tests."""


class WorkerProcess:
    """A real worker, started as people start it; what it logs is kept."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env = env
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and return when it says that it is ready."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "worker.py",
                env={**os.environ, **self._env},
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout
        async with asyncio.timeout(30):
            while (line := await self._process.stdout.readline()) != b"worker ready\n":
                assert line, "the worker ended"

    @property
    def is_started(self) -> bool:
        """Whether it was started at all."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process
        return self._process.pid

    @property
    def said(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    async def ends(self, within_s: float = 45) -> int:
        """Return its exit status when it has ended by itself."""
        assert self._process
        async with asyncio.timeout(within_s):
            return await self._process.wait()

    def freeze(self) -> None:
        """Stop it where it is, as a machine does that sleeps."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    async def end(self, how: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(how)
        async with asyncio.timeout(45):
            return await self._process.wait()


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Alice's workspace; no worker runs yet."""
    database = Database(database_url)
    yield await make_world(database, settings_for(database_url, tmp_path))
    await database.close()


@pytest.fixture
async def new_worker(
    database_url: str, tmp_path: Path
) -> AsyncIterator[Callable[..., WorkerProcess]]:
    """Make worker processes on this test's database; those left over are killed."""
    made: list[WorkerProcess] = []

    def make(redis_url: str = NO_REDIS, **more: str) -> WorkerProcess:
        env = {
            "SOCIALAPP_DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            **more,
        }
        made.append(WorkerProcess(env, tmp_path / f"worker-{len(made) + 1}.log"))
        return made[-1]

    yield make
    for worker in made:
        if worker.is_started:
            await worker.end(signal.SIGKILL)


@pytest.fixture
async def network(world: World) -> AsyncIterator[CountingNetwork]:
    """The network of the world's channels, which counts what arrives."""
    async with CountingNetwork() as network:
        await network.joins(world.database)
        yield network
