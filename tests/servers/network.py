"""A network that counts: it speaks as the sandbox does, and remembers outside the database."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from sqlalchemy import update

from socialapp.store.session import Database
from socialapp.store.tables import Channel


@dataclass(frozen=True)
class Arrival:
    """A request to publish, by the clock of the tests."""

    text: str
    once: str
    at: float
    """Seconds since 1970."""


@dataclass
class CountingNetwork:
    """Every request to publish is noted; a repeated `once` is the post that is there already."""

    arrivals: list[Arrival] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    """The text under each `once`."""
    refuses_with: list[web.Response] = field(default_factory=list)
    """What the next requests are answered with, before the post is kept."""
    answers_with: list[web.Response] = field(default_factory=list)
    """What the next requests are answered with, although the post is kept."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: what comes is kept, and answered when it is set again."""

    async def __aenter__(self) -> Self:
        self._arrived = asyncio.Event()
        self.answers.set()
        app = web.Application()
        app.router.add_post("/posts", self._publish)
        app.router.add_get("/posts", self._look)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def joins(self, database: Database, *, through: int = 0) -> None:
        """Become the network of every channel in that database, `through` a proxy's port."""
        address = f"http://127.0.0.1:{through}" if through else self.address
        async with database.transaction() as db:
            await db.execute(update(Channel).values(address=address))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._runner.addresses[0][1])

    @property
    def requests(self) -> Counter[str]:
        """How many requests to publish came for each text."""
        return Counter(arrival.text for arrival in self.arrivals)

    @property
    def texts(self) -> Counter[str]:
        """How many posts there are of each text."""
        return Counter(self.posts.values())

    async def has(self, number: int, *, within_s: float) -> None:
        """Wait until so many requests have arrived."""
        async with asyncio.timeout(within_s):
            while len(self.arrivals) < number:
                self._arrived.clear()
                await self._arrived.wait()

    async def _publish(self, request: web.Request) -> web.Response:
        post = await request.json()
        self.arrivals.append(Arrival(post["text"], post["once"], time.time()))
        self._arrived.set()
        if self.refuses_with:
            return self.refuses_with.pop(0)
        self.posts.setdefault(post["once"], post["text"])
        await self.answers.wait()
        if self.answers_with:
            return self.answers_with.pop(0)
        return web.json_response(self._answer(post["once"]), status=201)

    async def _look(self, request: web.Request) -> web.Response:
        once = request.query["once"]
        if once not in self.posts:
            return web.json_response({"error": "There is no such post."}, status=404)
        return web.json_response(self._answer(once))

    def _answer(self, once: str) -> dict[str, Any]:
        return {"id": once, "url": f"{self.address}/{once}"}
