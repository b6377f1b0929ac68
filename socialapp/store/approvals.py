"""What is said about posts, who approved which revision, and what waits for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Table, update
from sqlmodel import col, select

from socialapp.domain.approval import Said
from socialapp.domain.delivery import AWAITING, UNSENT, Status, check_arrow
from socialapp.store import bulk
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Delivery, Post, PostComment, Schedule

_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]


async def comments_of(db: AsyncSession, workspace_id: int, post_id: int) -> list[PostComment]:
    """Return what was said about a post, oldest first."""
    query = (
        select(PostComment)
        .where(PostComment.workspace_id == workspace_id, PostComment.post_id == post_id)
        .order_by(col(PostComment.id))
    )
    return list((await db.execute(query)).scalars())


async def approvals(db: AsyncSession, post: Post) -> list[PostComment]:
    """Return the approvals of a post as it is now."""
    query = select(PostComment).where(
        PostComment.post_id == post.id,
        PostComment.revision == post.revision,
        PostComment.kind == Said.APPROVED,
    )
    return list((await db.execute(query)).scalars())


async def is_any_uncleared(db: AsyncSession, schedule_ids: Collection[int]) -> bool:
    """Whether the post of one of these is not approved as it stands."""
    uncleared = (
        select(Schedule.id)
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(
            bulk.among(db, _SCHEDULES.c.id, schedule_ids),
            col(Post.approved_revision).is_distinct_from(col(Post.revision)),
        )
        .limit(1)
    )
    return (await db.execute(uncleared)).first() is not None


async def clear(db: AsyncSession, post: Post) -> None:
    """Let this revision of a post go out; another needs approval of its own."""
    post.approved_revision = post.revision
    await change(
        db,
        update(Post).where(col(Post.id) == post.id).values(approved_revision=post.revision),
    )


async def hold(db: AsyncSession, schedule_ids: Collection[int]) -> int:
    """Let what is queued wait for approval: whoever holds it cannot send it any more."""
    sources = [*UNSENT, Status.PAUSED]
    check_arrow(sources, Status.NEEDS_APPROVAL)
    return await _turn(db, schedule_ids, sources, Status.NEEDS_APPROVAL, intent=None)


async def ask_for_changes(db: AsyncSession, schedule_ids: Collection[int]) -> int:
    """Give what waits for approval back to its author."""
    check_arrow([Status.NEEDS_APPROVAL], Status.CHANGES_REQUESTED)
    return await _turn(db, schedule_ids, [Status.NEEDS_APPROVAL], Status.CHANGES_REQUESTED)


async def ask_again(db: AsyncSession, schedule_ids: Collection[int]) -> int:
    """Let it wait for approval again."""
    check_arrow([Status.CHANGES_REQUESTED], Status.NEEDS_APPROVAL)
    return await _turn(db, schedule_ids, [Status.CHANGES_REQUESTED], Status.NEEDS_APPROVAL)


TOO_LATE = "It was approved after its moment had passed. Choose another, or publish it now."


async def release(db: AsyncSession, schedule_ids: Collection[int], *, now: datetime) -> None:
    """Queue what waited and whose moment is to come; the rest is missed: a person decides."""
    check_arrow(AWAITING, Status.QUEUED)
    check_arrow(AWAITING, Status.MISSED)
    late = col(Delivery.planned_at) <= now
    await _turn(db, schedule_ids, AWAITING, Status.MISSED, late, reason=TOO_LATE, action="retry")
    await _turn(db, schedule_ids, AWAITING, Status.QUEUED)


async def _turn(
    db: AsyncSession,
    schedule_ids: Collection[int],
    old: Collection[Status],
    new: Status,
    *only: Any,
    **more: Any,
) -> int:
    await db.flush()
    return await change(
        db,
        update(Delivery)
        .where(col(Delivery.schedule_id).in_(list(schedule_ids)))
        .where(col(Delivery.status).in_(list(old)), *only)
        .values(status=new, owner=None, fence=col(Delivery.fence) + 1, **more),
    )
