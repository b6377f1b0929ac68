"""A village: the server that the network of tests/networks/village.py speaks to."""

import asyncio
import itertools
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.given import given

_PAGE = """<!doctype html><html lang="en"><title>The village</title>
<h1>Let socialapp in?</h1><p><a href="{yes}">Let it in</a> <a href="{no}">No</a></p>"""


@dataclass
class Villager:
    """Somebody with an account."""

    id: str
    name: str
    handle: str


@dataclass
class VillageServer:
    """On a loopback port; `holds` makes it think before it says who somebody is."""

    text_limit: int = 300
    token_ends_in: int = 3600
    posts: list[str] = field(default_factory=list)
    villagers: dict[str, Villager] = field(default_factory=dict)
    """By their tokens."""
    visitor: Villager = field(default_factory=lambda: Villager("v-2", "Vera Visits", "@vera"))
    """Who is signed in at the browser that comes to let us in."""
    apps: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        self.holds = asyncio.Event()
        self.holds.set()
        self.is_asked = asyncio.Event()
        self.refuses = asyncio.Event()
        self.waits_before_refusing = asyncio.Event()
        self.waits_before_refusing.set()
        self._kept: dict[str, dict[str, Any]] = {}
        self._codes: dict[str, Villager] = {}
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None

    def give_token(self, name: str = "Tilda Tent", villager_id: str = "v-1") -> str:
        """Return a new token of somebody."""
        token = given(f"vil_{next(self._numbers)}_of_{villager_id}", "a token of the village")
        handle = f"@{name.partition(' ')[0].lower()}"
        self.villagers[token] = Villager(villager_id, name, handle)
        return token

    def allow(self, code: str) -> None:
        """Let the visitor have said yes, which gave them this code."""
        self._codes[code] = self.visitor

    def revoke_all(self) -> None:
        """Forget every token."""
        self.villagers.clear()

    async def __aenter__(self) -> "VillageServer":
        app = web.Application()
        app.router.add_get("/account", self._account)
        app.router.add_post("/apps", self._register)
        app.router.add_get("/let-in", self._ask)
        app.router.add_post("/token", self._token)
        app.router.add_put("/posts/{id}", self._put)
        app.router.add_get("/posts/{id}", self._get)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def _who(self, request: web.Request) -> Villager | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.villagers.get(token)

    async def _account(self, request: web.Request) -> web.Response:
        self.is_asked.set()
        await self.holds.wait()
        who = self._who(request)
        if who is None:
            return web.json_response({"error": "Who is that?"}, status=401)
        said = {"id": who.id, "name": who.name, "handle": who.handle, "village": "Upper Mill"}
        url = f"{self.address}/{who.handle}"
        return web.json_response({**said, "url": url, "text_limit": self.text_limit})

    async def _register(self, request: web.Request) -> web.Response:
        self.apps += 1
        return web.json_response({"id": f"app-{self.apps}", "key": f"key-{self.apps}"})

    async def _ask(self, request: web.Request) -> web.Response:
        back, state = request.query["back"], request.query["state"]
        code = f"code-{next(self._numbers)}"
        self.allow(code)
        yes = f"{back}?{urlencode({'code': code, 'state': state})}"
        no = f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        page = _PAGE.format(yes=escape(yes), no=escape(no))
        return web.Response(text=page, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.json()
        who = self._codes.pop(body["code"], None)
        if who is None or not body["proof"] or not body["key"]:
            words = {"error": f"The code {body['code']} is not good."}
            return web.json_response(words, status=400)
        token = self.give_token(who.name, who.id)
        return web.json_response({"token": token, "ends_in": self.token_ends_in})

    async def _put(self, request: web.Request) -> web.Response:
        if self._who(request) is None:
            self.refuses.set()
            await self.waits_before_refusing.wait()
            return web.json_response({"error": "Who is that?"}, status=401)
        body, key = await request.json(), request.match_info["id"]
        if key not in self._kept:
            self._kept[key] = {"id": key, "url": f"https://village.example/{key}"}
            self.posts.append(body["text"])
        return web.json_response(self._kept[key])

    async def _get(self, request: web.Request) -> web.Response:
        kept = self._kept.get(request.match_info["id"])
        return web.json_response(kept or {"error": "No."}, status=200 if kept else 404)
