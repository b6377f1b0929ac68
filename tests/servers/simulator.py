"""What the simulated networks share: they listen on loopback, and misbehave when they are told."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from aiohttp import web

from socialapp.clock import utc_now
from tests.networks.mischief import LIES, Mischief, refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_REFUSALS = frozenset(Mischief) - LIES.keys() - {Mischief.SLOW}


class Refusal(Exception):
    """An answer that says no, in the network's own form."""

    def __init__(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.body, self.headers = status, body, headers

    def answer(self) -> web.Response:
        """Return it as it is sent."""
        return web.json_response(self.body, status=self.status, headers=self.headers)


@dataclass(frozen=True)
class Seen:
    """A request as it came in, whatever became of it."""

    method: str
    path: str
    headers: Mapping[str, str]
    at: datetime


@dataclass(frozen=True)
class _Told:
    how: Mischief
    method: str
    path: re.Pattern[str]


class Simulator:
    """A network of our own making: `async with` it, and it is there at `base_url`."""

    publishing_paths = ""
    """An expression for the paths that are posted to in order to publish."""

    def __init__(self) -> None:
        self.base_url = ""
        self.ahead = timedelta()
        """How far its clock is ahead of ours; set it to make time pass."""
        self.seen: list[Seen] = []
        self._told: list[_Told] = []

    def now(self) -> datetime:
        """Return what its clock says."""
        return utc_now() + self.ahead

    def disturb(self, *how: Mischief, method: str = "POST", path: str = "") -> None:
        """Misbehave in these ways, one for each of the next requests that publish.

        With `method` and `path`, an expression for the whole path: for each of the next such.
        """
        whole = re.compile(path or self.publishing_paths)
        self._told += [_Told(one, method, whole) for one in how]

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        raise NotImplementedError

    def refuses(self, how: Mischief) -> Refusal | None:
        """Return how this network words a mischief; None: in no way of its own."""
        raise NotImplementedError

    def not_found(self) -> Refusal:
        """Return what is said of a path that does not exist."""
        raise NotImplementedError

    async def handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request. A network that counts requests does it here."""
        return await handler(request)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._misbehave, self._refuse], client_max_size=2**27)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.seen.append(Seen(request.method, request.path, request.headers.copy(), self.now()))
        how = self._next(request)
        if how is None:
            return await handler(request)
        if how in _REFUSALS and how is not Mischief.RESET_WHILE_READING:
            await request.read()
        if own := self.refuses(how):
            return own.answer()
        if (instead := await refusal(how, request)) is not None:
            return instead
        answer = await handler(request)
        return await LIES[how](request, _said(answer)) if how in LIES else answer

    def _next(self, request: web.Request) -> Mischief | None:
        """Take the mischief that this request is to meet."""
        for told in self._told:
            if told.method == request.method and told.path.fullmatch(request.path):
                self._told.remove(told)
                return told.how
        return None

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await self.handled(request, handler)
        except Refusal as no:
            return no.answer()
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            return self.not_found().answer()


def _said(answer: web.StreamResponse) -> Any:
    body = answer.body if isinstance(answer, web.Response) else b""
    return json.loads(body) if isinstance(body, bytes) and body else {}
