"""A world on each kind of database, and worker processes that may be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from socialapp.store.session import Database
from tests.world import NO_REDIS, World, make_world, settings_for


class WorkerProcess:
    """A real worker, started as people start it."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and return when it says that it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "worker.py",
            env={**os.environ, **self._env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout
        async with asyncio.timeout(30):
            while (line := await self._process.stdout.readline()) != b"worker ready\n":
                assert line, "the worker ended"

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

    def make(redis_url: str = NO_REDIS) -> WorkerProcess:
        env = {
            "SOCIALAPP_DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
        }
        made.append(WorkerProcess(env))
        return made[-1]

    yield make
    for worker in made:
        await worker.end(signal.SIGKILL)
