"""Deliveries: claim, freeze, start, finish. Each arrow of the protocol is one conditional UPDATE.

A worker's write asks to see the fence number of its claim: one that was overtaken changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, tuple_, update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.delivery import (
    ARROWS,
    HELD,
    IN_FLIGHT,
    UNSENT,
    Settlement,
    Status,
    check_arrow,
)
from socialapp.store import schedules
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, PublishLog, Schedule, Workspace


@dataclass(frozen=True)
class Claim:
    """A delivery in a worker's hands, and the number that proves it."""

    id: int
    fence: int
    workspace_id: int
    schedule_id: int
    channel_id: int
    due_at: datetime
    status: Status
    tries: int = 0
    looks: int = 0
    attempt: int = 0
    once: str = ""
    intent: dict[str, Any] | None = field(default=None, hash=False)


def _claim(d: Delivery) -> Claim:
    return Claim(
        id=d.id or 0,
        fence=d.fence,
        workspace_id=d.workspace_id,
        schedule_id=d.schedule_id,
        channel_id=d.channel_id,
        due_at=d.due_at,
        status=Status(d.status),
        tries=d.tries,
        looks=d.looks,
        attempt=d.attempt,
        once=d.once,
        intent=d.intent,
    )


def _ours(claims: Iterable[Claim]) -> ColumnElement[bool]:
    return tuple_(col(Delivery.id), col(Delivery.fence)).in_([(c.id, c.fence) for c in claims])


def _is_open() -> ColumnElement[bool]:
    return and_(col(Channel.paused_at).is_(None), col(Workspace.is_paused).is_(False))


async def claim(
    db: AsyncSession, *, worker: str, until: datetime, now: datetime, limit: int
) -> list[Claim]:
    """Take queued deliveries that are due before `until`, the most urgent first.

    What waits in a paused channel or workspace stays where it is.
    """
    check_arrow([Status.QUEUED], Status.CLAIMED)
    due = (
        select(col(Delivery.id))
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .join(Workspace, col(Workspace.id) == Delivery.workspace_id)
        .where(col(Delivery.status) == Status.QUEUED, col(Delivery.due_at) <= until, _is_open())
        .order_by(col(Delivery.due_at), col(Delivery.priority).desc(), col(Delivery.id))
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    ids = (await db.execute(due)).scalars().all()
    if not ids:
        return []
    taken = await db.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.status) == Status.QUEUED)
        .values(status=Status.CLAIMED, owner=worker, fence=col(Delivery.fence) + 1, claimed_at=now)
        .returning(Delivery)
        .execution_options(synchronize_session=False)
    )
    return sorted((_claim(d) for d in taken.scalars()), key=lambda c: (c.due_at, c.id))


async def claim_unknown(db: AsyncSession, *, worker: str, now: datetime, limit: int) -> list[Claim]:
    """Take deliveries whose outcome is to be found out."""
    check_arrow([Status.UNKNOWN], Status.RECONCILING)
    due = (
        select(col(Delivery.id))
        .where(col(Delivery.status) == Status.UNKNOWN, col(Delivery.due_at) <= now)
        .order_by(col(Delivery.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await db.execute(due)).scalars().all()
    if not ids:
        return []
    taken = await db.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.status) == Status.UNKNOWN)
        .values(status=Status.RECONCILING, owner=worker, fence=col(Delivery.fence) + 1)
        .returning(Delivery)
        .execution_options(synchronize_session=False)
    )
    return [_claim(d) for d in taken.scalars()]


async def freeze(db: AsyncSession, claims: Sequence[tuple[Claim, dict[str, Any]]]) -> set[int]:
    """Keep exactly what will be sent, claimed -> ready; returns the ids that were still ours."""
    check_arrow([Status.CLAIMED, Status.PREPARING], Status.READY)
    kept = set()
    for claim, intent in claims:
        done = await db.execute(
            update(Delivery)
            .where(_ours([claim]))
            .where(col(Delivery.status).in_([Status.CLAIMED, Status.PREPARING]))
            .values(status=Status.READY, intent=intent)
        )
        if done.rowcount:
            kept.add(claim.id)
    return kept


