"""The only place that asks what time it is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Return this machine's wall clock as an aware UTC instant."""
    return datetime.now(UTC)  # noqa: TID251 - the one permitted call


def monotonic() -> float:
    """Return seconds on a clock that never jumps; only differences mean anything."""
    return time.monotonic()


def going_on(now: datetime) -> Callable[[], datetime]:
    """Return a clock that says `now` and goes on from there: for work that takes its time."""
    began = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - began)


def awake_or_asleep() -> float:
    """Return seconds on a clock that never jumps and also runs while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
