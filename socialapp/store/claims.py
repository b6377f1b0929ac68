"""What a worker does to deliveries: claim, freeze, start, finish, hand back.

Each arrow of the protocol is one conditional UPDATE, and asks to see the fence number of the
claim: a worker that was overtaken changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    tuple_,
    update,
)
from sqlmodel import col, select

from socialapp.domain.delivery import (
    ARROWS,
    HELD,
    IN_FLIGHT,
    Settlement,
    Status,
    check_arrow,
)
from socialapp.domain.text import storable
from socialapp.store import schedules
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Channel, Delivery, PublishLog, Schedule, Workspace

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_LOG: Table = PublishLog.__table__  # type: ignore[attr-defined]


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
    absences: int = 0
    attempt: int = 0
    once: str = ""
    intent: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def ticket(self) -> tuple[int, int]:
        """What proves it: a worker may hold an old claim of a delivery beside the new one."""
        return self.id, self.fence


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
        absences=d.absences,
        attempt=d.attempt,
        once=d.once,
        intent=d.intent,
    )


def _ours(claims: Iterable[Claim]) -> ColumnElement[bool]:
    proof = tuple_(_DELIVERIES.c.id, _DELIVERIES.c.fence)
    return proof.in_([claim.ticket for claim in claims])


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


async def _still_ours(
    db: AsyncSession, claims: Iterable[Claim], sources: Iterable[Status]
) -> dict[tuple[int, int], Status]:
    """Lock those of the claims that nobody has overtaken; the rest is no business of ours."""
    query = (
        select(_DELIVERIES.c.id, _DELIVERIES.c.fence, _DELIVERIES.c.status)
        .where(_ours(claims), col(Delivery.status).in_(list(sources)))
        .order_by(_DELIVERIES.c.id)
        .with_for_update()
    )
    return {(row.id, row.fence): Status(row.status) for row in (await db.execute(query)).all()}


async def _write(db: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write many rows, each by its `id`, in one statement for each set of columns."""
    shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        shapes.setdefault(tuple(sorted(row)), []).append(row)
    for names, alike in shapes.items():
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != "id"}
        query = update(table).where(table.c.id == bindparam("new_id")).values(**values)
        await (await db.connection()).execute(
            query, [{f"new_{name}": value for name, value in row.items()} for row in alike]
        )


async def freeze(
    db: AsyncSession, claims: Sequence[tuple[Claim, dict[str, Any]]]
) -> set[tuple[int, int]]:
    """Keep exactly what will be sent, claimed -> ready; returns the tickets still ours."""
    sources = [Status.CLAIMED, Status.PREPARING]
    check_arrow(sources, Status.READY)
    ours = await _still_ours(db, [claim for claim, _ in claims], sources)
    rows = [
        {"id": claim.id, "status": Status.READY, "intent": intent}
        for claim, intent in claims
        if claim.ticket in ours
    ]
    await _write(db, _DELIVERIES, rows)
    return set(ours)


async def start(
    db: AsyncSession, claims: Sequence[Claim], *, providers: dict[int, str], now: datetime
) -> dict[tuple[int, int], int]:
    """Ready -> sending, with a log entry each: nothing may be sent before this is committed.

    Returns the log entry's id for each ticket that was still ours; the others were moved,
    cancelled or taken over meanwhile. `providers` names the network of each delivery.
    """
    check_arrow([Status.READY], Status.SENDING)
    await schedules.lock(db, [claim.schedule_id for claim in claims])
    done = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(_ours(claims), _DELIVERIES.c.status == Status.READY)
        .values(
            status=Status.SENDING,
            attempt=_DELIVERIES.c.attempt + 1,
            tries=_DELIVERIES.c.tries + 1,
            sent_at=now,
            reason="",
            action="",
        )
        .returning(
            _DELIVERIES.c.id,
            _DELIVERIES.c.fence,
            _DELIVERIES.c.workspace_id,
            _DELIVERIES.c.schedule_id,
            _DELIVERIES.c.attempt,
            _DELIVERIES.c.due_at,
        )
    )
    rows = done.all()
    if not rows:
        return {}
    logged = await db.execute(
        insert(_LOG).returning(_LOG.c.delivery_id, _LOG.c.id),
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
            for delivery_id, _, workspace_id, schedule_id, attempt, due_at in rows
        ],
    )
    await schedules.refresh_status(db, {row.schedule_id for row in rows}, now=now)
    fences = {row.id: row.fence for row in rows}
    return {(row.delivery_id, fences[row.delivery_id]): row.id for row in logged.all()}


