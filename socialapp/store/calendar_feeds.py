"""Calendar feeds, and what they show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, update
from sqlmodel import col, select

from socialapp.domain.delivery import Status
from socialapp.store import bulk
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import CalendarFeed, Channel, Delivery, Post, Workspace

_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_POSTS: Table = Post.__table__  # type: ignore[attr-defined]


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[tuple[CalendarFeed, str]]:
    """Return the feeds and the names of their channels ("" for all of them), newest first."""
    query = (
        select(CalendarFeed, Channel.name)
        .outerjoin(Channel, col(Channel.id) == CalendarFeed.channel_id)
        .where(CalendarFeed.workspace_id == workspace_id)
        .order_by(col(CalendarFeed.id).desc())
    )
    return [(feed, name or "") for feed, name in (await db.execute(query)).all()]


async def by_secret(db: AsyncSession, secret_hash: str) -> tuple[CalendarFeed, str, str] | None:
    """Return a feed, the name of its workspace, and that of its channel or ""."""
    query = (
        select(CalendarFeed, Workspace.name, Channel.name)
        .join(Workspace, col(Workspace.id) == CalendarFeed.workspace_id)
        .outerjoin(Channel, col(Channel.id) == CalendarFeed.channel_id)
        .where(CalendarFeed.secret_hash == secret_hash)
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1], row[2] or "") if row else None


async def used(db: AsyncSession, feed_id: int, *, now: datetime) -> None:
    """Note that a program has just read a feed."""
    await db.execute(
        update(CalendarFeed).where(col(CalendarFeed.id) == feed_id).values(last_used_at=now)
    )


async def revoke(db: AsyncSession, workspace_id: int, feed_id: int) -> bool:
    """End a feed of the workspace; False when there is none."""
    mine = col(CalendarFeed.workspace_id) == workspace_id
    return bool(await change(db, delete(CalendarFeed).where(col(CalendarFeed.id) == feed_id, mine)))


async def end_of(db: AsyncSession, workspace_id: int, person_id: int) -> None:
    """End the feeds that somebody made, who is no longer in the workspace."""
    await change(
        db,
        delete(CalendarFeed).where(
            col(CalendarFeed.workspace_id) == workspace_id,
            col(CalendarFeed.created_by) == person_id,
        ),
    )


@dataclass(frozen=True)
class Words:
    """What a calendar shows of a post."""

    title: str
    text: str
    variants: dict[str, dict[str, Any]]
    updated_at: datetime


async def words_of(db: AsyncSession, post_ids: Iterable[int]) -> dict[int, Words]:
    """Return the words of posts."""
    which = ("id", "title", "text", "variants", "updated_at")
    query = select(*(_POSTS.c[name] for name in which)).where(bulk.among(db, _POSTS.c.id, post_ids))
    found = (await (await db.connection()).execute(query)).all()
    return {row[0]: Words(*row[1:]) for row in found}


async def statuses_of(
    db: AsyncSession, schedule_ids: Iterable[int]
) -> dict[int, list[tuple[int, Status]]]:
    """Return the channel and the status of each delivery, by schedule, in the order of making."""
    which = (_DELIVERIES.c.schedule_id, _DELIVERIES.c.channel_id, _DELIVERIES.c.status)
    query = (
        select(*which)
        .where(bulk.among(db, _DELIVERIES.c.schedule_id, schedule_ids))
        .order_by(_DELIVERIES.c.id)
    )
    found: dict[int, list[tuple[int, Status]]] = {}
    for schedule_id, channel_id, status in (await (await db.connection()).execute(query)).all():
        found.setdefault(schedule_id, []).append((channel_id, Status(status)))
    return found
