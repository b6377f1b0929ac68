"""Many operations at once through the API of one instance, while what they publish goes out."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import aiohttp
from sqlalchemy import func
from sqlmodel import col, select

from benchmarks import table
from benchmarks.app import App
from socialapp.clock import utc_now
from socialapp.domain.delivery import SETTLED
from socialapp.store.tables import Delivery

_PATIENCE_S = 90.0
_SPARE = 400


@dataclass
class Took:
    """How long each operation took, by kind, ms; and what went wrong."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def rows(self, name: str) -> list[list[object]]:
        """Return the rows of the table: each kind, and all together."""
        every = [ms for some in self.ms.values() for ms in some]
        kinds = {**self.ms, "all": every}
        return [
            [name, kind, len(some), *table.spread(some)] for kind, some in kinds.items() if some
        ]


class Client:
    """What programs do, each operation one request; posts to schedule are made beforehand."""

    def __init__(self, web: aiohttp.ClientSession, took: Took) -> None:
        self._web = web
        self._took = took
        self._posts: list[int] = []
        self._schedules: list[int] = []
        self._number = 0

    async def prepare(self, number: int) -> None:
        """Make posts that later operations schedule and read."""
        for _ in range(number):
            await self.create()

    async def do(self, kind: str) -> None:
        """Carry out one operation, and note how long it took."""
        begun = monotonic()
        try:
            await _DOES[kind](self)
        except (aiohttp.ClientError, TimeoutError, AssertionError) as error:
            self._took.errors[f"{kind}: {error!r}"[:120]] += 1
        self._took.ms.setdefault(kind, []).append((monotonic() - begun) * 1000)

    async def create(self) -> None:
        """Write a post."""
        self._number += 1
        body = {"text": f"Fresh bread from six. {self._number}"}
        self._posts.append((await self._send("POST", "/api/posts", 201, body))["id"])

    async def schedule(self) -> None:
        """Plan one of the posts."""
        # A day ahead: nothing of it is sent while this runs.
        at = utc_now() + timedelta(days=1, seconds=self._number)
        await self._plan({"scheduled_at": at.isoformat()})

    async def publish(self) -> None:
        """Publish one of them now."""
        await self._plan({})

    async def _plan(self, when: dict[str, str]) -> None:
        body = {"post_id": self._posts.pop(), **when}
        self._schedules.append((await self._send("POST", "/api/schedules", 201, body))["id"])

    async def read(self) -> None:
        """Look at the last schedule, or at a page of the list."""
        if self._number % 2 and self._schedules:
            await self._send("GET", f"/api/schedules/{self._schedules[-1]}", 200)
        else:
            await self._send("GET", "/api/schedules?limit=50", 200)
        self._number += 1

    async def _send(self, method: str, path: str, expected: int, body: Any = None) -> Any:
        async with self._web.request(method, path, json=body) as answer:
            said = await answer.json()
            assert answer.status == expected, f"{answer.status} {said}"
            return said


_DOES: dict[str, Callable[[Client], Awaitable[None]]] = {
    "create": Client.create,
    "schedule": Client.schedule,
    "publish now": Client.publish,
    "read": Client.read,
}
# As people work: they look more than they write.
_OFTEN = {"create": 4, "schedule": 2, "publish now": 1, "read": 8}


def _session(app: App) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        app.address,
        headers=app.authorization,
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=60),
    )


async def at_once(app: App, number: int, rounds: int) -> Took:
    """Send so many operations at one instant, a quarter of each kind; some rounds of it."""
    took = Took()
    async with _session(app) as web:
        client = Client(web, took)
        await client.prepare(number * rounds)
        for _ in range(rounds):
            kinds = [kind for _ in range(number // len(_DOES)) for kind in _DOES]
            await asyncio.gather(*(client.do(kind) for kind in kinds))
    return took


async def for_a_while(app: App, clients: int, seconds: float) -> Took:
    """Let so many clients work without a pause, each as if it were the only one."""
    took = Took()
    async with _session(app) as web:
        client = Client(web, took)
        await client.prepare(_SPARE)
        until = monotonic() + seconds

        async def work(chance: random.Random) -> None:
            while monotonic() < until:
                await client.do(*chance.choices(list(_OFTEN), list(_OFTEN.values())))

        await asyncio.gather(*(work(random.Random(i)) for i in range(clients)))
    return took


async def unsettled(app: App) -> int:
    """Wait until what is due has gone out; return how much of it has not."""
    database = app.database()
    query = select(func.count()).where(
        col(Delivery.due_at) <= utc_now(), col(Delivery.status).not_in(SETTLED)
    )
    until = monotonic() + _PATIENCE_S
    try:
        while True:
            async with database.reading() as db:
                left = int((await db.execute(query)).scalar_one())
            if not left or monotonic() > until:
                return left
            await asyncio.sleep(0.5)
    finally:
        await database.close()


async def measure(app: App, kind: str, asked: Any) -> None:
    """Measure both and print."""
    found = {
        f"{asked.at_once} at one instant": await at_once(app, asked.at_once, asked.rounds),
        f"{asked.busy} clients for {asked.busy_seconds:.0f} s": await for_a_while(
            app, asked.busy, asked.busy_seconds
        ),
    }
    head = ["how many", "operation", "times", "p50 ms", "p95 ms", "p99 ms", "max ms"]
    every = [row for name, took in found.items() for row in took.rows(name)]
    table.show(f"Operations at once, while posts go out ({kind})", head, every)
    errors = sum((took.errors for took in found.values()), Counter[str]())
    table.note(f"\nErrors: {errors.total()}. Due and not out: {await unsettled(app)}.")
    for words, number in errors.most_common(5):
        table.note(f"{number} x {words}")
