"""Series, and the post of each of their moments."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Table, delete, func, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.domain.delivery import Shown
from socialapp.store import bulk, owned
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Occurrence, Post, Schedule, Series

_POSTS: Table = Post.__table__  # type: ignore[attr-defined]
_OCCURRENCES: Table = Occurrence.__table__  # type: ignore[attr-defined]
_WAITS = (Shown.QUEUED, Shown.PAUSED, Shown.NEEDS_APPROVAL, Shown.CHANGES_REQUESTED)


async def get(
    db: AsyncSession, workspace_id: int, series_id: int, *, lock: bool = False
) -> Series | None:
    """Return a series of the workspace, as `owned.one` does."""
    return await owned.one(db, Series, workspace_id, series_id, lock=lock)


async def page(
    db: AsyncSession, workspace_id: int, *, limit: int = 50, cursor: str = ""
) -> Page[Series]:
    """Return the series of a workspace, the newest first."""
    query = select(Series).where(Series.workspace_id == workspace_id)
    return await owned.newest(db, Series, query, limit=limit, cursor=cursor)


async def to_look_at(db: AsyncSession, *, now: datetime) -> list[tuple[int, int]]:
    """Return workspace and id of the series of which more may have to be made."""
    return await owned.due(db, Series, now=now)


async def occurrences(
    db: AsyncSession, series_ids: Iterable[int], *, since: datetime
) -> list[Occurrence]:
    """Return those from a moment on, in order."""
    query = (
        select(Occurrence)
        .where(bulk.among(db, _OCCURRENCES.c.series_id, series_ids), Occurrence.nominal_at >= since)
        .order_by(col(Occurrence.nominal_at))
    )
    return list((await db.execute(query)).scalars())


async def waiting(
    db: AsyncSession, series_id: int, *, since: datetime | None = None
) -> list[tuple[Occurrence, Schedule]]:
    """Return the occurrences that have not left, each with its schedule, soonest first.

    `since`: only those whose moment by the rule is not before it, wherever they were moved.
    """
    query = (
        select(Occurrence, Schedule)
        .join(Schedule, col(Schedule.post_id) == Occurrence.post_id)
        .where(Occurrence.series_id == series_id)
        .where(col(Schedule.status).in_(_WAITS))
        .order_by(col(Schedule.scheduled_at), col(Schedule.id))
    )
    if since is not None:
        query = query.where(Occurrence.nominal_at >= since)
    fresh = query.execution_options(populate_existing=True)
    return [(occurrence, schedule) for occurrence, schedule in (await db.execute(fresh)).all()]


async def aside(db: AsyncSession, series_id: int) -> list[Occurrence]:
    """Return those whose posts were put aside when the series was paused, in order."""
    query = (
        select(Occurrence)
        .join(Post, col(Post.id) == Occurrence.post_id)
        .where(Occurrence.series_id == series_id, col(Post.is_aside).is_(True))
        .order_by(col(Occurrence.nominal_at))
    )
    return list((await db.execute(query)).scalars())


async def set_aside(db: AsyncSession, post_ids: Iterable[int], *, is_aside: bool) -> None:
    """Take posts out of all lists, or put them back."""
    await db.execute(
        update(Post).where(bulk.among(db, _POSTS.c.id, post_ids)).values(is_aside=is_aside)
    )


async def forget(db: AsyncSession, series_id: int, *, since: datetime) -> None:
    """Forget what is said of the moments of a series from one on."""
    await db.execute(
        delete(Occurrence).where(
            col(Occurrence.series_id) == series_id, col(Occurrence.nominal_at) >= since
        )
    )


async def hand_over(db: AsyncSession, series_id: int, to: int, *, since: datetime) -> None:
    """Give the moments of a series from one on to another series."""
    await db.execute(
        update(Occurrence)
        .where(col(Occurrence.series_id) == series_id, col(Occurrence.nominal_at) >= since)
        .values(series_id=to)
    )


async def of_posts(db: AsyncSession, post_ids: Iterable[int]) -> dict[int, int]:
    """Return the series of each of these posts that is an occurrence of one."""
    query = select(col(Occurrence.post_id), col(Occurrence.series_id)).where(
        bulk.among(db, _OCCURRENCES.c.post_id, post_ids)
    )
    return {post_id or 0: series_id for post_id, series_id in (await db.execute(query)).all()}


async def moments_of(db: AsyncSession, post_ids: Iterable[int]) -> dict[int, datetime]:
    """Return the moment by the rule of each of these posts that is an occurrence of a series."""
    query = select(col(Occurrence.post_id), col(Occurrence.nominal_at)).where(
        bulk.among(db, _OCCURRENCES.c.post_id, post_ids)
    )
    return {post_id or 0: at for post_id, at in (await db.execute(query)).all()}


def posts_of(series_id: int) -> SelectOfScalar[int | None]:
    """Return the query for the posts of a series."""
    return select(col(Occurrence.post_id)).where(
        Occurrence.series_id == series_id, col(Occurrence.post_id).is_not(None)
    )


async def occurrence_of(db: AsyncSession, workspace_id: int, post_id: int) -> Occurrence | None:
    """Return the moment of a series that a post of the workspace is for."""
    query = select(Occurrence).where(
        Occurrence.workspace_id == workspace_id, Occurrence.post_id == post_id
    )
    return (await db.execute(query)).scalars().first()


async def is_stopped(db: AsyncSession, workspace_id: int, post_id: int) -> bool:
    """Whether a post is an occurrence of a series that was paused or ended."""
    query = (
        select(func.count())
        .select_from(Occurrence)
        .join(Series, col(Series.id) == Occurrence.series_id)
        .where(Occurrence.workspace_id == workspace_id, Occurrence.post_id == post_id)
        .where(or_(col(Series.paused_at).is_not(None), col(Series.ended_at).is_not(None)))
    )
    return bool((await db.execute(query)).scalar_one())


async def made(db: AsyncSession, series_id: int) -> int:
    """Return how many have been made, sent ones included."""
    query = select(func.count()).where(
        col(Occurrence.series_id) == series_id, col(Occurrence.post_id).is_not(None)
    )
    return int((await db.execute(query)).scalar_one())
