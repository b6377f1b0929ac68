"""What a workspace looks like, read from rows that are really there."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown
from socialapp.store import overview, pages, schedules
from socialapp.store.session import Database
from socialapp.store.tables import Schedule
from tests.world import World, make_world, settings_for

TURNS = (Shown.POSTED, Shown.PARTLY_POSTED, Shown.QUEUED)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    """Six schedules, ten minutes apart, whose statuses take turns."""
    world = await make_world(database, settings_for(database.url, tmp_path))
    for number in range(6):
        made = await world.schedule(f"{number}", in_s=600.0 * (number + 1))
        async with database.transaction() as db:
            mine = update(Schedule).where(col(Schedule.id) == made.id)
            await db.execute(mine.values(status=TURNS[number % 3]))
    return world


@pytest.mark.parametrize(("newest_first", "expected"), [(False, [0, 1, 3]), (True, [4, 3, 1])])
async def test_schedules_of_several_statuses_come_in_the_order_of_their_time(
    world: World, newest_first: bool, expected: list[int]
) -> None:
    async with world.database.reading() as db:
        found = await overview.with_status(
            db, world.alice.workspace_id, TURNS[:2], limit=3, newest_first=newest_first
        )

    assert [(s.id or 0) - 1 for s in found] == expected


async def test_a_list_is_counted_up_to_a_limit_and_not_beyond(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.database.reading() as db:
        known = await schedules.page(db, world.alice.workspace_id, limit=2)
        monkeypatch.setattr(pages, "COUNTED_UP_TO", 5)
        unknown = await schedules.page(db, world.alice.workspace_id, limit=2)

    assert (known.total, unknown.total) == (6, None)
    assert len(unknown.items) == 2


async def test_what_should_have_left_is_overdue_and_what_is_to_come_is_not(world: World) -> None:
    async with world.database.reading() as db:
        now = await overview.health(db, world.alice.workspace_id, now=utc_now())
        later = await overview.health(
            db, world.alice.workspace_id, now=utc_now() + timedelta(days=1)
        )

    assert (now.overdue, later.overdue) == (0, 6)


async def test_statuses_are_counted_up_to_a_limit_and_one_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.database.reading() as db:
        all_of_them = await overview.counts(db, world.alice.workspace_id)
        monkeypatch.setattr(pages, "COUNTED_UP_TO", 0)
        some = await overview.counts(db, world.alice.workspace_id)

    # The posts of moved rows keep their own word here: none of them is a draft.
    assert all_of_them == {"draft": 0, "posted": 2, "partly_posted": 2, "queued": 2}
    assert some == {"draft": 0, "posted": 1, "partly_posted": 1, "queued": 1}


async def test_another_workspace_is_not_counted(world: World) -> None:
    async with world.database.reading() as db:
        assert await overview.counts(db, world.alice.workspace_id + 1) == {"draft": 0}
