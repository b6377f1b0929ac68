"""Posting times of channels, and the slots that schedules have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from socialapp.domain.delivery import Shown, Status
from socialapp.domain.slots import WeeklyTime
from socialapp.store import people
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Delivery, PostingRule, PostingTime, Schedule, TakenSlot

_GONE = (Shown.CANCELLED, Shown.FAILED, Shown.MISSED)
"""A schedule that is one of these has no use for its moment."""


@dataclass(frozen=True)
class Plan:
    """When a channel posts."""

    times: tuple[WeeklyTime, ...] = ()
    """In the order of the week."""
    timezone: str = ""
    """Empty: the workspace's zone."""
    delay: timedelta = timedelta()
    """At most so much later."""


async def plans(db: AsyncSession, workspace_id: int, channel_ids: Iterable[int]) -> dict[int, Plan]:
    """Return the posting times of each of the channels."""
    ids = set(channel_ids)
    timed = (
        select(PostingTime)
        .where(PostingTime.workspace_id == workspace_id, col(PostingTime.channel_id).in_(ids))
        .order_by(col(PostingTime.weekday), col(PostingTime.minute))
    )
    ruled = select(PostingRule).where(
        PostingRule.workspace_id == workspace_id, col(PostingRule.channel_id).in_(ids)
    )
    rules = {rule.channel_id: rule for rule in (await db.execute(ruled)).scalars()}
    times: dict[int, list[WeeklyTime]] = {}
    for row in (await db.execute(timed)).scalars():
        times.setdefault(row.channel_id, []).append(WeeklyTime(row.weekday, row.minute))
    return {
        channel_id: Plan(
            tuple(times.get(channel_id, ())),
            rules[channel_id].timezone if channel_id in rules else "",
            timedelta(minutes=rules[channel_id].delay_minutes if channel_id in rules else 0),
        )
        for channel_id in ids
    }


async def keep_plan(db: AsyncSession, workspace_id: int, channel_id: int, plan: Plan) -> None:
    """Make this the plan of a channel of the workspace."""
    await lock(db, [channel_id])
    await change(db, delete(PostingTime).where(col(PostingTime.channel_id) == channel_id))
    await change(db, delete(PostingRule).where(col(PostingRule.channel_id) == channel_id))
    db.add_all(
        PostingTime(
            workspace_id=workspace_id,
            channel_id=channel_id,
            weekday=each.weekday,
            minute=each.minute,
        )
        for each in plan.times
    )
    db.add(
        PostingRule(
            channel_id=channel_id,
            workspace_id=workspace_id,
            timezone=plan.timezone,
            delay_minutes=int(plan.delay / timedelta(minutes=1)),
        )
    )
    await db.flush()


async def lock(db: AsyncSession, channel_ids: Iterable[int]) -> None:
    """Let nobody else look for a free slot of these channels until the commit.

    Always after the locks of posts and schedules, so that no two wait for each other.
    """
    for channel_id in sorted(set(channel_ids)):
        await people.one_at_a_time(db, f"slots:{channel_id}")


async def taken(
    db: AsyncSession,
    workspace_id: int,
    channel_ids: Iterable[int],
    *,
    after: datetime,
    before: datetime | None = None,
) -> dict[int, set[datetime]]:
    """Return the instants at which each channel has something already.

    The slots that schedules have, and the moments that people chose themselves.
    """
    ids = set(channel_ids)
    found = await held(db, workspace_id, ids, after=after, before=before)
    chosen = await planned(db, workspace_id, ids, after=after, before=before)
    return {channel_id: some | set(chosen[channel_id]) for channel_id, some in found.items()}


async def planned(
    db: AsyncSession,
    workspace_id: int,
    channel_ids: Iterable[int],
    *,
    after: datetime,
    before: datetime | None = None,
) -> dict[int, list[datetime]]:
    """Return the moments of each channel's posts, one for each; those that are out, too."""
    ids = set(channel_ids)
    found: dict[int, list[datetime]] = {channel_id: [] for channel_id in ids}
    chosen = (
        select(col(Delivery.channel_id), col(Schedule.scheduled_at))
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(Schedule.workspace_id == workspace_id, Schedule.scheduled_at > after)
        .where(col(Schedule.status).not_in(_GONE), col(Delivery.channel_id).in_(ids))
        .where(col(Delivery.status) != Status.CANCELLED)
    )
    if before is not None:
        chosen = chosen.where(Schedule.scheduled_at < before)
    for channel_id, at in (await db.execute(chosen)).all():
        found[channel_id].append(at)
    return found


async def held(
    db: AsyncSession,
    workspace_id: int,
    channel_ids: Iterable[int],
    *,
    after: datetime,
    before: datetime | None = None,
) -> dict[int, set[datetime]]:
    """Return the slots of each channel that schedules have."""
    found: dict[int, set[datetime]] = {channel_id: set() for channel_id in channel_ids}
    query = select(col(TakenSlot.channel_id), col(TakenSlot.slot_at)).where(
        TakenSlot.workspace_id == workspace_id,
        col(TakenSlot.channel_id).in_(found),
        TakenSlot.slot_at > after,
    )
    if before is not None:
        query = query.where(TakenSlot.slot_at < before)
    for channel_id, at in (await db.execute(query)).all():
        found[channel_id].add(at)
    return found


async def take(
    db: AsyncSession, schedule: Schedule, channel_ids: Iterable[int], slot_at: datetime
) -> None:
    """Give the slot of these channels to a schedule; two cannot have one."""
    db.add_all(
        TakenSlot(
            workspace_id=schedule.workspace_id,
            channel_id=channel_id,
            slot_at=slot_at,
            schedule_id=schedule.id or 0,
        )
        for channel_id in sorted(set(channel_ids))
    )
    await db.flush()


async def give_back(
    db: AsyncSession, schedule_ids: Iterable[int], *, channel_ids: Iterable[int] | None = None
) -> None:
    """Let others have the slots of these schedules; with `channel_ids` only those of them."""
    ids = list(schedule_ids)
    if not ids:
        return
    theirs = delete(TakenSlot).where(col(TakenSlot.schedule_id).in_(ids))
    if channel_ids is not None:
        theirs = theirs.where(col(TakenSlot.channel_id).in_(list(channel_ids)))
    await change(db, theirs)


async def of_schedules(
    db: AsyncSession, workspace_id: int, schedule_ids: Iterable[int]
) -> dict[int, list[TakenSlot]]:
    """Return the slots that each of the schedules has, by channel."""
    query = (
        select(TakenSlot)
        .where(TakenSlot.workspace_id == workspace_id)
        .where(col(TakenSlot.schedule_id).in_(set(schedule_ids)))
        .order_by(col(TakenSlot.channel_id))
    )
    found: dict[int, list[TakenSlot]] = {}
    for row in (await db.execute(query)).scalars():
        found.setdefault(row.schedule_id, []).append(row)
    return found


async def in_line(
    db: AsyncSession, workspace_id: int, channel_ids: Sequence[int], *, after: datetime
) -> list[TakenSlot]:
    """Return what waits for slots of these channels, each slot by itself, soonest first."""
    query = (
        select(TakenSlot)
        .where(TakenSlot.workspace_id == workspace_id, TakenSlot.slot_at > after)
        .where(col(TakenSlot.channel_id).in_(channel_ids))
        .order_by(col(TakenSlot.slot_at), col(TakenSlot.id))
    )
    return list((await db.execute(query)).scalars())