async def start(
    db: AsyncSession, claims: Sequence[Claim], *, providers: dict[int, str], now: datetime
) -> dict[int, int]:
    """Ready -> sending, with a log entry each: nothing may be sent before this is committed.

    Returns the log entry's id for each delivery that was still ours; the others were moved,
    cancelled or taken over meanwhile. `providers` names the network of each delivery.
    """
    check_arrow([Status.READY], Status.SENDING)
    done = await db.execute(
        update(Delivery)
        .where(_ours(claims), col(Delivery.status) == Status.READY)
        .values(
            status=Status.SENDING,
            attempt=col(Delivery.attempt) + 1,
            tries=col(Delivery.tries) + 1,
            sent_at=now,
            reason="",
            action="",
        )
        .returning(
            col(Delivery.id),
            col(Delivery.workspace_id),
            col(Delivery.schedule_id),
            col(Delivery.attempt),
            col(Delivery.due_at),
        )
    )
    rows = done.all()
    if not rows:
        return {}
    logged = await db.execute(
        insert(PublishLog).returning(col(PublishLog.delivery_id), col(PublishLog.id)),
        [
            {
                "workspace_id": workspace_id,
                "schedule_id": schedule_id,
                "delivery_id": delivery_id,
                "provider": providers[delivery_id],
                "attempt": attempt,
                "kind": "send",
                "status": "publishing",
                "due_at": due_at,
                "started_at": now,
            }
            for delivery_id, workspace_id, schedule_id, attempt, due_at in rows
        ],
    )
    await schedules.refresh_status(db, {row.schedule_id for row in rows}, now=now)
    return {delivery_id: log_id for delivery_id, log_id in logged.all()}


@dataclass(frozen=True)
class Finish:
    """How an attempt ended."""

    claim: Claim
    settlement: Settlement
    log_id: int | None = None
    sent_at: datetime | None = None
    """When the request left; None when none did."""
    finished_at: datetime | None = None


_LOGGED = {Status.QUEUED: "queued", Status.UNKNOWN: "unknown"}


async def finish(db: AsyncSession, ends: Sequence[Finish], *, now: datetime) -> set[int]:
    """Settle deliveries; returns the ids that were still ours, the others are left as they are."""
    kept, touched = set(), set()
    for end in ends:
        if await _finish_one(db, end, now=now):
            kept.add(end.claim.id)
            touched.add(end.claim.schedule_id)
    if touched:
        await schedules.refresh_status(db, touched, now=now)
    return kept


async def _finish_one(db: AsyncSession, end: Finish, *, now: datetime) -> bool:
    new = end.settlement
    sources = [old for old in HELD | IN_FLIGHT if _may(old, new.status)]
    done = await db.execute(
        update(Delivery)
        .where(_ours([end.claim]), col(Delivery.status).in_(sources))
        .values(**_settled(end, now=now))
    )
    if not done.rowcount:
        return False
    if end.log_id is not None:
        await db.execute(
            update(PublishLog)
            .where(col(PublishLog.id) == end.log_id)
            .values(
                status=_LOGGED.get(new.status, new.status.value),
                remote_id=new.remote_id,
                url=new.url,
                error=new.reason,
                finished_at=end.finished_at or now,
                **_lateness(end),
            )
        )
    return True


def _may(old: Status, new: Status) -> bool:
    return new in ARROWS[old]


def _lateness(end: Finish) -> dict[str, Any]:
    if end.sent_at is None:
        return {}
    late_ms = (end.sent_at - end.claim.due_at).total_seconds() * 1000
    return {"started_at": end.sent_at, "late_ms": round(late_ms, 3)}


def _settled(end: Finish, *, now: datetime) -> dict[str, Any]:
    new = end.settlement
    values: dict[str, Any] = {
        "status": new.status,
        "owner": None,
        "reason": new.reason,
        "action": new.action,
        "looks": end.claim.looks,
    }
    if new.due_at is not None:
        values["due_at"] = new.due_at
    elif new.status is Status.UNKNOWN:
        values["due_at"] = now
    if end.sent_at is not None:
        late_ms = (end.sent_at - end.claim.due_at).total_seconds() * 1000
        values |= {"sent_at": end.sent_at, "late_ms": round(late_ms, 3)}
    if new.status is Status.POSTED:
        values |= {"remote_id": new.remote_id, "url": new.url}
        values["posted_at"] = end.finished_at or now
    if new.status is Status.QUEUED:
        values["looks"] = 0
    return values


async def hand_back(db: AsyncSession, *, worker: str, now: datetime) -> int:
    """Give up what a worker holds: the unsent is queued, what may be out is to be found out."""
    check_arrow(HELD, Status.QUEUED)
    check_arrow([Status.SENDING, Status.RECONCILING], Status.UNKNOWN)
    mine = col(Delivery.owner) == worker
    unsent = await db.execute(
        update(Delivery)
        .where(mine, col(Delivery.status).in_(HELD))
        .values(status=Status.QUEUED, owner=None, fence=col(Delivery.fence) + 1)
    )
    sent = await db.execute(
        update(Delivery)
        .where(mine, col(Delivery.status).in_([Status.SENDING, Status.RECONCILING]))
        .values(
            status=Status.UNKNOWN,
            owner=None,
            fence=col(Delivery.fence) + 1,
            due_at=now,
            reason="The worker stopped before the network's answer was read.",
        )
        .returning(col(Delivery.id), col(Delivery.schedule_id))
    )
    rows = sent.all()
    if rows:
        await db.execute(
            update(PublishLog)
            .where(col(PublishLog.delivery_id).in_([row.id for row in rows]))
            .where(col(PublishLog.finished_at).is_(None))
            .values(
                status="unknown",
                finished_at=now,
                error="The worker stopped before the network's answer was read.",
            )
        )
        await schedules.refresh_status(db, {row.schedule_id for row in rows}, now=now)
    return int(unsent.rowcount) + len(rows)


