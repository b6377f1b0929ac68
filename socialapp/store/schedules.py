"""Schedules: one post, one moment, some channels."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, exists, literal, or_, tuple_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.domain.delivery import Shown, Status, schedule_status
from socialapp.store import bulk, posts
from socialapp.store.pages import Page, count, read_cursor, write_cursor
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Delivery, Post, Schedule, UtcDateTime

_POSTS: Table = Post.__table__  # type: ignore[attr-defined]
_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]
_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]


async def lock(db: AsyncSession, schedule_ids: Iterable[int]) -> None:
    """Keep everybody else from these schedules, their posts and deliveries until the commit.

    Whoever changes a delivery calls it first: all lock in the same order, so that no two wait for
    each other, and a status is derived from what nobody is changing. SQLite's writers go one at a
    time by themselves.
    """
    ids = sorted(set(schedule_ids))
    if not ids or db.get_bind().dialect.name == "sqlite":
        return
    theirs = select(_SCHEDULES.c.post_id).where(bulk.among(db, _SCHEDULES.c.id, ids))
    line = await db.connection()
    for table, which in (
        (_POSTS, _POSTS.c.id.in_(theirs)),
        (_SCHEDULES, bulk.among(db, _SCHEDULES.c.id, ids)),
        (_DELIVERIES, bulk.among(db, _DELIVERIES.c.schedule_id, ids)),
    ):
        rows = select(table.c.id).where(which).order_by(table.c.id)
        await line.execute(rows.with_for_update(key_share=True))


async def get(db: AsyncSession, workspace_id: int, schedule_id: int) -> Schedule | None:
    """Return a schedule of the workspace."""
    query = select(Schedule).where(
        Schedule.id == schedule_id, Schedule.workspace_id == workspace_id
    )
    return (await db.execute(query)).scalar_one_or_none()


async def some(db: AsyncSession, workspace_id: int, schedule_ids: Iterable[int]) -> list[Schedule]:
    """Return those of these schedules that the workspace has."""
    query = select(Schedule).where(
        Schedule.workspace_id == workspace_id, bulk.among(db, _SCHEDULES.c.id, schedule_ids)
    )
    fresh = query.execution_options(populate_existing=True)
    return list((await db.execute(fresh)).scalars())


async def deliveries_of(db: AsyncSession, schedule_ids: Iterable[int]) -> dict[int, list[Delivery]]:
    """Return the deliveries of each schedule, in the order of their making."""
    query = (
        select(Delivery)
        .where(col(Delivery.schedule_id).in_(set(schedule_ids)))
        .order_by(col(Delivery.id))
    )
    found: dict[int, list[Delivery]] = {}
    for delivery in (await db.execute(query)).scalars():
        found.setdefault(delivery.schedule_id, []).append(delivery)
    return found


async def of_post(db: AsyncSession, post_id: int) -> list[Schedule]:
    """Return the schedules of a post, oldest first."""
    query = select(Schedule).where(Schedule.post_id == post_id).order_by(col(Schedule.id))
    return list((await db.execute(query)).scalars())


async def refresh_status(db: AsyncSession, schedule_ids: Iterable[int], *, now: datetime) -> None:
    """Derive the statuses of schedules and their posts again, after deliveries changed."""
    ids = set(schedule_ids)
    if not ids:
        return
    await db.flush()
    line = await db.connection()
    query = _DELIVERIES.select().with_only_columns(_DELIVERIES.c.schedule_id, _DELIVERIES.c.status)
    mine = query.where(bulk.among(db, _DELIVERIES.c.schedule_id, ids))
    found: dict[int, list[Status]] = {schedule_id: [] for schedule_id in ids}
    for schedule_id, status in (await line.execute(mine)).all():
        found[schedule_id].append(Status(status))
    alike: dict[str, list[int]] = {}
    for schedule_id, statuses in found.items():
        alike.setdefault(schedule_status(statuses), []).append(schedule_id)
    post_ids: set[int] = set()
    for word, some in alike.items():
        done = await line.execute(
            update(_SCHEDULES)
            .where(bulk.among(db, _SCHEDULES.c.id, some))
            .values(status=word, updated_at=now)
            .returning(_SCHEDULES.c.post_id, _SCHEDULES.c.workspace_id)
        )
        for post_id, workspace_id in done.all():
            post_ids.add(post_id)
            aftermath(db).workspaces.add(workspace_id)
    await posts.refresh_status(db, post_ids)


async def put(db: AsyncSession, places: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Give schedules other moments: each place has `id`, `scheduled_at`, `local_time`, `timezone`.

    Past the session; their deliveries are moved by whoever calls it.
    """
    names = ("id", "scheduled_at", "local_time", "timezone")
    given = bulk.rows(db, _SCHEDULES, names, places)
    await db.flush()
    await (await db.connection()).execute(
        update(_SCHEDULES)
        .where(_SCHEDULES.c.id == given.c.id)
        .values({name: given.c[name] for name in names[1:]} | {"updated_at": now})
    )


