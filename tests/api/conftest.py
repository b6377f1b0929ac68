"""The real API over a fresh database, and the people who ask it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from socialapp import live
from socialapp.api.app import build
from socialapp.api.repeats import Repeats
from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import keys, members
from socialapp.store import channels, files, people
from socialapp.store.session import Database
from socialapp.store.tables import Membership, Person, Workspace
from socialapp.worker import Tools
from tests.world import settings_for

LIMIT_BYTES = 5 * 1024 * 1024


@pytest.fixture
async def app(database: Database, valkey: str, tmp_path: Path) -> AsyncIterator[ASGIApp]:
    """What the web process serves to programs, over this test's database and valkey."""
    line = live.connect(valkey)
    database.after_commit = line.tell_of
    files.connect(tmp_path / "media", limit_bytes=LIMIT_BYTES)
    yield Repeats(build())
    await line.close()


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Make clients of the API; all are closed at the end."""
    made: list[httpx.AsyncClient] = []

    def make(**headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        made.append(httpx.AsyncClient(transport=transport, base_url="http://test", headers=names))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


async def owner_of_a_workspace(database: Database, name: str, zone: str) -> Member:
    """Somebody with a workspace and its channel, who has no password: hashing one takes long."""
    async with database.transaction() as db:
        workspace = Workspace(name=f"{name}'s workspace", zone=zone)
        someone = Person(email=f"{name.lower()}@example.org", name=name)
        db.add_all([workspace, someone])
        await db.flush()
        ids = {"person_id": someone.id or 0, "workspace_id": workspace.id or 0}
        db.add(Membership(role=Role.OWNER, **ids))
        await channels.add_channel(
            db,
            ids["workspace_id"],
            provider="sandbox",
            name="Sandbox",
            is_default=True,
            now=utc_now(),
        )
        await db.flush()
        member = await people.member(db, **ids)
    assert member
    return member


async def key_of(database: Database, by: Member, *scopes: str) -> str:
    """Return the secret of a new key; without scopes it may do everything."""
    async with database.transaction() as db:
        _, secret = await keys.create(db, by, name="A program", scopes=[*scopes], now=utc_now())
    return secret


async def cookie_of(database: Database, by: Member, role: Role) -> str:
    """Return the cookie of a new person who has `role` in the workspace of `by`."""
    now = utc_now()
    async with database.transaction() as db:
        bob = Person(email=f"bob-{role}@example.org", name="Bob")
        db.add(bob)
        await db.flush()
        bob_id = bob.id or 0
        db.add(Membership(person_id=bob_id, workspace_id=by.workspace_id, role=role))
        await db.flush()
        opened = await members.open_session(db, bob_id, user_agent="a browser", now=now)
    return f"{members.COOKIE}={opened.secret}"


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
