"""The real API over a fresh database, and the people who ask it."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from socialapp import live
from socialapp.api.app import build
from socialapp.api.repeats import Repeats
from socialapp.domain.people import Member, Role
from socialapp.providers.http import Http
from socialapp.store import files
from socialapp.store.session import Database
from socialapp.worker import Tools
from tests.people import cookie_of, key_of, owner_of_a_workspace
from tests.servers import given
from tests.world import settings_for

LIMIT_BYTES = 5 * 1024 * 1024


@pytest.fixture
async def app(
    database: Database, valkey: str, tmp_path: Path, networks: Http
) -> AsyncIterator[ASGIApp]:
    """What the web process serves to programs, over this test's database and valkey."""
    line = live.connect(valkey)
    database.after_commit = line.tell_of
    files.connect(tmp_path / "media", limit_bytes=LIMIT_BYTES)
    yield Repeats(_built())
    await line.close()


@functools.cache
def _built() -> FastAPI:
    """Its routes know no database, and making them takes longer than most of the tests."""
    return build()


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Make clients of the API; all are closed at the end."""
    made: list[httpx.AsyncClient] = []

    def make(**headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        made.append(
            httpx.AsyncClient(
                transport=transport,
                base_url="http://test",
                headers=names,
                event_hooks={"response": [_tells_no_secret]},
            )
        )
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


async def _tells_no_secret(answer: httpx.Response) -> None:
    """Whatever is asked, and however it is refused."""
    assert given.found_in(await answer.aread()) == []


@pytest.fixture(params=["posts", "pages"])
def place(request: pytest.FixtureRequest) -> str:
    """Where what is written is kept: what holds for posts holds for pages."""
    return f"/api/{request.param}"


@pytest.fixture
async def owner(database: Database) -> Member:
    """Alice herself: the owner of a workspace in Berlin."""
    return await owner_of_a_workspace(database, "Alice", "Europe/Berlin")


@pytest.fixture
async def alice(
    client: Callable[..., httpx.AsyncClient], database: Database, owner: Member
) -> httpx.AsyncClient:
    """Alice's program: it has every right in her workspace."""
    return client(authorization=f"Bearer {await key_of(database, owner)}")


@pytest.fixture
async def bob(
    client: Callable[..., httpx.AsyncClient], database: Database, owner: Member
) -> httpx.AsyncClient:
    """Bob's browser: he may look at Alice's workspace, no more."""
    return client(cookie=await cookie_of(database, owner, Role.VIEWER))


@pytest.fixture
async def carol(client: Callable[..., httpx.AsyncClient], database: Database) -> httpx.AsyncClient:
    """Carol's program: she owns another workspace."""
    stranger = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    return client(authorization=f"Bearer {await key_of(database, stranger)}")


@pytest.fixture
async def nobody(client: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """A visitor whom nobody knows."""
    return client()


@pytest.fixture
async def publishing(
    app: ASGIApp, database: Database, valkey: str, tmp_path: Path
) -> AsyncIterator[None]:
    """A worker and the sandbox's server in this process: what is due goes out."""
    async with Tools(settings_for(database.url, tmp_path, valkey)):
        hears = asyncio.create_task(_hear())
        yield
        hears.cancel()


async def _hear() -> None:
    """Pass on what changed, as the pages' feed does in the web process."""
    line = live.current()
    assert line
    async for _ in line.listen(live.CHANGES):
        live.heard()
