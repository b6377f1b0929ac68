"""Deliveries, and what people do to them: the same arrows as a worker's, from another hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    func,
    update,
)
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.delivery import (
    HELD,
    IN_FLIGHT,
    UNSENT,
    Status,
    check_arrow,
)
from socialapp.store import schedules
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Delivery, PublishLog


async def oldest_overdue(db: AsyncSession, workspace_id: int, *, now: datetime) -> datetime | None:
    """Return since when the oldest unsent delivery of a workspace has been due."""
    query = select(func.min(Delivery.due_at)).where(
        Delivery.workspace_id == workspace_id,
        col(Delivery.status).in_(list(UNSENT)),
        Delivery.due_at < now,
    )
    return (await db.execute(query)).scalar_one_or_none()


async def take_back(db: AsyncSession, schedule_ids: Iterable[int]) -> None:
    """Void what was frozen of unsent deliveries, and every claim: what they send has changed."""
    check_arrow(HELD, Status.QUEUED)
    mine = col(Delivery.schedule_id).in_(list(schedule_ids))
    fresh: dict[str, Any] = {
        "owner": None,
        "fence": col(Delivery.fence) + 1,
        "intent": None,
    }
    waiting_too = [Status.QUEUED, Status.PAUSED]
    await change(
        db, update(Delivery).where(mine, col(Delivery.status).in_(waiting_too)).values(**fresh)
    )
    await change(
        db,
        update(Delivery)
        .where(mine, col(Delivery.status).in_(HELD))
        .values(status=Status.QUEUED, **fresh),
    )


async def hold(db: AsyncSession, channel_id: int) -> None:
    """Put what is queued for a channel on hold."""
    check_arrow(UNSENT, Status.PAUSED)
    await _lock_channel(db, channel_id, UNSENT)
    await db.execute(
        update(Delivery)
        .where(col(Delivery.channel_id) == channel_id, col(Delivery.status).in_(UNSENT))
        .values(status=Status.PAUSED, owner=None, fence=col(Delivery.fence) + 1)
    )
    await _refresh_channel(db, channel_id)


async def let_go(db: AsyncSession, channel_id: int) -> None:
    """Queue what was on hold for a channel; what is too late by then becomes missed."""
    check_arrow([Status.PAUSED], Status.QUEUED)
    await _lock_channel(db, channel_id, [Status.PAUSED])
    await db.execute(
        update(Delivery)
        .where(col(Delivery.channel_id) == channel_id, col(Delivery.status) == Status.PAUSED)
        .values(status=Status.QUEUED, owner=None, fence=col(Delivery.fence) + 1)
    )
    await _refresh_channel(db, channel_id)


async def _lock_channel(db: AsyncSession, channel_id: int, statuses: Iterable[Status]) -> None:
    query = select(col(Delivery.schedule_id)).where(
        col(Delivery.channel_id) == channel_id, col(Delivery.status).in_(list(statuses))
    )
    await schedules.lock(db, (await db.execute(query)).scalars().all())


async def _refresh_channel(db: AsyncSession, channel_id: int) -> None:
    query = select(col(Delivery.schedule_id)).where(
        col(Delivery.channel_id) == channel_id,
        col(Delivery.status).in_([Status.PAUSED, Status.QUEUED]),
    )
    await schedules.refresh_status(db, (await db.execute(query)).scalars().all(), now=utc_now())


_STOPPABLE = [*UNSENT, Status.PAUSED, Status.MISSED, Status.FAILED]


async def change_unsent(db: AsyncSession, schedule_id: int, new: Status) -> int:
    """Cancel what has not left; returns how many deliveries it caught in time.

    The fence grows, so that a worker that holds one cannot send it any more.
    """
    sources = [*_STOPPABLE, Status.NEEDS_CHECK]
    check_arrow(sources, new)
    return await change(
        db,
        update(Delivery)
        .where(col(Delivery.schedule_id) == schedule_id, col(Delivery.status).in_(sources))
        .values(status=new, owner=None, fence=col(Delivery.fence) + 1),
    )


async def replan(db: AsyncSession, schedule_id: int, *, due_at: datetime) -> int:
    """Queue what has not left for another moment; returns how many deliveries it caught.

    What is on hold stays on hold.
    """
    check_arrow([s for s in _STOPPABLE if s is not Status.QUEUED], Status.QUEUED)
    fresh: dict[str, Any] = {
        "planned_at": due_at,
        "due_at": due_at,
        "owner": None,
        "fence": col(Delivery.fence) + 1,
        "tries": 0,
        "looks": 0,
        "absences": 0,
        "reason": "",
        "action": "",
        "intent": None,
    }
    mine = col(Delivery.schedule_id) == schedule_id
    held = await change(
        db, update(Delivery).where(mine, col(Delivery.status) == Status.PAUSED).values(**fresh)
    )
    rest = [s for s in _STOPPABLE if s is not Status.PAUSED]
    queued = await change(
        db,
        update(Delivery)
        .where(mine, col(Delivery.status).in_(rest))
        .values(status=Status.QUEUED, **fresh),
    )
    return held + queued


async def set_priority(db: AsyncSession, schedule_id: int, priority: int) -> None:
    """Change who goes first among those due together."""
    await db.execute(
        update(Delivery).where(col(Delivery.schedule_id) == schedule_id).values(priority=priority)
    )


async def waiting(db: AsyncSession, channel_id: int) -> int:
    """Count what is planned for a channel, or on its way."""
    query = select(func.count()).where(
        Delivery.channel_id == channel_id,
        col(Delivery.status).in_([*UNSENT, *IN_FLIGHT, Status.PAUSED]),
    )
    return int((await db.execute(query)).scalar_one())


async def retry(
    db: AsyncSession, delivery_ids: Iterable[int], *, sources: Iterable[Status], now: datetime
) -> int:
    """Queue deliveries again that are surely not posted."""
    wanted = list(sources)
    check_arrow(wanted, Status.QUEUED)
    return await change(
        db,
        update(Delivery)
        .where(col(Delivery.id).in_(list(delivery_ids)), col(Delivery.status).in_(wanted))
        .values(
            status=Status.QUEUED,
            planned_at=now,
            due_at=now,
            tries=0,
            looks=0,
            absences=0,
            owner=None,
            fence=col(Delivery.fence) + 1,
            reason="",
            action="",
            intent=None,
        ),
    )


async def confirm(db: AsyncSession, delivery_id: int, *, url: str, now: datetime) -> bool:
    """Take a person's word that it is there."""
    check_arrow([Status.NEEDS_CHECK], Status.POSTED)
    done = await change(
        db,
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.status) == Status.NEEDS_CHECK)
        .values(status=Status.POSTED, url=url, posted_at=now, reason="", action=""),
    )
    return bool(done)


async def get(db: AsyncSession, workspace_id: int, delivery_id: int) -> Delivery | None:
    """Return a delivery of the workspace."""
    query = select(Delivery).where(
        Delivery.id == delivery_id, Delivery.workspace_id == workspace_id
    )
    return (await db.execute(query)).scalar_one_or_none()


async def log_of(
    db: AsyncSession, workspace_id: int, delivery_ids: Iterable[int]
) -> list[PublishLog]:
    """Return the attempts of deliveries, oldest first."""
    query = (
        select(PublishLog)
        .where(PublishLog.workspace_id == workspace_id)
        .where(col(PublishLog.delivery_id).in_(list(delivery_ids)))
        .order_by(col(PublishLog.id))
    )
    return list((await db.execute(query)).scalars())


async def note(db: AsyncSession, delivery: Delivery, **entry: Any) -> PublishLog:
    """Add a log entry that is not a request: a look, or a person's decision."""
    row = PublishLog(
        workspace_id=delivery.workspace_id,
        schedule_id=delivery.schedule_id,
        delivery_id=delivery.id or 0,
        attempt=delivery.attempt,
        **entry,
    )
    db.add(row)
    return row
