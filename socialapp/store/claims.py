"""What a worker takes, and gives up again: claim, hand back, what is due, what is held.

A claim raises the delivery's fence number; whoever writes later asks to see it, so that a worker
that was overtaken changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    tuple_,
    update,
)
from sqlmodel import col, select

from socialapp.domain.delivery import HELD, Status, check_arrow
from socialapp.domain.notifications import Event
from socialapp.store import bulk, notifications, schedules
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import (
    Channel,
    Delivery,
    PostMedia,
    PublishLog,
    Schedule,
    UtcDateTime,
    Workspace,
)

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Claim:
    """A delivery in a worker's hands, and the number that proves it."""

    id: int
    fence: int
    workspace_id: int
    schedule_id: int
    channel_id: int
    planned_at: datetime
    due_at: datetime
    status: Status
    priority: int = 0
    tries: int = 0
    looks: int = 0
    absences: int = 0
    attempt: int = 0
    once: str = ""
    intent: dict[str, Any] | None = field(default=None, hash=False)
    progress: list[dict[str, Any]] = field(default_factory=list, hash=False)

    @property
    def ticket(self) -> tuple[int, int]:
        """What proves it: a worker may hold an old claim of a delivery beside the new one."""
        return self.id, self.fence


_COLUMNS = [
    *(_DELIVERIES.c.id, _DELIVERIES.c.fence, _DELIVERIES.c.workspace_id, _DELIVERIES.c.schedule_id),
    *(_DELIVERIES.c.channel_id, _DELIVERIES.c.planned_at, _DELIVERIES.c.due_at),
    *(_DELIVERIES.c.status, _DELIVERIES.c.priority, _DELIVERIES.c.tries, _DELIVERIES.c.looks),
    *(_DELIVERIES.c.absences, _DELIVERIES.c.attempt, _DELIVERIES.c.once, _DELIVERIES.c.intent),
    _DELIVERIES.c.progress,
]


def tickets(db: AsyncSession, claims: Iterable[Claim]) -> Subquery:
    """Return the claims' numbers, to join: what has another by now is not theirs any more."""
    proof = [{"id": claim.id, "fence": claim.fence} for claim in claims]
    return bulk.rows(db, _DELIVERIES, ["id", "fence"], proof)


async def claim(
    db: AsyncSession,
    *,
    worker: str,
    until: datetime,
    now: datetime,
    limit: int,
    full: Collection[int] = (),
) -> list[Claim]:
    """Take queued deliveries that are due before `until`, the most urgent first.

    What waits in a paused channel or workspace stays where it is, and so does what is for a
    channel of which the worker has its hands `full`.
    """
    due = _queued(now=now).where(col(Delivery.due_at) <= until)
    if full:
        due = due.where(col(Delivery.channel_id).not_in(full))
    return await _claim(db, due, worker=worker, now=now, limit=limit)


async def claim_early(
    db: AsyncSession,
    *,
    worker: str,
    after: datetime,
    until: datetime,
    now: datetime,
    uploading: Collection[str],
    drafting: Collection[str],
    limit: int,
) -> list[Claim]:
    """Take what is due later and can be prepared now.

    That is: posts with media to networks that are `uploading` them before, and all posts to those
    that are `drafting`.
    """
    has_media = exists().where(col(PostMedia.post_id) == Schedule.post_id)
    due = (
        _queued(now=now)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(col(Delivery.due_at) > after, col(Delivery.due_at) <= until)
        .where(col(Delivery.intent).is_(None))
        .where(
            or_(
                and_(col(Channel.provider).in_(uploading), has_media),
                col(Channel.provider).in_(drafting),
            )
        )
    )
    return await _claim(db, due, worker=worker, now=now, limit=limit)


def _queued(*, now: datetime) -> Select[Any]:
    # For a channel without access nothing can be done ahead: it may be connected by the moment.
    can_wait = and_(col(Channel.needs_reconnect), col(Delivery.due_at) > now)
    return (
        select(col(Delivery.id))
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .join(Workspace, col(Workspace.id) == Delivery.workspace_id)
        .where(col(Delivery.status) == Status.QUEUED)
        .where(col(Channel.paused_at).is_(None), col(Workspace.is_paused).is_(False))
        .where(not_(can_wait))
    )


