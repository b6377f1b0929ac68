"""The library's handlers: find, describe, delete; and only what belongs to the workspace."""

from pathlib import Path

import pytest

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.store import files
from socialapp.store.session import Database
from socialapp.ui.library.state import LibraryState
from tests.imaging import files as samples
from tests.media.conftest import kept, member, uploaded
from tests.ui.tabs import call, tab


@pytest.fixture
async def library(database: Database, owner: Member, alice: str, tmp_path: Path) -> LibraryState:
    """Alice's library with two pictures, open."""
    files.connect(tmp_path / "media", limit_bytes=10**7)
    await uploaded(database, owner, samples.photo(300, 200), "boat.jpg")
    await uploaded(database, owner, samples.mp4(), "sea.mp4")
    state = tab(LibraryState, alice)
    await call(state, "load")
    return state


async def test_the_newest_is_first_and_says_what_it_is(library: LibraryState) -> None:
    assert [t["filename"] for t in library.tiles] == ["sea.mp4", "boat.jpg"]
    assert library.tiles[0]["shape"] == "640 x 360 · 2 s"
    assert library.coverage == "0 of 2 described"
    assert not library.is_empty


async def test_a_description_is_found_afterwards(library: LibraryState) -> None:
    await call(library, "open", library.tiles[1]["id"])
    await call(library, "describe", {"alt_text": "A red dinghy"})
    await call(library, "search", "dinghy")
    found = [t["filename"] for t in library.tiles]
    await call(library, "search", "")
    await call(library, "show_without_alt", True)

    assert found == ["boat.jpg"]
    assert library.coverage == "1 of 2 described"
    assert [t["filename"] for t in library.tiles] == ["sea.mp4"]


async def test_what_a_draft_needs_is_not_deleted_and_says_where(
    library: LibraryState, database: Database, owner: Member
) -> None:
    boat = library.tiles[1]["id"]
    async with database.transaction() as db:
        await posts.create(db, owner, text="New boats", media_ids=[boat], now=utc_now())

    await call(library, "open", boat)
    await call(library, "delete")

    assert "New boats" in library.refusal
    assert library.shown["id"] == boat
    assert len(kept(files.files())) == 2


async def test_what_nobody_needs_is_deleted(library: LibraryState) -> None:
    await call(library, "open", library.tiles[0]["id"])
    await call(library, "delete")

    assert [t["filename"] for t in library.tiles] == ["boat.jpg"]
    assert library.shown["id"] == 0


async def test_another_workspaces_picture_cannot_be_opened(
    library: LibraryState, database: Database
) -> None:
    from socialapp.domain.people import Role

    carol = await member(database, Role.OWNER)
    hers = await uploaded(database, carol, samples.photo(300, 200))

    with pytest.raises(NotFound):
        await call(library, "open", hers.id)
    await call(library, "load")

    assert len(library.tiles) == 2
