"""How long a start takes, cold and warm, and how much memory the app takes at rest."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks import table
from benchmarks.app import pss_mib, started
from socialapp.settings import ROOT

_LEFT_OUT = (".git", ".venv", ".web", ".bundle", ".states", "data", "__pycache__", "*.pyc")


def copy(folder: Path) -> Path:
    """Return a fresh checkout: nothing built, nothing compiled."""
    target = folder / "checkout"
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    return target


def memory(at_rest_s: float, data: Path, root: Path) -> list[list[object]]:
    """Start, wait, and return the memory of each process."""
    with started(data, root=root) as app:
        time.sleep(at_rest_s)  # noqa: TID251 - how it is after this time is the question
        used = {name: pss_mib(pid) for name, pid in app.processes().items()}
    return [*([name, mib] for name, mib in used.items()), ["**all**", sum(used.values())]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warm", type=int, default=5, help="how many warm starts")
    parser.add_argument("--rest", type=float, default=30.0, help="seconds until memory is read")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="socialapp-bench-") as name:
        folder = Path(name)
        root, data = copy(folder), folder / "data"
        took = []
        for _ in range(1 + asked.warm):
            with started(data, root=root) as app:
                took.append(app.started_in_s)
        used = memory(asked.rest, data, root)
    cold, warm = took[0], took[1:]
    rows = [["cold: nothing built, no data", 1, cold, cold]]
    rows.append(["warm", len(warm), table.percentile(warm, 50), max(warm)])
    table.show(
        "Start until the line that says it is ready", ["start", "n", "median s", "max s"], rows
    )
    table.show(f"Memory after {asked.rest:.0f} s at rest", ["process", "PSS MiB"], used)


if __name__ == "__main__":
    main()
