"""The instant by the database's clock, kept between readings by a clock that never jumps."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.clock import awake_or_asleep, utc_now
from socialapp.store.session import Database

RENEW_S = 5.0
STEP_S = 0.5
"""Clocks are corrected in small steps all the time; a greater one is a jump."""
BELIEVE_AFTER_S = 60.0
"""A jump that stands for so long is a correction: the clock was wrong before."""
APART_S = 2.0
_log = logging.getLogger(__name__)


class ClockIsWrong(Exception):
    """This machine and the database do not agree what time it is; the text says what to do."""


@dataclass
class _Jump:
    by_s: float
    since: float


class Timekeeper:
    """Says what time it is without asking each time: all workers agree, and no jump is felt.

    When the clock jumps, by a hand or a fault, posts keep the instants that they had: nothing goes
    out early because somebody turned a clock. A jump that stands is taken for the truth.
    """

    def __init__(self, *, steady: Callable[[], float] = awake_or_asleep) -> None:
        self._steady = steady
        self._instant = utc_now()
        self._read_at = steady()
        self._jump: _Jump | None = None

    async def set(self, database: Database) -> None:
        """Ask the database for the first time. Raises ClockIsWrong."""
        before = utc_now()
        instant = await database.now()
        apart_s = -_outside(
            (instant - before).total_seconds(), (instant - utc_now()).total_seconds()
        )
        if abs(apart_s) > APART_S:
            ahead = "ahead of" if apart_s > 0 else "behind"
            raise ClockIsWrong(
                f"The clock of this machine is {abs(apart_s):.0f} s {ahead} the database's."
                " Posts would go out at the wrong time. Set both clocks (NTP), then start again."
            )
        self._adopt(instant, self._steady())

    async def renew(self, database: Database) -> None:
        """Ask the database again; a jump of its clock is not believed at once."""
        asked_at = self._steady()
        instant = await database.now()
        # Dated at the end of the answer's journey: late by its length at worst, never early.
        read_at = self._steady()
        by_s = _outside(
            (instant - self._at(asked_at)).total_seconds(),
            (instant - self._at(read_at)).total_seconds(),
        )
        if abs(by_s) <= STEP_S:
            # After a long journey what we have is better than what it brought.
            is_fresh = read_at - asked_at <= STEP_S
            self._adopt(instant if is_fresh else self._at(read_at), read_at)
        elif self._jump is None or abs(by_s - self._jump.by_s) > STEP_S:
            self._jump = _Jump(by_s, read_at)
            self._keep(read_at)
            _log.warning("The clock jumped by %.1f s; posts keep their instants.", by_s)
        elif read_at - self._jump.since >= BELIEVE_AFTER_S:
            _log.warning("The clock has stood %.1f s off for a minute: it is believed now.", by_s)
            self._adopt(instant, read_at)
        else:
            self._keep(read_at)

    def _adopt(self, instant: datetime, read_at: float) -> None:
        self._instant, self._read_at, self._jump = instant, read_at, None

    def _keep(self, read_at: float) -> None:
        self._instant, self._read_at = self._at(read_at), read_at

    def _at(self, steady_s: float) -> datetime:
        return self._instant + timedelta(seconds=steady_s - self._read_at)

    @property
    def jump_s(self) -> float:
        """By how much the clock has jumped without being believed so far; 0: it has not."""
        return self._jump.by_s if self._jump else 0.0

    @property
    def age_s(self) -> float:
        """Seconds since the database was asked."""
        return self._steady() - self._read_at

    def now(self) -> datetime:
        """Return the current instant, UTC."""
        return self._at(self._steady())

    def seconds_until(self, at: datetime) -> float:
        """Return how long it is until `at`; negative when it has passed."""
        return (at - self.now()).total_seconds()


def _outside(after_asking_s: float, after_reading_s: float) -> float:
    """Return how far an instant lies outside the time in which it was asked for; 0: it does not.

    A database or a machine that is busy answers late: that is not a clock that is wrong.
    """
    if after_reading_s > 0:
        return after_reading_s
    return min(after_asking_s, 0.0)
