"""What the clock's and the pages' questions cost with a thousand schedules, and with a million."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from statistics import median
from time import monotonic, perf_counter
from typing import Any

import asyncpg
import uvloop
from sqlalchemy import event, update
from sqlmodel import col

from benchmarks import rows, table, workers
from benchmarks.questions import EVERY, Ask, Here
from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown, Status
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Delivery

# 300 a month, whatever the total: what a page shows does not grow, what lies around it does.
_STEP_S = 30 * 86_400 / 300
_DUE = 60
_HELD = 60
_CHANNELS = 10
_WARM_UP = 3
_A_ROUND = 5
_AT_MOST_S = 15.0
"""For one question; what is slow is asked less often."""


async def fill(database: Database, number: int) -> Here:
    """Plan so many schedules: half are posted, half are queued; a few are due, a few held."""
    now = utc_now()
    workspace_id = (await rows.owner(database)).workspace_id
    channels = await rows.add_channels(
        database, workspace_id, _CHANNELS, address=lambda _: "http://127.0.0.1:1"
    )
    half = (number - _DUE - _HELD) // 2
    plan = {"step_s": _STEP_S, "channels": channels}
    past = now - timedelta(seconds=_STEP_S * half)
    await rows.plan(
        database, "old", half, at=past, status=Status.POSTED, shown=Shown.POSTED, **plan
    )
    await rows.plan(database, "coming", half, at=now + timedelta(days=1), **plan)
    await rows.plan(database, "due", _DUE, at=now + timedelta(seconds=5), channels=channels)
    held = await rows.plan(database, "held", _HELD, at=now, status=Status.READY, channels=channels)
    async with database.transaction() as db:
        ours = col(Delivery.id).between(held.delivery_id + 1, held.delivery_id + _HELD)
        await db.execute(update(Delivery).where(ours).values(owner="worker-1"))
    if not database.is_sqlite:
        await _tidy(database.url)
    return Here(workspace_id, now)


async def _tidy(url: str) -> None:
    """Do now what PostgreSQL would do by itself in the next minutes."""
    line = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await line.execute("VACUUM ANALYZE")
    finally:
        await line.close()


async def ask_once(database: Database, here: Here, ask: Ask) -> float:
    """Ask in a session of its own and change nothing; return how long it took, ms."""
    async with AsyncSession(database.engine, expire_on_commit=False) as db:
        await db.connection()
        begun = perf_counter()
        await ask(db, here)
        took = perf_counter() - begun
        await db.rollback()
    return took * 1000


async def plans(database: Database, here: Here, ask: Ask) -> list[str]:
    """Return how the database carries out each statement of a question."""
    asked: list[tuple[str, Any]] = []

    def note(_line: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await ask_once(database, here, ask)
    event.remove(engine, "before_cursor_execute", note)
    how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN (COSTS OFF) "
    lines = []
    async with database.engine.connect() as line:
        for statement, values in asked:
            found = await line.exec_driver_sql(how + statement, values)
            lines.append(" ".join(statement.split())[:100])
            lines += [f"    {row[3] if database.is_sqlite else row[0]}" for row in found.all()]
        await line.rollback()
    return lines


async def measure(
    made: dict[int, tuple[Database, Here]], questions: dict[str, Ask], rounds: int
) -> dict[str, dict[int, list[float]]]:
    """Ask everything of every size, in turn, so that all sizes see the same machine."""
    took: dict[str, dict[int, list[float]]] = {name: {n: [] for n in made} for name in questions}
    for name, ask in questions.items():
        for database, here in made.values():
            for _ in range(_WARM_UP):
                await ask_once(database, here, ask)
        until = monotonic() + _AT_MOST_S
        for done in range(rounds):
            if done >= 2 and monotonic() > until:
                break
            for number, (database, here) in made.items():
                took[name][number] += [await ask_once(database, here, ask) for _ in range(_A_ROUND)]
    return took


def show(kind: str, took: dict[str, dict[int, list[float]]], *, flat: float) -> None:
    """Print the table: medians, and each as a multiple of the first size."""
    numbers = list(next(iter(took.values())))
    head = ["question", *(f"{n:,} ms" for n in numbers), *(f"{n:,} / first" for n in numbers[1:])]
    found = []
    for name, by_size in took.items():
        middle = [median(by_size[n]) for n in numbers]
        ratios = [one / middle[0] for one in middle[1:]]
        marks = [f"{ratio:.2f}{'' if ratio <= flat else ' !'}" for ratio in ratios]
        found.append([name, *(f"{one:.3f}" for one in middle), *marks])
    table.show(f"Cost by number of schedules ({kind})", [*head], found)


async def run(asked: argparse.Namespace) -> None:
    """Fill databases, measure, print."""
    questions = {name: ask for name, ask in EVERY.items() if asked.only in name}
    for kind in asked.database:
        async with AsyncExitStack() as stack:
            made = {}
            for number in asked.sizes:
                site = await stack.enter_async_context(workers.site(kind))
                begun = perf_counter()
                made[number] = (site.database, await fill(site.database, number))
                table.note(f"{kind}: {number:,} schedules in {perf_counter() - begun:.0f} s")
            took = await measure(made, questions, asked.repetitions // _A_ROUND)
            show(kind, took, flat=asked.flat)
            if asked.plans:
                await _show_plans(kind, questions, *made[max(made)])


async def _show_plans(kind: str, questions: dict[str, Ask], database: Database, here: Here) -> None:
    table.note(f"\n### Query plans ({kind})")
    for name, ask in questions.items():
        table.note(f"\n{name}\n")
        for line in await plans(database, here, ask):
            table.note(f"    {line}")


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = ["sqlite", "postgresql"]
    parser.add_argument("--database", nargs="+", choices=kinds, default=kinds)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--only", default="", help="questions with these words")
    parser.add_argument("--flat", type=float, default=1.3, help="what counts as no more")
    parser.add_argument("--plans", action="store_true", help="print the query plans, too")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(asked))


if __name__ == "__main__":
    main()
