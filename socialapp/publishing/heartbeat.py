"""Signs of life from a thread of its own, and the end of a process whose loop hangs."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable

from socialapp.clock import awake_or_asleep, monotonic, utc_now
from socialapp.store import workers
from socialapp.store.session import Database
from socialapp.store.workers import Identity

EVERY_S = 2.0
LEASE_UNSENT_S = 20.0
LEASE_SENDING_S = 60.0
STOOD_S = 2.0
"""Worth a line in the log."""
HANGS_AFTER_S = LEASE_UNSENT_S / 3
_log = logging.getLogger(__name__)


def _end_process() -> None:
    _log.critical("This worker's loop hangs; the process ends so that another can take over.")
    os._exit(70)


class Heartbeat:
    """Says "I am here" every two seconds, however busy the worker's own loop is."""

    def __init__(
        self, url: str, me: Identity, *, on_hang: Callable[[], None] = _end_process
    ) -> None:
        self._url = url
        self._me = me
        self._on_hang = on_hang
        self.trouble: Callable[[], str] = str
        """Asked at each sign of life what is wrong."""
        self._stopping = threading.Event()
        self._first = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._ticker: asyncio.Task[None] | None = None
        self._loop_seen = monotonic()
        # Also runs while the machine sleeps: others may have taken over meanwhile.
        self._said_at = awake_or_asleep()

    async def start(self) -> None:
        """Begin, and return once the first sign is in the database."""
        self._ticker = asyncio.create_task(self._tick())
        self._thread.start()
        await asyncio.to_thread(self._first.wait, 10)

    async def stop(self) -> None:
        """End, and say so."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join, 10)
        if self._ticker:
            self._ticker.cancel()

    def lease_left_s(self) -> float:
        """Return for how many seconds nobody may take over what this worker is sending."""
        return self._said_at + LEASE_SENDING_S - awake_or_asleep()

    async def _tick(self) -> None:
        while True:
            stood_s = monotonic() - self._loop_seen
            if stood_s > STOOD_S:
                _log.warning("This worker's loop stood still for %.1f s.", stood_s)
            self._loop_seen = monotonic()
            await asyncio.sleep(0.5)

    def _run(self) -> None:
        asyncio.run(self._say())

    async def _say(self) -> None:
        database = Database(self._url)
        try:
            while not self._stopping.is_set():
                await self._say_once(database)
                self._first.set()
                if monotonic() - self._loop_seen > HANGS_AFTER_S:
                    self._on_hang()
                await asyncio.to_thread(self._stopping.wait, EVERY_S)
            async with database.transaction() as db:
                await workers.stop(db, self._me.name, now=utc_now())
        except Exception:
            _log.exception("The heartbeat ended.")
        finally:
            await database.close()

    async def _say_once(self, database: Database) -> None:
        said_at = awake_or_asleep()
        try:
            async with asyncio.timeout(EVERY_S * 4), database.transaction() as db:
                await workers.beat(db, self._me, now=utc_now(), trouble=self.trouble())
        except Exception as error:  # whatever it is, the next may succeed
            _log.warning("No sign of life could be left: %s", error)
        else:
            self._said_at = said_at
