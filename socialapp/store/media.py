"""The rows of the library: pictures and films of a workspace, and where they are used."""

from collections.abc import Iterable

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import col

from socialapp.domain.delivery import Shown
from socialapp.store.pages import Page, count, like, read_cursor, write_cursor
from socialapp.store.session import AsyncSession
from socialapp.store.tables import MediaAsset, Post, PostMedia

SHOWN_USES = 10


async def get(db: AsyncSession, workspace_id: int, media_id: int) -> MediaAsset | None:
    """Return a medium of the workspace."""
    query = select(MediaAsset).where(
        col(MediaAsset.id) == media_id, col(MediaAsset.workspace_id) == workspace_id
    )
    return (await db.execute(query)).scalar_one_or_none()


async def for_job(db: AsyncSession, media_id: int) -> MediaAsset | None:
    """Return a medium of any workspace: for the worker, which serves no person."""
    return await db.get(MediaAsset, media_id)


async def some(
    db: AsyncSession, workspace_id: int, media_ids: Iterable[int]
) -> dict[int, MediaAsset]:
    """Return those of the ids that the workspace has."""
    query = select(MediaAsset).where(
        col(MediaAsset.id).in_(set(media_ids)), col(MediaAsset.workspace_id) == workspace_id
    )
    return {asset.id or 0: asset for asset in (await db.execute(query)).scalars()}


async def page(
    db: AsyncSession,
    workspace_id: int,
    *,
    q: str = "",
    limit: int = 50,
    cursor: str = "",
    without_alt: bool = False,
) -> Page[MediaAsset]:
    """Return media, the newest first; `q` is looked for in names and descriptions."""
    query = select(MediaAsset).where(col(MediaAsset.workspace_id) == workspace_id)
    if without_alt:
        query = query.where(col(MediaAsset.alt_text) == "")
    if q:
        words = like(q.lower())
        query = query.where(
            or_(
                func.lower(col(MediaAsset.filename)).like(words, escape="\\"),
                func.lower(col(MediaAsset.alt_text)).like(words, escape="\\"),
            )
        )
    total = await count(db, query)
    if cursor:
        (before,) = read_cursor(cursor, int)
        query = query.where(col(MediaAsset.id) < before)
    query = query.order_by(col(MediaAsset.id).desc()).limit(limit + 1)
    rows = list((await db.execute(query)).scalars())
    more = write_cursor(rows[limit - 1].id) if len(rows) > limit else ""
    return Page(rows[:limit], more, total)


async def uses(db: AsyncSession, media_id: int, *, limit: int = SHOWN_USES) -> list[Post]:
    """Return the posts that still need a medium: everything but posted ones and the trash."""
    shows = select(col(PostMedia.post_id)).where(col(PostMedia.media_id) == media_id)
    query = (
        select(Post)
        .where(col(Post.id).in_(shows))
        .where(col(Post.deleted_at).is_(None), col(Post.status) != Shown.POSTED)
        .order_by(col(Post.id).desc())
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def remove(db: AsyncSession, media_id: int) -> None:
    """Delete the row, also out of posts that are done with it."""
    await db.execute(delete(PostMedia).where(col(PostMedia.media_id) == media_id))
    await db.execute(delete(MediaAsset).where(col(MediaAsset.id) == media_id))


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


async def unknown_keys(db: AsyncSession, keys: list[str]) -> list[str]:
    """Return those of the keys that no row has."""
    query = select(col(MediaAsset.key)).where(col(MediaAsset.key).in_(keys))
    known = set((await db.execute(query)).scalars())
    return [key for key in keys if key not in known]


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
