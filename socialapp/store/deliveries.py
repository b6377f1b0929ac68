"""Deliveries, and what people do to them: the same arrows as a worker's, from another hand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, not_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.clock import utc_now
from socialapp.domain.delivery import (
    AWAITING,
    HELD,
    IN_FLIGHT,
    UNSENT,
    Status,
    check_arrow,
)
from socialapp.store import bulk, schedules
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Channel, Delivery, PublishLog, Schedule, Workspace

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]


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


@dataclass(frozen=True)
class Turned:
    """A delivery that was put on hold, or let go."""

    schedule_id: int
    planned_at: datetime
    tries: int


async def hold(db: AsyncSession, workspace_id: int, *, channel_id: int | None = None) -> None:
    """Put what is queued on hold: for one channel, or for the whole workspace."""
    theirs = select(col(Channel.id)).where(col(Channel.workspace_id) == workspace_id)
    if channel_id is not None:
        theirs = theirs.where(col(Channel.id) == channel_id)
    await _turn(db, col(Delivery.channel_id).in_(theirs), UNSENT, Status.PAUSED)


async def hold_back(db: AsyncSession, schedule_id: int) -> None:
    """Put on hold what was queued anew where nothing goes out now."""
    halted = _open_or_not(is_open=False)
    mine = and_(col(Delivery.schedule_id) == schedule_id, col(Delivery.channel_id).in_(halted))
    await _turn(db, mine, [Status.QUEUED], Status.PAUSED)


async def hold_back_many(db: AsyncSession, schedule_ids: Iterable[int]) -> None:
    """Do so for many schedules."""
    halted = _open_or_not(is_open=False)
    theirs = bulk.among(db, _DELIVERIES.c.schedule_id, schedule_ids)
    mine = and_(theirs, col(Delivery.channel_id).in_(halted))
    await _turn(db, mine, [Status.QUEUED], Status.PAUSED)


async def let_go(db: AsyncSession, workspace_id: int) -> list[Turned]:
    """Queue what is on hold and that neither its channel nor the workspace holds any more.

    What is too late by then becomes missed when a worker takes it.
    """
    free = _open_or_not(is_open=True).where(col(Channel.workspace_id) == workspace_id)
    return await _turn(db, col(Delivery.channel_id).in_(free), [Status.PAUSED], Status.QUEUED)


def _open_or_not(*, is_open: bool) -> SelectOfScalar[int | None]:
    """Return the ids of channels whose posts may go out, or of those whose may not."""
    opened = and_(col(Channel.paused_at).is_(None), col(Workspace.is_paused).is_(False))
    return (
        select(col(Channel.id))
        .join(Workspace, col(Workspace.id) == Channel.workspace_id)
        .where(opened if is_open else not_(opened))
    )


async def _turn(
    db: AsyncSession, which: ColumnElement[bool], old: Collection[Status], new: Status
) -> list[Turned]:
    check_arrow(old, new)
    await db.flush()
    mine = and_(which, col(Delivery.status).in_(old))
    found = await db.execute(select(col(Delivery.schedule_id)).where(mine))
    await schedules.lock(db, found.scalars().all())
    done = await (await db.connection()).execute(
        update(Delivery)
        .where(mine)
        .values(status=new, owner=None, fence=col(Delivery.fence) + 1)
        .returning(col(Delivery.schedule_id), col(Delivery.planned_at), col(Delivery.tries))
    )
    turned = [Turned(*row) for row in done.all()]
    await schedules.refresh_status(db, {each.schedule_id for each in turned}, now=utc_now())
    return turned


async def on_hold(db: AsyncSession, workspace_id: int) -> int:
    """Count what is on hold in a workspace."""
    theirs = select(col(Channel.id)).where(col(Channel.workspace_id) == workspace_id)
    query = select(func.count()).where(
        col(Delivery.channel_id).in_(theirs), Delivery.status == Status.PAUSED
    )
    return int((await db.execute(query)).scalar_one())


_STOPPABLE = [*UNSENT, Status.PAUSED, *AWAITING, Status.MISSED, Status.FAILED]


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


async def cancel_at(db: AsyncSession, schedule_id: int, channel_ids: Collection[int]) -> int:
    """Cancel what has not left at these channels only; as `change_unsent`."""
    sources = [*_STOPPABLE, Status.NEEDS_CHECK]
    check_arrow(sources, Status.CANCELLED)
    return await change(
        db,
        update(Delivery)
        .where(col(Delivery.schedule_id) == schedule_id, col(Delivery.status).in_(sources))
        .where(col(Delivery.channel_id).in_(list(channel_ids)))
        .values(status=Status.CANCELLED, owner=None, fence=col(Delivery.fence) + 1),
    )


async def by_channel(db: AsyncSession, schedule_ids: Iterable[int]) -> dict[int, dict[int, Status]]:
    """Return the status of each delivery as it is now, by schedule and channel."""
    found: dict[int, dict[int, Status]] = {each: {} for each in schedule_ids}
    query = (
        select(col(Delivery.schedule_id), col(Delivery.channel_id), col(Delivery.status))
        .where(col(Delivery.schedule_id).in_(found))
        .order_by(col(Delivery.id))
    )
    for schedule_id, channel_id, status in (await db.execute(query)).all():
        found[schedule_id][channel_id] = Status(status)
    return found


async def replan(db: AsyncSession, schedule_id: int, *, due_at: datetime) -> int:
    """Queue what has not left for another moment; returns how many deliveries it caught.

    What is on hold stays on hold, and what waits for approval goes on waiting.
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
    waits = [Status.PAUSED, *AWAITING]
    held = await change(
        db, update(Delivery).where(mine, col(Delivery.status).in_(waits)).values(**fresh)
    )
    rest = [s for s in _STOPPABLE if s not in waits]
    queued = await change(
        db,
        update(Delivery)
        .where(mine, col(Delivery.status).in_(rest))
        .values(status=Status.QUEUED, **fresh),
    )
    return held + queued


