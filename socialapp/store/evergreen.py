"""Evergreen lists: their entries, their turns, and where a wording was or will be."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, case, delete, exists, func, or_
from sqlmodel import col, select

from socialapp.domain.delivery import Shown, Status
from socialapp.store import bulk, owned
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    Delivery,
    EvergreenEntry,
    EvergreenList,
    EvergreenTurn,
    EvergreenWording,
    Post,
    RecycledPost,
    Schedule,
)

_ENTRIES: Table = EvergreenEntry.__table__  # type: ignore[attr-defined]
_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]
_WORDINGS: Table = EvergreenWording.__table__  # type: ignore[attr-defined]
WAITS = (Shown.QUEUED, Shown.PAUSED, Shown.NEEDS_APPROVAL, Shown.CHANGES_REQUESTED)
_NEVER_OUT = (Shown.DRAFT, Shown.FAILED, Shown.MISSED, Shown.CANCELLED)


async def get(
    db: AsyncSession, workspace_id: int, list_id: int, *, lock: bool = False
) -> EvergreenList | None:
    """Return a list of the workspace, as `owned.one` does."""
    return await owned.one(db, EvergreenList, workspace_id, list_id, lock=lock)


async def page(
    db: AsyncSession, workspace_id: int, *, limit: int = 50, cursor: str = ""
) -> Page[EvergreenList]:
    """Return the lists of a workspace that have not been ended, the newest first."""
    query = select(EvergreenList).where(
        EvergreenList.workspace_id == workspace_id, col(EvergreenList.ended_at).is_(None)
    )
    return await owned.newest(db, EvergreenList, query, limit=limit, cursor=cursor)


async def to_look_at(db: AsyncSession, *, now: datetime) -> list[tuple[int, int]]:
    """Return workspace and id of the lists of which more may have to be made."""
    return await owned.due(db, EvergreenList, now=now)


async def entries(db: AsyncSession, list_ids: Iterable[int]) -> list[EvergreenEntry]:
    """Return the entries that are in the lists, oldest first."""
    query = (
        select(EvergreenEntry)
        .where(bulk.among(db, _ENTRIES.c.list_id, list_ids))
        .where(col(EvergreenEntry.removed_at).is_(None))
        .order_by(col(EvergreenEntry.id))
    )
    return list((await db.execute(query)).scalars())


async def wordings(db: AsyncSession, entry_ids: Iterable[int]) -> list[EvergreenWording]:
    """Return the wordings that the entries have, oldest first."""
    query = (
        select(EvergreenWording)
        .where(bulk.among(db, _WORDINGS.c.entry_id, entry_ids))
        .where(col(EvergreenWording.removed_at).is_(None))
        .order_by(col(EvergreenWording.id))
    )
    return list((await db.execute(query)).scalars())


async def entry(
    db: AsyncSession, workspace_id: int, list_id: int, entry_id: int
) -> EvergreenEntry | None:
    """Return an entry that is in a list of the workspace."""
    query = select(EvergreenEntry).where(
        EvergreenEntry.id == entry_id,
        EvergreenEntry.list_id == list_id,
        EvergreenEntry.workspace_id == workspace_id,
        col(EvergreenEntry.removed_at).is_(None),
    )
    return (await db.execute(query)).scalar_one_or_none()


async def turns(
    db: AsyncSession, list_id: int, *, since: datetime | None = None
) -> list[EvergreenTurn]:
    """Return the turns of a list that are decided, from a moment on, in order."""
    query = select(EvergreenTurn).where(EvergreenTurn.list_id == list_id)
    if since is not None:
        query = query.where(EvergreenTurn.nominal_at >= since)
    return list((await db.execute(query.order_by(col(EvergreenTurn.nominal_at)))).scalars())


async def waiting(
    db: AsyncSession, list_id: int, *, after: datetime | None = None
) -> list[tuple[EvergreenTurn, Schedule]]:
    """Return what of a list has not left, in order; a turn stands once for each schedule.

    What is on hold or was never approved waits from the past, for ever; `after` leaves it out.
    """
    query = (
        select(EvergreenTurn, Schedule)
        .join(Schedule, col(Schedule.post_id) == EvergreenTurn.post_id)
        .where(EvergreenTurn.list_id == list_id, col(Schedule.status).in_(WAITS))
        .order_by(col(Schedule.scheduled_at), col(Schedule.id))
    )
    if after is not None:
        query = query.where(Schedule.scheduled_at > after)
    fresh = query.execution_options(populate_existing=True)
    return [(turn, schedule) for turn, schedule in (await db.execute(fresh)).all()]


async def past(
    db: AsyncSession, list_id: int, *, limit: int, since: datetime | None = None
) -> list[tuple[EvergreenTurn, Post]]:
    """Return the last turns that are over, each with its post, newest first."""
    is_open = exists().where(
        col(Schedule.post_id) == Post.id,
        col(Schedule.status).in_([*WAITS, Shown.PUBLISHING]),
    )
    query = (
        select(EvergreenTurn, Post)
        .join(Post, col(Post.id) == EvergreenTurn.post_id)
        .where(EvergreenTurn.list_id == list_id, col(Post.deleted_at).is_(None), ~is_open)
        .order_by(col(EvergreenTurn.nominal_at).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(EvergreenTurn.nominal_at >= since)
    return [(turn, post) for turn, post in (await db.execute(query)).all()]


async def has_chosen(db: AsyncSession, post_id: int) -> bool:
    """Whether a post was made by a list."""
    query = select(func.count()).where(EvergreenTurn.post_id == post_id)
    return bool((await db.execute(query)).scalar_one())


async def forget(db: AsyncSession, turn_ids: Collection[int]) -> None:
    """Forget that these turns were decided."""
    if turn_ids:
        await db.flush()
        await db.execute(delete(EvergreenTurn).where(col(EvergreenTurn.id).in_(turn_ids)))


@dataclass(frozen=True)
class Tally:
    """How often an entry went out in a wording, or will, and when last."""

    entry_id: int
    wording_id: int
    times: int
    last_at: datetime


async def tallies(db: AsyncSession, list_id: int) -> list[Tally]:
    """Count the turns of a list by entry and wording; those removed since are among them.

    What failed, was missed or cancelled is no time that it went out; but it had its turn.
    """
    went = case((col(Post.status).in_(_NEVER_OUT) | col(Post.deleted_at).is_not(None), 0), else_=1)
    query = (
        select(
            col(EvergreenTurn.entry_id),
            col(EvergreenTurn.wording_id),
            func.sum(went),
            func.max(EvergreenTurn.nominal_at),
        )
        .join(Post, col(Post.id) == EvergreenTurn.post_id)
        .where(EvergreenTurn.list_id == list_id)
        .group_by(col(EvergreenTurn.entry_id), col(EvergreenTurn.wording_id))
    )
    return [
        Tally(entry_id or 0, wording_id or 0, int(times), last_at)
        for entry_id, wording_id, times, last_at in (await db.execute(query)).all()
    ]


@dataclass(frozen=True)
class Shows:
    """Some words are in a channel at a moment, or will be."""

    wording_id: int | None
    """None: somebody posted the same text. Of an original: the wording that is a copy of it."""
    text: str
    channel_id: int
    at: datetime


async def held(db: AsyncSession, list_id: int) -> set[int]:
    """Return the entries whose posts wait for approval, whoever makes the list."""
    query = select(RecycledPost.entry_id).where(
        RecycledPost.list_id == list_id, col(RecycledPost.is_held).is_(True)
    )
    return {entry_id or 0 for entry_id in (await db.execute(query)).scalars()}


async def originals(db: AsyncSession, list_id: int) -> dict[int, int]:
    """Return what a rule has recycled into a list: the original, and the wording made of it."""
    query = (
        select(col(RecycledPost.post_id), func.min(EvergreenWording.id))
        .join(EvergreenWording, col(EvergreenWording.entry_id) == RecycledPost.entry_id)
        .where(RecycledPost.list_id == list_id)
        .group_by(col(RecycledPost.post_id))
    )
    return {its: wording_id or 0 for its, wording_id in (await db.execute(query)).all()}


async def shows(
    db: AsyncSession,
    workspace_id: int,
    list_id: int,
    *,
    texts: Collection[str],
    originals: Mapping[int, int],
    channel_ids: Collection[int],
    since: datetime,
    until: datetime,
) -> list[Shows]:
    """Return where turns and originals of a list are within a range, and who says one of `texts`.

    What failed counts: a person may send it again.
    """
    mine = col(EvergreenTurn.wording_id).is_not(None)
    is_original = bulk.among(db, _SCHEDULES.c.post_id, originals)
    query: Any = (
        select(
            col(EvergreenTurn.wording_id),
            col(Post.text),
            col(Delivery.channel_id),
            col(Schedule.scheduled_at),
        )
        .add_columns(col(Schedule.post_id))
        .join(Post, col(Post.id) == Schedule.post_id)
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .outerjoin(
            EvergreenTurn,
            (col(EvergreenTurn.post_id) == Post.id) & (col(EvergreenTurn.list_id) == list_id),
        )
        .where(
            col(Schedule.workspace_id) == workspace_id, col(Delivery.channel_id).in_(channel_ids)
        )
        .where(col(Schedule.scheduled_at).between(since, until))
        .where(col(Delivery.status) != Status.CANCELLED)
        .where(or_(mine, is_original, col(Post.text).in_([text for text in texts if text.strip()])))
    )
    return [
        Shows(wording_id or originals.get(post_id), text, channel_id, at)
        for wording_id, text, channel_id, at, post_id in (await db.execute(query)).all()
    ]
