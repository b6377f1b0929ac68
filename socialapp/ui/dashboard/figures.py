"""The dashboard's figures: how late posts were, and what the coming days hold. No I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from socialapp.domain import moments
from socialapp.ui.rows import milliseconds

DAYS = 7
WIDTH, HEIGHT = 280, 72
_GAP = 10


class Bar(TypedDict):
    """One day of the chart, in the chart's own units."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str
    count: int


def lateness(sorted_ms: Sequence[float]) -> dict[str, str]:
    """Return the 50th, 95th and 99th percentile in words, and of how many."""
    if not sorted_ms:
        return {}
    places = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    last = len(sorted_ms) - 1
    words = {name: milliseconds(sorted_ms[round(last * p)]) for name, p in places.items()}
    return words | {"of": str(len(sorted_ms))}


def coming_days(moments_: Iterable[datetime], zone: str, *, now: datetime) -> list[Bar]:
    """Count what goes out on each of the coming days, in the zone's days."""
    today = moments.in_zone(now, zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS)]
    counts = Counter(moments.in_zone(at, zone).date() for at in moments_)
    most = max((counts[day] for day in days), default=0) or 1
    width = (WIDTH - _GAP * (DAYS - 1)) // DAYS
    bars = []
    for n, day in enumerate(days):
        height = max(2, round(HEIGHT * counts[day] / most)) if counts[day] else 2
        x = n * (width + _GAP)
        bars.append(
            Bar(
                x=x,
                y=HEIGHT - height,
                width=width,
                height=height,
                middle=x + width // 2,
                label="Today" if n == 0 else f"{day:%a}",
                count=counts[day],
            )
        )
    return bars


def in_words(bars: Sequence[Bar]) -> str:
    """Say the chart for those who cannot see it."""
    return "Posts planned: " + ", ".join(f"{bar['label']} {bar['count']}" for bar in bars) + "."
