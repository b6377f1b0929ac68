"""What a workspace looks like at this moment: counts, what changed, what is next, who works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, exists, func
from sqlmodel import col, select

from socialapp.domain.content import Kind
from socialapp.domain.delivery import UNSENT, Shown, Status
from socialapp.store import knobs, pages, workers
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    ApiKey,
    Channel,
    Delivery,
    Post,
    Schedule,
    WorkerBeat,
    Workspace,
)

OVERDUE_AFTER = timedelta(seconds=10)


async def counts(db: AsyncSession, workspace_id: int) -> dict[str, int]:
    """Return how many schedules have each status; `draft` counts posts and pages.

    More than COUNTED_UP_TO of one are not counted: every change on every page asks for these.
    """
    ways = {word: _counted(_with_status(Schedule, workspace_id, word)) for word in Shown}
    # Every kind by its name: the index has it before the status.
    drafts = _with_status(Post, workspace_id, Shown.DRAFT).where(
        col(Post.kind).in_(list(Kind)),
        col(Post.deleted_at).is_(None),
        col(Post.is_aside).is_(False),
    )
    ways[Shown.DRAFT] = _counted(drafts)
    found = (await db.execute(select(*ways.values()))).one()
    return {
        word.value: number
        for word, number in zip(ways, found, strict=True)
        if number or word is Shown.DRAFT
    }


def _with_status(table: type[Schedule] | type[Post], workspace_id: int, word: Shown) -> Any:
    return select(col(table.id)).where(table.workspace_id == workspace_id, table.status == word)


def _counted(query: Any) -> ScalarSelect[int]:
    some = query.limit(pages.COUNTED_UP_TO + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


async def changed_since(
    db: AsyncSession, workspace_id: int, since: datetime, *, limit: int = 50
) -> list[Schedule]:
    """Return what changed last, newest first."""
    query = (
        select(Schedule)
        .where(Schedule.workspace_id == workspace_id, Schedule.updated_at > since)
        .order_by(col(Schedule.updated_at).desc())
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def with_status(
    db: AsyncSession,
    workspace_id: int,
    statuses: Iterable[str],
    *,
    limit: int,
    newest_first: bool = False,
) -> list[Schedule]:
    """Return schedules with one of the statuses, by their time."""
    found: list[Schedule] = []
    # One by one, each from the index in its order: asked for together, all that have one of them
    # would be read and sorted.
    for status in statuses:
        order = (col(Schedule.scheduled_at), col(Schedule.id))
        query = (
            select(Schedule)
            .where(Schedule.workspace_id == workspace_id, Schedule.status == status)
            .order_by(*(o.desc() if newest_first else o for o in order))
            .limit(limit)
        )
        found += (await db.execute(query)).scalars()
    found.sort(key=lambda s: (s.scheduled_at, s.id), reverse=newest_first)
    return found[:limit]


async def newest_post(db: AsyncSession, workspace_id: int) -> int:
    """Return the id of the youngest post, 0 without any: it grows with each new one."""
    query = select(func.max(Post.id)).where(Post.workspace_id == workspace_id)
    return int((await db.execute(query)).scalar() or 0)


@dataclass(frozen=True)
class Lost:
    """A channel that has lost its access."""

    channel_id: int
    name: str


@dataclass(frozen=True)
class Health:
    """Whether posts can go out, as the database knows it."""

    workers: int
    overdue: int
    next_due: datetime | None
    is_paused: bool
    to_reconnect: tuple[Lost, ...]
    is_running: bool = True
    """False: the operator has stopped publishing for the whole installation."""
    troubles: tuple[str, ...] = ()
    """What keeps workers from their work, in words for the operator."""


async def health(db: AsyncSession, workspace_id: int, *, now: datetime) -> Health:
    """Read what a person has to know about the running of the workspace."""
    workspace = (
        await db.execute(select(Workspace).where(Workspace.id == workspace_id))
    ).scalar_one()
    channels = select(Channel.id, Channel.name, Channel.needs_reconnect).where(
        Channel.workspace_id == workspace_id, col(Channel.removed_at).is_(None)
    )
    known = (await db.execute(channels)).all()
    mine = [channel_id for channel_id, _, _ in known if channel_id]
    late = [_overdue(status, mine, before=now - OVERDUE_AFTER) for status in UNSENT]
    soonest = select(func.min(Schedule.scheduled_at)).where(
        Schedule.workspace_id == workspace_id,
        Schedule.status == Shown.QUEUED,
        Schedule.scheduled_at > now,
    )
    return Health(
        workers=await workers_alive(db, now=now),
        overdue=sum((await db.execute(select(*late))).one()),
        next_due=(await db.execute(soonest)).scalar(),
        is_paused=workspace.is_paused,
        to_reconnect=tuple(Lost(key or 0, name) for key, name, is_lost in known if is_lost),
        is_running=await knobs.is_running(db),
        troubles=await workers.troubles(db, now=now),
    )


def _overdue(status: Status, channel_ids: list[int], *, before: datetime) -> ScalarSelect[int]:
    """Count what should have left before.

    In the order of the index, up to a limit, and "+ 0" past the index of the channels: else
    PostgreSQL may read the whole table, or all that a channel has waiting for years.
    """
    some = (
        select(Delivery.id)
        .where(Delivery.status == status, Delivery.due_at < before)
        .where((col(Delivery.channel_id) + 0).in_(channel_ids))
        .order_by(col(Delivery.due_at))
        .limit(pages.COUNTED_UP_TO)
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


async def workers_alive(db: AsyncSession, *, now: datetime) -> int:
    """Count the workers that gave a sign of life lately."""
    query = select(func.count()).where(
        col(WorkerBeat.stopped_at).is_(None), col(WorkerBeat.seen_at) > now - workers.FRESH
    )
    return int((await db.execute(query)).scalar_one())


async def lateness(db: AsyncSession, workspace_id: int, *, since: datetime) -> list[float]:
    """Return how late, in milliseconds, each delivery of the time since then was; sorted."""
    query = (
        select(Delivery.late_ms)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(Schedule.workspace_id == workspace_id, Schedule.scheduled_at > since)
        .where(Delivery.status == Status.POSTED, col(Delivery.late_ms).is_not(None))
        .limit(20_000)
    )
    return sorted(float(ms) for ms in (await db.execute(query)).scalars() if ms is not None)


async def moments_between(
    db: AsyncSession, workspace_id: int, start: datetime, end: datetime
) -> list[datetime]:
    """Return when something is planned to go out, on hold or not, for a chart."""
    query = (
        select(Schedule.scheduled_at)
        .where(Schedule.workspace_id == workspace_id)
        .where(col(Schedule.status).in_([Shown.QUEUED, Shown.PAUSED]))
        .where(Schedule.scheduled_at >= start, Schedule.scheduled_at < end)
        .limit(10_000)
    )
    return list((await db.execute(query)).scalars())


@dataclass(frozen=True)
class FirstSteps:
    """What a new workspace has done of the four steps."""

    has_posted: bool
    has_own_channel: bool
    has_key: bool
    is_hidden: bool


async def first_steps(db: AsyncSession, workspace_id: int) -> FirstSteps:
    """Read the checklist from what is really there."""
    posted = exists().where(
        col(Schedule.workspace_id) == workspace_id, col(Schedule.status) == Shown.POSTED
    )
    keyed = exists().where(
        col(ApiKey.workspace_id) == workspace_id, col(ApiKey.revoked_at).is_(None)
    )
    number = select(func.count()).where(
        Channel.workspace_id == workspace_id, col(Channel.removed_at).is_(None)
    )
    hidden = select(Workspace.checklist_hidden).where(Workspace.id == workspace_id)
    return FirstSteps(
        has_posted=bool((await db.execute(select(posted))).scalar()),
        has_own_channel=int((await db.execute(number)).scalar_one()) > 1,
        has_key=bool((await db.execute(select(keyed))).scalar()),
        is_hidden=bool((await db.execute(hidden)).scalar()),
    )


async def posts_by_id(
    db: AsyncSession, workspace_id: int, post_ids: Iterable[int]
) -> dict[int, Post]:
    """Return posts of the workspace, also deleted ones: what went out still names them."""
    query = select(Post).where(Post.workspace_id == workspace_id, col(Post.id).in_(set(post_ids)))
    return {post.id or 0: post for post in (await db.execute(query)).scalars()}


async def posts_of(
    db: AsyncSession, workspace_id: int, schedule_ids: Iterable[int]
) -> dict[int, Post]:
    """Return the posts of schedules, by the schedules' ids."""
    query = (
        select(col(Schedule.id), Post)
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(Schedule.workspace_id == workspace_id, col(Schedule.id).in_(set(schedule_ids)))
    )
    return {key: post for key, post in (await db.execute(query)).all() if key}


async def newest(db: AsyncSession, workspace_id: int) -> tuple[int, int]:
    """Return the ids of the youngest schedule and post: they grow when a list gets longer."""
    schedule = select(func.max(Schedule.id)).where(Schedule.workspace_id == workspace_id)
    return (
        int((await db.execute(schedule)).scalar() or 0),
        await newest_post(db, workspace_id),
    )


async def unsent(db: AsyncSession) -> int:
    """Count what is queued in the whole installation, for its operator."""
    found = await deliveries_by_status(db)
    return sum(found.get(status, 0) for status in UNSENT)


async def deliveries_by_status(db: AsyncSession) -> dict[str, int]:
    """Count the deliveries of the whole installation, for its operator."""
    query = select(Delivery.status, func.count()).group_by(col(Delivery.status))
    return {str(status): int(number) for status, number in (await db.execute(query)).all()}
