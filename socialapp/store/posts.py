"""Posts and pages, and the media in them."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    cast,
    exists,
    false,
    func,
    insert,
    or_,
    update,
)
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.domain.content import Kind
from socialapp.domain.delivery import Shown, post_status
from socialapp.store import bulk
from socialapp.store.pages import Page, count, like, read_cursor, write_cursor
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Channel, Delivery, MediaAsset, Post, PostMedia, Schedule

_POSTS: Table = Post.__table__  # type: ignore[attr-defined]
_POST_MEDIA: Table = PostMedia.__table__  # type: ignore[attr-defined]
_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]


_NEW = insert(_POSTS).returning(_POSTS.c.id)
_WRITTEN = [column.name for column in _POSTS.c if column.name != "id"]


async def add(db: AsyncSession, post: Post) -> int:
    """Keep a new post and give it its id.

    Past the session, which would take longer to look after the object than the database to keep
    it; so what is changed on it later is not written.
    """
    values = {name: getattr(post, name) for name in _WRITTEN}
    post.id = int((await db.execute(_NEW, values)).scalar_one())
    return post.id


async def get(
    db: AsyncSession,
    workspace_id: int,
    post_id: int,
    *,
    kind: Kind | None = Kind.POST,
    lock: bool = False,
) -> Post | None:
    """Return a post of the workspace that is not in the trash; of a `kind`, or of any."""
    query = select(Post).where(
        Post.id == post_id, Post.workspace_id == workspace_id, col(Post.deleted_at).is_(None)
    )
    if kind is not None:
        query = query.where(Post.kind == kind)
    if lock:
        query = query.with_for_update(key_share=True)
    return (await db.execute(query)).scalar_one_or_none()


async def media_of(db: AsyncSession, post_ids: Iterable[int]) -> dict[int, list[MediaAsset]]:
    """Return the shared media of each post, in order; posts without any are not in it."""
    query = (
        select(PostMedia.post_id, MediaAsset)
        .join(MediaAsset, col(MediaAsset.id) == PostMedia.media_id)
        .where(bulk.among(db, _POST_MEDIA.c.post_id, post_ids), PostMedia.place == "")
        .order_by(col(PostMedia.post_id), col(PostMedia.position))
    )
    found: dict[int, list[MediaAsset]] = {}
    for post_id, asset in (await db.execute(query)).all():
        found.setdefault(post_id, []).append(asset)
    return found


async def by_id(db: AsyncSession, workspace_id: int, ids: Iterable[int]) -> dict[int, Post]:
    """Return posts of the workspace, also those in the trash: what was posted names them."""
    query = select(Post).where(Post.workspace_id == workspace_id, col(Post.id).in_(set(ids)))
    return {post.id or 0: post for post in (await db.execute(query)).scalars()}


async def statuses(db: AsyncSession, post_ids: Iterable[int]) -> dict[str, str]:
    """Return the statuses of posts and pages, by their ids as text."""
    query = select(Post.id, Post.status).where(bulk.among(db, _POSTS.c.id, post_ids))
    return {str(post_id): str(status) for post_id, status in (await db.execute(query)).all()}


async def edit(
    db: AsyncSession, post_id: int, *, revision: int | None, now: datetime, **changes: Any
) -> bool:
    """Change a post if it still has `revision` (None: whatever it has); False when it has not."""
    query = update(Post).where(col(Post.id) == post_id)
    if revision is not None:
        query = query.where(col(Post.revision) == revision)
    done = await change(
        db, query.values(revision=col(Post.revision) + 1, updated_at=now, **changes)
    )
    return bool(done)


async def restore(
    db: AsyncSession, workspace_id: int, post_id: int, revision: int, *, now: datetime
) -> bool:
    """Take a post out of the trash that is there as it was at `revision`; False when it is not."""
    query = update(Post).where(
        col(Post.id) == post_id,
        col(Post.workspace_id) == workspace_id,
        col(Post.deleted_at).is_not(None),
        col(Post.revision) == revision,
    )
    values: dict[str, Any] = {"revision": revision + 1, "deleted_at": None, "updated_at": now}
    return bool(await change(db, query.values(**values)))


async def refresh_status(db: AsyncSession, post_ids: Iterable[int]) -> None:
    """Derive the statuses and moments of posts again, after their schedules changed."""
    ids = set(post_ids)
    await db.flush()
    line = await db.connection()
    query = _SCHEDULES.select().with_only_columns(
        _SCHEDULES.c.post_id, _SCHEDULES.c.status, _SCHEDULES.c.scheduled_at
    )
    theirs = query.where(bulk.among(db, _SCHEDULES.c.post_id, ids))
    found: dict[int, list[tuple[str, datetime]]] = {post_id: [] for post_id in ids}
    for post_id, status, at in (await line.execute(theirs)).all():
        found[post_id].append((status, at))
    alike: dict[tuple[str, datetime | None], list[int]] = {}
    for post_id, planned in found.items():
        alive = [at for status, at in planned if status != Shown.CANCELLED]
        word = post_status(Shown(status) for status, _ in planned)
        alike.setdefault((word, max(alive, default=None)), []).append(post_id)
    for (status, scheduled_at), some in alike.items():
        await line.execute(
            update(_POSTS)
            .where(bulk.among(db, _POSTS.c.id, some))
            .values(status=status, scheduled_at=scheduled_at)
        )


def has_words(q: str) -> ColumnElement[bool]:
    """Whether a post or page says `q`, in its title or text."""
    words = like(q.lower())
    said = func.lower(col(Post.text)).like(words, escape="\\")
    return or_(said, func.lower(col(Post.title)).like(words, escape="\\"))


def has_tag(tag: str) -> ColumnElement[bool]:
    """Whether a post or page has a tag."""
    return cast(col(Post.tags), String).like(like(json.dumps(tag)), escape="\\")


def _is_meant_for(channel_id: int) -> ColumnElement[bool]:
    """Whether a post names a channel; `channel_ids` is a JSON list of numbers."""
    plain: ColumnElement[str] = cast(col(Post.channel_ids), String)
    for sign, instead in ((" ", ""), ("[", ","), ("]", ",")):
        plain = func.replace(plain, sign, instead)
    return plain.like(f"%,{int(channel_id)},%")


def _filtered(
    workspace_id: int,
    *,
    kind: Kind | None = Kind.POST,
    status: str = "",
    channel_id: int | None = None,
    provider: str = "",
    campaign: str = "",
    tag: str = "",
    meant_for: Collection[int] | None = None,
    q: str = "",
) -> SelectOfScalar[Post]:
    kinds = list(Kind) if kind is None else [kind]
    query = select(Post).where(
        Post.workspace_id == workspace_id,
        col(Post.kind).in_(kinds),
        col(Post.deleted_at).is_(None),
        col(Post.is_aside).is_(False),
    )
    if status:
        query = query.where(Post.status == status)
    if campaign:
        query = query.where(Post.campaign == campaign)
    if tag:
        query = query.where(has_tag(tag))
    if meant_for is not None:
        query = query.where(or_(false(), *(_is_meant_for(each) for each in meant_for)))
    if q:
        query = query.where(has_words(q))
    if channel_id is not None or provider:
        to = (
            exists()
            .where(col(Schedule.post_id) == Post.id)
            .where(col(Delivery.schedule_id) == Schedule.id)
        )
        if channel_id is not None:
            to = to.where(col(Delivery.channel_id) == channel_id)
        if provider:
            to = to.where(col(Channel.id) == Delivery.channel_id, col(Channel.provider) == provider)
        query = query.where(to)
    return query


async def page(
    db: AsyncSession,
    workspace_id: int,
    *,
    kind: Kind | None = Kind.POST,
    sort: str = "created_at",
    limit: int = 50,
    cursor: str = "",
    **filters: Any,
) -> Page[Post]:
    """Return posts of a kind or of all, the newest first.

    By `scheduled_at`, those never scheduled come last.
    """
    query = _filtered(workspace_id, kind=kind, **filters)
    total = await count(db, query)
    if sort == "scheduled_at":
        return await _page_by_time(db, query, limit, cursor, total)
    before = read_cursor(cursor, int)[0] if cursor else None
    rows: list[Post] = []
    # Each kind for itself comes from the index in order; all at once would be sorted.
    for one in [kind] if kind else Kind:
        query = _filtered(workspace_id, kind=one, **filters)
        if before is not None:
            query = query.where(col(Post.id) < before)
        rows += (await db.execute(query.order_by(col(Post.id).desc()).limit(limit + 1))).scalars()
    rows.sort(key=lambda post: post.id or 0, reverse=True)
    more = write_cursor(rows[limit - 1].id) if len(rows) > limit else ""
    return Page(rows[:limit], more, total)


async def _page_by_time(
    db: AsyncSession, query: SelectOfScalar[Post], limit: int, cursor: str, total: int | None
) -> Page[Post]:
    at, never = col(Post.scheduled_at), col(Post.scheduled_at).is_(None)
    if cursor:
        time, before = read_cursor(cursor, str, int)
        older = col(Post.id) < before
        if time:
            (last,) = read_cursor(write_cursor(time), datetime)
            query = query.where(or_(at < last, and_(at == last, older), never))
        else:
            query = query.where(never, older)
    query = query.order_by(never, at.desc(), col(Post.id).desc()).limit(limit + 1)
    rows = list((await db.execute(query)).scalars())
    more = ""
    if len(rows) > limit:
        last_row = rows[limit - 1]
        when = last_row.scheduled_at.isoformat() if last_row.scheduled_at else ""
        more = write_cursor(when, last_row.id)
    return Page(rows[:limit], more, total)
