"""Mastodon: our strict one with each worth that a key can have, and one that others made."""

import asyncio
import atexit
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Http
from socialapp.providers.mastodon.adapter import Mastodon
from tests.networks.mischief import Mischief
from tests.servers.asking import ask
from tests.servers.mastodon.posting import Keys
from tests.servers.mastodon.server import Mastodon as Server
from tests.servers.mastodon_mock import MastodonMock
from tests.servers.proxy import Proxy

REQUEST_S = 1.0


def access_to(server: Server, name: str = "alice", scopes: str = "read write") -> Access:
    """Return somebody's access to our strict server."""
    token = server.token(name, scopes)
    return Access(
        server.base_url, f"@{name}", server.account(name).id, {"token": token}, {"username": name}
    )


@dataclass
class StrictStage:
    """Our own server."""

    provider: Provider
    access: Access
    server: Server

    async def posted(self) -> list[str]:
        return [status.text for status in self.server.timeline.statuses]

    async def disturb(self, how: Mischief) -> None:
        self.server.disturb(how)

    async def another_account(self) -> Access:
        return access_to(self.server, "bob")

    async def outlive_keys(self) -> None:
        self.server.ahead += timedelta(minutes=61)


STRICT_CAN = frozenset(Mischief) - {Mischief.LIMITED, Mischief.BUSY, Mischief.REFUSE}
"""Those are said in Mastodon's own words: a table of its own tells what becomes of them."""
Opens = Callable[[str, Path], AbstractAsyncContextManager[Any]]


def strict(keys: Keys) -> Opens:
    """Our own server, where a key is worth that much."""

    @asynccontextmanager
    async def opened(_database_url: str, _folder: Path) -> AsyncIterator[StrictStage]:
        async with (
            Server() as server,
            Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http,
        ):
            server.posting.keys = keys
            yield StrictStage(Mastodon(http), access_to(server), server)

    return opened


@dataclass
class MockStage:
    """The server that others made, behind a line that can be cut."""

    provider: Provider
    access: Access
    mock: MastodonMock
    proxy: Proxy

    async def posted(self) -> list[str]:
        listed = await ask("GET", f"{self.mock.base_url}/api/v1/timelines/public")
        return [unescape(s["content"])[3:-4] for s in reversed(listed.body)]

    async def disturb(self, how: Mischief) -> None:
        match how:
            case Mischief.ANSWER_LOST:
                self.proxy.cut_answer_after = 0
            case Mischief.RESET_WHILE_ANSWERING:
                self.proxy.cut_answer_after = 200
            case Mischief.FAIL:
                self._fault("status", status=500)
            case Mischief.UNAUTHORISED:
                self._fault("status", status=401)
            case Mischief.REFUSE:
                self._fault("status", status=422, body={"error": "This post breaks the rules."})
            case Mischief.BUSY:
                self._fault("status", status=503, headers={"Retry-After": "2"})
            case Mischief.LIMITED_UNTIL:
                reset = str(int(time.time()) + 3)
                self._fault("ratelimit", headers={"X-RateLimit-Reset": reset})
            case Mischief.SLOW:
                self._fault("latency", delay_ms=300)

    def _fault(self, kind: str, **effect: object) -> None:
        self.mock.fault(kind, **effect)  # type: ignore[arg-type]

    async def another_account(self) -> Access:
        return await _mock_access(self.mock, self.proxy, "bob")

    async def outlive_keys(self) -> None:
        """Its keys live as long as it does."""


MOCK_CAN = frozenset(
    {
        *(Mischief.ANSWER_LOST, Mischief.RESET_WHILE_ANSWERING, Mischief.FAIL),
        *(Mischief.UNAUTHORISED, Mischief.REFUSE, Mischief.BUSY, Mischief.LIMITED_UNTIL),
        Mischief.SLOW,
    }
)


@cache
def _mock() -> MastodonMock:
    """Start it once: it takes two seconds."""
    mock = MastodonMock()
    atexit.register(mock.stop)
    return mock


async def _mock_access(mock: MastodonMock, proxy: Proxy, name: str) -> Access:
    token = mock.tokens[name]
    path = f"{mock.base_url}/api/v1/accounts/verify_credentials"
    me = await ask("GET", path, token=token)
    address = f"http://127.0.0.1:{proxy.own_port}"
    return Access(address, f"@{name}", me.body["id"], {"token": token})


@asynccontextmanager
async def mock_stage(_database_url: str, _folder: Path) -> AsyncIterator[MockStage]:
    """A lenient server that others made."""
    mock = await asyncio.to_thread(_mock)
    mock.reset()
    async with (
        Proxy(urlsplit(mock.base_url).port or 0) as proxy,
        Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http,
    ):
        access = await _mock_access(mock, proxy, "alice")
        yield MockStage(Mastodon(http), access, mock, proxy)
