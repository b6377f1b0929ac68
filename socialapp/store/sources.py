"""Sources and the items of their feeds."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Table, delete, func, or_, update
from sqlmodel import col, select

from socialapp.domain.sources import KEPT, Item, ItemState
from socialapp.store import bulk, owned
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Source, SourceItem

DAY = timedelta(days=1)
_KEYS_AT_ONCE = 500
_ITEMS: Table = SourceItem.__table__  # type: ignore[attr-defined]


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[Source]:
    """Return the sources of a workspace, newest first."""
    query = select(Source).where(Source.workspace_id == workspace_id)
    return list((await db.execute(query.order_by(col(Source.id).desc()))).scalars())


async def get(
    db: AsyncSession, workspace_id: int, source_id: int, *, lock: bool = False
) -> Source | None:
    """Return a source of the workspace, as `owned.one` does."""
    return await owned.one(db, Source, workspace_id, source_id, lock=lock)


async def workspace_of(db: AsyncSession, source_id: int) -> int | None:
    """Return the workspace of a source, for a job that knows only its id."""
    query = select(Source.workspace_id).where(Source.id == source_id)
    return (await db.execute(query)).scalar_one_or_none()


async def to_look_at(db: AsyncSession, *, now: datetime) -> list[tuple[int, int]]:
    """Return workspace and id of the sources whose time has come."""
    return await owned.due(db, Source, now=now, limit=100)


async def remember(
    db: AsyncSession, source: Source, items: Sequence[tuple[Item, ItemState]], *, now: datetime
) -> int:
    """Note what is in the feed now; returns how many of it were never seen before."""
    rows = [
        asdict(item)
        | {
            "workspace_id": source.workspace_id,
            "source_id": source.id,
            "place": place,
            "state": str(state),
            "seen_at": now,
            "last_in_feed_at": now,
        }
        for place, (item, state) in enumerate(items)
    ]
    await db.flush()
    if not rows:
        return 0
    new = await bulk.insert_new(db, _ITEMS, rows, returning=_ITEMS.c.id)
    keys = sorted({item.key for item, _ in items})
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = col(SourceItem.key).in_(keys[start : start + _KEYS_AT_ONCE])
        query = update(SourceItem).where(col(SourceItem.source_id) == source.id, some)
        await change(db, query.values(last_in_feed_at=now))
    return len(new)


async def forget_old(db: AsyncSession, source_id: int, *, now: datetime) -> int:
    """Forget items that are out of the feed, beyond those that were in it last; returns how many.

    Never those that are in the feed now: they would be new again; and it may be shorter for once,
    so what was in it before is kept, too. Nor those that became posts within a day: the day's
    number counts them.
    """
    last = col(SourceItem.last_in_feed_at)
    older = (
        select(col(SourceItem.id))
        .where(SourceItem.source_id == source_id, last < now)
        .where(or_(col(SourceItem.made_at).is_(None), col(SourceItem.made_at) <= now - DAY))
        .order_by(
            last.desc(), col(SourceItem.seen_at).desc(), col(SourceItem.place), col(SourceItem.id)
        )
        .offset(KEPT)
    )
    gone = [item_id or 0 for item_id in (await db.execute(older)).scalars()]
    if gone:
        await change(db, delete(SourceItem).where(bulk.among(db, _ITEMS.c.id, gone)))
    return len(gone)


async def next_waiting(db: AsyncSession, source_id: int) -> SourceItem | None:
    """Return the oldest item that is to become a post."""
    query = select(SourceItem).where(
        SourceItem.source_id == source_id, SourceItem.state == ItemState.WAITING
    )
    at = func.coalesce(col(SourceItem.published_at), col(SourceItem.seen_at))
    # A feed begins with the newest.
    order = (col(SourceItem.seen_at), at, col(SourceItem.place).desc(), col(SourceItem.id))
    fresh = query.order_by(*order).limit(1).execution_options(populate_existing=True)
    return (await db.execute(fresh)).scalars().first()


async def newest_known(db: AsyncSession, source_id: int, *, number: int) -> list[SourceItem]:
    """Return the newest of those that were there first and became nothing, oldest of them first."""
    at = func.coalesce(col(SourceItem.published_at), col(SourceItem.seen_at))
    query = (
        select(SourceItem)
        .where(SourceItem.source_id == source_id, SourceItem.state == ItemState.KNOWN)
        .order_by(at.desc(), col(SourceItem.place), col(SourceItem.id).desc())
        .limit(number)
        .execution_options(populate_existing=True)
    )
    return list((await db.execute(query)).scalars())[::-1]


async def made_since(db: AsyncSession, source_id: int, *, since: datetime) -> int:
    """Return how many became posts from a moment on."""
    query = select(func.count()).where(
        col(SourceItem.source_id) == source_id, col(SourceItem.made_at) > since
    )
    return int((await db.execute(query)).scalar_one())


async def counts(db: AsyncSession, workspace_id: int) -> dict[int, dict[str, int]]:
    """Return how many items of each source have each state."""
    query = (
        select(col(SourceItem.source_id), col(SourceItem.state), func.count())
        .where(SourceItem.workspace_id == workspace_id)
        .group_by(col(SourceItem.source_id), col(SourceItem.state))
    )
    found: dict[int, dict[str, int]] = {}
    for source_id, state, number in (await db.execute(query)).all():
        found.setdefault(source_id, {})[str(state)] = number
    return found


async def settle_for_known(db: AsyncSession, source_id: int) -> None:
    """Let what waits count as known."""
    await db.execute(
        update(SourceItem)
        .where(col(SourceItem.source_id) == source_id, col(SourceItem.state) == ItemState.WAITING)
        .values(state=str(ItemState.KNOWN))
    )


async def forget(db: AsyncSession, source_id: int) -> None:
    """Delete a source and what is known of its items; the posts stay."""
    await change(db, delete(SourceItem).where(col(SourceItem.source_id) == source_id))
    await change(db, delete(Source).where(col(Source.id) == source_id))
