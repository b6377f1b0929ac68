"""A worker under cProfile: `python -m benchmarks.profiled FILE`; its imports are not counted."""

import cProfile
import pstats
import sys
from pathlib import Path

from socialapp import worker
from socialapp.settings import get_settings


def show(file: Path, *, lines: int = 25) -> None:
    """Print where the time went: anywhere, and below our own functions."""
    stats = pstats.Stats(str(file)).strip_dirs()
    stats.sort_stats("tottime").print_stats(lines)
    pstats.Stats(str(file)).sort_stats("cumulative").print_stats("socialapp/", lines)


def main() -> None:
    """Work until told to stop, then write the profile."""
    profiler = cProfile.Profile()
    try:
        profiler.runcall(worker.main, get_settings())
    finally:
        profiler.dump_stats(sys.argv[1])


if __name__ == "__main__":
    main()
