"""The instant by the database's clock, kept between readings by a clock that never jumps."""

from datetime import datetime, timedelta

from socialapp.clock import monotonic, utc_now
from socialapp.store.session import Database

RENEW_S = 5.0


class Timekeeper:
    """Says what time it is without asking each time: all workers agree, and no jump is felt."""

    def __init__(self) -> None:
        self._instant = utc_now()
        self._read_at = monotonic()

    async def renew(self, database: Database) -> None:
        """Ask the database again, when the last answer is older than a few seconds."""
        instant = await database.now()
        # Dated at the end of the answer's journey: late by its length at worst, never early.
        self._instant, self._read_at = instant, monotonic()

    @property
    def age_s(self) -> float:
        """Seconds since the database was asked."""
        return monotonic() - self._read_at

    def now(self) -> datetime:
        """Return the current instant, UTC."""
        return self._instant + timedelta(seconds=monotonic() - self._read_at)

    def seconds_until(self, at: datetime) -> float:
        """Return how long it is until `at`; negative when it has passed."""
        return (at - self.now()).total_seconds()
