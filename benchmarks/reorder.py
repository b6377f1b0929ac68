"""A queue of a thousand: until a post is in another place, until the page is read, until undone."""

import asyncio
from time import perf_counter

from benchmarks import table
from benchmarks.app import App, options, running
from socialapp.clock import utc_now
from socialapp.domain.slots import WeeklyTime
from socialapp.services import importing, moves, reorder, slots
from socialapp.services.rows import QUEUE, Reading
from socialapp.store import channels, people, schedules
from socialapp.store.session import Database

_TIMES = [WeeklyTime(day, hour * 60) for day in range(7) for hour in range(8, 20)]
_AT_ONCE = 50


async def fill(database: Database, number: int) -> float:
    """Add so many posts to a queue; returns how many a second."""
    async with database.transaction() as db:
        by = await people.owner(db)
        assert by
        (channel, *_) = await channels.of_workspace(db, by.workspace_id)
        await slots.change(db, by, channel.id or 0, times=_TIMES)
    began = perf_counter()
    for start in range(0, number, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, number))
        cells = [{"text": f"Loaf number {n}", "scheduled_at": QUEUE} for n in some]
        async with database.transaction() as db:
            there = await importing.hold_channels(db, by)
            await importing.attempt_all(
                db, by, cells, there, reading=Reading(by.zone), ahead=None, now=utc_now()
            )
    return number / (perf_counter() - began)


async def run(app: App, number: int) -> None:
    """Measure and print."""
    database = app.database()
    rate = await fill(database, number)
    async with database.reading() as db:
        by = await people.owner(db)
        assert by
        page = await schedules.page(db, by.workspace_id, limit=number)
    ids = [each.id or 0 for each in page.items]
    rows: list[list[object]] = []
    for words, one, other in (
        ("a slot later", 0, 1),
        ("ten slots later", 0, 10),
        ("from the end to the middle", number - 1, number // 2),
        ("from the end to the beginning", number - 1, 0),
    ):
        began = perf_counter()
        async with database.transaction() as db:
            done = await reorder.put(db, by, ids[one], target_id=ids[other], now=utc_now())
        put = (perf_counter() - began) * 1000
        began = perf_counter()
        async with database.transaction() as db:
            await moves.undo(db, by, done, now=utc_now())
        rows.append([words, len(done), put, (perf_counter() - began) * 1000])
    await database.close()
    table.show(
        f"{number:,} in a queue, added at {rate:.0f} a second",
        ["moved", "posts that changed places", "ms", "undo, ms"],
        rows,
    )


def main() -> None:
    """Read the options, start an instance, measure."""
    parser = options(__doc__)
    parser.add_argument("--posts", type=int, default=1_000)
    asked = parser.parse_args()
    with running(asked.database) as app:
        asyncio.run(run(app, asked.posts))


if __name__ == "__main__":
    main()
