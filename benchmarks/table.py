"""What the benchmarks print: tables in Markdown, and a word about the machine."""

import os
from collections.abc import Sequence


def note(words: str) -> None:
    """Print a line beside the tables."""
    print(words, flush=True)


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    load = os.getloadavg()[0]
    note(f"\n### {title}\n\n{len(os.sched_getaffinity(0))} cores, load {load:.1f}\n")
    for row in (head, ["---"] * len(head), *rows):
        note(f"| {' | '.join(_cell(value) for value in row)} |")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"
    return str(value)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def spread(values: Sequence[float]) -> list[float]:
    """Return p50, p95, p99 and the greatest."""
    return [percentile(values, p) for p in (50, 95, 99)] + [max(values)]
