"""Thousands of posts while workers and Redis are killed and the network loses what it is told."""

import argparse
import asyncio
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import uvloop
from sqlalchemy import text
from sqlmodel import col, select

from benchmarks import rows, sink, steady, table, workers
from benchmarks.sink import Sink
from benchmarks.workers import Site
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, Post, Schedule

_UNDER_WAY = frozenset(Status) - {
    *(Status.POSTED, Status.FAILED, Status.NEEDS_CHECK, Status.MISSED, Status.CANCELLED)
}


@dataclass(frozen=True)
class Plan:
    """How much, and how badly it is treated."""

    number: int = 10_000
    seconds: float = 150.0
    """That the due instants are spread over."""
    team: int = 4
    life_s: tuple[float, float] = (0.2, 10.0)
    """Between a worker's first moment of work and its kill."""
    stillborn: float = 0.2
    """The share of workers that are killed while they start."""
    redis_s: tuple[float, float] = (3.0, 10.0)
    """Between two accidents of Redis."""
    patience_s: float = 120.0
    """After the last due instant, for everything to be settled."""
    seed: int = 1


@dataclass
class Outcome:
    """What became of the posts."""

    planned: int
    statuses: Counter[str]
    late: list[float]
    """From the due instant until the network has it, ms."""
    doubled: int
    lost: int
    """The network does not have it, and nobody says so."""
    untrue: int
    """Said to be posted, and the network does not have it."""
    cut: Counter[str]
    """What the network lost on purpose."""
    done: Counter[str] = field(default_factory=Counter)
    """What was killed."""
    took_s: float = 0.0

    @property
    def is_well(self) -> bool:
        """Whether the promise was kept."""
        stuck = sum(self.statuses[status] for status in _UNDER_WAY)
        is_early = min(self.late, default=0.0) < -1.0
        return not (self.lost or self.doubled or self.untrue or stuck or is_early)


async def soak(site: Site, target: Sink, plan: Plan) -> Outcome:
    """Plan, wreak havoc until the last instant has passed, let it settle, and judge."""
    begun = monotonic()
    member = await rows.owner(site.database)
    channels = await rows.add_channels(
        site.database, member.workspace_id, sink.HOSTS, address=target.host
    )
    start = utc_now() + timedelta(seconds=8)
    step_s = plan.seconds / plan.number
    await rows.plan(site.database, "soak", plan.number, at=start, step_s=step_s, channels=channels)
    done: Counter[str] = Counter()
    await havoc(site, plan, done, until=start + timedelta(seconds=plan.seconds))
    await _until_settled(site.database, plan.patience_s)
    found = await judge(site.database, target, "soak")
    found.done, found.took_s = done, monotonic() - begun
    return found


async def havoc(site: Site, plan: Plan, done: Counter[str], *, until: datetime) -> None:
    """Kill workers and Redis again and again until then; at the end all are running."""
    over = asyncio.Event()
    # The same fates in each run with this seed, as far as the machine's own chances allow.
    async with asyncio.TaskGroup() as group:
        for i in range(plan.team):
            chance = random.Random(f"{plan.seed}-{i}")
            group.create_task(_seat(site, plan, chance, over, done))
        group.create_task(_accidents(site, plan, over, done))
        await asyncio.sleep((until - utc_now()).total_seconds())
        over.set()


async def _seat(
    site: Site, plan: Plan, chance: random.Random, over: asyncio.Event, done: Counter[str]
) -> None:
    """Keep one worker running and kill it again and again; at the end one is left."""
    while True:
        worker = site.worker()
        await worker.spawn()
        if over.is_set() or chance.random() >= plan.stillborn:
            await worker.ready()
        if await _wait(over, chance.uniform(*plan.life_s)):
            return
        await worker.end(signal.SIGKILL)
        done["workers killed"] += 1


async def _accidents(site: Site, plan: Plan, over: asyncio.Event, done: Counter[str]) -> None:
    chance = random.Random(f"{plan.seed}-redis")
    while not await _wait(over, chance.uniform(*plan.redis_s)):
        if chance.random() < 0.5:
            await asyncio.to_thread(site.valkey.command, "FLUSHALL")
            done["Redis emptied"] += 1
            continue
        await asyncio.to_thread(site.valkey.kill)
        await _wait(over, chance.uniform(0.5, 5.0))
        await asyncio.to_thread(site.valkey.start)
        done["Redis killed"] += 1


