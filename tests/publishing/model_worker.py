"""A worker that goes one step at a time, on a clock that is set, not waited for."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp.access import Keyring
from socialapp.publishing import dispatcher, gates, hands, heartbeat, outbox, timekeeper, upkeep
from socialapp.publishing.dispatcher import Dispatcher
from socialapp.publishing.engine import Engine
from socialapp.publishing.heartbeat import Heartbeat
from socialapp.publishing.timekeeper import Timekeeper
from socialapp.store import workers
from socialapp.store.session import AsyncSession, Database
from socialapp.store.workers import Identity
from tests.publishing.model_network import KINDS

NOWHERE = Path("/nowhere")
"""Its folder: only start() and the look round keep something there."""
START = datetime(2027, 5, 14, 7, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The time of a run, for people, workers and the network alike."""

    passed_s: float = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return 1000.0 + self.passed_s


class Watched(Database):
    """A database that knows when nobody uses it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._busy = 0
        self._idle = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        with _Use(self):
            async with super().transaction() as db:
                yield db

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        with _Use(self):
            async with super().reading() as db:
                yield db

    async def quiet(self) -> None:
        """Return when every task has ended, or waits for the network."""
        turns = 0
        while turns < 10:
            await asyncio.sleep(0)
            turns += 1
            if self._busy:
                self._idle.clear()
                await self._idle.wait()
                turns = 0


class _Use:
    def __init__(self, database: Watched) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database._busy += 1

    def __exit__(self, *_: object) -> None:
        self._database._busy -= 1
        if not self._database._busy:
            self._database._idle.set()


class Worker(Dispatcher):
    """The real dispatcher and engine, whose pieces of work begin only when they are told to."""

    def __init__(self, number: int, database: Watched, clock: Clock) -> None:
        self.me = Identity("elsewhere", number, "1")
        self.is_hung = False
        self.pieces: list[Coroutine[Any, Any, None]] = []
        self._running: list[asyncio.Task[None]] = []
        self._watched = database
        self._heartbeat = Heartbeat(database.url, self.me)
        time = Timekeeper(steady=clock.monotonic)
        engine = Engine(
            database,
            {kind.key: kind() for kind in KINDS},
            time=time,
            keyring=Keyring(database),
            where=lambda _: "",
            lease_left_s=self._heartbeat.lease_left_s,
            chance=lambda: 0.5,
            steady=clock.monotonic,
        )
        super().__init__(database, engine, time, worker=self.me.name, folder=NOWHERE)
        self._outbox._spawn = self._spawn  # type: ignore[method-assign]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.pieces.append(work)

    async def claim(self) -> None:
        """Take what is due soon, what is to be looked up, and what can be prepared early."""
        if not await self._claim_once():
            await self._claim_early()

    async def begin(self, number: int) -> None:
        """Begin a piece of work; it ends, or hangs in the network."""
        work = self.pieces.pop(number % len(self.pieces))
        self._running.append(asyncio.create_task(work))
        await self._watched.quiet()

    async def fire(self) -> None:
        """Commit that what is due now is being sent; sending it is the next step."""
        if batch := self._outbox._take_due():
            await self._outbox._start(batch)

    async def record(self) -> None:
        """Write down what came out."""
        recorder = self._recorder
        if batch := list(recorder._ends):
            await recorder._record(batch)
            del recorder._ends[: len(batch)]
            recorder._on_end(batch)

    async def beat(self) -> None:
        """Leave a sign of life."""
        await self._heartbeat._say_once(self._watched)

    async def watch(self) -> None:
        """Take from the others what they hold too long, and look for what is in no hand."""
        await upkeep.take_over(self._watched, self._watch, now=self._time.now())
        await self._audit()

    async def die(self) -> None:
        """End between two steps; what has left is in the air all the same."""
        for work in self.pieces:
            work.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.pieces, self._running = [], []

    def failures(self) -> list[BaseException]:
        """Return what went wrong in its tasks: nothing may."""
        ended = [task for task in self._running if task.done() and not task.cancelled()]
        return [error for task in ended if (error := task.exception())]


def set_the_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock, gone: set[str]) -> None:
    """Give the workers this clock, and the knowledge which processes are surely gone."""
    for module in (dispatcher, gates, hands, heartbeat, upkeep):
        monkeypatch.setattr(module, "monotonic", clock.monotonic)
    for module in (heartbeat, timekeeper):
        monkeypatch.setattr(module, "utc_now", clock.now)
    monkeypatch.setattr(outbox, "SHOW_AFTER_S", 0)
    monkeypatch.setattr(workers, "is_surely_gone", gone.__contains__)
