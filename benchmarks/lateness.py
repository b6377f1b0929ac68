"""How late posts leave, and arrive: single ones, many at one instant, and at a slow network."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import aiohttp
from sqlalchemy import func
from sqlmodel import col, select

from benchmarks import table
from benchmarks.app import App, options, running
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.services import channels
from socialapp.store import channels as rows
from socialapp.store import people
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, Post, PublishLog, SandboxPost, Schedule

_AT_ONCE = 8
# Beyond the worker's look ahead: it finds them waiting, as it finds most posts.
_AHEAD_S = 20.0


@dataclass
class Outcome:
    """What became of the posts of one run; lateness in milliseconds."""

    planned: int
    left: list[float]
    arrived: list[float]
    all_out_s: float
    """From the last due instant to the last arrival."""
    doubled: int
    repeated: int
    """Requests beyond one for each post."""

    @property
    def lost(self) -> int:
        """Posts that the network does not have."""
        return self.planned - len(self.arrived)


async def plan(app: App, marker: str, due: Sequence[datetime]) -> None:
    """Plan a post for each instant, over the API; its text is its marker."""
    waiting = iter(enumerate(due))

    async def client(web: aiohttp.ClientSession) -> None:
        for number, at in waiting:
            async with web.post("/api/posts", json={"text": f"{marker} {number}"}) as answer:
                post = await answer.json()
            body = {"post_id": post["id"], "scheduled_at": at.isoformat()}
            async with web.post("/api/schedules", json=body) as answer:
                assert answer.status == 201, await answer.text()

    async with aiohttp.ClientSession(app.address, headers=app.authorization) as web:
        await asyncio.gather(*(client(web) for _ in range(_AT_ONCE)))


async def first_instant(app: App, number: int) -> datetime:
    """Return a moment by which so many can be planned here, with something to spare."""
    begun = monotonic()
    await plan(app, "trial", [utc_now() + timedelta(days=1)] * 16)
    each_s = (monotonic() - begun) / 16
    return utc_now() + timedelta(seconds=_AHEAD_S + 2 * number * each_s)


async def outcome(database: Database, marker: str, due: Sequence[datetime]) -> Outcome:
    """Wait until all are settled, and read what the app and the network wrote down."""
    until = monotonic() + (max(due) - utc_now()).total_seconds() + 120
    # Another process changes what is waited for: only looking helps.
    while await _unsettled(database, marker) and monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    mine = col(Post.text).startswith(f"{marker} ")
    async with database.reading() as db:
        deliveries = (
            select(Delivery.late_ms)
            .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
            .join(Post, col(Post.id) == Schedule.post_id)
            .where(mine, col(Delivery.late_ms).is_not(None))
        )
        left = [float(ms or 0) for ms in (await db.execute(deliveries)).scalars()]
        arrivals = select(SandboxPost.text, SandboxPost.created_at).where(
            col(SandboxPost.text).startswith(f"{marker} ")
        )
        arrived = [(text, at) for text, at in (await db.execute(arrivals)).all()]
        requests = (
            select(func.count())
            .select_from(PublishLog)
            .join(Schedule, col(Schedule.id) == PublishLog.schedule_id)
            .join(Post, col(Post.id) == Schedule.post_id)
            .where(mine, PublishLog.kind == "send")
        )
        sent = int((await db.execute(requests)).scalar_one())
    times = Counter(text for text, _ in arrived)
    number = {f"{marker} {i}": at for i, at in enumerate(due)}
    return Outcome(
        planned=len(due),
        left=left,
        arrived=[(at - number[text]).total_seconds() * 1000 for text, at in arrived],
        all_out_s=max(((at - max(due)).total_seconds() for _, at in arrived), default=0.0),
        doubled=sum(number - 1 for number in times.values()),
        repeated=sent - len(due),
    )


async def _unsettled(database: Database, marker: str) -> int:
    query = (
        select(func.count())
        .select_from(Delivery)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(col(Post.text).startswith(f"{marker} "), Delivery.status != Status.POSTED)
    )
    async with database.reading() as db:
        return int((await db.execute(query)).scalar_one())


async def spread(app: App, database: Database, number: int, seconds: float) -> Outcome:
    """Publish posts at random instants."""
    # The same instants in each run, so that runs can be compared.
    chance = random.Random(number)
    start = await first_instant(app, number)
    due = [start + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(number)]
    await plan(app, "spread", due)
    return await outcome(database, "spread", due)


async def together(app: App, database: Database, number: int) -> Outcome:
    """Publish posts that are all due at one instant."""
    at = await first_instant(app, number)
    await plan(app, "together", [at] * number)
    return await outcome(database, "together", [at] * number)


async def slowly(
    app: App, database: Database, number: int, seconds: float, answer_ms: int
) -> Outcome:
    """Publish posts within a minute, or at one instant, at a network that takes its time."""
    await tell_network(database, answer_ms)
    marker = f"slow{seconds:.0f}"
    chance = random.Random(number)
    start = await first_instant(app, number)
    due = [start + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(number)]
    await plan(app, marker, due)
    found = await outcome(database, marker, due)
    await tell_network(database, 0)
    return found


async def tell_network(database: Database, answer_ms: int) -> None:
    """Make the sandbox answer after so long; 0: at once."""
    async with database.transaction() as db:
        owner = await people.owner(db)
        assert owner
        (channel, *_) = await rows.of_workspace(db, owner.workspace_id)
        await channels.set_behaviour(
            db,
            owner,
            channel.id or 0,
            behaviour="slow" if answer_ms else "normal",
            requests=-1,
            delay_ms=answer_ms,
        )


def _lateness(name: str, found: Outcome) -> list[list[object]]:
    return [
        [name, "the request leaves", *table.spread(found.left), min(found.left)],
        ["", "the network has it", *table.spread(found.arrived), min(found.arrived)],
    ]


def _whole(name: str, found: Outcome) -> list[object]:
    return [
        *(name, found.planned, f"{found.all_out_s:.2f}"),
        *(found.lost, found.doubled, found.repeated),
    ]


async def run(app: App, singles: int, seconds: float, at_once: int, slow: int) -> None:
    """Measure and print."""
    database = app.database()
    try:
        found = {
            f"{singles} within {seconds:.0f} s": await spread(app, database, singles, seconds),
            f"{at_once} at one instant": await together(app, database, at_once),
            f"{slow} within 60 s, answers after 0.3 s": await slowly(app, database, slow, 60, 300),
            f"{slow} at one instant, answers after 0.3 s": await slowly(
                app, database, slow, 0, 300
            ),
        }
    finally:
        await database.close()
    late = [row for name, one in found.items() for row in _lateness(name, one)]
    head = ["posts", "from the due instant until", "p50 ms", "p95 ms", "p99 ms", "max ms", "min ms"]
    table.show("Lateness", head, late)
    head = ["posts", "planned", "all out after s", "lost", "doubled", "requests repeated"]
    table.show("Completeness", head, [_whole(name, one) for name, one in found.items()])


def main() -> None:
    """Read the options, start an instance, measure."""
    parser = options(__doc__)
    parser.add_argument("--singles", type=int, default=240)
    parser.add_argument("--seconds", type=float, default=150.0, help="that the singles take")
    parser.add_argument("--at-once", type=int, default=1000)
    parser.add_argument("--slow", type=int, default=100)
    asked = parser.parse_args()
    with running(asked.database) as app:
        asyncio.run(run(app, asked.singles, asked.seconds, asked.at_once, asked.slow))


if __name__ == "__main__":
    main()
