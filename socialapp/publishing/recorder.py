"""Writes outcomes down: those that come in together in one transaction, none ever dropped."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from sqlalchemy.exc import DataError

from socialapp.domain.delivery import Settlement, Status
from socialapp.publishing.engine import Engine
from socialapp.store.attempts import Finish

COMMIT_AT_MOST = 200
GATHER_S = 0.03
_log = logging.getLogger(__name__)


class Recorder:
    """Keeps outcomes until the database has them."""

    def __init__(self, engine: Engine, *, on_end: Callable[[Iterable[Finish]], None]) -> None:
        self._engine = engine
        self._on_end = on_end
        self._ends: list[Finish] = []
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, ends: Iterable[Finish]) -> None:
        """Have outcomes recorded soon."""
        self._ends += ends
        if self._ends:
            self._empty.clear()
            self._news.set()

    async def emptied(self) -> None:
        """Wait until everything is recorded."""
        await self._empty.wait()

    async def run(self) -> None:
        """Record, for ever; what could not be is tried again by the next run."""
        if self._ends:
            self._news.set()
        while True:
            await self._news.wait()
            self._news.clear()
            while self._ends:
                batch = self._ends[:COMMIT_AT_MOST]
                await self._record(batch)
                del self._ends[: len(batch)]
                self._on_end(batch)
                if 0 < len(self._ends) < COMMIT_AT_MOST:
                    # They come in by the hundred: one commit for those of the next moment.
                    await asyncio.sleep(GATHER_S)
            self._empty.set()

    async def _record(self, batch: list[Finish]) -> None:
        try:
            await self._engine.settle(batch)
            return
        except (DataError, ValueError):
            _log.exception("An outcome could not be recorded; each is tried by itself.")
        for end in batch:
            try:
                await self._engine.settle([end])
            except (DataError, ValueError):
                # Never drop it: it may be out. What it said is unusable; what it did is found out.
                await self._engine.settle([Finish(end.claim, Settlement(Status.UNKNOWN))])
