"""The wait before the next try: growing, jittered, never shorter than the network asked for."""

from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=15)


def backoff(tries: int, *, chance: float, at_least: timedelta | None = None) -> timedelta:
    """Return the wait after `tries` tries (from 1); `chance` in [0, 1) spreads the crowd."""
    ceiling = min(LONGEST, FIRST * int(2 ** min(tries, 20)))
    return max(at_least or timedelta(0), ceiling * chance, timedelta(milliseconds=250))
