"""Results: what is known of what people did with posts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, or_, true
from sqlmodel import col, select

from socialapp.store.pages import Page, count, like, read_cursor, write_cursor
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Delivery, Post, Result, ResultReading, Schedule

AT_MOST = 500
"""Of the posts of one channel the last so many say what holds now."""


@dataclass(frozen=True)
class Row:
    """A result, and what it is a result of."""

    result: Result
    delivery: Delivery
    post: Post


def _query(
    workspace_id: int,
    *,
    channel_id: int | None = None,
    provider: str = "",
    campaign: str = "",
    tag: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Any:
    query = (
        select(Result, Delivery, Post)
        .join(Delivery, col(Delivery.id) == Result.delivery_id)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(Result.workspace_id == workspace_id)
    )
    if channel_id is not None:
        query = query.where(Result.channel_id == channel_id)
    if provider:
        query = query.where(Result.provider == provider)
    if campaign:
        query = query.where(Post.campaign == campaign)
    if tag:
        words = like(json.dumps(tag))
        query = query.where(cast(col(Post.tags), String).like(words, escape="\\"))
    if since is not None:
        query = query.where(Result.posted_at >= since)
    if until is not None:
        query = query.where(Result.posted_at < until)
    return query


async def page(
    db: AsyncSession, workspace_id: int, *, limit: int = 50, cursor: str = "", **filters: Any
) -> Page[Row]:
    """Return what is out and asked about, the newest first."""
    query = _query(workspace_id, **filters)
    total = await count(db, query)
    at, number = col(Result.posted_at), col(Result.delivery_id)
    if cursor:
        last, before = read_cursor(cursor, datetime, int)
        query = query.where(or_(at < last, and_(at == last, number < before)))
    query = query.order_by(at.desc(), number.desc()).limit(limit + 1)
    found = (await db.execute(query)).all()
    rows = [Row(result, delivery, post) for result, delivery, post in found]
    more = ""
    if len(rows) > limit:
        end_of_page = rows[limit - 1].result
        more = write_cursor(end_of_page.posted_at, end_of_page.delivery_id)
    return Page(rows[:limit], more, total)


async def of_deliveries(
    db: AsyncSession, workspace_id: int, delivery_ids: Iterable[int]
) -> dict[int, Result]:
    """Return what is known of deliveries, of those that are asked about."""
    query = select(Result).where(
        Result.workspace_id == workspace_id, col(Result.delivery_id).in_(set(delivery_ids))
    )
    return {r.delivery_id: r for r in (await db.execute(query)).scalars()}


async def series(
    db: AsyncSession, workspace_id: int, delivery_ids: Iterable[int]
) -> dict[int, list[ResultReading]]:
    """Return what was said of deliveries, the oldest first."""
    query = (
        select(ResultReading)
        .where(ResultReading.workspace_id == workspace_id)
        .where(col(ResultReading.delivery_id).in_(set(delivery_ids)))
        .order_by(col(ResultReading.read_at), col(ResultReading.id))
    )
    found: dict[int, list[ResultReading]] = {}
    for each in (await db.execute(query)).scalars():
        found.setdefault(each.delivery_id, []).append(each)
    return found


async def known_since(db: AsyncSession, workspace_id: int) -> dict[str, tuple[datetime, int]]:
    """Return by network since when there are results, and of how many posts."""
    query = (
        select(col(Result.provider), func.min(Result.posted_at), func.count())
        .where(Result.workspace_id == workspace_id, col(Result.read_at).is_not(None))
        .group_by(col(Result.provider))
    )
    return {provider: (at, int(n)) for provider, at, n in (await db.execute(query)).all()}


async def lately(
    db: AsyncSession,
    workspace_id: int,
    channel_ids: Iterable[int],
    *,
    before: datetime,
    since: datetime | None = None,
) -> dict[int, list[Result]]:
    """Return for each channel what is known of its last posts that went out within a time."""
    found: dict[int, list[Result]] = {}
    for channel_id in sorted(set(channel_ids)):
        query = (
            select(Result)
            .where(Result.workspace_id == workspace_id, Result.channel_id == channel_id)
            .where(Result.posted_at < before, col(Result.read_at).is_not(None))
            .where(Result.posted_at >= since if since else true())
            .order_by(col(Result.posted_at).desc())
            .limit(AT_MOST)
        )
        found[channel_id] = list((await db.execute(query)).scalars())
    return found


async def newest(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever something else is known."""
    query = select(func.max(ResultReading.read_at)).where(
        ResultReading.workspace_id == workspace_id
    )
    at: datetime | None = (await db.execute(query)).scalar()
    return at.isoformat() if at else ""
