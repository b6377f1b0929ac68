"""A long table: until it is in, checked, and imported, and how long others wait for it."""

import asyncio
import csv
import io
import resource
import tempfile
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from benchmarks import table
from benchmarks.app import App, options, running
from socialapp.clock import utc_now
from socialapp.services import import_work, imports
from socialapp.services.imports import Plan
from socialapp.store import people
from socialapp.store.session import Database


def written(number: int) -> bytes:
    """Return a CSV file with a post each eleven minutes, from a month ahead on."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["text", "scheduled_at", "tags"])
    start = utc_now() + timedelta(days=30)
    for n in range(number):
        at = start + timedelta(minutes=11 * n)
        lines.writerow([f"Loaf number {n} is out of the oven", f"{at:%Y-%m-%d %H:%M}", "bread"])
    return out.getvalue().encode()


async def slowest_write(database: Database, done: asyncio.Event) -> float:
    """Return how long somebody else waited for a transaction at worst, in ms."""
    worst = 0.0
    while not done.is_set():
        began = perf_counter()
        async with database.transaction():
            pass
        worst = max(worst, (perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    return worst


async def run(app: App, number: int) -> None:
    """Measure and print."""
    database = app.database()
    async with database.reading() as db:
        by = await people.owner(db)
        assert by
    rows: list[list[object]] = []

    async def measured(words: str, deed: Awaitable[object]) -> object:
        done = asyncio.Event()
        waits = asyncio.create_task(slowest_write(database, done))
        began = perf_counter()
        made = await deed
        seconds = perf_counter() - began
        done.set()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append([words, seconds, number / seconds, await waits, memory])
        return made

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.csv"
        file.write_bytes(written(number))
        sheet = await measured("uploaded", imports.upload(database, by, file, filename="plan.csv"))
    assert isinstance(sheet, imports.SheetImport)
    key = sheet.id or 0
    async with database.transaction() as db:
        await imports.check(db, by, key, Plan.of(sheet.plan))
    await measured("checked", import_work.work(database, key))
    async with database.transaction() as db:
        await imports.confirm(db, by, key)
    await measured("imported", import_work.work(database, key))
    async with database.reading() as db:
        assert (await imports.get(db, by, key)).made == number
    await database.close()
    head = ["what", "seconds", "rows per second", "another write waits at most, ms", "peak MiB"]
    table.show(f"{number:,} rows", head, rows)


def main() -> None:
    """Read the options, start an instance, measure."""
    parser = options(__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args()
    with running(asked.database) as app:
        asyncio.run(run(app, asked.rows))


if __name__ == "__main__":
    main()
