"""Comparisons: the rows of two wordings, and where each of their posts is by now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.domain.delivery import AWAITING, UNSENT, Shown, Status, shown
from socialapp.store import owned
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import (
    Comparison,
    ComparisonSending,
    Delivery,
    Post,
    Result,
    Schedule,
)


async def get(
    db: AsyncSession, workspace_id: int, comparison_id: int, *, lock: bool = False
) -> Comparison | None:
    """Return a comparison of the workspace, as `owned.one` does."""
    return await owned.one(db, Comparison, workspace_id, comparison_id, lock=lock)


async def page(
    db: AsyncSession, workspace_id: int, *, limit: int = 50, cursor: str = ""
) -> Page[Comparison]:
    """Return the comparisons of a workspace, the newest first."""
    query = select(Comparison).where(Comparison.workspace_id == workspace_id)
    return await owned.newest(db, Comparison, query, limit=limit, cursor=cursor)


async def running(db: AsyncSession, workspace_id: int) -> int:
    """Return how many comparisons of a workspace have neither ended nor been stopped."""
    query = select(func.count()).where(
        col(Comparison.workspace_id) == workspace_id,
        col(Comparison.ended_at).is_(None),
        col(Comparison.stopped_at).is_(None),
    )
    return int((await db.execute(query)).scalar_one())


async def to_look_at(db: AsyncSession, *, now: datetime) -> list[tuple[int, int]]:
    """Return workspace and id of the comparisons of which more may have to be measured."""
    return await owned.due(db, Comparison, now=now)


async def sendings(
    db: AsyncSession, comparison_ids: Iterable[int]
) -> dict[int, list[ComparisonSending]]:
    """Return the posts of each comparison, pair by pair, the first of the two first."""
    query = (
        select(ComparisonSending)
        .where(col(ComparisonSending.comparison_id).in_(set(comparison_ids)))
        .order_by(col(ComparisonSending.pair), col(ComparisonSending.planned_at))
    )
    found: dict[int, list[ComparisonSending]] = {}
    for each in (await db.execute(query)).scalars():
        found.setdefault(each.comparison_id, []).append(each)
    return found


@dataclass(frozen=True)
class Whereabouts:
    """Where a post of a comparison is by now."""

    post: Post
    schedule: Schedule | None
    delivery: Delivery | None

    @property
    def status(self) -> str:
        """As people read it; of its own channel, wherever else it was planned."""
        if self.delivery and Status(self.delivery.status) is Status.POSTED:
            return Shown.POSTED
        if self.post.deleted_at or not self.schedule or not self.delivery:
            return Shown.CANCELLED
        return shown(Status(self.delivery.status))


async def whereabouts(db: AsyncSession, comparison_ids: Iterable[int]) -> dict[int, Whereabouts]:
    """Return by sending where its post is: where it is out, or else where it was planned last."""
    query = (
        select(ComparisonSending, Post, Schedule, Delivery)
        .join(Post, col(Post.id) == ComparisonSending.post_id)
        .outerjoin(Schedule, col(Schedule.post_id) == Post.id)
        .outerjoin(
            Delivery,
            and_(
                col(Delivery.schedule_id) == Schedule.id,
                col(Delivery.channel_id) == ComparisonSending.channel_id,
            ),
        )
        .where(col(ComparisonSending.comparison_id).in_(set(comparison_ids)))
        .order_by(col(ComparisonSending.id), col(Schedule.id))
        .execution_options(populate_existing=True)
    )
    found: dict[int, Whereabouts] = {}
    for sending, post, schedule, delivery in (await db.execute(query)).all():
        before = found.get(sending.id or 0)
        if before and (before.status == Shown.POSTED or (before.delivery and not delivery)):
            continue
        found[sending.id or 0] = Whereabouts(post, schedule, delivery)
    return found


_WAITS = (*UNSENT, Status.PAUSED, *AWAITING)


@dataclass(frozen=True)
class Waiting:
    """A delivery of a comparison's post that has not left, to whatever channel."""

    comparison_id: int
    schedule_id: int
    channel_id: int


async def waiting(db: AsyncSession, comparison_ids: Iterable[int]) -> list[Waiting]:
    """Return what of these comparisons still waits to go out; a thread that has begun is under way.

    Wherever people have given it to, and whenever: also long after its slot.
    """
    query = (
        select(
            col(ComparisonSending.comparison_id),
            col(Delivery.schedule_id),
            col(Delivery.channel_id),
            col(Delivery.progress),
        )
        .join(Schedule, col(Schedule.post_id) == ComparisonSending.post_id)
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .where(col(ComparisonSending.comparison_id).in_(set(comparison_ids)))
        .where(col(Delivery.status).in_(_WAITS))
        .order_by(col(Delivery.id))
    )
    return [
        Waiting(comparison_id, schedule_id, channel_id)
        for comparison_id, schedule_id, channel_id, progress in (await db.execute(query)).all()
        if not progress
    ]


async def is_stopped(db: AsyncSession, post_id: int) -> bool:
    """Whether a post is of a comparison that was stopped."""
    query = (
        select(col(Comparison.id))
        .join(ComparisonSending, col(ComparisonSending.comparison_id) == Comparison.id)
        .where(ComparisonSending.post_id == post_id, col(Comparison.stopped_at).is_not(None))
    )
    return (await db.execute(query.limit(1))).first() is not None


def siblings(post_id: int) -> SelectOfScalar[int]:
    """Return the query for the posts of the comparison that a post is of: the same on purpose."""
    mine = select(ComparisonSending.comparison_id).where(ComparisonSending.post_id == post_id)
    return select(ComparisonSending.post_id).where(col(ComparisonSending.comparison_id).in_(mine))


async def hasten(db: AsyncSession, delivery_id: int, *, due: datetime, now: datetime) -> None:
    """Have the network asked about a post now that it is `due`, unless that was done since."""
    its = col(Result.delivery_id) == delivery_id
    unasked = or_(col(Result.asked_at).is_(None), col(Result.asked_at) < due)
    later = or_(col(Result.due_at).is_(None), col(Result.due_at) > now)
    await change(db, update(Result).where(its, unasked, later).values(due_at=now))