async def _claim(
    db: AsyncSession, due: Select[Any], *, worker: str, now: datetime, limit: int
) -> list[Claim]:
    check_arrow([Status.QUEUED], Status.CLAIMED)
    first = (
        due.order_by(col(Delivery.due_at), col(Delivery.priority).desc(), col(Delivery.id))
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    ids = (await db.execute(first)).scalars().all()
    if not ids:
        return []
    done = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(bulk.among(db, _DELIVERIES.c.id, ids), _has(Status.QUEUED))
        .values(status=Status.CLAIMED, owner=worker, fence=_DELIVERIES.c.fence + 1, claimed_at=now)
        .returning(*_COLUMNS)
    )
    return sorted((_read(row) for row in done.mappings()), key=lambda c: (c.due_at, c.id))


def _has(status: Status) -> ColumnElement[bool]:
    """Return the condition as one that no index answers: the ids are few, the queued many."""
    return func.coalesce(_DELIVERIES.c.status, "") == status


def _read(row: Any) -> Claim:
    return Claim(**{**row, "status": Status(row["status"])})


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
    ids = [i for i in (await db.execute(due)).scalars() if i]
    if not ids:
        return []
    taken = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(bulk.among(db, _DELIVERIES.c.id, ids), _has(Status.UNKNOWN))
        .values(status=Status.RECONCILING, owner=worker, fence=_DELIVERIES.c.fence + 1)
        .returning(*_COLUMNS)
    )
    return [_read(row) for row in taken.mappings()]


GONE_SETTLES = timedelta(seconds=2)
"""How long what a dead worker had sent may still be on its way into the network."""


