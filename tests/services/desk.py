"""What tests of the services do again and again."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.people import Member
from socialapp.services import posts, schedules
from socialapp.store import channels
from socialapp.store import schedules as rows
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Delivery, Post, Schedule


async def write(database: Database, by: Member, text: str = "Fresh bread", **more: Any) -> Post:
    """Keep a draft."""
    async with database.transaction() as db:
        return await posts.create(db, by, text=text, now=utc_now(), **more)


async def plan(
    database: Database, by: Member, *, away: timedelta = timedelta(days=1), **more: Any
) -> Schedule:
    """Keep a draft and queue it."""
    post = await write(database, by)
    at = moments.read(moments.iso(utc_now() + away), zone=by.zone)
    async with database.transaction() as db:
        return await schedules.create(db, by, post_id=post.id or 0, at=at, now=utc_now(), **more)


async def channel_of(database: Database, by: Member) -> Channel:
    """Return the first channel of a workspace."""
    async with database.reading() as db:
        return (await channels.of_workspace(db, by.workspace_id))[0]


async def delivery_of(database: Database, schedule: Schedule) -> Delivery:
    """Return the first delivery of a schedule, as it is now."""
    async with database.reading() as db:
        query = select(Delivery).where(col(Delivery.schedule_id) == schedule.id)
        return (await db.execute(query.order_by(col(Delivery.id)))).scalars().all()[0]


async def status_of(database: Database, schedule: Schedule) -> str:
    """Return the status of a schedule as people see it."""
    async with database.reading() as db:
        found = await rows.get(db, schedule.workspace_id, schedule.id or 0)
    assert found
    return found.status


async def become(database: Database, schedule: Schedule, status: Status, **more: Any) -> None:
    """Let the deliveries of a schedule be as a worker would leave them."""
    mine = col(Delivery.schedule_id) == schedule.id
    async with database.transaction() as db:
        await db.execute(update(Delivery).where(mine).values(status=status, **more))
        await rows.refresh_status(db, [schedule.id or 0], now=utc_now())
