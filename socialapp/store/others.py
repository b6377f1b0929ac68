"""What else was sent to an account: the posts that are known to be theirs, and what may be out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Table, and_, func, or_
from sqlmodel import col, select

from socialapp.domain.delivery import IN_FLIGHT, Status
from socialapp.store import bulk
from socialapp.store.claims import Claim
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, PublishLog

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_LOG: Table = PublishLog.__table__  # type: ignore[attr-defined]

EARLIER = timedelta(hours=1)
"""What was sent longer before is not mistaken for a later one."""
_UNSETTLED = IN_FLIGHT | {Status.NEEDS_CHECK, Status.CANCELLED}
"""The part that is next may be out: also where a person gave up finding out."""
_COLUMNS = ("id", "status", "remote_id", "url", "progress")
_Part = tuple[int, int]
"""A delivery, and an element of its thread."""
_Times = Mapping[_Part, tuple[datetime, datetime]]


@dataclass(frozen=True)
class Open:
    """A part that was sent, and of which nobody knows whether it is out, or where."""

    delivery_id: int
    part: int
    intent: Mapping[str, Any] = field(hash=False)
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Others:
    """The other deliveries to one account, whichever workspace they are of."""

    known: frozenset[str] = frozenset()
    """The ids and addresses of their posts."""
    open: tuple[Open, ...] = ()
    sent_at: datetime | None = None
    """When the delivery in question was sent first, of the attempts that may be out."""


async def at_account(db: AsyncSession, claim: Claim, channel: Channel) -> Others:
    """Return what is known of the others that were sent since this one, or a little before."""
    query = (
        _DELIVERIES.select()
        .with_only_columns(*(_DELIVERIES.c[name] for name in _COLUMNS))
        .where(_DELIVERIES.c.channel_id.in_(_channels(channel)), _DELIVERIES.c.id != claim.id)
        .where(_DELIVERIES.c.sent_at >= claim.planned_at - EARLIER)
    )
    there = (await db.execute(query)).all()
    maybe = {(row.id, part) for row in there for part in _unknown(row)}
    mine = (claim.id, len(claim.progress))
    sent = await _sent(db, {id_ for id_, _ in {mine, *maybe}})
    return Others(
        known=frozenset(name for row in there for name in _names(row)),
        open=await _open(db, {part: sent[part] for part in maybe if part in sent}),
        sent_at=sent[mine][0] if mine in sent else None,
    )


async def lock_account(db: AsyncSession, channel: Channel) -> None:
    """Let no other look settle a delivery to this account before this transaction ends."""
    if db.get_bind().dialect.name != "sqlite":
        rows = _channels(channel).order_by(col(Channel.id))
        await db.execute(rows.with_for_update(key_share=True))


def _channels(channel: Channel) -> Select[Any]:
    """Return the channels that are this account: workspaces may share one."""
    here = col(Channel.id) == channel.id
    if channel.remote_id:
        same = and_(
            col(Channel.provider) == channel.provider,
            col(Channel.address) == channel.address,
            col(Channel.remote_id) == channel.remote_id,
        )
        here = or_(here, same)
    return select(col(Channel.id)).where(here)


def _names(row: Row[Any]) -> list[str]:
    said = [row.remote_id, row.url]
    said += [name for out in row.progress for name in (out["remote_id"], out["url"])]
    return [name for name in said if name]


def _unknown(row: Row[Any]) -> list[int]:
    """Return the parts of whose posts neither id nor address is known, if they are out at all."""
    parts = [n for n, out in enumerate(row.progress) if not (out["remote_id"] or out["url"])]
    # That it is out is all that a person has said.
    is_told = row.status == Status.POSTED and not _names(row)
    if row.status in _UNSETTLED or (is_told and not row.progress):
        parts.append(len(row.progress))
    return parts


async def _sent(db: AsyncSession, delivery_ids: Collection[int]) -> _Times:
    """Return when each part was sent, first and last, of the attempts that may be out."""
    started = col(PublishLog.started_at)
    query = (
        select(_LOG.c.delivery_id, _LOG.c.part, func.min(started), func.max(started))
        .where(bulk.among(db, _LOG.c.delivery_id, delivery_ids), _LOG.c.kind == "send")
        .where(_LOG.c.status.in_(["unknown", "publishing"]))
        .group_by(_LOG.c.delivery_id, _LOG.c.part)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in (await db.execute(query)).all()}


async def _open(db: AsyncSession, sent: _Times) -> tuple[Open, ...]:
    query = select(_DELIVERIES.c.id, _DELIVERIES.c.intent)
    ids = {id_ for id_, _ in sent}
    rows = (await db.execute(query.where(bulk.among(db, _DELIVERIES.c.id, ids)))).all()
    intents = {row.id: row.intent for row in rows if row.intent}
    return tuple(
        Open(id_, part, intents[id_], *times)
        for (id_, part), times in sent.items()
        if id_ in intents
    )
