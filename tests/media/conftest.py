"""A folder for uploads, and the people who use it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from socialapp.api import attachments as api_attachments
from socialapp.api import errors, sandbox_media
from socialapp.api import media as api_media
from socialapp.clock import utc_now
from socialapp.domain.people import RIGHTS, Member, Role
from socialapp.services import keys, media
from socialapp.store import files
from socialapp.store.files import Files
from socialapp.store.session import Database
from socialapp.store.tables import MediaAsset, Workspace

LIMIT_BYTES = 3 * 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Files:
    """An empty folder for uploads of at most 3 MB."""
    return files.connect(tmp_path / "media", limit_bytes=LIMIT_BYTES)


@pytest.fixture
async def alice(database: Database) -> Member:
    """The owner of a workspace."""
    return await member(database, Role.OWNER)


@pytest.fixture
async def carol(database: Database) -> Member:
    """The owner of another workspace."""
    return await member(database, Role.OWNER)


async def member(database: Database, role: Role) -> Member:
    """Somebody in a workspace of their own."""
    async with database.transaction() as db:
        workspace = Workspace(name="Harbour Shop")
        db.add(workspace)
        await db.flush()
    return Member(workspace_id=workspace.id or 0, zone="UTC", rights=RIGHTS[role])


async def client(database: Database, by: Member, folder: Files) -> httpx.AsyncClient:
    """A program with a key of this member's workspace."""
    async with database.transaction() as db:
        _, secret = await keys.create(db, by, name="test", scopes=[], now=utc_now())
    app = FastAPI()
    errors.register(app)
    for room in (api_media, api_attachments, sandbox_media):
        app.include_router(room.router)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test",
        headers={"Authorization": f"Bearer {secret}"},
    )


@pytest.fixture
async def hers(
    database: Database, folder: Files, alice: Member
) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's program."""
    async with await client(database, alice, folder) as program:
        yield program


async def uploaded(database: Database, by: Member, data: bytes, name: str = "a.jpg") -> MediaAsset:
    """An upload through the service."""
    async with files.files().incoming() as incoming:
        await incoming.write(data)
        return await media.upload(database, by, incoming, filename=name, now=utc_now())


def kept(folder: Files) -> list[str]:
    """Every file that is in the folder, in whatever state."""
    return sorted(p.name for p in folder.folder.rglob("*") if p.is_file())
