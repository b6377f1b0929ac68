"""The occurrences of series are made ahead, each exactly once, whoever makes them and how often."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import dropwhile

from socialapp.domain import moments, recurrence
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.notifications import Event, News, titled
from socialapp.domain.people import Member
from socialapp.domain.recurrence import Rule
from socialapp.services import ahead, copies, schedules
from socialapp.services.ahead import AT_ONCE, LOOK_AGAIN
from socialapp.store import channels, notifications, people, posts
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Occurrence, Post, Schedule, Series

AHEAD = timedelta(days=60)
"""So far ahead, or as many as AT_ONCE: whichever is less."""


def rule_of(series: Series) -> Rule:
    """Return how a series repeats."""
    return recurrence.read(series.rule, zone=series.timezone)


def start_of(series: Series) -> datetime:
    """Return the wall-clock time from which its rule counts."""
    return datetime.fromisoformat(series.starts)


def coming(series: Series, *, after: datetime) -> Iterator[Moment]:
    """Yield the moments of a series by its rule that are later than `after`."""
    found = recurrence.coming(rule_of(series), start_of(series), series.timezone)
    return dropwhile(lambda each: each.at <= after, found)


async def make_one(db: AsyncSession, workspace_id: int, series_id: int, *, now: datetime) -> int:
    """Make what is missing of a series, if it is still time to look; return how many were made."""
    await people.keep_workspace(db, workspace_id)
    series = await rows.get(db, workspace_id, series_id, lock=True)
    if series is None or series.look_at is None or series.look_at > now:
        return 0
    return len(await make(db, await maker(db, series), series, now=now))


async def maker(db: AsyncSession, series: Series) -> Member:
    """Return who makes the occurrences of a series, whoever pauses, resumes or changes it."""
    zone = (await people.workspace(db, series.workspace_id)).zone
    return await ahead.maker(db, series.workspace_id, series.created_by, zone=zone)


async def make(db: AsyncSession, by: Member, series: Series, *, now: datetime) -> list[Schedule]:
    """Make the occurrences of a locked series up to the horizon.

    One that a channel would refuse stops it: the series says why, everybody is told once, and it
    is tried again.
    """
    told = series.trouble
    series.look_at, series.trouble = None, ""
    made: list[Schedule] = []
    if series.paused_at or series.ended_at:
        return made
    known = {each.nominal_at for each in await rows.occurrences(db, [series.id or 0], since=now)}
    waiting = len(known)  # skipped ones, too: they are decided
    for found in coming(series, after=now):
        if waiting >= AT_ONCE or found.at > now + AHEAD:
            series.look_at = max(now + LOOK_AGAIN, found.at - AHEAD)
            break
        if found.at not in known:
            try:
                async with db.begin_nested():
                    made.append(await _make(db, by, series, found, now=now))
            except ForPeople as no:
                series.trouble = no.detail
                series.look_at = now + LOOK_AGAIN
                if no.detail != told:
                    await _tell(db, series, now=now)
                break
            waiting += 1
    db.add(series)
    await db.flush()
    aftermath(db).workspaces.add(series.workspace_id)
    return made


async def _tell(db: AsyncSession, series: Series, *, now: datetime) -> None:
    pattern = await pattern_of(db, series)
    news = News(
        series.workspace_id,
        Event.SERIES,
        f"{Event.SERIES}:{series.id}:{moments.iso(now)}",
        title=titled(Event.SERIES, pattern.title or pattern.text),
        text=f"{series.trouble} No more of it is planned until that is put right.",
    )
    await notifications.tell(db, [news], now=now)


async def _make(
    db: AsyncSession, by: Member, series: Series, at: Moment, *, now: datetime
) -> Schedule:
    pattern = await pattern_of(db, series)
    to = await channels_of(db, pattern)
    post_id = await copies.copy(db, pattern, channel_ids=[c.id or 0 for c in to], now=now)
    return await plan(db, by, series, post_id, at, now=now)


async def plan(
    db: AsyncSession, by: Member, series: Series, post_id: int, at: Moment, *, now: datetime
) -> Schedule:
    """Queue a post as the occurrence of a moment."""
    to = await channels_of(db, await pattern_of(db, series))
    db.add(
        Occurrence(
            workspace_id=series.workspace_id,
            series_id=series.id or 0,
            nominal_at=at.at,
            post_id=post_id,
        )
    )
    return await schedules.create(
        db,
        by,
        post_id=post_id,
        kind=None,
        at=at,
        channel_ids=[channel.id or 0 for channel in to],
        priority=series.priority,
        now=now,
    )


async def pattern_of(db: AsyncSession, series: Series) -> Post:
    """Return the post that each occurrence of a series is a copy of."""
    return (await posts.by_id(db, series.workspace_id, [series.post_id]))[series.post_id]


async def channels_of(db: AsyncSession, pattern: Post) -> list[Channel]:
    """Return the channels of a series that are still there. Raises Rejected when none is."""
    there = await channels.of_workspace(db, pattern.workspace_id)
    to = [channel for channel in there if channel.id in pattern.channel_ids]
    if not to:
        message = "No channel that it goes to is there any more. Choose others, and it goes on."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    return to


def spoken(series: Series) -> str:
    """Say how a series repeats, for a person."""
    return recurrence.spoken(rule_of(series), start_of(series), series.timezone)


def moment_of(series: Series, at: datetime) -> Moment:
    """Return an instant as a moment in the zone of a series."""
    return moments.shifted(at, series.timezone)