async def owners(db: AsyncSession) -> set[str]:
    """Return the workers that hold something."""
    query = select(col(Delivery.owner)).where(col(Delivery.owner).is_not(None)).distinct()
    return {owner for owner in (await db.execute(query)).scalars() if owner}


async def next_due(db: AsyncSession, *, after: datetime) -> datetime | None:
    """Return when the next queued delivery is due."""
    query = (
        select(col(Delivery.due_at))
        .where(col(Delivery.status) == Status.QUEUED, col(Delivery.due_at) > after)
        .order_by(col(Delivery.due_at))
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


# What people do to deliveries: the same arrows, from a person's hand.


async def take_back(db: AsyncSession, schedule_ids: Iterable[int]) -> None:
    """Queue again what a worker holds unsent, because what it would send has changed."""
    check_arrow(HELD, Status.QUEUED)
    await db.execute(
        update(Delivery)
        .where(col(Delivery.schedule_id).in_(list(schedule_ids)))
        .where(col(Delivery.status).in_(HELD))
        .values(status=Status.QUEUED, owner=None, fence=col(Delivery.fence) + 1, intent=None)
    )


async def hold(db: AsyncSession, channel_id: int) -> None:
    """Put what is queued for a channel on hold."""
    check_arrow(UNSENT, Status.PAUSED)
    await db.execute(
        update(Delivery)
        .where(col(Delivery.channel_id) == channel_id, col(Delivery.status).in_(UNSENT))
        .values(status=Status.PAUSED, owner=None, fence=col(Delivery.fence) + 1)
    )
    await _refresh_channel(db, channel_id)


async def let_go(db: AsyncSession, channel_id: int) -> None:
    """Queue what was on hold for a channel; what is too late by then becomes missed."""
    check_arrow([Status.PAUSED], Status.QUEUED)
    await db.execute(
        update(Delivery)
        .where(col(Delivery.channel_id) == channel_id, col(Delivery.status) == Status.PAUSED)
        .values(status=Status.QUEUED, owner=None, fence=col(Delivery.fence) + 1)
    )
    await _refresh_channel(db, channel_id)


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
    done = await db.execute(
        update(Delivery)
        .where(col(Delivery.schedule_id) == schedule_id, col(Delivery.status).in_(sources))
        .values(status=new, owner=None, fence=col(Delivery.fence) + 1)
    )
    return int(done.rowcount)


async def replan(db: AsyncSession, schedule_id: int, *, due_at: datetime) -> int:
    """Queue what has not left for another moment; returns how many deliveries it caught.

    What is on hold stays on hold.
    """
    check_arrow([s for s in _STOPPABLE if s is not Status.QUEUED], Status.QUEUED)
    fresh: dict[str, Any] = {
        "due_at": due_at,
        "owner": None,
        "fence": col(Delivery.fence) + 1,
        "tries": 0,
        "looks": 0,
        "reason": "",
        "action": "",
        "intent": None,
    }
    mine = col(Delivery.schedule_id) == schedule_id
    held = await db.execute(
        update(Delivery).where(mine, col(Delivery.status) == Status.PAUSED).values(**fresh)
    )
    rest = [s for s in _STOPPABLE if s is not Status.PAUSED]
    queued = await db.execute(
        update(Delivery)
        .where(mine, col(Delivery.status).in_(rest))
        .values(status=Status.QUEUED, **fresh)
    )
    return int(held.rowcount) + int(queued.rowcount)


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
    done = await db.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(list(delivery_ids)), col(Delivery.status).in_(wanted))
        .values(
            status=Status.QUEUED,
            due_at=now,
            tries=0,
            looks=0,
            owner=None,
            fence=col(Delivery.fence) + 1,
            reason="",
            action="",
            intent=None,
        )
    )
    return int(done.rowcount)


async def confirm(db: AsyncSession, delivery_id: int, *, url: str, now: datetime) -> bool:
    """A person says that it is there."""
    check_arrow([Status.NEEDS_CHECK], Status.POSTED)
    done = await db.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.status) == Status.NEEDS_CHECK)
        .values(status=Status.POSTED, url=url, posted_at=now, reason="", action="")
    )
    return bool(done.rowcount)


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


async def contents(
    db: AsyncSession, delivery_ids: Iterable[int]
) -> dict[int, tuple[Schedule, Channel, Workspace]]:
    """Return what each delivery is about, for the engine."""
    query = (
        select(col(Delivery.id), Schedule, Channel, Workspace)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .join(Workspace, col(Workspace.id) == Delivery.workspace_id)
        .where(col(Delivery.id).in_(list(delivery_ids)))
    )
    return {
        delivery_id: (schedule, channel, workspace)
        for delivery_id, schedule, channel, workspace in (await db.execute(query)).all()
    }
