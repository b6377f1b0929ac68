"""Comparisons whose posts people touched: what is out counts, and what is stopped stays so."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.people import Member
from socialapp.services import assigning, comparing
from socialapp.services.assigning import How
from socialapp.store import channels
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Delivery, Schedule
from tests.services.compared import begin, look, seen, sent

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def assign(
    db: AsyncSession, by: Member, each: comparing.Sent, how: How, *, name: str = "Other"
) -> int:
    """Give a post of a comparison another channel, beside its own or instead of it."""
    other = await channels.add_channel(
        db, by.workspace_id, provider="sandbox", name=name, now=utc_now()
    )
    ids = [other.id or 0]
    await assigning.assign(db, by, each.post_id, how=how, channel_ids=ids, now=utc_now())
    return ids[0]


async def statuses(db: AsyncSession, each: comparing.Sent) -> dict[int, str]:
    """Return where the deliveries of a post are, by channel."""
    query = (
        select(col(Delivery.channel_id), col(Delivery.status))
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(Schedule.post_id == each.post_id)
    )
    return {channel_id: str(status) for channel_id, status in (await db.execute(query)).all()}


@pytest.mark.parametrize("other", [Status.QUEUED, Status.FAILED])
async def test_what_is_out_in_its_channel_counts_whatever_became_of_another(
    database: Database, alice: Member, other: Status
) -> None:
    made = await begin(database, alice, pairs=2)
    first = (await seen(database, made)).pairs[0].first
    async with database.transaction() as db:
        await sent(db, first, 10)
        added = await _beside(db, alice, first, other)
    found = (await seen(database, made)).pairs[0].first

    await look(database, made, first.planned_at + timedelta(days=7, minutes=10))

    counted = (await seen(database, made)).pairs[0].first
    assert found.status == Shown.POSTED
    assert (counted.value, counted.lost) == (10, "")
    async with database.reading() as db:
        assert (await statuses(db, first))[added] == other


async def _beside(db: AsyncSession, by: Member, each: comparing.Sent, status: Status) -> int:
    """Let a post that is out in its channel wait, or have failed, in another one."""
    other = await channels.add_channel(
        db, by.workspace_id, provider="sandbox", name="Other", now=utc_now()
    )
    db.add(
        Delivery(
            workspace_id=by.workspace_id,
            schedule_id=each.schedule_id or 0,
            channel_id=other.id or 0,
            status=status,
            planned_at=each.planned_at,
            due_at=each.planned_at,
            once=f"{each.post_id}",
        )
    )
    await db.flush()
    await schedule_rows.refresh_status(db, [each.schedule_id or 0], now=utc_now())
    return other.id or 0
