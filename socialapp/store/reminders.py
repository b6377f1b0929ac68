"""What waits for somebody's approval, since when, and until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from socialapp.domain.approval import Said
from socialapp.domain.content import Kind
from socialapp.domain.delivery import Status
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Delivery, Post, PostComment, Schedule


@dataclass(frozen=True)
class Waiting:
    """A post whose next moment has to be approved."""

    workspace_id: int
    post_id: int
    schedule_id: int
    """The one that comes first."""
    planned_at: datetime
    zone: str
    since: datetime
    """When it was last submitted."""
    words: str


async def waiting(db: AsyncSession, *, now: datetime, post_id: int | None = None) -> list[Waiting]:
    """Return the posts of all workspaces that wait, or whether one does; none that is late."""
    submitted = (
        select(func.max(PostComment.created_at))
        .where(PostComment.post_id == Post.id, PostComment.kind == Said.SUBMITTED)
        .correlate(Post)
        .scalar_subquery()
    )
    query = (
        select(Post, Schedule, col(Delivery.planned_at), submitted)
        .select_from(Delivery)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(Delivery.status == Status.NEEDS_APPROVAL, Delivery.planned_at > now)
        .where(col(Post.deleted_at).is_(None), col(Post.is_aside).is_(False))
        .order_by(col(Delivery.planned_at), col(Delivery.id))
    )
    if post_id is not None:
        query = query.where(Post.id == post_id)
    found: dict[int, Waiting] = {}
    for post, schedule, planned_at, submitted_at in (await db.execute(query)).all():
        found.setdefault(
            post.id or 0,
            Waiting(
                workspace_id=post.workspace_id,
                post_id=post.id or 0,
                schedule_id=schedule.id or 0,
                planned_at=planned_at,
                zone=schedule.timezone,
                since=submitted_at or schedule.created_at,
                words=post.title if post.kind == Kind.PAGE and post.title else post.text,
            ),
        )
    return list(found.values())
