"""What goes round in an evergreen list: its entries, and the wordings of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from socialapp.domain import evergreen as rules
from socialapp.domain.errors import Conflict, NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import copies, going_round, posts, schedules
from socialapp.services.ahead import working
from socialapp.services.evergreen import again, to_change
from socialapp.store import evergreen as rows
from socialapp.store import series as series_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import EvergreenEntry, EvergreenList, EvergreenWording, Post

ENTRIES_AT_MOST = 500
WORDINGS_AT_MOST = 20


@dataclass(frozen=True)
class Content:
    """What a wording says: the content of a post, or text with media."""

    text: str = ""
    media_ids: Sequence[int] | None = None
    """None: of a new wording none, of one that is written anew those that it has."""
    post_id: int | None = None


@dataclass(frozen=True)
class Limits:
    """When an entry has gone out enough; None: never."""

    at_most: int | None = None
    until: datetime | None = None


async def add(
    db: AsyncSession,
    by: Member,
    list_id: int,
    content: Content,
    limits: Limits = Limits(),
    *,
    now: datetime,
) -> EvergreenEntry:
    """Add an entry with one wording. Raises Rejected with what a channel would refuse."""
    found = await to_change(db, by, list_id)
    entry = await put(db, by, found, content, limits, now=now)
    await again(db, by, found, now=now)
    return entry


async def put(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    content: Content,
    limits: Limits = Limits(),
    *,
    now: datetime,
) -> EvergreenEntry:
    """Put an entry into a locked list, which is filled afterwards."""
    list_id = found.id or 0
    rules.check_at_most(limits.at_most)
    if len(await rows.entries(db, [list_id])) >= ENTRIES_AT_MOST:
        message = f"A list has at most {ENTRIES_AT_MOST} entries. Nothing was added."
        raise Rejected(Problem("too_many", message, "text"))
    entry = EvergreenEntry(
        workspace_id=found.workspace_id,
        list_id=list_id,
        at_most=limits.at_most,
        until=limits.until,
        created_at=now,
    )
    db.add(entry)
    await db.flush()
    await _add_wording(db, by, found, entry, content, now=now)
    return entry


async def limit(
    db: AsyncSession, by: Member, list_id: int, entry_id: int, limits: Limits, *, now: datetime
) -> EvergreenEntry:
    """Change how often and how long an entry goes out; what is planned is chosen anew."""
    found, entry = await _entry(db, by, list_id, entry_id)
    rules.check_at_most(limits.at_most)
    if (entry.at_most, entry.until) != (limits.at_most, limits.until):
        entry.at_most, entry.until = limits.at_most, limits.until
        db.add(entry)
        await going_round.take_back(db, by, found, now=now)
    await again(db, by, found, now=now)
    return entry


async def remove(
    db: AsyncSession, by: Member, list_id: int, entry_id: int, *, now: datetime
) -> None:
    """Take an entry out of a list: what is planned of it is taken back. What is out stays."""
    found, entry = await _entry(db, by, list_id, entry_id)
    mine = {w.id or 0 for w in await rows.wordings(db, [entry_id])}
    entry.removed_at = now
    db.add(entry)
    await going_round.take_back(db, by, found, wording_ids=mine, now=now)
    await again(db, by, found, now=now)


async def add_wording(
    db: AsyncSession, by: Member, list_id: int, entry_id: int, content: Content, *, now: datetime
) -> EvergreenWording:
    """Add another wording to an entry."""
    found, entry = await _entry(db, by, list_id, entry_id)
    if len(await rows.wordings(db, [entry_id])) >= WORDINGS_AT_MOST:
        message = f"An entry has at most {WORDINGS_AT_MOST} wordings. Nothing was added."
        raise Rejected(Problem("too_many", message, "text"))
    wording = await _add_wording(db, by, found, entry, content, now=now)
    await again(db, by, found, now=now)
    return wording


async def rewrite(
    db: AsyncSession,
    by: Member,
    list_id: int,
    entry_id: int,
    wording_id: int,
    content: Content,
    *,
    now: datetime,
) -> EvergreenWording:
    """Change what a wording says, also where it is planned. What is out stays as it was."""
    found, wording = await _wording(db, by, list_id, entry_id, wording_id)
    pattern = await posts.get(db, by, wording.post_id, lock=True)
    if content.post_id is not None:
        source = await posts.get(db, by, content.post_id)
        await copies.rewrite(db, by, pattern, source, now=now)
    else:
        pattern = await posts.edit(
            db,
            working(by),
            wording.post_id,
            revision=None,
            text=content.text,
            media_ids=content.media_ids,
            is_pattern=True,
            now=now,
        )
    await _check(db, by, found, pattern)
    # Whether the new words have rested is asked anew.
    await going_round.take_back(db, by, found, wording_ids={wording_id}, now=now)
    await again(db, by, found, now=now)
    return wording


async def remove_wording(
    db: AsyncSession, by: Member, list_id: int, entry_id: int, wording_id: int, *, now: datetime
) -> None:
    """Take a wording away. Raises Conflict for the last one: then the entry goes."""
    found, wording = await _wording(db, by, list_id, entry_id, wording_id)
    if len(await rows.wordings(db, [entry_id])) == 1:
        raise Conflict("It is the only wording. Remove the entry instead.")
    wording.removed_at = now
    db.add(wording)
    await going_round.take_back(db, by, found, wording_ids={wording_id}, now=now)
    await again(db, by, found, now=now)


async def _add_wording(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    entry: EvergreenEntry,
    content: Content,
    *,
    now: datetime,
) -> EvergreenWording:
    if content.post_id is not None:
        source = await posts.get(db, by, content.post_id)
        post_id = await copies.copy(
            db, source, channel_ids=found.channel_ids, is_aside=True, now=now
        )
    else:
        new = await posts.create(
            db,
            working(by),
            text=content.text,
            media_ids=content.media_ids or (),
            channel_ids=found.channel_ids,
            now=now,
        )
        post_id = new.id or 0
        await series_rows.set_aside(db, [post_id], is_aside=True)
    await _check(db, by, found, await posts.get(db, by, post_id))
    wording = EvergreenWording(
        workspace_id=found.workspace_id, entry_id=entry.id or 0, post_id=post_id
    )
    db.add(wording)
    await db.flush()
    return wording


async def _check(db: AsyncSession, by: Member, found: EvergreenList, pattern: Post) -> None:
    to = await schedules.channels_for(db, by, found.channel_ids)
    await posts.check_channels(db, pattern, to)


async def _entry(
    db: AsyncSession, by: Member, list_id: int, entry_id: int
) -> tuple[EvergreenList, EvergreenEntry]:
    found = await to_change(db, by, list_id)
    entry = await rows.entry(db, by.workspace_id, list_id, entry_id)
    if entry is None:
        raise NotFound("There is no such entry.")
    return found, entry


async def _wording(
    db: AsyncSession, by: Member, list_id: int, entry_id: int, wording_id: int
) -> tuple[EvergreenList, EvergreenWording]:
    found, _ = await _entry(db, by, list_id, entry_id)
    for wording in await rows.wordings(db, [entry_id]):
        if wording.id == wording_id:
            return found, wording
    raise NotFound("There is no such wording.")
