"""The connected accounts of a workspace."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import col, select

from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event, News
from socialapp.domain.text import storable
from socialapp.store import notifications
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Channel


async def add_channel(
    db: AsyncSession,
    workspace_id: int,
    *,
    provider: str,
    name: str,
    now: datetime,
    is_default: bool = False,
) -> Channel:
    """Add an account; its handle on the sandbox is its id, so that no two share a timeline."""
    channel = Channel(
        workspace_id=workspace_id,
        provider=provider,
        name=name,
        is_default=is_default,
        created_at=now,
    )
    db.add(channel)
    await db.flush()
    channel.handle = f"{provider}-{channel.id}"
    return channel


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[Channel]:
    """Return the channels that are there, oldest first."""
    query = (
        select(Channel)
        .where(Channel.workspace_id == workspace_id, col(Channel.removed_at).is_(None))
        .order_by(col(Channel.id))
    )
    return list((await db.execute(query)).scalars())


async def get(db: AsyncSession, workspace_id: int, channel_id: int) -> Channel | None:
    """Return a channel of the workspace that is there."""
    query = select(Channel).where(
        Channel.id == channel_id,
        Channel.workspace_id == workspace_id,
        col(Channel.removed_at).is_(None),
    )
    return (await db.execute(query)).scalar_one_or_none()


async def by_id(db: AsyncSession, workspace_id: int, ids: Iterable[int]) -> dict[int, Channel]:
    """Return channels of the workspace, also removed ones: old deliveries name them."""
    query = select(Channel).where(Channel.workspace_id == workspace_id, col(Channel.id).in_(ids))
    return {c.id or 0: c for c in (await db.execute(query)).scalars()}


async def trust(db: AsyncSession, channel_ids: Iterable[int]) -> None:
    """Try channels again that had lost their access: a person asks for it."""
    await change(
        db,
        update(Channel)
        .where(col(Channel.id).in_(set(channel_ids)), col(Channel.needs_reconnect))
        .values(needs_reconnect=False, trouble=""),
    )


async def lose_access(
    db: AsyncSession, channel_id: int, *, why: str, used_at: datetime | None = None, now: datetime
) -> bool:
    """Note that a channel has lost its access, and tell its people the first time.

    False when it was connected again after the access was `used_at`: the old one was refused.
    """
    its = update(Channel).where(col(Channel.id) == channel_id)
    if used_at is not None:
        known_at = col(Channel.known_at)
        its = its.where(or_(known_at.is_(None), known_at <= used_at))
    lost = its.values(needs_reconnect=True, trouble=storable(why))
    if not await change(db, lost.where(col(Channel.needs_reconnect).is_(False))):
        return bool(await change(db, lost))
    query = select(Channel.workspace_id, Channel.name).where(Channel.id == channel_id)
    workspace_id, name = (await db.execute(query)).one()
    news = News(
        workspace_id=workspace_id,
        event=Event.ACCESS_LOST,
        key=f"{Event.ACCESS_LOST}:{channel_id}:{iso(now)}",
        title=f"Access was lost to {name}",
        text=f"{why} What waits for it stays; connect the channel again.",
        channel_id=channel_id,
    )
    await notifications.tell(db, [news], now=now)
    return True


async def fingerprint(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever a channel is new, gone, or looks different."""
    columns = ("id", "name", "handle", "url", "is_default", "needs_reconnect", "trouble")
    more = ("paused_at", "known_at", "options")
    query = (
        select(*(col(getattr(Channel, name)) for name in (*columns, *more)))
        .where(Channel.workspace_id == workspace_id, col(Channel.removed_at).is_(None))
        .order_by(col(Channel.id))
    )
    rows = (await db.execute(query)).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode("utf-8", "replace")).hexdigest()