async def replan_many(db: AsyncSession, to: Mapping[int, datetime]) -> list[int]:
    """Do as `replan` for many schedules, each its moment; returns whose deliveries it caught."""
    check_arrow([s for s in _STOPPABLE if s is not Status.QUEUED], Status.QUEUED)
    given = bulk.rows(
        db,
        _DELIVERIES,
        ["schedule_id", "due_at"],
        [{"schedule_id": key, "due_at": at} for key, at in to.items()],
    )
    fresh: dict[str, Any] = {
        "planned_at": given.c.due_at,
        "due_at": given.c.due_at,
        "owner": None,
        "fence": _DELIVERIES.c.fence + 1,
        "tries": 0,
        "looks": 0,
        "absences": 0,
        "reason": "",
        "action": "",
        "intent": None,
    }
    waits = [Status.PAUSED, *AWAITING]
    rest = [s for s in _STOPPABLE if s not in waits]
    await db.flush()
    line, caught = await db.connection(), list[int]()
    for statuses, more in ((waits, {}), (rest, {"status": Status.QUEUED})):
        done = await line.execute(
            update(_DELIVERIES)
            .where(_DELIVERIES.c.schedule_id == given.c.schedule_id)
            .where(_DELIVERIES.c.status.in_(statuses))
            .values(**fresh, **more)
            .returning(_DELIVERIES.c.schedule_id)
        )
        caught += done.scalars()
    return caught


async def set_priority(db: AsyncSession, schedule_id: int, priority: int) -> None:
    """Change who goes first among those due together."""
    await db.execute(
        update(Delivery).where(col(Delivery.schedule_id) == schedule_id).values(priority=priority)
    )


async def waiting(db: AsyncSession, channel_id: int) -> int:
    """Count what is planned for a channel, or on its way."""
    return (await waiting_of(db, [channel_id])).get(channel_id, 0)


async def waiting_of(db: AsyncSession, channel_ids: Iterable[int]) -> dict[int, int]:
    """Count it for each channel that has any."""
    query = (
        select(col(Delivery.channel_id), func.count())
        .where(
            col(Delivery.channel_id).in_(set(channel_ids)),
            col(Delivery.status).in_([*UNSENT, *IN_FLIGHT, Status.PAUSED, *AWAITING]),
        )
        .group_by(col(Delivery.channel_id))
    )
    return {channel_id: int(n) for channel_id, n in (await db.execute(query)).all()}


async def refused_access(db: AsyncSession, channel_id: int) -> int:
    """Count what failed because the channel had lost its access, and was not tried again."""
    query = select(func.count()).where(
        Delivery.channel_id == channel_id,
        Delivery.status == Status.FAILED,
        Delivery.action == "reconnect",
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


async def confirm(db: AsyncSession, delivery: Delivery, *, url: str, now: datetime) -> bool:
    """Take a person's word that it is there; of a thread, that its next part is."""
    check_arrow([Status.NEEDS_CHECK], Status.POSTED)
    check_arrow([Status.NEEDS_CHECK], Status.QUEUED)
    told: dict[str, Any] = {"reason": "", "action": "", "looks": 0, "absences": 0}
    parts = len((delivery.intent or {}).get("parts", ()))
    if parts:
        told["progress"] = [*delivery.progress, {"remote_id": "", "url": url, "kept": {}}]
    if len(delivery.progress) < parts:
        told |= {"status": Status.QUEUED, "due_at": now, "planned_at": now, "tries": 0}
    else:
        first = delivery.progress[0]["url"] if delivery.progress else url
        told |= {"status": Status.POSTED, "url": first, "posted_at": now}
    done = await change(
        db,
        update(Delivery)
        .where(col(Delivery.id) == delivery.id, col(Delivery.status) == Status.NEEDS_CHECK)
        .values(**told),
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


async def log_of_channel(
    db: AsyncSession, workspace_id: int, channel_id: int, *, since: datetime, limit: int
) -> list[PublishLog]:
    """Return the attempts at one channel since then, newest first."""
    query = (
        select(PublishLog)
        .join(Delivery, col(Delivery.id) == PublishLog.delivery_id)
        # By the schedules that changed since: all that a channel ever sent would be read otherwise.
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(Schedule.workspace_id == workspace_id, Schedule.updated_at >= since)
        .where(Delivery.channel_id == channel_id, PublishLog.started_at >= since)
        .order_by(col(PublishLog.id).desc())
        .limit(limit)
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
