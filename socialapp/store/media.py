"""The rows of the library: pictures and videos of a workspace, and where they are used."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import col

from socialapp.domain.delivery import Shown
from socialapp.store import uploads
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import MediaAsset, PhotoPosting, Post, PostMedia, Schedule


async def get(db: AsyncSession, workspace_id: int, media_id: int) -> MediaAsset | None:
    """Return a medium of the workspace."""
    return await uploads.get(db, MediaAsset, workspace_id, media_id)


async def for_job(db: AsyncSession, media_id: int) -> MediaAsset | None:
    """Return a medium of any workspace: for the worker, which serves no person."""
    return await db.get(MediaAsset, media_id)


async def some(
    db: AsyncSession, workspace_id: int, media_ids: Iterable[int]
) -> dict[int, MediaAsset]:
    """Return those of the ids that the workspace has."""
    return await uploads.some(db, MediaAsset, workspace_id, media_ids)


async def called(db: AsyncSession, workspace_id: int, name: str) -> list[int]:
    """Return the media with that file name, or with that id; two at most."""
    is_it = col(MediaAsset.filename) == name
    if name.isascii() and name.isdigit() and len(name) < 19:
        is_it |= col(MediaAsset.id) == int(name)
    mine = col(MediaAsset.workspace_id) == workspace_id
    query = select(col(MediaAsset.id)).where(mine, is_it).limit(2)
    return [media_id for media_id in (await db.execute(query)).scalars() if media_id]


async def page(
    db: AsyncSession, workspace_id: int, *, without_alt: bool = False, **asked: Any
) -> Page[MediaAsset]:
    """Return media, the newest first. Asked for with: q, limit, cursor."""
    about = col(MediaAsset.alt_text)
    only = [about == ""] if without_alt else []
    return await uploads.page(db, MediaAsset, workspace_id, *only, about=about, **asked)


async def is_planned_by_people(db: AsyncSession, media_id: int) -> bool:
    """Whether a post that is not out yet has a medium, other than one of Autopilot's."""
    by_itself = select(col(Schedule.post_id)).join(
        PhotoPosting, col(PhotoPosting.schedule_id) == col(Schedule.id)
    )
    has_it = select(col(PostMedia.post_id)).where(col(PostMedia.media_id) == media_id)
    query = select(col(Post.id)).where(
        col(Post.id).in_(has_it),
        col(Post.id).not_in(by_itself),
        col(Post.deleted_at).is_(None),
        col(Post.status) != Shown.POSTED,
    )
    return (await db.execute(query.limit(1))).first() is not None


async def describe_if_nobody_has(
    db: AsyncSession, workspace_id: int, media_id: int, alt_text: str
) -> bool:
    """Describe a medium that has no description; False when it has one by now."""
    its = (col(MediaAsset.id) == media_id, col(MediaAsset.workspace_id) == workspace_id)
    query = update(MediaAsset).where(*its, col(MediaAsset.alt_text) == "")
    return bool(await change(db, query.values(alt_text=alt_text)))


async def thumbnail_made(db: AsyncSession, media_id: int) -> None:
    """Note that the smaller versions are there."""
    query = update(MediaAsset).where(col(MediaAsset.id) == media_id).values(has_thumbnail=True)
    await db.execute(query)


async def without_thumbnail(db: AsyncSession, *, limit: int = 50) -> list[int]:
    """Return the newest pictures whose smaller versions are not there yet."""
    query = (
        select(col(MediaAsset.id))
        .where(col(MediaAsset.kind) != "video", col(MediaAsset.has_thumbnail).is_(False))
        .order_by(col(MediaAsset.id).desc())
        .limit(limit)
    )
    return [media_id for media_id in (await db.execute(query)).scalars() if media_id]


async def coverage(db: AsyncSession, workspace_id: int) -> tuple[int, int]:
    """Return how many media are described, and how many there are."""
    query = select(func.count(), func.count().filter(col(MediaAsset.alt_text) != "")).where(
        col(MediaAsset.workspace_id) == workspace_id
    )
    every, described = (await db.execute(query)).one()
    return described, every


async def fingerprint(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever the library looks different."""
    media = MediaAsset
    query = select(
        func.max(col(media.id)),
        func.count(),
        func.count().filter(col(media.has_thumbnail)),
        func.sum(func.length(col(media.alt_text))),
    ).where(col(media.workspace_id) == workspace_id)
    return ":".join(str(number or 0) for number in (await db.execute(query)).one())
