"""What a worker writes of its claims: freeze, start, finish. Each asks to see the fence."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, func, insert, update
from sqlmodel import col, select

from socialapp.domain.delivery import ARROWS, HELD, IN_FLIGHT, Settlement, Status, check_arrow
from socialapp.domain.notifications import OF_STATUS
from socialapp.domain.text import storable
from socialapp.store import bulk, channels, limits, notifications, schedules
from socialapp.store.claims import Claim, let_go_of_channel, tickets
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, PublishLog

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_LOG: Table = PublishLog.__table__  # type: ignore[attr-defined]


async def _still_ours(
    db: AsyncSession, claims: Sequence[Claim], sources: Iterable[Status]
) -> dict[tuple[int, int], Status]:
    """Lock those of the claims that nobody has overtaken; the rest is no business of ours."""
    held = tickets(db, claims)
    query = (
        _DELIVERIES.select()
        .with_only_columns(_DELIVERIES.c.id, _DELIVERIES.c.fence, _DELIVERIES.c.status)
        .join(held, and_(_DELIVERIES.c.id == held.c.id, _DELIVERIES.c.fence == held.c.fence))
        .where(_DELIVERIES.c.status.in_(list(sources)))
        .order_by(_DELIVERIES.c.id)
        .with_for_update(of=_DELIVERIES)
    )
    done = await (await db.connection()).execute(query)
    return {(row.id, row.fence): Status(row.status) for row in done.all()}


async def freeze(
    db: AsyncSession, claims: Sequence[tuple[Claim, dict[str, Any]]]
) -> set[tuple[int, int]]:
    """Keep exactly what will be sent, claimed -> ready; returns the tickets still ours."""
    sources = [Status.CLAIMED, Status.PREPARING]
    check_arrow(sources, Status.READY)
    given = bulk.rows(
        db,
        _DELIVERIES,
        ["id", "fence", "intent"],
        [{"id": claim.id, "fence": claim.fence, "intent": intent} for claim, intent in claims],
    )
    done = await (await db.connection()).execute(
        update(_DELIVERIES)
        .where(_DELIVERIES.c.id == given.c.id, _DELIVERIES.c.fence == given.c.fence)
        .where(_DELIVERIES.c.status.in_(sources))
        .values(status=Status.READY, intent=given.c.intent)
        .returning(_DELIVERIES.c.id, _DELIVERIES.c.fence)
    )
    return {(row.id, row.fence) for row in done.all()}


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

    The words that people see are left to show(): most posts are out before anybody could read them.
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
    if db.get_bind().dialect.name != "sqlite":
        # In the order of their ids, as everybody locks them: no two wait for each other.
        await _still_ours(db, claims, [Status.READY])
    held = tickets(db, claims)
    line = await db.connection()
    done = await line.execute(
        update(_DELIVERIES)
        .where(_DELIVERIES.c.id == held.c.id, _DELIVERIES.c.fence == held.c.fence)
        .where(_DELIVERIES.c.status == Status.READY)
        .values(
            status=Status.SENDING,
            attempt=_DELIVERIES.c.attempt + 1,
            tries=_DELIVERIES.c.tries + 1,
            sent_at=now,
            reason="",
            action="",
        )
        .returning(_DELIVERIES.c.id, _DELIVERIES.c.fence, _DELIVERIES.c.attempt)
    )
    attempts = {(row.id, row.fence): row.attempt for row in done.all()}
    ours = [claim for claim in claims if claim.ticket in attempts]
    if not ours:
        return {}
    entries = bulk.rows(
        db, _LOG, _NEW_ENTRY, [_entry(c, attempts[c.ticket], providers[c.id], now) for c in ours]
    )
    logged = await line.execute(
        insert(_LOG)
        .from_select(_NEW_ENTRY, entries.select(), include_defaults=False)
        .returning(_LOG.c.delivery_id, _LOG.c.id)
    )
    log_ids = {row.delivery_id: row.id for row in logged.all()}
    return {claim.ticket: log_ids[claim.id] for claim in ours}


_NEW_ENTRY = [
    *("workspace_id", "schedule_id", "delivery_id", "provider", "attempt", "kind", "status"),
    *("remote_id", "url", "error", "due_at", "started_at", "part"),
]


def _entry(claim: Claim, attempt: int, provider: str, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": claim.workspace_id,
        "schedule_id": claim.schedule_id,
        "delivery_id": claim.id,
        "provider": provider,
        "attempt": attempt,
        "kind": "send",
        "status": "publishing",
        "remote_id": "",
        "url": "",
        "error": "",
        "due_at": claim.planned_at,
        "started_at": now,
        "part": len(claim.progress),
    }


async def show(db: AsyncSession, claims: Sequence[Claim], *, now: datetime) -> None:
    """Make schedules and posts say that they are being published."""
    schedule_ids = {claim.schedule_id for claim in claims}
    await schedules.lock(db, schedule_ids)
    await schedules.refresh_status(db, schedule_ids, now=now)


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
    """The intent, when what was made ahead of the moment changes: made, or to be made again."""
    limits: tuple[Limit, ...] = ()
    """What the network said of how much more it takes."""
    progress: list[dict[str, Any]] | None = None
    """The parts of its thread that are out by now; None: as many as before."""
    disconnects: bool = False
    """The channel has lost its access."""


async def finish(
    db: AsyncSession, ends: Sequence[Finish], *, now: datetime
) -> set[tuple[int, int]]:
    """Settle deliveries; returns the tickets that were still ours, the others stay as they are."""
    await schedules.lock(db, [end.claim.schedule_id for end in ends])
    ours = await _still_ours(db, [end.claim for end in ends], HELD | IN_FLIGHT)
    kept = [end for end in ends if _fits(end, ours.get(end.claim.ticket))]
    if not kept:
        return set()
    sending = {ticket[0] for ticket, status in ours.items() if status is Status.SENDING}
    await _write(db, _DELIVERIES, _SETTLED, [_settled(end, now=now) for end in kept])
    logged = [_logged(end, now=now) for end in kept if end.log_id is not None]
    unnamed = {end.claim.id for end in kept if end.log_id is None}
    await _close(db, unnamed & sending, now=now)
    await _write(db, _LOG, _LOGGED, logged)
    await schedules.refresh_status(db, {end.claim.schedule_id for end in kept}, now=now)
    await limits.learn(db, [limit for end in kept for limit in end.limits], now=now)
    await _disconnect(db, [end for end in kept if end.disconnects], now=now)
    await _tell(db, kept, now=now)
    return {end.claim.ticket for end in kept}


async def _tell(db: AsyncSession, kept: Sequence[Finish], *, now: datetime) -> None:
    """Tell people of what waits for them from now on."""
    ended = {
        end.claim.id: (event, end.claim.fence, end.settlement.reason)
        for end in kept
        if (event := OF_STATUS.get(end.settlement.status))
    }
    await notifications.tell_of_deliveries(db, ended, now=now)


_SETTLED = {
    **dict.fromkeys(("status", "owner", "reason", "action", "looks", "absences"), True),
    **dict.fromkeys(("due_at", "tries", "sent_at", "late_ms", "intent", "progress"), False),
    **dict.fromkeys(("remote_id", "url", "posted_at"), False),
}
"""The columns of a settled delivery; those that keep their value when none is given are False."""
_LOGGED = {
    **dict.fromkeys(("status", "remote_id", "url", "error", "finished_at"), True),
    **dict.fromkeys(("started_at", "late_ms"), False),
}


async def _write(
    db: AsyncSession, table: Table, names: dict[str, bool], values: Sequence[dict[str, Any]]
) -> None:
    """Write rows by their `id`."""
    if not values:
        return
    given = bulk.rows(db, table, ["id", *names], values)
    new: dict[str, Any] = {
        name: given.c[name] if always else func.coalesce(given.c[name], table.c[name])
        for name, always in names.items()
    }
    await (await db.connection()).execute(update(table).where(table.c.id == given.c.id).values(new))


async def _disconnect(db: AsyncSession, ends: Sequence[Finish], *, now: datetime) -> None:
    """Note that channels have lost their access, and hold what would be refused like this one."""
    for end in ends:
        if await channels.lose_access(
            db, end.claim.channel_id, why=end.settlement.reason, used_at=end.sent_at, now=now
        ):
            await let_go_of_channel(db, end.claim.channel_id)


async def _close(db: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """End the entries of attempts whose start was noted and not answered: nothing was sent."""
    if not delivery_ids:
        return
    await (await db.connection()).execute(
        update(_LOG)
        .where(bulk.among(db, _LOG.c.delivery_id, delivery_ids), _LOG.c.finished_at.is_(None))
        .values(
            status=Status.QUEUED.value,
            finished_at=now,
            error="The database did not answer just before sending. Nothing was sent.",
        )
    )


def _fits(end: Finish, status: Status | None) -> bool:
    """Whether the delivery is still ours and may become this.

    A commit that took effect and answered with an error is repeated: then it is already so.
    """
    return status is not None and end.settlement.status in ARROWS[status]


def _logged(end: Finish, *, now: datetime) -> dict[str, Any]:
    new = end.settlement
    said = {"status": new.status.value, "remote_id": new.remote_id, "url": new.url}
    error = new.reason
    if end.progress:  # a part of a thread: it is out, whatever becomes of the rest
        out = end.progress[-1]
        said = {"status": "posted", "remote_id": out["remote_id"], "url": out["url"]}
        error = ""
    return {
        "id": end.log_id,
        **{name: storable(words) for name, words in said.items()},
        "error": storable(error),
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
    if end.progress is not None:
        values |= {"progress": end.progress, "tries": 0}
    if end.sent_at is not None and not end.claim.progress:  # a thread is as late as its first part
        values |= {"sent_at": end.sent_at, "late_ms": _late_ms(end.claim, end.sent_at)}
    if new.status is Status.POSTED:
        values |= {"remote_id": storable(new.remote_id), "url": storable(new.url)}
        values["posted_at"] = end.finished_at or now
    if new.status is Status.QUEUED:
        values |= {"looks": 0, "absences": 0}
    if end.prepared is not None:
        values["intent"] = end.prepared
    return values