async def _wait(over: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until it is over; returns whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()
    return over.is_set()


async def _until_settled(database: Database, within_s: float) -> None:
    until = monotonic() + within_s
    query = select(col(Delivery.id)).where(col(Delivery.status).in_(_UNDER_WAY)).limit(1)
    while monotonic() < until:
        async with database.reading() as db:
            if (await db.execute(query)).first() is None:
                return
        await asyncio.sleep(0.2)


async def judge(database: Database, target: Sink, marker: str) -> Outcome:
    """Compare what was planned and is said with what the network has."""
    query = (
        select(Post.text, Schedule.scheduled_at, Delivery.status)
        .join(Schedule, col(Schedule.post_id) == Post.id)
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .where(col(Post.text).startswith(f"{marker} "))
    )
    async with database.reading() as db:
        planned = {str(words): (at, str(status)) for words, at, status in await db.execute(query)}
    arrivals = target.arrivals()
    first: dict[str, float] = {}
    for words, _, at in arrivals.of(marker):
        first.setdefault(words, at)
    missing = [status for words, (_, status) in planned.items() if words not in first]
    return Outcome(
        planned=len(planned),
        statuses=Counter(status for _, status in planned.values()),
        late=[(at - planned[words][0].timestamp()) * 1000 for words, at in first.items()],
        doubled=len(arrivals.of(marker)) - len(first),
        lost=sum(status != Status.NEEDS_CHECK for status in missing),
        untrue=sum(status == Status.POSTED for status in missing),
        cut=arrivals.lost,
    )


async def is_whole(database: Database) -> bool:
    """Whether the file of the database is in order; PostgreSQL looks after its own."""
    if not database.is_sqlite:
        return True
    async with database.reading() as db:
        return (await db.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"


def show(kind: str, found: Outcome, *, is_whole: bool) -> None:
    """Print the tables."""
    said = ", ".join(f"{number} {status}" for status, number in found.statuses.items())
    head = ["database", "posts", "lost", "doubled", "needs check", "said posted and is not"]
    head += ["what is said", "database whole", "took s"]
    row = [kind, found.planned, found.lost, found.doubled, found.statuses[Status.NEEDS_CHECK]]
    row += [found.untrue, said, "yes" if is_whole else "NO", found.took_s]
    table.show("Soak", head, [row])
    head = ["p50 ms", "p95 ms", "p99 ms", "max ms", "min ms", "killed", "lost by the network"]
    late = found.late or [0.0]
    table.show(
        "Lateness under it",
        head,
        [[*table.spread(late), min(late), _say(found.done), _say(found.cut)]],
    )


def _say(counted: Counter[str]) -> str:
    return ", ".join(f"{words}: {number}" for words, number in sorted(counted.items()))


async def run(asked: argparse.Namespace) -> bool:
    """Soak and print; returns whether the promise was kept."""
    plan = Plan(number=asked.number, seconds=asked.seconds, team=asked.workers, seed=asked.seed)
    at_most_s = plan.seconds + plan.patience_s + 120
    async with asyncio.timeout(at_most_s), workers.site(asked.database) as site:
        manners = {"answer_lost": asked.losses, "request_lost": asked.losses, "seed": asked.seed}
        with sink.running(at_most_s=at_most_s, **manners) as target:
            found = await soak(site, target, plan)
            show(asked.database, found, is_whole=await is_whole(site.database))
            for words, number in site.complaints().most_common(5):
                table.note(f"{number} x {words}")
    return found.is_well


def main() -> int:
    """Read the options, soak, print; 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=150.0, help="that they are spread over")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--losses", type=float, default=0.01, help="share of answers, of requests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steady", action="store_true", help="20 a second, nothing is killed")
    parser.add_argument("--minutes", type=float, default=5.0, help="of --steady")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        is_well = runner.run(steady.run(asked) if asked.steady else run(asked))
    return 0 if is_well else 1


if __name__ == "__main__":
    raise SystemExit(main())
