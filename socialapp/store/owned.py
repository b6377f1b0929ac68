"""What every row has that belongs to a workspace: one by its id, the newest first, those due."""

from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from socialapp.store.pages import Page, count, read_cursor, write_cursor
from socialapp.store.session import AsyncSession

Row = TypeVar("Row", bound=SQLModel)
AT_ONCE = 500


async def one(
    db: AsyncSession, kind: type[Row], workspace_id: int, row_id: int, *, lock: bool = False
) -> Row | None:
    """Return a row of the workspace; with `lock` nobody else changes it until the commit.

    Locks are taken in this order: workspace, the row, its posts.
    """
    columns: Any = kind
    query = select(kind).where(columns.id == row_id, columns.workspace_id == workspace_id)
    if lock:
        query = query.with_for_update(key_share=True)
    found = await db.execute(query.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def newest(
    db: AsyncSession, kind: type[Row], query: Any, *, limit: int, cursor: str
) -> Page[Row]:
    """Return a page of what `query` finds, the newest first."""
    columns: Any = kind
    its_id = col(columns.id)
    total = await count(db, query)
    if cursor:
        query = query.where(its_id < read_cursor(cursor, int)[0])
    found = await db.execute(query.order_by(its_id.desc()).limit(limit + 1))
    rows: list[Any] = list(found.scalars())
    more = write_cursor(rows[limit - 1].id) if len(rows) > limit else ""
    return Page(rows[:limit], more, total)


async def due(
    db: AsyncSession, kind: type[SQLModel], *, now: datetime, limit: int = AT_ONCE
) -> list[tuple[int, int]]:
    """Return workspace and id of those whose `look_at` has come, the longest due first."""
    columns: Any = kind
    query = select(col(columns.workspace_id), col(columns.id)).where(col(columns.look_at) <= now)
    found = await db.execute(query.order_by(col(columns.look_at)).limit(limit))
    return [(workspace_id, row_id) for workspace_id, row_id in found.all()]