async def catch_up(db: AsyncSession, schedule: Schedule, *, now: datetime) -> None:
    """Derive a schedule's status again if its deliveries say another by now."""
    query = select(Delivery.status).where(Delivery.schedule_id == schedule.id)
    mine = (await db.execute(query)).scalars()
    if schedule_status(Status(status) for status in mine) != schedule.status:
        await refresh_status(db, [schedule.id or 0], now=now)


def _filtered(
    workspace_id: int,
    *,
    statuses: Iterable[str] = (),
    channel_id: int | None = None,
    network: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    q: str = "",
    tag: str = "",
    campaign: str = "",
) -> SelectOfScalar[Schedule]:
    query = select(Schedule).where(Schedule.workspace_id == workspace_id)
    if wanted := list(statuses):
        query = query.where(col(Schedule.status).in_(wanted))
    if since:
        query = query.where(Schedule.scheduled_at >= since)
    if until:
        query = query.where(Schedule.scheduled_at < until)
    # What was taken from one channel of several is not there any more.
    is_there = or_(
        col(Delivery.status) != Status.CANCELLED, col(Schedule.status) == Shown.CANCELLED
    )
    if channel_id is not None:
        query = query.where(
            exists()
            .where(col(Delivery.schedule_id) == Schedule.id, is_there)
            .where(col(Delivery.channel_id) == channel_id)
        )
    if network:
        query = query.where(
            exists()
            .where(col(Delivery.schedule_id) == Schedule.id, is_there)
            .where(col(Delivery.channel_id) == Channel.id)
            .where(col(Channel.provider) == network)
        )
    if q:
        query = query.where(
            exists().where(col(Post.id) == Schedule.post_id).where(posts.has_words(q))
        )
    if tag:
        query = query.where(
            exists().where(col(Post.id) == Schedule.post_id).where(posts.has_tag(tag))
        )
    if campaign:
        query = query.where(
            exists().where(col(Post.id) == Schedule.post_id, col(Post.campaign) == campaign)
        )
    return query


async def times(
    db: AsyncSession, workspace_id: int, *, limit: int, **filters: Any
) -> list[tuple[int, datetime]]:
    """Return only the ids and moments of schedules, in order. Filters: as `page`, and network."""
    query = _filtered(workspace_id, **filters).with_only_columns(
        col(Schedule.id), col(Schedule.scheduled_at)
    )
    found = query.order_by(col(Schedule.scheduled_at), col(Schedule.id)).limit(limit)
    return [(schedule_id or 0, at) for schedule_id, at in (await db.execute(found)).all()]


async def nearest(
    db: AsyncSession,
    workspace_id: int,
    *,
    now: datetime,
    since: datetime,
    until: datetime,
    limit: int,
    channel_id: int | None = None,
) -> list[Schedule]:
    """Return those that are not cancelled, in order; if there are too many, those near `now`."""
    order = (col(Schedule.scheduled_at), col(Schedule.id))
    found: list[Schedule] = []
    for begin, end, is_past in ((since, now, True), (now, until, False)):
        query = _filtered(workspace_id, channel_id=channel_id, since=begin, until=end)
        query = query.where(col(Schedule.status) != Shown.CANCELLED)
        query = query.order_by(*(o.desc() if is_past else o for o in order)).limit(limit)
        found += (await db.execute(query)).scalars()
    found.sort(key=lambda row: abs(row.scheduled_at - now))
    return sorted(found[:limit], key=lambda row: (row.scheduled_at, row.id or 0))


async def page(
    db: AsyncSession,
    workspace_id: int,
    *,
    limit: int = 50,
    cursor: str = "",
    newest_first: bool = False,
    **filters: Any,
) -> Page[Schedule]:
    """Return schedules by time.

    Filters: statuses, channel_id, network, since, until, q, tag, campaign.
    """
    statuses = list(filters.pop("statuses", ()))
    total = await count(db, _filtered(workspace_id, statuses=statuses, **filters))
    order = (col(Schedule.scheduled_at), col(Schedule.id))
    place = tuple_(*order)
    rows: list[Schedule] = []
    # Each status for itself comes from the index in order; several at once would be sorted.
    for some in [[status] for status in set(statuses)] or [[]]:
        one = _filtered(workspace_id, statuses=some, **filters)
        if cursor:
            at, last = read_cursor(cursor, datetime, int)
            here = tuple_(literal(at, UtcDateTime()), last)
            one = one.where(place < here if newest_first else place > here)
        one = one.order_by(*(o.desc() if newest_first else o for o in order)).limit(limit + 1)
        rows += (await db.execute(one)).scalars()
    rows.sort(key=lambda row: (row.scheduled_at, row.id or 0), reverse=newest_first)
    more = ""
    if len(rows) > limit:
        more = write_cursor(rows[limit - 1].scheduled_at, rows[limit - 1].id)
    return Page(rows[:limit], more, total)
