"""How far it has come, kept outside the database: an older copy gives itself away."""

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from socialapp.store import claims, witness
from socialapp.store.session import Database
from socialapp.store.witness import HowFar

RESTORED = (
    "An older copy of the database was restored, so it may have been posted already."
    " It was not sent again. Look there before you try again."
)
_log = logging.getLogger(__name__)


class Memory:
    """A note in the data folder, which is never behind what has been sent from here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: HowFar | None = None

    async def begin(self, database: Database, *, now: datetime) -> None:
        """Give the database its name the first time, and compare it with the note."""
        async with database.transaction() as db:
            await witness.name(db)
        self._seen = witness.remembered(self._folder)
        await self.look(database, now=now)

    async def look(self, database: Database, *, now: datetime) -> None:
        """Hold what is due when the database is older than what was sent; else note how far it is.

        It does not know what it sent since: nothing that was due goes out by itself.
        """
        seen = self._seen  # before the reading: what is started meanwhile may not be in it
        async with database.reading() as db:
            there = await witness.read(db)
        if there is None or there == seen:
            return
        if seen and seen.installation == there.installation and seen.attempt > there.attempt:
            async with database.transaction() as db:
                held = await claims.miss_what_was_due(db, reason=RESTORED, now=now)
            _log.warning("An older database was restored; %s due posts wait for a person.", held)
        elif self._seen != seen:
            return
        self._remember(there)

    def started(self, attempt: int) -> None:
        """Note an attempt before its first byte leaves."""
        if self._seen and attempt > self._seen.attempt:
            self._remember(replace(self._seen, attempt=attempt))

    def _remember(self, how_far: HowFar) -> None:
        self._seen = how_far
        witness.remember(self._folder, how_far)
