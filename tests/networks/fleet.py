"""Workers by the dozen: forked from one process that has imported everything, in 30 ms each."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.postgresql import die_with_parent
from tests.world import NO_REDIS, until


@dataclass
class Forked:
    """A worker process."""

    pid: int
    out: Path
    _ended: asyncio.Future[int] = field(repr=False)

    async def is_ready(self, within_s: float = 60) -> None:
        """Wait until it says that it is ready."""

        async def said() -> bool:
            assert not self._ended.done(), self.out.read_text()[-2000:]
            return self.out.exists() and "worker ready" in self.out.read_text()

        await until(said, within_s=within_s)

    @property
    def has_ended(self) -> bool:
        """Whether it is no more."""
        return self._ended.done()

    async def ended(self, within_s: float = 45) -> int:
        """Wait for its end and return its status: the signal, negative, that ended it."""
        async with asyncio.timeout(within_s):
            return await asyncio.shield(self._ended)

    def send(self, how: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        if not self.has_ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    async def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        """Send it a signal and wait for its end."""
        self.send(how)
        return await self.ended()


class Fleet:
    """The process that workers are forked from."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._turn = asyncio.Lock()
        self._listens = asyncio.create_task(self._listen())

    async def start(
        self,
        folder: Path,
        database_url: str,
        *,
        redis_url: str = NO_REDIS,
        name: str = "worker",
        record: Path | None = None,
        crash: tuple[str, int] | None = None,
        freeze: tuple[str, int] | None = None,
    ) -> Forked:
        """Fork a worker on a database; at a step it may write it down, end, or stand still."""
        out = folder / f"{name}.log"
        order = {
            "env": {
                "SOCIALAPP_DATA_DIR": str(folder),
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
            },
            "out": str(out),
            "record": str(record) if record else "",
            "crash": crash,
            "freeze": freeze,
        }
        assert self._process.stdin
        async with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            pid = await asyncio.wait_for(self._started.get(), 60)
        return Forked(pid, out, self._ends[pid])

    async def _listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            match line.decode().split():
                case ["started", pid]:
                    self._ends[int(pid)] = asyncio.get_running_loop().create_future()
                    self._started.put_nowait(int(pid))
                case ["ended", pid, status]:
                    self._ends[int(pid)].set_result(int(status))

    async def stop(self) -> None:
        """End it and every worker."""
        assert self._process.stdin
        self._process.stdin.close()
        async with asyncio.timeout(20):
            await self._process.wait()
        self._listens.cancel()


@asynccontextmanager
async def fleet(*options: str) -> AsyncIterator[Fleet]:
    """Open a fleet; with `points` its workers know their steps."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.networks.worker", "fork", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with_parent(),
    )
    assert process.stdout
    async with asyncio.timeout(90):
        assert await process.stdout.readline() == b"ready\n"
    opened = Fleet(process)
    try:
        yield opened
    finally:
        await opened.stop()
