"""The judge: five kinds of network in one server, which counts the posts that it was given."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from socialapp.clock import monotonic, utc_now
from tests.networks.mischief import LIES, Mischief, refusal, say

Place = tuple[str, str]
"""A kind of network, and an account there."""


@dataclass(frozen=True)
class Arrived:
    """A request that publishes, as it came in."""

    kind: str
    account: str
    text: str
    once: str
    at: datetime


@dataclass(frozen=True)
class There:
    """A post on the network."""

    id: str
    kind: str
    account: str
    text: str
    at: datetime

    def shown(self) -> dict[str, Any]:
        """Return it as the network's own reading shows it."""
        return {"id": self.id, "text": self.text, "at": self.at.isoformat(), "url": self.url}

    @property
    def url(self) -> str:
        """Where people look at it."""
        return f"https://{self.kind}.example/{self.id}"


@dataclass
class _Key:
    post: There
    kept_at: float


@dataclass
class Judge:
    """All five networks, on a loopback port; it outlives the workers that are killed."""

    think_s: float = 0.01
    """Between the end of a request and the write: what is cut off here is written all the same."""
    answer_s: float = 0.01
    """Between the write and the answer."""
    key_lives_s: float = 3600.0
    timeline_lags_s: float = 0.05
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answers that confirm a post."""
    posts: list[There] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    on_arrival: Callable[[Arrived], None] | None = None
    on_write: Callable[[There], None] | None = None
    address: str = ""

    def __post_init__(self) -> None:
        self._told: dict[Place, list[Mischief]] = {}
        self._mine: dict[tuple[Place, str], There] = {}
        self._containers: dict[str, tuple[Place, str]] = {}
        self._keys: dict[tuple[Place, str], _Key] = {}
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None

    # What a test asks and tells.

    def count(self) -> Counter[str]:
        """Return how often each marker is there."""
        return Counter(post.text for post in self.posts)

    def texts(self, kind: str) -> list[str]:
        """Return what is on one network, oldest first."""
        return [post.text for post in self.posts if post.kind == kind]

    def requests(self) -> Counter[str]:
        """Return how often publishing each marker was asked for."""
        return Counter(request.text for request in self.arrived)

    def disturb(self, kind: str, account: str, *how: Mischief) -> None:
        """Misbehave in these ways, one for each of the next publishing requests."""
        self._told.setdefault((kind, account), []).extend(how)

    # The server.

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=2**20)
        app.router.add_post("/client_id/{account}/posts/{id}", self._put)
        app.router.add_get("/client_id/{account}/posts/{id}", self._get)
        app.router.add_post("/prepared/{account}/containers", self._make_container)
        app.router.add_get("/prepared/{account}/containers/{id}", self._look_at_container)
        app.router.add_post("/prepared/{account}/containers/{id}/publish", self._commit)
        app.router.add_post("/server_key/{account}/posts", self._post_with_key)
        app.router.add_get("/server_key/{account}/posts", self._timeline)
        app.router.add_post("/refused/{account}/posts", self._post_unless_there)
        app.router.add_get("/refused/{account}/posts", self._timeline)
        app.router.add_post("/nothing/{account}/posts", self._post_again)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _publish(
        self, request: web.Request, text: str, once: str, write: "Write"
    ) -> web.StreamResponse:
        """Take one publishing request through its stages, and misbehave at the one told."""
        place = _place(request)
        self._arrives(Arrived(*place, text, once, utc_now()))
        queue = self._told.get(place)
        told = queue.pop(0) if queue else None
        if told and (answer := await refusal(told, request)) is not None:
            return answer
        await asyncio.sleep(self.think_s)
        answer = write()
        if isinstance(answer, web.Response):
            return answer
        await asyncio.sleep(self.answer_s)
        if told in LIES:
            return await LIES[told](request, answer.shown())
        return web.json_response(answer.shown(), headers=self.headers)

    def _arrives(self, arrived: Arrived) -> None:
        self.arrived.append(arrived)
        if self.on_arrival:
            self.on_arrival(arrived)

    def _write(self, place: Place, text: str) -> There:
        post = There(str(next(self._numbers)), *place, text, utc_now())
        self.posts.append(post)
        if self.on_write:
            self.on_write(post)
        return post

    # The client chooses the id: the same again is the same post, in parallel too.

    async def _put(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        key = _place(request), request.match_info["id"]

        def write() -> There:
            if key not in self._mine:
                self._mine[key] = self._write(key[0], text)
            return self._mine[key]

        return await self._publish(request, text, key[1], write)

    async def _get(self, request: web.Request) -> web.Response:
        post = self._mine.get((_place(request), request.match_info["id"]))
        return web.json_response(post.shown()) if post else say(404, "There is no such post.")

    # Prepare, then commit: a container is published once, however often it is asked for.

    async def _make_container(self, request: web.Request) -> web.Response:
        container = f"c{next(self._numbers)}"
        self._containers[container] = _place(request), (await request.json())["text"]
        return web.json_response({"container": container})

    async def _look_at_container(self, request: web.Request) -> web.Response:
        container = request.match_info["id"]
        if container not in self._containers:
            return say(404, "There is no such container.")
        post = self._mine.get((_place(request), container))
        return web.json_response({"post": post.shown() if post else None})

    async def _commit(self, request: web.Request) -> web.StreamResponse:
        container = request.match_info["id"]
        if container not in self._containers:
            return say(404, "There is no such container.")
        place, text = self._containers[container]

        def write() -> There:
            if (place, container) not in self._mine:
                self._mine[place, container] = self._write(place, text)
            return self._mine[place, container]

        return await self._publish(request, text, container, write)

    # A key, for a while: looked up when the request comes in, kept when it is through.

    async def _post_with_key(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        key = _place(request), request.headers["Idempotency-Key"]
        kept = self._keys.get(key)
        known = kept if kept and monotonic() - kept.kept_at < self.key_lives_s else None

        def write() -> There:
            if known:
                return known.post
            post = self._write(key[0], text)
            self._keys[key] = _Key(post, monotonic())
            return post

        return await self._publish(request, text, key[1], write)

    async def _timeline(self, request: web.Request) -> web.Response:
        newest = utc_now() - timedelta(seconds=self.timeline_lags_s)
        place = _place(request)
        mine = [p for p in self.posts if (p.kind, p.account) == place and p.at <= newest]
        return web.json_response([post.shown() for post in mine])

    # A duplicate is refused, and every other refusal says which post it is a duplicate of.

    async def _post_unless_there(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        place = _place(request)

        def write() -> There | web.Response:
            there = [p for p in self.posts if (p.kind, p.account, p.text) == (*place, text)]
            return _duplicate(there[0]) if there else self._write(place, text)

        return await self._publish(request, text, "", write)

    # Nothing: each request is a post, and nobody can ask.

    async def _post_again(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        place = _place(request)
        return await self._publish(request, text, "", lambda: self._write(place, text))


Write = Callable[[], There | web.Response]


def _place(request: web.Request) -> Place:
    return request.path.split("/")[1], request.match_info["account"]


def _duplicate(post: There) -> web.Response:
    says_which = int(post.id) % 2
    words = {"error": "This is a duplicate.", "code": "duplicate"}
    body = {**words, "post": post.shown()} if says_which else words
    return web.json_response(body, status=422 if says_which else 403)