async def hand_back(
    db: AsyncSession,
    *,
    worker: str,
    now: datetime,
    only: frozenset[Status] | None = None,
    tickets: Collection[tuple[int, int]] | None = None,
) -> int:
    """Give up what a worker holds: the unsent is queued, what may be out is to be found out.

    `only` the unsent, when the worker may still be sending the rest; or only these `tickets`.
    """
    check_arrow(HELD, Status.QUEUED)
    check_arrow([Status.SENDING, Status.RECONCILING], Status.UNKNOWN)
    mine = col(Delivery.owner) == worker
    if tickets is not None:
        mine = and_(mine, tuple_(_DELIVERIES.c.id, _DELIVERIES.c.fence).in_(list(tickets)))
    held = await db.execute(select(col(Delivery.schedule_id)).where(mine))
    await schedules.lock(db, held.scalars().all())
    unsent = await change(
        db,
        update(Delivery)
        .where(mine, col(Delivery.status).in_(HELD))
        .values(status=Status.QUEUED, owner=None, fence=col(Delivery.fence) + 1),
    )
    if only is not None:
        return unsent
    sent = await db.execute(
        update(Delivery)
        .where(mine, col(Delivery.status).in_([Status.SENDING, Status.RECONCILING]))
        .values(
            status=Status.UNKNOWN,
            owner=None,
            fence=col(Delivery.fence) + 1,
            due_at=now + GONE_SETTLES,
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
    return unsent + len(rows)


async def miss_what_was_due(db: AsyncSession, *, reason: str, now: datetime) -> int:
    """Hold what has been due until now and ask, instead of sending it."""
    sources = [Status.QUEUED, *HELD]
    check_arrow(sources, Status.MISSED)
    due = (col(Delivery.status).in_(sources), col(Delivery.due_at) <= now)
    held = await db.execute(select(col(Delivery.schedule_id)).where(*due))
    schedule_ids = set(held.scalars())
    await schedules.lock(db, schedule_ids)
    missed = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(_DELIVERIES.c.status.in_(sources), _DELIVERIES.c.due_at <= now)
        .values(
            status=Status.MISSED,
            owner=None,
            fence=_DELIVERIES.c.fence + 1,
            reason=reason,
            action="retry",
        )
        .returning(_DELIVERIES.c.id, _DELIVERIES.c.fence)
    )
    ended = {row.id: (Event.MISSED, row.fence, reason) for row in missed.all()}
    await schedules.refresh_status(db, schedule_ids, now=now)
    await notifications.tell_of_deliveries(db, ended, now=now)
    return len(ended)


async def owners(db: AsyncSession) -> set[str]:
    """Return the workers that hold something."""
    query = select(col(Delivery.owner)).where(col(Delivery.owner).is_not(None)).distinct()
    return {owner for owner in (await db.execute(query)).scalars() if owner}


async def held_by(db: AsyncSession, worker: str) -> set[tuple[int, int]]:
    """Return the tickets of what a worker holds, as the database knows it."""
    query = select(_DELIVERIES.c.id, _DELIVERIES.c.fence).where(_DELIVERIES.c.owner == worker)
    return {(row.id, row.fence) for row in (await db.execute(query)).all()}


async def hasten(db: AsyncSession, *, provider: str, address: str, now: datetime) -> int:
    """Make due at once what only waited for a network that answers again."""
    there = select(col(Channel.id)).where(
        col(Channel.provider) == provider, col(Channel.address) == address
    )
    return await change(
        db,
        update(_DELIVERIES)
        .where(_DELIVERIES.c.status == Status.QUEUED, _DELIVERIES.c.action == "wait")
        .where(_DELIVERIES.c.due_at > now, _DELIVERIES.c.planned_at <= now)
        .where(_DELIVERIES.c.channel_id.in_(there))
        .values(due_at=now),
    )


async def hasten_channel(db: AsyncSession, channel_id: int, *, now: datetime) -> int:
    """Make due what only waited for a channel to be connected again: at once, or at its moment."""
    waits = and_(
        _DELIVERIES.c.channel_id == channel_id,
        _DELIVERIES.c.status == Status.QUEUED,
        _DELIVERIES.c.action == "reconnect",
    )
    found = await db.execute(select(_DELIVERIES.c.schedule_id).where(waits))
    schedule_ids = set(found.scalars())
    await schedules.lock(db, schedule_ids)
    planned_at, at_once = _DELIVERIES.c.planned_at, literal(now, UtcDateTime())
    freed = await change(
        db,
        update(_DELIVERIES)
        .where(waits)
        .values(due_at=case((planned_at > now, planned_at), else_=at_once), reason="", action=""),
    )
    await schedules.refresh_status(db, schedule_ids, now=now)
    return freed


async def let_go_of_channel(db: AsyncSession, channel_id: int) -> None:
    """Void the claims on what has not left for a channel: it has lost its access.

    What somebody else is changing at this moment is left to them.
    """
    check_arrow(HELD, Status.QUEUED)
    held = (
        select(_DELIVERIES.c.id)
        .where(_DELIVERIES.c.channel_id == channel_id, _DELIVERIES.c.status.in_(HELD))
        .order_by(_DELIVERIES.c.id)
        .with_for_update(skip_locked=True)
    )
    ids = (await db.execute(held)).scalars().all()
    await change(
        db,
        update(_DELIVERIES)
        .where(bulk.among(db, _DELIVERIES.c.id, ids), _DELIVERIES.c.status.in_(HELD))
        .values(status=Status.QUEUED, owner=None, fence=_DELIVERIES.c.fence + 1),
    )


async def has_due(db: AsyncSession, *, until: datetime, now: datetime) -> tuple[bool, bool]:
    """Whether something is queued until `until`, and something unknown is to be looked up."""
    # The first of each, from the index; PostgreSQL answers EXISTS by reading the whole table.
    first = func.min(_DELIVERIES.c.due_at)
    queued = select(first).where(_DELIVERIES.c.status == Status.QUEUED).scalar_subquery()
    unknown = select(first).where(_DELIVERIES.c.status == Status.UNKNOWN).scalar_subquery()
    soonest, oldest = (await db.execute(select(queued, unknown))).one()
    return bool(soonest and soonest <= until), bool(oldest and oldest <= now)


@dataclass(frozen=True)
class Subject:
    """What a delivery is about, as it stood when it was read."""

    post_id: int
    scheduled_at: datetime
    channel: Channel
    workspace: Workspace


async def subjects(db: AsyncSession, claims: Collection[Claim]) -> dict[int, Subject]:
    """Return what each claim is about, by its id."""
    asked = (
        select(col(Schedule.id), col(Schedule.post_id), col(Schedule.scheduled_at))
        .where(bulk.among(db, _SCHEDULES.c.id, (claim.schedule_id for claim in claims)))
    )  # fmt: skip
    planned = {row[0]: row for row in (await db.execute(asked)).all()}
    there = {claim.channel_id for claim in claims}
    channels = (await db.execute(select(Channel).where(col(Channel.id).in_(there)))).scalars()
    by_id = {channel.id: channel for channel in channels}
    homes = {claim.workspace_id for claim in claims}
    found = (await db.execute(select(Workspace).where(col(Workspace.id).in_(homes)))).scalars()
    workspaces = {workspace.id: workspace for workspace in found}
    return {
        claim.id: Subject(post_id, at, by_id[claim.channel_id], workspaces[claim.workspace_id])
        for claim in claims
        for _, post_id, at in [planned[claim.schedule_id]]
    }
