"""What posts and pages said before, newest first."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from socialapp.domain.versions import KEPT
from socialapp.store.pages import Page, count, read_cursor, write_cursor
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Person, PostVersion


async def newest(db: AsyncSession, post_id: int) -> PostVersion | None:
    """Return the version that a post has now; None when it was never edited."""
    query = (
        select(PostVersion)
        .where(PostVersion.post_id == post_id)
        .order_by(col(PostVersion.revision).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def get(
    db: AsyncSession, workspace_id: int, post_id: int, revision: int
) -> PostVersion | None:
    """Return one version, or None."""
    query = select(PostVersion).where(
        PostVersion.workspace_id == workspace_id,
        PostVersion.post_id == post_id,
        PostVersion.revision == revision,
    )
    return (await db.execute(query)).scalar_one_or_none()


async def before(db: AsyncSession, version: PostVersion) -> PostVersion | None:
    """Return the version before, or None."""
    query = (
        select(PostVersion)
        .where(PostVersion.post_id == version.post_id, PostVersion.revision < version.revision)
        .order_by(col(PostVersion.revision).desc())
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def page(
    db: AsyncSession, workspace_id: int, post_id: int, *, limit: int, cursor: str = ""
) -> tuple[Page[PostVersion], PostVersion | None]:
    """Return versions of a post, and the one before the last of them, if there is one."""
    query = select(PostVersion).where(
        PostVersion.workspace_id == workspace_id, PostVersion.post_id == post_id
    )
    total = await count(db, query)
    if cursor:
        query = query.where(col(PostVersion.revision) < read_cursor(cursor, int)[0])
    query = query.order_by(col(PostVersion.revision).desc()).limit(limit + 1)
    rows = list((await db.execute(query)).scalars())
    more = write_cursor(rows[limit - 1].revision) if len(rows) > limit else ""
    return Page(rows[:limit], more, total), rows[limit] if more else None


async def add(db: AsyncSession, version: PostVersion) -> None:
    """Keep a version; the oldest beyond what is kept of a post is dropped."""
    db.add(version)
    await db.flush()
    oldest = (
        select(PostVersion.revision)
        .where(PostVersion.post_id == version.post_id)
        .order_by(col(PostVersion.revision).desc())
        .offset(KEPT)
        .limit(1)
    )
    last = (await db.execute(oldest)).scalar_one_or_none()
    if last is not None:
        here = col(PostVersion.post_id) == version.post_id
        await change(db, delete(PostVersion).where(here, col(PostVersion.revision) <= last))


async def replace(
    db: AsyncSession, version: PostVersion, *, revision: int, content: dict[str, Any], at: datetime
) -> None:
    """Let a version go on with what was saved now."""
    await change(
        db,
        update(PostVersion)
        .where(col(PostVersion.id) == version.id)
        .values(revision=revision, content=content, saved_at=at),
    )


async def name_of(db: AsyncSession, person_id: int | None) -> str:
    """Return the name of a person; empty when it is not known."""
    if person_id is None:
        return ""
    query = select(Person.name).where(Person.id == person_id)
    return (await db.execute(query)).scalar_one_or_none() or ""
