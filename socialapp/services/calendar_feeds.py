"""Calendar feeds: secret addresses that show the plan in other programs' calendars."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialapp.domain.delivery import Status, schedule_status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound
from socialapp.domain.ical import Entry
from socialapp.domain.people import Member, Right
from socialapp.services import members
from socialapp.store import calendar_feeds, channels, people, schedules
from socialapp.store.calendar_feeds import Words
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import CalendarFeed, Schedule

BACK = timedelta(days=90)
AHEAD = timedelta(days=365)
SHOWN_AT_MOST = 2000
FEEDS_AT_MOST = 100
"""Of a workspace."""
SECRET_AT_MOST = 100
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Feed:
    """What is at the address of a feed."""

    name: str
    entries: tuple[Entry, ...]


def _allow(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("Only who may write here makes and revokes calendar feeds.")


async def create(
    db: AsyncSession, by: Member, *, channel_id: int | None = None, now: datetime
) -> tuple[CalendarFeed, str]:
    """Make a feed of all channels, or of one, and return it with its secret: shown once.

    It ends when it is revoked, or when whoever made it is removed from the workspace.
    """
    _allow(by)
    if channel_id is not None and await channels.get(db, by.workspace_id, channel_id) is None:
        raise NotFound("There is no such channel.")
    await people.one_at_a_time(db, f"feeds:{by.workspace_id}")
    if len(await calendar_feeds.of_workspace(db, by.workspace_id)) >= FEEDS_AT_MOST:
        raise Conflict("There are too many calendar feeds. Revoke some first.")
    secret = secrets.token_urlsafe(32)
    made = CalendarFeed(
        workspace_id=by.workspace_id,
        channel_id=channel_id,
        secret_hash=members.hash_secret(secret),
        created_by=by.person_id,
        created_at=now,
    )
    db.add(made)
    await db.flush()
    return made, secret


async def of_workspace(db: AsyncSession, by: Member) -> list[tuple[CalendarFeed, str]]:
    """Return the feeds with the names of their channels, newest first."""
    return await calendar_feeds.of_workspace(db, by.workspace_id)


async def revoke(db: AsyncSession, by: Member, feed_id: int) -> None:
    """End a feed, at once."""
    _allow(by)
    if not await calendar_feeds.revoke(db, by.workspace_id, feed_id):
        raise NotFound("There is no such calendar feed.")


async def read(database: Database, secret: str, *, now: datetime) -> Feed:
    """Return what a feed shows; its last use is noted once a minute.

    Raises NotFound, in the same words whether it was revoked or never made.
    """
    # Whatever else stands there is none of ours, and could not even be hashed.
    is_possible = secret.isascii() and 0 < len(secret) <= SECRET_AT_MOST
    async with database.reading() as db:
        hashed = members.hash_secret(secret) if is_possible else ""
        found = await calendar_feeds.by_secret(db, hashed)
        if found is None:
            raise NotFound("There is no such calendar. Make a new address in the app's settings.")
        feed, workspace, channel = found
        entries = await _entries(db, feed, now=now)
    if feed.last_used_at is None or now - feed.last_used_at > USED_EVERY:
        async with database.transaction() as db:
            await calendar_feeds.used(db, feed.id or 0, now=now)
    return Feed(f"{workspace} · {channel}" if channel else workspace, entries)


async def _entries(db: AsyncSession, feed: CalendarFeed, *, now: datetime) -> tuple[Entry, ...]:
    shown = await schedules.nearest(
        db,
        feed.workspace_id,
        now=now,
        since=now - BACK,
        until=now + AHEAD,
        limit=SHOWN_AT_MOST,
        channel_id=feed.channel_id,
    )
    words = await calendar_feeds.words_of(db, {each.post_id for each in shown})
    statuses = await calendar_feeds.statuses_of(db, [each.id or 0 for each in shown])
    names = await channels.by_id(
        db, feed.workspace_id, {channel for some in statuses.values() for channel, _ in some}
    )
    called = {channel_id: channel.name for channel_id, channel in names.items()}
    made = (
        _entry(each, words[each.post_id], statuses.get(each.id or 0, []), called, feed.channel_id)
        for each in shown
    )
    return tuple(entry for entry in made if entry)


def _entry(
    schedule: Schedule,
    words: Words,
    deliveries: list[tuple[int, Status]],
    names: dict[int, str],
    only: int | None,
) -> Entry | None:
    """Return what is shown of a schedule; None when the channel in question was cancelled."""
    there = [
        (channel_id, status)
        for channel_id, status in deliveries
        if status != Status.CANCELLED and only in {None, channel_id}
    ]
    if not there:
        return None
    if only is not None:
        own = words.variants.get(str(only), {})
        words = replace(
            words, title=own.get("title", words.title), text=own.get("text", words.text)
        )
    return Entry(
        # An id is given out again by another installation, an id with its moment is not.
        uid=f"schedule-{schedule.id}-{round(schedule.created_at.timestamp() * 1000)}@socialapp",
        schedule_id=schedule.id or 0,
        at=schedule.scheduled_at,
        changed_at=max(schedule.updated_at, words.updated_at),
        status=schedule_status(status for _, status in there),
        title=words.title,
        text=words.text,
        channels=tuple(names[channel_id] for channel_id, _ in there if channel_id in names),
    )
