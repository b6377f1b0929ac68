"""Autopilot's page with thousands of photographs: in pages, and only what is new is sent."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.domain.score import VERSION
from socialapp.services import channels
from socialapp.services.autopilot import personas, week
from socialapp.store import autopilot, files
from socialapp.store import channels as channel_rows
from socialapp.store.session import Database
from socialapp.store.tables import MediaAsset, Photo, PhotoAnalysis
from socialapp.ui.autopilot.photographs_state import SIZE, PhotographsState
from socialapp.ui.autopilot.state import AutopilotState
from tests.ui.tabs import call, tab

NUMBER = 2000


async def photographs(database: Database, by: Member) -> None:
    """Two thousand that are scored, many of them alike in score."""
    ids = range(1, NUMBER + 1)
    asset: dict[str, Any] = {
        "workspace_id": by.workspace_id,
        "kind": "image",
        "mime_type": "image/jpeg",
        "size_bytes": 1,
        "width": 3,
        "height": 2,
        "sha256": "",
        "has_thumbnail": True,
    }
    async with database.transaction() as db:
        assets = [{**asset, "id": n, "key": str(n), "filename": f"{n}.jpg"} for n in ids]
        await db.execute(insert(MediaAsset), assets)
        theirs = [{"media_id": n, "workspace_id": by.workspace_id} for n in ids]
        await db.execute(insert(Photo), theirs)
        worth: list[dict[str, Any]] = [
            {
                "media_id": n,
                "version": VERSION,
                "score": n % 50 / 5,
                "fingerprint": f"{n * 7**20:x}"[:16],
            }
            for n in ids
        ]
        await db.execute(insert(PhotoAnalysis), worth)


@pytest.fixture
async def page(database: Database, owner: Member, alice: str, tmp_path: Path) -> PhotographsState:
    """Alice's photographs, open."""
    files.connect(tmp_path / "media", limit_bytes=10**7)
    await photographs(database, owner)
    state = tab(PhotographsState, alice)
    await call(state, "load")
    return state


def sent(page: PhotographsState) -> set[str]:
    return {name for name in page.dirty_vars if not name.startswith("_")}


async def test_each_is_on_one_page_the_best_first(page: PhotographsState) -> None:
    seen = [tile["key"] for tile in page.tiles]
    scores = [float(tile["score"]) for tile in page.tiles]
    assert page.place == f"1-{SIZE} of 2,000"

    while page.has_after:
        await call(page, "go", 1)
        seen += [tile["key"] for tile in page.tiles]
        scores += [float(tile["score"]) for tile in page.tiles]
        assert len(page.tiles) <= SIZE

    assert sorted(seen, key=int) == [str(n) for n in range(1, NUMBER + 1)]
    assert scores == sorted(scores, reverse=True)
    await call(page, "search", "1999")
    assert (page.place, page.number, page.has_before) == ("1-1 of 1", 1, False)


async def test_the_page_before_one_that_has_gone_is_shown(
    page: PhotographsState, database: Database
) -> None:
    await call(page, "only_status", "new")
    await call(page, "go", 1)
    async with database.transaction() as db:
        some = col(Photo.media_id).not_in([49, 99])  # the best
        await db.execute(update(Photo).where(some).values(status="posted"))

    await call(page, "load")

    assert (page.place, page.number, page.has_before) == ("1-2 of 2", 1, False)


async def test_only_what_is_new_is_sent(page: PhotographsState, database: Database) -> None:
    page._clean()
    await call(page, "load")
    before = sent(page)
    async with database.transaction() as db:
        one = col(Photo.media_id) == 49
        await db.execute(update(Photo).where(one).values(own_score=9.9))
    await call(page, "load")

    assert before == set()
    assert sent(page) == {"tiles"}
    assert not any("parts" in tile for tile in page.tiles)


async def test_the_best_of_thousands_is_found_without_comparing_them_all(
    page: PhotographsState, database: Database, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    from socialapp.domain import curation
    from socialapp.store.tables import Persona

    compared = []
    nearest = curation.nearest
    monkeypatch.setattr(curation, "nearest", lambda a, b: compared.append(a) or nearest(a, b))  # type: ignore[func-returns-value]
    async with database.reading() as db:
        photos = await autopilot.candidates(db, owner.workspace_id)
    daily = Persona(workspace_id=1, name="Daily", timezone="UTC")

    pick = next(week.choices(daily, photos, [], at=photos[0].added_at))

    assert (pick.media_id, len(photos), len(compared)) == (49, NUMBER, 1)


async def test_why_a_persona_cannot_post_stands_beside_it_and_no_picture_is_promised(
    page: PhotographsState, database: Database, owner: Member, alice: str
) -> None:
    channel = (await channels_of(database, owner))[0]
    async with database.transaction() as db:
        daily = await personas.save(db, owner, name="Daily", channel_ids=[channel], now=utc_now())
        await personas.switch(db, owner, daily.id or 0, is_on=True, now=utc_now())
    shown = tab(AutopilotState, alice)
    await call(shown, "load")
    before = (shown.personas[0]["trouble"], all(row["media_id"] for row in shown.plan))
    async with database.transaction() as db:
        await channels.remove(db, owner, channel, now=utc_now())

    await call(shown, "load")

    assert before == ("", True)
    why = shown.personas[0]["trouble"]
    assert "None of its channels is there any more" in why
    assert {(row["media_id"], row["why"]) for row in shown.plan} == {(0, why)}


async def channels_of(database: Database, by: Member) -> list[int]:
    async with database.reading() as db:
        return [each.id or 0 for each in await channel_rows.of_workspace(db, by.workspace_id)]