@dataclass(frozen=True)
class Finish:
    """How an attempt ended."""

    claim: Claim
    settlement: Settlement
    log_id: int | None = None
    sent_at: datetime | None = None
    """When the request left; None when none did."""
    finished_at: datetime | None = None
    looks: int = 0
    """How often the network was asked by now."""
    absences: int = 0
    """How often in a row it did not have it."""
    counts_as_try: bool = False
    """It failed before it was sent: the tries are counted here, not by start()."""


async def finish(
    db: AsyncSession, ends: Sequence[Finish], *, now: datetime
) -> set[tuple[int, int]]:
    """Settle deliveries; returns the tickets that were still ours, the others stay as they are."""
    await schedules.lock(db, [end.claim.schedule_id for end in ends])
    ours = await _still_ours(db, [end.claim for end in ends], HELD | IN_FLIGHT)
    kept = [end for end in ends if _fits(end, ours.get(end.claim.ticket))]
    if not kept:
        return set()
    await _write(db, _DELIVERIES, [_settled(end, now=now) for end in kept])
    logged = [_logged(end, now=now) for end in kept if end.log_id is not None]
    await _write(db, _LOG, logged)
    await schedules.refresh_status(db, {end.claim.schedule_id for end in kept}, now=now)
    return {end.claim.ticket for end in kept}


def _fits(end: Finish, status: Status | None) -> bool:
    """Whether the delivery is still ours and may become this.

    A commit that took effect and answered with an error is repeated: then it is already so.
    """
    return status is not None and end.settlement.status in ARROWS[status]


def _logged(end: Finish, *, now: datetime) -> dict[str, Any]:
    new = end.settlement
    return {
        "id": end.log_id,
        "status": new.status.value,
        "remote_id": storable(new.remote_id),
        "url": storable(new.url),
        "error": storable(new.reason),
        "finished_at": end.finished_at or now,
        **_lateness(end),
    }


def _lateness(end: Finish) -> dict[str, Any]:
    if end.sent_at is None:
        return {}
    late_ms = (end.sent_at - end.claim.due_at).total_seconds() * 1000
    return {"started_at": end.sent_at, "late_ms": round(late_ms, 3)}


def _settled(end: Finish, *, now: datetime) -> dict[str, Any]:
    new = end.settlement
    values: dict[str, Any] = {
        "id": end.claim.id,
        "status": new.status,
        "owner": None,
        "reason": storable(new.reason),
        "action": new.action,
        "looks": end.looks,
        "absences": end.absences,
    }
    if end.counts_as_try:
        values["tries"] = end.claim.tries + 1
    if new.due_at is not None:
        values["due_at"] = new.due_at
    elif new.status is Status.UNKNOWN:
        values["due_at"] = now
    if end.sent_at is not None:
        late_ms = (end.sent_at - end.claim.due_at).total_seconds() * 1000
        values |= {"sent_at": end.sent_at, "late_ms": round(late_ms, 3)}
    if new.status is Status.POSTED:
        values |= {"remote_id": storable(new.remote_id), "url": storable(new.url)}
        values["posted_at"] = end.finished_at or now
    if new.status is Status.QUEUED:
        values |= {"looks": 0, "absences": 0}
    return values


GONE_SETTLES = timedelta(seconds=2)
"""How long what a dead worker had sent may still be on its way into the network."""


async def hand_back(
    db: AsyncSession, *, worker: str, now: datetime, only: frozenset[Status] | None = None
) -> int:
    """Give up what a worker holds: the unsent is queued, what may be out is to be found out.

    `only` the unsent, when the worker may still be sending the rest.
    """
    check_arrow(HELD, Status.QUEUED)
    check_arrow([Status.SENDING, Status.RECONCILING], Status.UNKNOWN)
    mine = col(Delivery.owner) == worker
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


async def owners(db: AsyncSession) -> set[str]:
    """Return the workers that hold something."""
    query = select(col(Delivery.owner)).where(col(Delivery.owner).is_not(None)).distinct()
    return {owner for owner in (await db.execute(query)).scalars() if owner}


async def has_due(db: AsyncSession, *, until: datetime, now: datetime) -> tuple[bool, bool]:
    """Whether something is queued until `until`, and something unknown is to be looked up."""
    due = exists().where(col(Delivery.status) == Status.QUEUED, col(Delivery.due_at) <= until)
    unknown = exists().where(col(Delivery.status) == Status.UNKNOWN, col(Delivery.due_at) <= now)
    row = (await db.execute(select(due, unknown))).one()
    return bool(row[0]), bool(row[1])


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
        delivery_id or 0: (schedule, channel, workspace)
        for delivery_id, schedule, channel, workspace in (await db.execute(query)).all()
    }
