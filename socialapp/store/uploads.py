"""The rows of uploaded files, media and attachments alike: find, list, where used, forget."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from socialapp.domain.delivery import Shown
from socialapp.store import owned
from socialapp.store.pages import Page, like
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    AttachmentAsset,
    MediaAsset,
    Post,
    PostAttachment,
    PostMedia,
)

SHOWN_USES = 10
Asset = TypeVar("Asset", MediaAsset, AttachmentAsset)
_KINDS: tuple[type[MediaAsset], type[AttachmentAsset]] = (MediaAsset, AttachmentAsset)


async def get(
    db: AsyncSession, kind: type[Asset], workspace_id: int, asset_id: int
) -> Asset | None:
    """Return an upload of the workspace."""
    query = select(kind).where(col(kind.id) == asset_id, col(kind.workspace_id) == workspace_id)
    return (await db.execute(query)).scalar_one_or_none()


async def some(
    db: AsyncSession, kind: type[Asset], workspace_id: int, ids: Iterable[int]
) -> dict[int, Asset]:
    """Return those of the ids that the workspace has."""
    query = select(kind).where(col(kind.id).in_(set(ids)), col(kind.workspace_id) == workspace_id)
    return {asset.id or 0: asset for asset in (await db.execute(query)).scalars()}


async def page(
    db: AsyncSession,
    kind: type[Asset],
    workspace_id: int,
    *filters: ColumnElement[bool],
    about: Any,
    q: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Page[Asset]:
    """Return uploads, the newest first; `q` is looked for in names and in the column `about`."""
    query = select(kind).where(col(kind.workspace_id) == workspace_id, *filters)
    if q:
        words = like(q.lower())
        named = func.lower(col(kind.filename)).like(words, escape="\\")
        query = query.where(or_(named, func.lower(about).like(words, escape="\\")))
    return await owned.newest(db, kind, query, limit=limit, cursor=cursor)


def _link(kind: type[MediaAsset] | type[AttachmentAsset]) -> tuple[Any, Mapped[int]]:
    """Return the table that says which post has which upload, and its column for the upload."""
    if kind is MediaAsset:
        return PostMedia, col(PostMedia.media_id)
    return PostAttachment, col(PostAttachment.attachment_id)


async def uses(
    db: AsyncSession,
    kind: type[MediaAsset] | type[AttachmentAsset],
    asset_id: int,
    *,
    limit: int = SHOWN_USES,
) -> list[Post]:
    """Return what still needs an upload: everything but what was posted and the trash."""
    table, theirs = _link(kind)
    has_it = select(col(table.post_id)).where(theirs == asset_id)
    query = (
        select(Post)
        .where(col(Post.id).in_(has_it))
        .where(col(Post.deleted_at).is_(None), col(Post.status) != Shown.POSTED)
        .order_by(col(Post.id).desc())
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def remove(
    db: AsyncSession, kind: type[MediaAsset] | type[AttachmentAsset], asset_id: int
) -> None:
    """Delete the row, also out of posts that are done with it."""
    table, theirs = _link(kind)
    await db.execute(delete(table).where(theirs == asset_id))
    await db.execute(delete(kind).where(col(kind.id) == asset_id))


async def unknown_keys(db: AsyncSession, keys: list[str]) -> list[str]:
    """Return those of the keys that no upload has."""
    known: set[str] = set()
    for kind in _KINDS:
        query = select(col(kind.key)).where(col(kind.key).in_(keys))
        known |= set((await db.execute(query)).scalars())
    return [key for key in keys if key not in known]
