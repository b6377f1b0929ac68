"""Looking at a source: its feed is read outside of any transaction, then noted, then made posts of.

Whoever looks claims the source first, so that two workers ask its server once.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.clock import utc_now
from socialapp.domain import sources as rules
from socialapp.domain.checks import AltText
from socialapp.domain.content import Content
from socialapp.domain.errors import Conflict, NotFound, Problem, Rejected
from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event, News
from socialapp.domain.people import Member
from socialapp.domain.sources import Item, ItemState
from socialapp.domain.variants import Variant
from socialapp.providers.syndication import reader
from socialapp.providers.syndication.reader import Feed, Found, Unreadable
from socialapp.services import dry_run, schedules, source_posts, sources
from socialapp.services.sources import Given
from socialapp.store import notifications, people
from socialapp.store import sources as rows
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Channel, Source

LOOKS_WITHIN = timedelta(minutes=5)
"""Longer than any look: whoever has not come back by then was killed."""
AGAIN_BY_HAND = timedelta(minutes=1)
TOLD_AFTER = 3
"""Failures in a row, when the next look may well succeed."""
SHOWN = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Looked:
    """What a look came to."""

    new: int = 0
    is_first: bool = False
    trouble: str = ""


async def look(
    database: Database,
    workspace_id: int,
    source_id: int,
    *,
    now: datetime,
    by: Member | None = None,
) -> Looked | None:
    """Read a feed whose time has come, and make posts of what is new.

    None: it is not time, or somebody else is looking. `by` asks for it before its time, which
    raises Conflict when that would be too often for its server.
    """
    async with database.transaction() as db:
        source = await _claim(db, workspace_id, source_id, by=by, now=now)
        if source is None:
            return None
        seen = _seen(source)
    found: Found | Unreadable
    try:
        found = await reader.read(
            seen.url, etag=seen.etag, last_modified=seen.last_modified, now=now
        )
    except Unreadable as no:
        found = no
    async with database.transaction() as db:
        new = await _note(db, workspace_id, source_id, seen, found, now=now)
    if new is None:
        return None
    hitch = await source_posts.make(database, workspace_id, source_id, now=now)
    async with database.transaction() as db:
        trouble = await _settle(db, workspace_id, source_id, found, hitch, now=now)
    return Looked(new, seen.is_first, trouble)


@dataclass(frozen=True)
class _Seen:
    """What a look began with: another one, or a change by a person, makes it void."""

    url: str
    etag: str
    last_modified: str
    looking_until: datetime
    typed: str
    is_first: bool


def _seen(source: Source) -> _Seen:

    assert source.looking_until
    return _Seen(
        source.feed_url or source.url,
        # Without what is known the whole has to be read.
        source.etag if source.known_at else "",
        source.last_modified if source.known_at else "",
        source.looking_until,
        source.url,
        source.known_at is None,
    )


async def _claim(
    db: AsyncSession, workspace_id: int, source_id: int, *, by: Member | None, now: datetime
) -> Source | None:
    source = await rows.get(db, workspace_id, source_id, lock=True)
    if by:
        if source is None:
            raise NotFound("There is no such source.")
        sources.allow(by, source.becomes)
        _check_polite(source, now=now)
    elif source is None or source.look_at is None or source.look_at > now:
        return None
    if source.looking_until and source.looking_until > now:
        return None
    source.looking_until = now + LOOKS_WITHIN
    source.look_at = now + LOOKS_WITHIN  # by then somebody else looks, if this one never ends
    db.add(source)
    await db.flush()
    return source


def _check_polite(source: Source, *, now: datetime) -> None:
    if source.paused_at:
        raise Conflict("This source is paused. Resume it first.")
    if source.looking_until and source.looking_until > now:
        raise Conflict("This source is being looked at. What is found shows in a moment.")
    if source.looked_at and now - source.looked_at < AGAIN_BY_HAND:
        raise Conflict("It was looked at less than a minute ago. Nothing was asked.")
    if source.failures and source.asked_to_wait_until and source.asked_to_wait_until > now:
        raise Conflict("The feed's server asked us to wait. It is looked at again by itself.")


async def _note(
    db: AsyncSession,
    workspace_id: int,
    source_id: int,
    seen: _Seen,
    found: Found | Unreadable,
    *,
    now: datetime,
) -> int | None:
    """Write down what was found; None when the look is void."""
    source = await rows.get(db, workspace_id, source_id, lock=True)
    if (
        source is None
        or source.paused_at
        or source.looking_until != seen.looking_until
        or source.url != seen.typed
    ):
        return None
    source.looking_until, source.looked_at = None, now
    new = 0
    if isinstance(found, Unreadable):
        source.failures += 1
        source.is_gone = found.is_gone
        after = found.after
        source.asked_to_wait_until = now + min(after, rules.LONGEST) if after else None
        wait = rules.next_look(failures=source.failures - 1, after=after, now=now)
        source.look_at = None if found.is_gone else wait
    else:
        source.failures, source.is_gone, source.asked_to_wait_until = 0, False, None
        source.feed_url = found.url
        source.etag, source.last_modified = found.etag, found.last_modified
        source.look_at = rules.next_look(failures=0, after=None, now=now)
        if found.feed:
            source.title = found.feed.title
            new = await rows.remember(db, source, _sorted(source, found.feed), now=now)
            if found.feed.items:  # one that is empty for a moment says nothing of what was in it
                await rows.forget_old(db, source_id, now=now)
        source.found_new = 0 if source.known_at is None else new
        source.known_at = source.known_at or now
    db.add(source)
    await db.flush()
    aftermath(db).workspaces.add(workspace_id)
    return new


def _sorted(source: Source, feed: Feed) -> list[tuple[Item, ItemState]]:
    if source.known_at is None:
        return [(item, ItemState.KNOWN) for item in feed.items]
    return [
        (
            item,
            ItemState.WAITING
            if rules.is_wanted(item, source.must_have, source.must_not_have)
            else ItemState.LEFT_OUT,
        )
        for item in feed.items
    ]


async def _settle(
    db: AsyncSession,
    workspace_id: int,
    source_id: int,
    found: Found | Unreadable,
    hitch: str,
    *,
    now: datetime,
) -> str:
    """Say what is wrong on the page, and tell it once for as long as it lasts."""
    source = await rows.get(db, workspace_id, source_id, lock=True)
    if source is None:
        return ""
    may_pass = isinstance(found, Unreadable) and found.is_passing
    trouble = found.reason if isinstance(found, Unreadable) else hitch
    if not trouble:
        source.trouble_since = None
    elif source.trouble_since is None:
        source.trouble_since = now
    source.trouble = trouble
    db.add(source)
    await db.flush()
    is_told = trouble and not (may_pass and source.failures < TOLD_AFTER)
    if is_told and source.trouble_since:
        key = f"{Event.SOURCE}:{source_id}:{iso(source.trouble_since)}"
        title = f"A source has trouble: {source.title or source.url}"[:200]
        news = News(workspace_id, Event.SOURCE, key, title=title, text=trouble)
        await notifications.tell(db, [news], now=now)
    return trouble


async def look_at_due(database: Database, *, now: datetime) -> int:
    """Look at every source whose time has come; return at how many. Each at its own pace."""
    async with database.reading() as db:
        due = await rows.to_look_at(db, now=now)
    found = 0
    for start in range(0, len(due), 4):
        some = [_look_alone(database, *each) for each in due[start : start + 4]]
        found += sum(await asyncio.gather(*some))
    return found


async def _look_alone(database: Database, workspace_id: int, source_id: int) -> bool:
    """Look at one; whatever is wrong with it does not hinder the others."""
    try:
        return await look(database, workspace_id, source_id, now=utc_now()) is not None
    except Exception:
        _log.exception("Source %d could not be looked at.", source_id)
        return False


@dataclass(frozen=True)
class ChannelWords:
    """What would go out to a channel, and what its network would say of it."""

    channel: Channel
    text: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Sample:
    """An item as it would be posted."""

    item: Item
    is_wanted: bool
    """Whether its words are those that were asked for."""
    channels: tuple[ChannelWords, ...]


@dataclass(frozen=True)
class Trial:
    """What is at an address, and what would become of its newest items."""

    url: str
    title: str
    number: int
    samples: tuple[Sample, ...]


async def attempt(database: Database, by: Member, given: Given, *, now: datetime) -> Trial:
    """Read a feed and show its newest items as they would be posted; nothing is kept.

    Raises Rejected with what is wrong with the feed or with what was given.
    """
    sources.allow(by)
    url = rules.read_address(given.url, allow_http=reader.allows_http())
    template = rules.check_template(given.template)
    async with database.reading() as db:
        to = await schedules.channels_for(db, by, given.channel_ids) if given.channel_ids else []
        alt_text = (await people.workspace(db, by.workspace_id)).alt_text_rule
    try:
        found = await reader.read(url, now=now)
    except Unreadable as no:
        raise Rejected(Problem("feed_unreadable", no.reason, "url")) from no
    assert found.feed
    newest = sorted(
        enumerate(found.feed.items),
        key=lambda each: (-(each[1].published_at or now).timestamp(), each[0]),
    )[:SHOWN]
    return Trial(
        found.url,
        found.feed.title,
        len(found.feed.items),
        tuple(_sample(given, template, item, to, by.zone, alt_text) for _, item in newest),
    )


def _sample(
    given: Given, template: str, item: Item, to: Sequence[Channel], zone: str, alt_text: str
) -> Sample:
    text, variants = source_posts.words_for(template, item, to, zone=zone)
    shorter = {
        channel_id: Variant(text=given_text.text) for channel_id, given_text in variants.items()
    }
    written = Written(Content(text), shorter)
    shown = []
    for channel in to:
        verdict = dry_run.of_channel(written, channel, alt_text=AltText(alt_text)).verdict
        own = shorter.get(channel.id or 0)
        shown.append(ChannelWords(channel, (own and own.text) or text, tuple(verdict.problems)))
    wanted = rules.is_wanted(item, given.must_have, given.must_not_have)
    return Sample(item, wanted, tuple(shown))
