"""Review links, what they show, and what was said through them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import (
    MediaAsset,
    Person,
    Post,
    PostComment,
    PostMedia,
    ReviewLink,
    ReviewLinkPost,
    Workspace,
)


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(ReviewLink.revoked_at).is_(None), col(ReviewLink.expires_at) > now)


async def add(db: AsyncSession, link: ReviewLink, post_ids: Iterable[int]) -> None:
    """Keep a link to these posts, in their order."""
    db.add(link)
    await db.flush()
    db.add_all(
        ReviewLinkPost(link_id=link.id or 0, post_id=post_id, position=position)
        for position, post_id in enumerate(post_ids)
    )
    await db.flush()


async def by_secret(
    db: AsyncSession, secret_hash: str, *, now: datetime
) -> tuple[ReviewLink, Workspace, str] | None:
    """Return a link that is open, its workspace, and the name of who made it or ""."""
    query = (
        select(ReviewLink, Workspace, Person.name)
        .join(Workspace, col(Workspace.id) == ReviewLink.workspace_id)
        .outerjoin(Person, col(Person.id) == ReviewLink.created_by)
        .where(ReviewLink.secret_hash == secret_hash, *_open(now))
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1], row[2] or "") if row else None


async def medium(
    db: AsyncSession, link_id: int, media_id: int, *, now: datetime
) -> tuple[MediaAsset, str] | None:
    """Return a medium of a post that an open link shows, and the hash of the link's secret."""
    query = (
        select(MediaAsset, ReviewLink.secret_hash)
        .select_from(ReviewLink)
        .join(ReviewLinkPost, col(ReviewLinkPost.link_id) == ReviewLink.id)
        .join(Post, col(Post.id) == ReviewLinkPost.post_id)
        .join(PostMedia, col(PostMedia.post_id) == Post.id)
        .join(MediaAsset, col(MediaAsset.id) == PostMedia.media_id)
        .where(ReviewLink.id == link_id, MediaAsset.id == media_id, *_open(now))
        .where(MediaAsset.workspace_id == ReviewLink.workspace_id, col(Post.deleted_at).is_(None))
        .limit(1)
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def posts_of(db: AsyncSession, link: ReviewLink) -> list[Post]:
    """Return what a link shows, in its order; what was deleted meanwhile is not in it."""
    query = (
        select(Post)
        .join(ReviewLinkPost, col(ReviewLinkPost.post_id) == Post.id)
        .where(ReviewLinkPost.link_id == link.id, Post.workspace_id == link.workspace_id)
        .where(col(Post.deleted_at).is_(None))
        .order_by(col(ReviewLinkPost.position))
    )
    return list((await db.execute(query)).scalars())


async def said_through(db: AsyncSession, link_id: int) -> dict[int, list[PostComment]]:
    """Return what was said through a link, by post, oldest first."""
    query = select(PostComment).where(PostComment.link_id == link_id).order_by(col(PostComment.id))
    found: dict[int, list[PostComment]] = {}
    for each in (await db.execute(query)).scalars():
        found.setdefault(each.post_id, []).append(each)
    return found


async def count_said(db: AsyncSession, link_id: int, *, since: datetime) -> int:
    """Count what was said through a link since then."""
    query = select(func.count()).where(
        PostComment.link_id == link_id, PostComment.created_at > since
    )
    return int((await db.execute(query)).scalar_one())


@dataclass(frozen=True)
class Listed:
    """An open link, as those who may make one see it."""

    link: ReviewLink
    made_by: str
    post_ids: tuple[int, ...]


async def of_workspace(db: AsyncSession, workspace_id: int, *, now: datetime) -> list[Listed]:
    """Return the links that still open, newest first."""
    query = (
        select(ReviewLink, Person.name)
        .outerjoin(Person, col(Person.id) == ReviewLink.created_by)
        .where(ReviewLink.workspace_id == workspace_id, *_open(now))
        .order_by(col(ReviewLink.id).desc())
    )
    found = (await db.execute(query)).all()
    shows = await _shown_by(db, [link.id or 0 for link, _ in found])
    return [Listed(link, name or "", tuple(shows.get(link.id or 0, ()))) for link, name in found]


async def _shown_by(db: AsyncSession, link_ids: Collection[int]) -> dict[int, list[int]]:
    query = (
        select(ReviewLinkPost)
        .where(col(ReviewLinkPost.link_id).in_(link_ids))
        .order_by(col(ReviewLinkPost.link_id), col(ReviewLinkPost.position))
    )
    found: dict[int, list[int]] = {}
    for each in (await db.execute(query)).scalars():
        found.setdefault(each.link_id, []).append(each.post_id)
    return found


async def opened(db: AsyncSession, link_id: int, *, now: datetime) -> None:
    """Note that somebody has just looked."""
    await db.execute(
        update(ReviewLink).where(col(ReviewLink.id) == link_id).values(last_opened_at=now)
    )


async def revoke(db: AsyncSession, workspace_id: int, link_id: int, *, now: datetime) -> bool:
    """End a link of the workspace; False when there is none that opens."""
    mine = (col(ReviewLink.id) == link_id, col(ReviewLink.workspace_id) == workspace_id)
    ended = update(ReviewLink).where(*mine, *_open(now)).values(revoked_at=now)
    return bool(await change(db, ended))


async def end_of(db: AsyncSession, workspace_id: int, person_id: int) -> None:
    """End the links that somebody made, who is no longer in the workspace."""
    mine = (
        col(ReviewLink.workspace_id) == workspace_id,
        col(ReviewLink.created_by) == person_id,
        col(ReviewLink.revoked_at).is_(None),
    )
    await change(db, update(ReviewLink).where(*mine).values(revoked_at=utc_now()))
