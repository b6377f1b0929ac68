"""Slots: when a channel posts, and which of its slots is free next."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from types import MappingProxyType

from socialapp.domain import moments
from socialapp.domain import slots as rules
from socialapp.domain.errors import NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import Slot, WeeklyTime
from socialapp.store import channels, slots
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.slots import Plan
from socialapp.store.tables import Channel

TIMES_AT_MOST = 7 * 48
"""As many as one each half hour."""


async def of_channel(db: AsyncSession, by: Member, channel_id: int) -> Plan:
    """Return when a channel posts."""
    channel = await _get(db, by, channel_id)
    return (await slots.plans(db, by.workspace_id, [channel.id or 0]))[channel.id or 0]


async def _get(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


async def change(
    db: AsyncSession,
    by: Member,
    channel_id: int,
    *,
    times: Iterable[WeeklyTime] | None = None,
    timezone: str | None = None,
    delay: timedelta | None = None,
) -> Plan:
    """Change when a channel posts; what is not given stays. What is queued keeps its moment."""
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posting times here, not change them.")
    channel = await _get(db, by, channel_id)
    await slots.lock(db, [channel_id])
    plan = (await slots.plans(db, by.workspace_id, [channel_id]))[channel_id]
    if times is not None:
        plan = replace(plan, times=tuple(sorted(set(times))))
    if timezone is not None:
        plan = replace(plan, timezone=timezone)
    if delay is not None:
        plan = replace(plan, delay=delay)
    _check(plan)
    await slots.keep_plan(db, by.workspace_id, channel.id or 0, plan)
    aftermath(db).workspaces.add(by.workspace_id)
    return plan


def _check(plan: Plan) -> None:
    if len(plan.times) > TIMES_AT_MOST:
        message = f"A channel has at most {TIMES_AT_MOST} posting times. Nothing was changed."
        raise Rejected(Problem("too_many", message, "times"))
    if plan.timezone:
        moments.zone_info(plan.timezone)
    if not timedelta() <= plan.delay <= rules.DELAY_AT_MOST:
        message = "The delay is from 0 to 60 minutes. Nothing was changed."
        raise Rejected(Problem("out_of_range", message, "delay_minutes"))


async def add(
    db: AsyncSession, by: Member, channel_id: int, *, days: Iterable[int], clock: str
) -> Plan:
    """Have a channel post at a time of these days (0 is Monday) too."""
    there = (await of_channel(db, by, channel_id)).times
    more = [rules.read_time(day, clock) for day in days]
    return await change(db, by, channel_id, times=[*there, *more])


async def drop(db: AsyncSession, by: Member, channel_id: int, *, time: WeeklyTime) -> Plan:
    """Have a channel no longer post at a time. Twice is harmless."""
    there = (await of_channel(db, by, channel_id)).times
    return await change(db, by, channel_id, times=[each for each in there if each != time])


async def copy_day(db: AsyncSession, by: Member, channel_id: int, *, day: int) -> Plan:
    """Give every day of the week the times of one day."""
    there = (await of_channel(db, by, channel_id)).times
    minutes = [each.minute for each in there if each.weekday == day]
    if not minutes:
        raise Rejected(Problem("nothing_to_copy", "That day has no posting times.", "day"))
    everywhere = [WeeklyTime(each, minute) for each in range(7) for minute in minutes]
    return await change(db, by, channel_id, times=everywhere)


async def copy(db: AsyncSession, by: Member, channel_id: int, *, source_id: int) -> Plan:
    """Give a channel the posting times, the zone and the delay of another one."""
    plan = await of_channel(db, by, source_id)
    return await change(
        db, by, channel_id, times=plan.times, timezone=plan.timezone, delay=plan.delay
    )


async def next_free(
    db: AsyncSession,
    by: Member,
    channel_ids: Iterable[int],
    *,
    also_taken: Mapping[int, Set[datetime]] = MappingProxyType({}),
    now: datetime,
) -> dict[int, Slot | None]:
    """Return the next free slot of each channel; None where there is none.

    Somebody else may take it, unless the channels' slots are locked.
    """
    ids = set(channel_ids)
    plans = await slots.plans(db, by.workspace_id, ids)
    taken = await slots.taken(db, by.workspace_id, ids, after=now)
    return {
        channel_id: rules.next_free(
            plan.times,
            plan.timezone or by.zone,
            after=now,
            taken=taken[channel_id] | also_taken.get(channel_id, frozenset()),
        )
        for channel_id, plan in plans.items()
    }


async def free(
    db: AsyncSession, by: Member, channel_ids: Iterable[int], *, after: datetime, before: datetime
) -> list[tuple[datetime, int]]:
    """Return the free slots between two instants, each with its channel, soonest first."""
    ids = set(channel_ids)
    plans = await slots.plans(db, by.workspace_id, ids)
    taken = await slots.taken(db, by.workspace_id, ids, after=after, before=before)
    return sorted(
        (at, channel_id)
        for channel_id, plan in plans.items()
        for at in _until(plan, by.zone, after=after, before=before)
        if at not in taken[channel_id]
    )


def _until(plan: Plan, zone: str, *, after: datetime, before: datetime) -> Iterator[datetime]:
    ahead = rules.coming(plan.times, plan.timezone or zone, after=after)
    return takewhile(lambda at: at < before, (each.at for each in ahead))
