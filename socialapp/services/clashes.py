"""Clashes: the same channel within minutes, the same text within days. Said, never forbidden."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from socialapp.domain import moments, recurrence, spreading
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.people import Member
from socialapp.store import comparisons, schedules, series
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    Channel,
    ComparisonSending,
    Delivery,
    Occurrence,
    Post,
    Schedule,
)

SAME_CHANNEL_WITHIN = timedelta(minutes=10)
SAME_TEXT_WITHIN = spreading.SAME_TEXT_WITHIN
_ALIVE = (
    Shown.NEEDS_APPROVAL,
    Shown.CHANGES_REQUESTED,
    Shown.QUEUED,
    Shown.PUBLISHING,
    Shown.POSTED,
    Shown.PARTLY_POSTED,
    Shown.NEEDS_CHECK,
)
_MARKED_AT_MOST = 20_000


@dataclass(frozen=True)
class Warned:
    """Something that is allowed, and may not be meant."""

    code: str
    message: str
    schedule_id: int


async def warnings(
    db: AsyncSession, by: Member, schedule: Schedule, *, at: datetime | None = None
) -> list[Warned]:
    """Name the clashes of a schedule: where it is, or where it would be `at`."""
    ids = [schedule.id or 0]
    theirs = (await schedules.deliveries_of(db, ids)).get(ids[0], [])
    mine = {each.channel_id for each in theirs if each.status != Status.CANCELLED}
    at = at or schedule.scheduled_at
    return [
        *await _same_channel(db, by, schedule, mine, at),
        *await _same_text(db, by, schedule, at),
        *await _repeats_soon(db, by, schedule),
    ]


async def _same_channel(
    db: AsyncSession, by: Member, schedule: Schedule, channel_ids: set[int], at: datetime
) -> list[Warned]:
    query = (
        select(col(Schedule.id), col(Schedule.scheduled_at), col(Channel.name))
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .where(Schedule.workspace_id == by.workspace_id, col(Schedule.id) != schedule.id)
        .where(col(Schedule.status).in_(_ALIVE), col(Delivery.channel_id).in_(channel_ids))
        .where(col(Delivery.status) != Status.CANCELLED)
        .where(
            col(Schedule.scheduled_at).between(at - SAME_CHANNEL_WITHIN, at + SAME_CHANNEL_WITHIN)
        )
        .limit(5)
    )
    return [
        Warned("same_channel", _channel_words(name, then, schedule.timezone), other or 0)
        for other, then, name in (await db.execute(query)).all()
    ]


async def _same_text(
    db: AsyncSession, by: Member, schedule: Schedule, at: datetime
) -> list[Warned]:
    text = select(Post.text).where(Post.id == schedule.post_id).scalar_subquery()
    query = (
        select(col(Schedule.id), col(Schedule.scheduled_at))
        .join(Post, col(Post.id) == Schedule.post_id)
        .where(Schedule.workspace_id == by.workspace_id, col(Schedule.id) != schedule.id)
        .where(col(Schedule.status).in_(_ALIVE), col(Post.text) == text, Post.text != "")
        .where(col(Schedule.scheduled_at).between(at - SAME_TEXT_WITHIN, at + SAME_TEXT_WITHIN))
        .where(col(Schedule.post_id).not_in(await _siblings(db, by, schedule)))
        .where(col(Schedule.post_id).not_in(comparisons.siblings(schedule.post_id)))
        .limit(1)
    )
    return [
        Warned("same_text", _text_words(then, schedule.timezone), other or 0)
        for other, then in (await db.execute(query)).all()
    ]


async def of_new(
    db: AsyncSession,
    by: Member,
    posts: Sequence[tuple[str, Sequence[tuple[int, datetime]]]],
) -> list[str]:
    """Name a clash of each of these posts, or nothing: texts that are not kept yet, and where to.

    The rules are those of `warnings`; among themselves they are not compared.
    """
    planned = [pair for _, moments_ in posts for pair in moments_]
    if not planned:
        return [""] * len(posts)
    near = await _at_channels(db, by, planned)
    same = await _with_texts(db, by, posts)
    return [_first(by, text, where, near, same) for text, where in posts]


def _first(
    by: Member,
    text: str,
    where: Sequence[tuple[int, datetime]],
    near: Mapping[int, Sequence[tuple[datetime, str]]],
    same: Mapping[str, Sequence[datetime]],
) -> str:
    for channel_id, at in where:
        for then, name in near.get(channel_id, ()):
            if abs(then - at) <= SAME_CHANNEL_WITHIN:
                return _channel_words(name, then, by.zone)
    for _, at in where:
        for then in same.get(text, ()):
            if abs(then - at) <= SAME_TEXT_WITHIN:
                return _text_words(then, by.zone)
    return ""


def _channel_words(name: str, then: datetime, zone: str) -> str:
    minutes = int(SAME_CHANNEL_WITHIN.total_seconds() // 60)
    return (
        f"{name} has another post within {minutes} minutes,"
        f" at {moments.in_zone(then, zone):%H:%M} {zone}."
    )


def _text_words(then: datetime, zone: str) -> str:
    return (
        "The same text is planned or was posted on"
        f" {moments.in_zone(then, zone):%d %b, %H:%M} {zone}."
    )


async def _at_channels(
    db: AsyncSession, by: Member, planned: Sequence[tuple[int, datetime]]
) -> dict[int, list[tuple[datetime, str]]]:
    query = (
        select(col(Delivery.channel_id), col(Schedule.scheduled_at), col(Channel.name))
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .where(_within(by, [at for _, at in planned], SAME_CHANNEL_WITHIN))
        .where(col(Schedule.status).in_(_ALIVE), Delivery.status != Status.CANCELLED)
        .where(col(Delivery.channel_id).in_({channel_id for channel_id, _ in planned}))
        .order_by(col(Schedule.scheduled_at))
        .limit(_MARKED_AT_MOST)
    )
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for channel_id, at, name in (await db.execute(query)).all():
        found[channel_id].append((at, name))
    return found


async def _with_texts(
    db: AsyncSession,
    by: Member,
    posts: Sequence[tuple[str, Sequence[tuple[int, datetime]]]],
) -> dict[str, list[datetime]]:
    texts = {text for text, where in posts if text and where}
    near = _within(by, [at for _, where in posts for _, at in where], SAME_TEXT_WITHIN)
    return await _said(db, texts, near)


async def same_texts(
    db: AsyncSession, by: Member, texts: Iterable[str], *, since: datetime, until: datetime
) -> dict[str, list[datetime]]:
    """Return when these texts are out or planned, where they may clash with what is in a span."""
    first, last = since - SAME_TEXT_WITHIN, until + SAME_TEXT_WITHIN
    mine = col(Schedule.workspace_id) == by.workspace_id
    return await _said(db, set(texts), and_(mine, col(Schedule.scheduled_at).between(first, last)))


async def _said(
    db: AsyncSession, texts: set[str], near: ColumnElement[bool]
) -> dict[str, list[datetime]]:
    query = (
        select(col(Post.text), col(Schedule.scheduled_at))
        .join(Schedule, col(Schedule.post_id) == Post.id)
        .where(near)
        .where(col(Schedule.status).in_(_ALIVE), col(Post.text).in_(texts))
        .order_by(col(Schedule.scheduled_at))
        .limit(_MARKED_AT_MOST)
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for text, at in (await db.execute(query)).all():
        found[text].append(at)
    return found


def _within(by: Member, ats: Sequence[datetime], margin: timedelta) -> ColumnElement[bool]:
    """Return the condition that a schedule is near one of the moments, each span by itself.

    The index has the workspace before the time, so each span names both.
    """
    spans: list[list[datetime]] = []
    for at in sorted(ats):
        if spans and at - margin <= spans[-1][1]:
            spans[-1][1] = at + margin
        else:
            spans.append([at - margin, at + margin])
    mine = col(Schedule.workspace_id) == by.workspace_id
    at_ = col(Schedule.scheduled_at)
    return or_(*(and_(mine, at_.between(first, last)) for first, last in spans))


async def _siblings(db: AsyncSession, by: Member, schedule: Schedule) -> SelectOfScalar[int | None]:
    """Return the posts of the same series, which say the same on purpose."""
    mine = await series.occurrence_of(db, by.workspace_id, schedule.post_id)
    return series.posts_of(mine.series_id if mine else 0)


async def _repeats_soon(db: AsyncSession, by: Member, schedule: Schedule) -> list[Warned]:
    """Say it once for a series that repeats sooner than the same text should go out again."""
    mine = await series.occurrence_of(db, by.workspace_id, schedule.post_id)
    found = await series.get(db, by.workspace_id, mine.series_id) if mine else None
    if found is None:
        return []
    rule = recurrence.read(found.rule, zone=found.timezone)
    start = datetime.fromisoformat(found.starts)
    if not recurrence.is_closer(rule, start, found.timezone, than=SAME_TEXT_WITHIN):
        return []
    days = SAME_TEXT_WITHIN.days
    message = f"This series says the same text again within {days} days."
    return [Warned("repeats_soon", message, schedule.id or 0)]


async def among(
    db: AsyncSession, by: Member, *, since: datetime, until: datetime
) -> dict[int, set[str]]:
    """Return the codes of the clashes of all schedules of a range, by their ids.

    The rules are those of `warnings`; others just outside of the range count.
    """
    by_channel: dict[object, list[tuple[datetime, int]]] = defaultdict(list)
    by_text: dict[object, list[tuple[datetime, int]]] = defaultdict(list)
    set_of: dict[int, tuple[str, int]] = {}
    planned = (
        select(col(Schedule.scheduled_at), col(Schedule.id), col(Delivery.channel_id))
        .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
        .where(Schedule.workspace_id == by.workspace_id, col(Schedule.status).in_(_ALIVE))
        .where(col(Delivery.status) != Status.CANCELLED)
        .where(
            col(Schedule.scheduled_at).between(
                since - SAME_CHANNEL_WITHIN, until + SAME_CHANNEL_WITHIN
            )
        )
        .order_by(col(Schedule.scheduled_at))
        .limit(_MARKED_AT_MOST)
    )
    for at, schedule_id, channel_id in (await db.execute(planned)).all():
        by_channel[channel_id].append((at, schedule_id or 0))
    worded = (
        select(
            col(Schedule.scheduled_at), col(Schedule.id), col(Post.text), col(Occurrence.series_id)
        )
        .add_columns(col(ComparisonSending.comparison_id))
        .join(Post, col(Post.id) == Schedule.post_id)
        .outerjoin(Occurrence, col(Occurrence.post_id) == Post.id)
        .outerjoin(ComparisonSending, col(ComparisonSending.post_id) == Post.id)
        .where(col(Schedule.workspace_id) == by.workspace_id, col(Schedule.status).in_(_ALIVE))
        .where(col(Post.text) != "")
        .where(
            col(Schedule.scheduled_at).between(since - SAME_TEXT_WITHIN, until + SAME_TEXT_WITHIN)
        )
        .order_by(col(Schedule.scheduled_at))
        .limit(_MARKED_AT_MOST)
    )
    for at, schedule_id, text, series_id, comparison_id in (await db.execute(worded)).all():
        by_text[text].append((at, schedule_id or 0))
        if series_id:
            set_of[schedule_id or 0] = ("series", series_id)
        elif comparison_id:
            set_of[schedule_id or 0] = ("comparison", comparison_id)
    found: dict[int, set[str]] = defaultdict(set)
    for schedule_id in _near(by_channel.values(), SAME_CHANNEL_WITHIN, {}):
        found[schedule_id].add("same_channel")
    for schedule_id in _near(by_text.values(), SAME_TEXT_WITHIN, set_of):
        found[schedule_id].add("same_text")
    return dict(found)


def _near(
    groups: Iterable[Sequence[tuple[datetime, int]]],
    within: timedelta,
    set_of: Mapping[int, tuple[str, int]],
) -> Iterable[int]:
    """Yield those that are not farther than `within` from a neighbour; each group is in order.

    Neighbours of one series, or of one comparison, are none: they say the same on purpose.
    """
    for group in groups:
        for (at, one), (then, other) in pairwise(group):
            are_one = one in set_of and set_of[one] == set_of.get(other)
            if one != other and not are_one and then - at <= within:
                yield from (one, other)
