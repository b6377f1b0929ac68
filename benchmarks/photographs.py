"""Many pictures of 12 megapixels, in and scored: seconds for each, and whether memory grows.

`python -m benchmarks.photographs --pictures 150`
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks import table
from benchmarks.photos import saved, shipped
from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.launch import migrations
from socialapp.services import media, members
from socialapp.services.autopilot import photographs, scoring
from socialapp.store import files
from socialapp.store.session import Database

SIZE = (4000, 3000)
_KINDS = 6


def made() -> list[bytes]:
    """Return a few JPEGs of 12 megapixels with grain, as a camera makes them."""
    chance = np.random.default_rng(7)
    found = []
    for _, picture in list(shipped())[:_KINDS]:
        whole = picture.resize(SIZE, Image.Resampling.BICUBIC)
        grain = chance.normal(0, 4, (SIZE[1], SIZE[0], 1))
        noisy = np.clip(np.asarray(whole) + grain, 0, 255).astype(np.uint8)
        found.append(saved(Image.fromarray(noisy), quality=88))
    return found


def own_mib() -> float:
    """Return the memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def helper_mib(folder: Path, verb: str) -> float:
    """Return the most memory that the process of one picture takes; it ends after it."""
    source, target = folder / "one.jpg", folder / "target"
    words = {"clean": [source, target], "shrink": [source, f"1280:{target}"], "measure": [source]}
    say = (
        "import sys; from socialapp.imaging import helper; helper.main(*sys.argv[1:]);"
        "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
    )
    command = [sys.executable, "-c", say, verb, *map(str, words[verb])]
    done = subprocess.run(command, capture_output=True, check=True)
    return int(done.stdout) / 1024


async def one(database: Database, by: Member, data: bytes, name: str) -> tuple[float, float, float]:
    """Take one in; return the seconds until it is kept, has its smaller sizes, and is scored."""
    began = perf_counter()
    async with files.files().incoming() as incoming:
        for start in range(0, len(data), 2**18):
            await incoming.write(data[start : start + 2**18])
        asset = await media.upload(database, by, incoming, filename=name, now=utc_now())
    async with database.transaction() as db:
        await photographs.add(db, by, asset.id or 0, now=utc_now())
    kept = perf_counter()
    await media.make_thumbnails(database, asset.id or 0)
    smaller = perf_counter()
    await scoring.analyse(database, asset.id or 0, now=utc_now())
    return kept - began, smaller - kept, perf_counter() - smaller


async def run(number: int, folder: Path) -> None:
    """Measure and print."""
    url = f"sqlite+aiosqlite:///{folder / 'socialapp.db'}"
    await migrations.migrate(url)
    database = Database(url)
    files.connect(folder / "media", limit_bytes=10**9)
    async with database.transaction() as db:
        by = await members.create_owner(
            db,
            name="Alice",
            email="alice@example.org",
            password="correct horse battery",
            zone="UTC",
            now=utc_now(),
        )
    pictures = made()
    taken: list[tuple[float, float, float]] = []
    memory: dict[int, float] = {}
    began = perf_counter()
    for n in range(number):
        taken.append(await one(database, by, pictures[n % _KINDS], f"{n}.jpg"))
        if n + 1 in (10, number // 2, number):
            memory[n + 1] = own_mib()
    seconds = perf_counter() - began
    size = sum(map(len, pictures)) / _KINDS / 2**20
    await database.close()
    table.show(
        f"{number} pictures of 12 megapixels, {size:.1f} MiB each",
        ["seconds for each", "p50", "p95", "p99", "longest"],
        [
            [words, *(f"{value:.2f}" for value in table.spread([each[at] for each in taken]))]
            for at, words in enumerate(["kept, without metadata", "its smaller sizes", "scored"])
        ],
    )
    table.note(f"\nAll of it, one after the other: {seconds:.0f} s, {seconds / number:.2f} s each.")
    (folder / "one.jpg").write_bytes(pictures[0])
    table.show(
        "Memory",
        ["process", "MiB"],
        [
            *([f"the worker after {n} pictures", mib] for n, mib in memory.items()),
            *(
                [f"the process of one picture, {verb}", helper_mib(folder, verb)]
                for verb in ("clean", "shrink", "measure")
            ),
        ],
    )


def main() -> None:
    """Run it in a folder that goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=150)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(parser.parse_args().pictures, Path(folder)))


if __name__ == "__main__":
    main()
