"""Recycling: the rules of evergreen lists, what they found, and which posts may go again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, exists, func, update
from sqlmodel import col, select

from socialapp.domain import recycling as rules
from socialapp.domain.content import Kind
from socialapp.domain.recycling import DECIDED, State
from socialapp.store import bulk
from socialapp.store.pages import Page, count, read_cursor, write_cursor
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    ComparisonSending,
    Delivery,
    EvergreenList,
    EvergreenTurn,
    Occurrence,
    PhotoPosting,
    Post,
    RecycledPost,
    RecyclingRule,
    Result,
    ResultReading,
    Schedule,
    SourceItem,
)

_READINGS: Table = ResultReading.__table__  # type: ignore[attr-defined]
_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]
_RULES: Table = RecyclingRule.__table__  # type: ignore[attr-defined]
_POSTS: Table = Post.__table__  # type: ignore[attr-defined]
_FOUND: Table = RecycledPost.__table__  # type: ignore[attr-defined]


async def rule(db: AsyncSession, workspace_id: int, list_id: int) -> RecyclingRule | None:
    """Return the rule of a list of the workspace."""
    query = select(RecyclingRule).where(
        RecyclingRule.list_id == list_id, RecyclingRule.workspace_id == workspace_id
    )
    fresh = query.execution_options(populate_existing=True)
    return (await db.execute(fresh)).scalar_one_or_none()


async def of_lists(
    db: AsyncSession, workspace_id: int, list_ids: Collection[int]
) -> dict[int, RecyclingRule]:
    """Return the rules that some lists have."""
    query = select(RecyclingRule).where(
        RecyclingRule.workspace_id == workspace_id, bulk.among(db, _RULES.c.list_id, list_ids)
    )
    return {each.list_id: each for each in (await db.execute(query)).scalars()}


async def to_look_at(db: AsyncSession, *, now: datetime) -> list[tuple[int, int]]:
    """Return workspace and list of the rules whose day has come."""
    query = (
        select(col(RecyclingRule.workspace_id), col(RecyclingRule.list_id))
        .join(EvergreenList, col(EvergreenList.id) == RecyclingRule.list_id)
        .where(col(RecyclingRule.look_at) <= now, col(EvergreenList.ended_at).is_(None))
        .order_by(col(RecyclingRule.look_at))
        .limit(500)
    )
    return [(workspace, list_id) for workspace, list_id in (await db.execute(query)).all()]


async def counts_at_age(
    db: AsyncSession, workspace_id: int, some: Collection[Result]
) -> dict[int, Mapping[str, int]]:
    """Return what deliveries had within the age by which posts are compared; unknown is missing.

    That is the last that was read by then. Of a post that was not asked about near that age only
    what is the same afterwards is known: it may have got more by then.
    """
    ends = [
        {"delivery_id": r.delivery_id, "read_at": r.posted_at + rules.AGE}
        for r in some
        if r.read_at and r.read_at >= r.posted_at + rules.AGE
    ]
    if not ends:
        return {}
    given, read = bulk.rows(db, _READINGS, ["delivery_id", "read_at"], ends), _READINGS.c
    its = (read.delivery_id == given.c.delivery_id) & (read.workspace_id == workspace_id)
    before = its & (read.read_at <= given.c.read_at) & read.is_gone.is_(False)
    last_first, first = (read.read_at.desc(), read.id.desc()), (read.read_at, read.id)

    def one(what: Column[Any], where: Any, order: Any, name: str) -> Any:
        """Look into the index once for each."""
        return select(what).where(where).order_by(*order).limit(1).scalar_subquery().label(name)

    query = select(
        given.c.delivery_id,
        one(read.counts, before, last_first, "counts"),
        one(read.read_at, before, last_first, "at"),
        one(read.counts, its & (read.read_at > given.c.read_at), first, "later"),
    )
    posted = {r.delivery_id: r.posted_at for r in some}
    return {
        row.delivery_id: rules.known(
            row.counts, age=row.at - posted[row.delivery_id], later=row.later
        )
        for row in (await db.execute(query)).all()
        if row.counts is not None
    }


async def posts_of(db: AsyncSession, delivery_ids: Iterable[int]) -> dict[int, int]:
    """Return of which post each delivery is."""
    query = (
        select(col(Delivery.id), col(Schedule.post_id))
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(bulk.among(db, _DELIVERIES.c.id, delivery_ids))
    )
    return {its or 0: post_id for its, post_id in (await db.execute(query)).all()}


async def may_go_again(
    db: AsyncSession, workspace_id: int, post_ids: Iterable[int]
) -> dict[int, Post]:
    """Return those of the posts that may be recycled.

    Not a page, nothing in the trash or gone at a network, and nothing that went out by itself: of a
    series, an evergreen list or a comparison, so that nothing is recycled twice over, of a feed or
    of autopilot.
    """
    is_repeated = exists().where(col(Occurrence.post_id) == Post.id)
    went_round = exists().where(col(EvergreenTurn.post_id) == Post.id)
    is_compared = exists().where(col(ComparisonSending.post_id) == Post.id)
    of_feeds = select(col(SourceItem.post_id)).where(
        SourceItem.workspace_id == workspace_id, col(SourceItem.post_id).is_not(None)
    )
    is_autopilots = exists().where(
        col(PhotoPosting.schedule_id) == Schedule.id, col(Schedule.post_id) == Post.id
    )
    is_gone = exists().where(
        col(Result.gone_at).is_not(None),
        col(Result.delivery_id) == Delivery.id,
        col(Delivery.schedule_id) == Schedule.id,
        col(Schedule.post_id) == Post.id,
    )
    query = (
        select(Post)
        .where(bulk.among(db, _POSTS.c.id, post_ids), Post.workspace_id == workspace_id)
        .where(Post.kind == Kind.POST, col(Post.deleted_at).is_(None))
        .where(col(Post.is_aside).is_(False))
        .where(~is_repeated, ~went_round, ~is_compared, ~is_autopilots, ~is_gone)
        .where(col(Post.id).not_in(of_feeds))
    )
    return {post.id or 0: post for post in (await db.execute(query)).scalars()}


async def posted(
    db: AsyncSession, post_ids: Iterable[int], channel_ids: Collection[int]
) -> list[tuple[int, Delivery]]:
    """Return post and delivery of what is out at some channels."""
    query = (
        select(col(Schedule.post_id), Delivery)
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .where(bulk.among(db, _SCHEDULES.c.post_id, post_ids), col(Delivery.posted_at).is_not(None))
        .where(col(Delivery.channel_id).in_(channel_ids))
    )
    return [(post_id, delivery) for post_id, delivery in (await db.execute(query)).all()]


async def one(
    db: AsyncSession, workspace_id: int, list_id: int, found_id: int
) -> RecycledPost | None:
    """Return what a rule has found for a list of the workspace."""
    query = select(RecycledPost).where(
        RecycledPost.id == found_id,
        RecycledPost.list_id == list_id,
        RecycledPost.workspace_id == workspace_id,
    )
    fresh = query.execution_options(populate_existing=True)
    return (await db.execute(fresh)).scalar_one_or_none()


async def by_post(db: AsyncSession, list_id: int) -> dict[int, RecycledPost]:
    """Return all that was ever found for a list, by the original."""
    query = select(RecycledPost).where(RecycledPost.list_id == list_id)
    fresh = query.execution_options(populate_existing=True)
    return {each.post_id: each for each in (await db.execute(fresh)).scalars()}


async def taken(db: AsyncSession, found: EvergreenList) -> set[int]:
    """Return the originals that were added to other lists with a channel of this one."""
    query = (
        select(col(RecycledPost.post_id), col(EvergreenList.channel_ids))
        .join(EvergreenList, col(EvergreenList.id) == RecycledPost.list_id)
        .where(RecycledPost.workspace_id == found.workspace_id, RecycledPost.list_id != found.id)
        .where(RecycledPost.state == State.ADDED)
    )
    mine = set(found.channel_ids)
    return {post_id for post_id, theirs in (await db.execute(query)).all() if mine & set(theirs)}


async def decided(db: AsyncSession, list_id: int, *, since: datetime) -> int:
    """Count what was found for a list since then, and added or dismissed."""
    query = select(func.count()).where(
        RecycledPost.list_id == list_id,
        col(RecycledPost.found_at) > since,
        col(RecycledPost.state).in_(DECIDED),
    )
    return int((await db.execute(query)).scalar_one())


async def waiting(db: AsyncSession, list_id: int) -> int:
    """Count what waits for an answer, however long."""
    query = select(func.count()).where(
        RecycledPost.list_id == list_id, RecycledPost.state == State.PROPOSED
    )
    return int((await db.execute(query)).scalar_one())


async def lock_posts(db: AsyncSession, post_ids: Iterable[int]) -> None:
    """Lock originals until the commit, so that two lists do not add one at the same time."""
    query = select(col(Post.id)).where(bulk.among(db, _POSTS.c.id, post_ids))
    await db.execute(query.order_by(col(Post.id)).with_for_update(key_share=True))


async def withdraw(
    db: AsyncSession, list_id: int, *, now: datetime, post_ids: Collection[int] | None = None
) -> None:
    """Take back what is proposed to a list, or those of some posts."""
    query = update(RecycledPost).where(
        col(RecycledPost.list_id) == list_id, col(RecycledPost.state) == State.PROPOSED
    )
    if post_ids is not None:
        query = query.where(bulk.among(db, _FOUND.c.post_id, post_ids))
    await db.flush()
    await db.execute(
        query.values(state=State.WITHDRAWN, decided_at=now),
        execution_options={"synchronize_session": False},
    )


async def page(
    db: AsyncSession,
    workspace_id: int,
    list_id: int,
    *,
    state: str = "",
    but: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Page[tuple[RecycledPost, Post]]:
    """Return what was found for a list, each with the original, the newest first.

    With `state` what is in that state alone; with `but` all that is not in that one.
    """
    query: Any = (
        select(RecycledPost, Post)
        .join(Post, col(Post.id) == RecycledPost.post_id)
        .where(RecycledPost.workspace_id == workspace_id, RecycledPost.list_id == list_id)
    )
    if state:
        query = query.where(RecycledPost.state == state)
    if but:
        query = query.where(RecycledPost.state != but)
    total = await count(db, query)
    if cursor:
        query = query.where(col(RecycledPost.id) < read_cursor(cursor, int)[0])
    query = query.order_by(col(RecycledPost.id).desc()).limit(limit + 1)
    rows = [(found, post) for found, post in (await db.execute(query)).all()]
    more = write_cursor(rows[limit - 1][0].id) if len(rows) > limit else ""
    return Page(rows[:limit], more, total)


async def of_entries(
    db: AsyncSession, workspace_id: int, entry_ids: Iterable[int]
) -> dict[int, RecycledPost]:
    """Return where entries of lists came from, of those that a rule has found."""
    query = select(RecycledPost).where(
        RecycledPost.workspace_id == workspace_id,
        bulk.among(db, _FOUND.c.entry_id, entry_ids),
    )
    return {each.entry_id or 0: each for each in (await db.execute(query)).scalars()}
