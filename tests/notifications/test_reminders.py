"""What waits for approval is told again, exactly once each, and never after it was approved."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from socialapp import outward
from socialapp.clock import utc_now
from socialapp.domain.approval import Rule
from socialapp.domain.people import Member, Role
from socialapp.services import approvals, destinations, members, notifications, reminders
from socialapp.store import vault
from socialapp.store.session import Database
from socialapp.store.tables import Notification, OutgoingNotification
from tests.people import colleague, owner_of_a_workspace
from tests.services.desk import plan

DAY = timedelta(days=1)


@pytest.fixture
async def alice(database: Database) -> Member:
    """The owner of a workspace where one has to approve."""
    owner = await owner_of_a_workspace(database, "Alice", "Europe/Berlin")
    async with database.transaction() as db:
        await members.update_workspace(db, owner, approval_rule=Rule.ONE)
    return owner


async def told(database: Database, by: Member) -> list[str]:
    """Return the reminders that somebody was told, oldest first."""
    async with database.reading() as db:
        found = await notifications.inbox(db, by)
    return [each.it.title for each in reversed(found.told) if each.it.event == "reminder"]


async def look(database: Database, *at: datetime) -> None:
    """Look as two workers do at once."""
    for now in at:
        await asyncio.gather(*(reminders.remind(database, now=now) for _ in range(2)))


async def test_each_day_and_the_last_two_hours_are_told_once(
    database: Database, alice: Member
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)
    begun = utc_now()
    schedule = await plan(database, bob, away=2 * DAY + timedelta(hours=3))
    planned = schedule.scheduled_at

    await look(database, begun + timedelta(hours=23))
    assert await told(database, alice) == []
    hours = [begun + DAY + timedelta(hours=n, minutes=5) for n in range(25)]
    await look(database, *hours)
    assert await told(database, alice) == ["Still waits for approval: Fresh bread"] * 2
    await look(database, planned - timedelta(hours=2), planned - timedelta(minutes=1), planned)

    assert (await told(database, alice))[2:] == [
        "Not approved yet, and its moment is near: Fresh bread"
    ]
    assert await told(database, bob) == []  # an editor cannot approve


async def test_what_is_approved_or_given_back_is_told_no_more(
    database: Database, alice: Member, tmp_path: Path
) -> None:
    vault.connect(keys="", folder=tmp_path / "keys")
    outward.connect(allow_private=True)
    bob = await colleague(database, alice, Role.EDITOR)
    for by in (alice, bob):
        async with database.transaction() as db:
            await destinations.add(db, by, name="", address="json://127.0.0.1:9/x")
            await destinations.wish(db, by, "reminder", "daily")
    first, second = [await plan(database, bob, away=10 * DAY) for _ in range(2)]
    now = utc_now() + DAY + timedelta(minutes=1)
    await look(database, now)
    assert len(await told(database, alice)) == 2
    assert await _waiting_to_be_sent(database) == 2  # hers; none of them is Bob's

    async with database.transaction() as db:
        await approvals.approve(db, alice, first.post_id, kind=None, now=utc_now())
    async with database.transaction() as db:
        await approvals.request_changes(
            db, alice, second.post_id, kind=None, text="Shorter.", now=utc_now()
        )

    assert await _waiting_to_be_sent(database) == 0
    await look(database, now + DAY, first.scheduled_at - timedelta(hours=1))
    assert len(await told(database, alice)) == 2


async def test_an_approval_at_the_same_moment_leaves_nothing_behind(
    database: Database, alice: Member
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)
    schedule = await plan(database, bob, away=10 * DAY)

    async def approve() -> None:
        async with database.transaction() as db:
            await approvals.approve(db, alice, schedule.post_id, kind=None, now=utc_now())

    now = utc_now() + DAY + timedelta(minutes=1)
    await asyncio.gather(approve(), reminders.remind(database, now=now))

    before = await told(database, alice)
    assert len(before) <= 1
    await look(database, now, now + DAY)
    assert await told(database, alice) == before


async def _waiting_to_be_sent(database: Database) -> int:
    async with database.reading() as db:
        query = (
            select(func.count())
            .select_from(OutgoingNotification)
            .join(Notification, col(Notification.id) == OutgoingNotification.notification_id)
            .where(Notification.event == "reminder")
        )
        return int((await db.execute(query)).scalar_one())
