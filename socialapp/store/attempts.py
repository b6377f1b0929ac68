"""What a worker writes of its claims: freeze, start, finish. Each asks to see the fence."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlmodel import col, select

from socialapp.domain.delivery import ARROWS, HELD, IN_FLIGHT, Settlement, Status, check_arrow
from socialapp.domain.text import storable
from socialapp.store import limits, schedules
from socialapp.store.claims import Claim, ours
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, PublishLog

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_LOG: Table = PublishLog.__table__  # type: ignore[attr-defined]


async def _still_ours(
    db: AsyncSession, claims: Iterable[Claim], sources: Iterable[Status]
) -> dict[tuple[int, int], Status]:
    """Lock those of the claims that nobody has overtaken; the rest is no business of ours."""
    query = (
        select(_DELIVERIES.c.id, _DELIVERIES.c.fence, _DELIVERIES.c.status)
        .where(ours(claims), col(Delivery.status).in_(list(sources)))
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


@dataclass(frozen=True)
class Started:
    """What may leave now."""

    log_ids: dict[tuple[int, int], int]
    """The log entry of each ticket that was still ours."""
    busy: frozenset[int] = frozenset()
    """Channels at which another attempt is under way: theirs wait."""


async def start(
    db: AsyncSession,
    claims: Sequence[Claim],
    *,
    providers: dict[int, str],
    alone: Collection[int] = (),
    now: datetime,
) -> Started:
    """Ready -> sending, with a log entry each: nothing may be sent before this is committed.

    What was moved, cancelled or taken over meanwhile is left out. `providers` names the network
    of each delivery; at the channels in `alone` one attempt at a time is under way, whichever
    worker makes it.
    """
    check_arrow([Status.READY], Status.SENDING)
    busy = await _busy(db, alone)
    claims = [claim for claim in claims if claim.channel_id not in busy]
    log_ids = await _start(db, claims, providers=providers, now=now) if claims else {}
    return Started(log_ids, busy)


async def _busy(db: AsyncSession, alone: Collection[int]) -> frozenset[int]:
    """Lock the channels, so that no other worker starts there, and see who was faster."""
    if not alone:
        return frozenset()
    if db.get_bind().dialect.name != "sqlite":
        row = select(col(Channel.id)).where(col(Channel.id).in_(alone)).order_by(col(Channel.id))
        await db.execute(row.with_for_update(key_share=True))
    under_way = select(col(Delivery.channel_id)).where(
        col(Delivery.channel_id).in_(alone), col(Delivery.status) == Status.SENDING
    )
    return frozenset((await db.execute(under_way)).scalars())


async def _start(
    db: AsyncSession, claims: Sequence[Claim], *, providers: dict[int, str], now: datetime
) -> dict[tuple[int, int], int]:
    await schedules.lock(db, [claim.schedule_id for claim in claims])
    done = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(ours(claims), _DELIVERIES.c.status == Status.READY)
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
            _DELIVERIES.c.planned_at,
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
                "due_at": planned_at,
                "started_at": now,
            }
            for delivery_id, _, workspace_id, schedule_id, attempt, planned_at in rows
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
    prepared: dict[str, Any] | None = None
    """What was made ahead of the moment, to be sent later as it is."""
    limits: tuple[Limit, ...] = ()
    """What the network said of how much more it takes."""


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
    await limits.learn(db, [limit for end in kept for limit in end.limits], now=now)
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
    return {"started_at": end.sent_at, "late_ms": _late_ms(end.claim, end.sent_at)}


def _late_ms(claim: Claim, sent_at: datetime) -> float:
    return round((sent_at - claim.planned_at).total_seconds() * 1000, 3)


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
        values |= {"sent_at": end.sent_at, "late_ms": _late_ms(end.claim, end.sent_at)}
    if new.status is Status.POSTED:
        values |= {"remote_id": storable(new.remote_id), "url": storable(new.url)}
        values["posted_at"] = end.finished_at or now
    if new.status is Status.QUEUED:
        values |= {"looks": 0, "absences": 0}
    if end.prepared is not None:
        values["intent"] = end.prepared
    return values
