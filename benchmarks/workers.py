"""An empty installation without web pages, and `socialapp worker` as often as wanted."""

import asyncio
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.app import cpu_s, database, environment
from socialapp.settings import ROOT
from socialapp.store.session import Database
from tests.servers.postgresql import die_with_parent
from tests.servers.valkey import ValkeyServer

_READY = b"worker ready\n"


@dataclass
class Site:
    """A migrated database, a Redis, and the environment that leads to them."""

    database: Database
    valkey: ValkeyServer
    env: dict[str, str]
    log: Path
    """What the workers complain about."""
    made: "list[Worker]" = field(default_factory=list)

    def worker(self, *, profile: Path | None = None) -> "Worker":
        """Return a worker that is not started yet."""
        self.made.append(Worker(self.env, self.log, profile))
        return self.made[-1]

    async def end(self) -> None:
        """End what still runs, without a word."""
        for worker in self.made:
            if worker.is_running:
                await worker.end(signal.SIGKILL)

    def complaints(self) -> Counter[str]:
        """Count what the workers logged as an error, by its words without numbers."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        said = [line.split(" ERROR ", 1)[1] for line in lines if " ERROR " in line]
        return Counter(re.sub(r"\d+", "N", words) for words in said)


class Worker:
    """One `socialapp worker`."""

    def __init__(self, env: dict[str, str], log: Path, profile: Path | None = None) -> None:
        self._env = env
        self._log = log
        self._profile = profile
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and return when it says that it is ready."""
        await self.spawn()
        await self.ready()

    async def spawn(self) -> None:
        """Start it."""
        plain = ["-m", "socialapp.cli", "worker"]
        watched = ["-m", "benchmarks.profiled", str(self._profile)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *(watched if self._profile else plain),
                cwd=ROOT,
                env=self._env,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                preexec_fn=die_with_parent(),
            )

    async def ready(self) -> None:
        """Return when it says that it is ready."""
        assert self._process
        assert self._process.stdout
        async with asyncio.timeout(120):
            while (line := await self._process.stdout.readline()) != _READY:
                assert line, f"the worker ended: {self._log.read_text()[-1500:]}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process is not None and self._process.returncode is None

    def cpu_s(self) -> float:
        """Return the processor seconds that it has used."""
        return cpu_s(self.pid)

    def rss_mib(self, *, peak: bool = False) -> float:
        """Return its resident memory, now or at its greatest."""
        name = "VmHWM:" if peak else "VmRSS:"
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

    def descriptors(self) -> int:
        """Return how many files and connections it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(how)
        async with asyncio.timeout(60):
            return await self._process.wait()


@asynccontextmanager
async def site(kind: str, **settings: str) -> AsyncIterator[Site]:
    """Make an installation of our own, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="socialapp-bench-") as folder, database(kind) as url:
        valkey = ValkeyServer()
        data = Path(folder) / "data"
        env = environment(data, url) | {"REDIS_URL": valkey.url} | settings
        opened = Database(url or f"sqlite+aiosqlite:///{data / 'socialapp.db'}")
        here = Site(opened, valkey, env, Path(folder) / "log")
        try:
            await _migrate(env)
            yield here
        finally:
            await here.end()
            await opened.close()
            valkey.stop()


async def _migrate(env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "socialapp.cli", "migrate"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(120):
        assert await process.wait() == 0, "the database could not be made"
