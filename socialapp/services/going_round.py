"""The turns of evergreen lists are made ahead, each exactly once, whoever makes them and how often.

A turn is chosen and written in one transaction: its post, its schedules, and that it was decided.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from socialapp.domain import moments, slots
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Conflict, ForPeople
from socialapp.domain.evergreen import (
    FAILURES_AT_MOST,
    Book,
    Choice,
    Entry,
    Rhythm,
    Why,
    choose,
    turns,
)
from socialapp.domain.moments import Moment
from socialapp.domain.notifications import Event, News
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import WeeklyTime
from socialapp.services import ahead, copies, queueing, schedules
from socialapp.services.free_slots import FreeSlots
from socialapp.store import evergreen as rows
from socialapp.store import notifications, people, posts
from socialapp.store import schedules as schedule_rows
from socialapp.store import slots as slot_rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import EvergreenList, EvergreenTurn, Post, Schedule

AHEAD = timedelta(days=14)
"""So far ahead, or as many as ahead.AT_ONCE: whichever is less."""
NEAR = timedelta(hours=1)
"""A turn that would stay empty stops the list this long before it."""


def rhythm_of(found: EvergreenList) -> Rhythm:
    """Return when a list has its turns."""
    times = tuple(WeeklyTime(weekday, minute) for weekday, minute in found.times)
    return Rhythm(times, found.per_week)


@dataclass
class Desk:
    """All that is known when it is chosen what goes out."""

    entries: list[Entry]
    posts: dict[int, Post]
    """The post of each wording."""
    book: Book
    decided: dict[datetime, EvergreenTurn]
    ahead: list[Moment]
    """The turns to come, decided or not."""
    late: timedelta = timedelta()
    held: Set[int] = frozenset()
    """The entries whose posts wait for approval, whoever makes the list."""
    taken: dict[int, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    """The slots that what is only thought of would have."""


@dataclass(frozen=True)
class Thought:
    """What would go out at a turn that is not decided."""

    turn: Moment
    when: Mapping[int, datetime]
    """By channel."""
    what: Choice | Why


async def make_one(db: AsyncSession, workspace_id: int, list_id: int, *, now: datetime) -> int:
    """Make the missing turns of a list, if it is still time to look; return how many were made."""
    workspace = await people.keep_workspace(db, workspace_id)
    found = await rows.get(db, workspace_id, list_id, lock=True)
    if found is None or found.look_at is None or found.look_at > now:
        return 0
    by = await ahead.maker(db, workspace_id, found.created_by, zone=workspace.zone)
    return len(await make(db, by, found, now=now))


@dataclass(frozen=True)
class _Gap:
    """The first turn that would stay empty."""

    words: str
    until: datetime
    """When it is too late to put something there."""
    is_over: bool = False
    """The stop rules want it so."""


async def make(
    db: AsyncSession, by: Member, found: EvergreenList, *, now: datetime
) -> list[Schedule]:
    """Make the turns of a locked list up to the horizon.

    The first that would stay empty ends it: the list says why, and stops when that turn is near.
    """
    found.look_at, found.trouble = None, ""
    if found.paused_at or found.ended_at:
        return []
    if await _keeps_failing(db, found):
        why = f"The last {FAILURES_AT_MOST} posts of it failed. See why, then start it again."
        await stop(db, by, found, why, now=now)
        return []
    await unsent(db, found)  # everybody locks schedules before slots
    await slot_rows.lock(db, found.channel_ids)
    desk = await read(db, found, now=now)
    made, gap = await _fill(db, by, found, desk, now=now)
    if gap:
        is_idle = not await rows.waiting(db, found.id or 0)
        if (gap.is_over and is_idle) or (not gap.is_over and gap.until <= now + NEAR):
            await stop(db, by, found, gap.words, now=now)
            return []
        found.trouble = "" if gap.is_over else gap.words
    found.look_at = now + ahead.LOOK_AGAIN
    db.add(found)
    await db.flush()
    aftermath(db).workspaces.add(found.workspace_id)
    return made


async def _fill(
    db: AsyncSession, by: Member, found: EvergreenList, desk: Desk, *, now: datetime
) -> tuple[list[Schedule], _Gap | None]:
    if not desk.ahead:
        return [], _Gap("Its last day is over.", now, is_over=True)
    made: list[Schedule] = []
    share = timedelta(weeks=1) / found.per_week if found.per_week else timedelta()
    room = ahead.AT_ONCE - len(await rows.waiting(db, found.id or 0, after=now))
    for turn in [each for each in desk.ahead if each.at not in desk.decided][: max(0, room)]:
        try:
            thought = await think(db, by, found, desk, turn, now=now)
            if not isinstance(thought.what, Choice):
                words, is_over = empty(found, thought, now=now), thought.what is Why.DONE
                return made, _Gap(words, turn.at + share, is_over=is_over)
            async with db.begin_nested():
                made += await _make(db, by, found, desk, thought, now=now)
        except ForPeople as no:
            return made, _Gap(no.detail, turn.at + share)
    return made, None


async def read(db: AsyncSession, found: EvergreenList, *, now: datetime) -> Desk:
    """Read what the choice is made from: entries, what went out, and the turns to come."""
    zone, list_id = found.timezone, found.id or 0
    entries = await rows.entries(db, [list_id])
    wordings = await rows.wordings(db, [entry.id or 0 for entry in entries])
    patterns = await posts.by_id(db, found.workspace_id, {w.post_id for w in wordings})
    mine = {w.id or 0: patterns[w.post_id] for w in wordings}
    rest = timedelta(days=found.rest_days + 2)
    until = min(now + AHEAD, found.ends_at or now + AHEAD)
    coming = turns(
        rhythm_of(found),
        zone,
        start=found.started_at or now,
        after=now,
        until=until,
        at_most=ahead.AT_ONCE * 2,
    )
    since = min([now, *(turn.at for turn in coming)])
    shown = await rows.shows(
        db,
        found.workspace_id,
        list_id,
        texts={post.text for post in mine.values()},
        originals=await rows.originals(db, list_id),
        channel_ids=found.channel_ids,
        since=since - rest,
        until=now + AHEAD + timedelta(days=slots.AHEAD.days if found.per_week else 0) + rest,
    )
    plans = await slot_rows.plans(db, found.workspace_id, found.channel_ids)
    return Desk(
        entries=[
            Entry(
                entry.id or 0,
                tuple(w.id or 0 for w in wordings if w.entry_id == entry.id),
                entry.at_most,
                _wall(entry.until, zone) if entry.until else None,
            )
            for entry in entries
        ],
        posts=mine,
        book=_book(shown, await rows.tallies(db, list_id), mine, zone),
        decided={turn.nominal_at: turn for turn in await rows.turns(db, list_id, since=since)},
        ahead=coming,
        late=max((p.delay for p in plans.values()), default=timedelta())
        if found.per_week
        else timedelta(),
        held=await rows.held(db, list_id),
    )


def _book(
    shown: Sequence[rows.Shows], tallies: Sequence[rows.Tally], mine: dict[int, Post], zone: str
) -> Book:
    book = Book()
    for tally in tallies:
        at, entry = _wall(tally.last_at, zone), tally.entry_id
        book.times[entry] = book.times.get(entry, 0) + tally.times
        book.last_of_entry[entry] = max(at, book.last_of_entry.get(entry, at))
        book.last_of_wording[tally.wording_id] = at
    saying: dict[str, list[int]] = defaultdict(list)
    for wording_id, post in mine.items():
        if post.text.strip():
            saying[post.text].append(wording_id)
    for each in shown:
        for wording_id in {each.wording_id, *saying.get(each.text, ())} - {None}:
            place = (wording_id or 0, each.channel_id)
            book.uses.setdefault(place, []).append(_wall(each.at, zone))
    return book


def _wall(at: datetime, zone: str) -> datetime:
    return moments.in_zone(at, zone).replace(tzinfo=None)


async def think(
    db: AsyncSession, by: Member, found: EvergreenList, desk: Desk, turn: Moment, *, now: datetime
) -> Thought:
    """Choose for a turn. Raises Rejected when its channels are gone, or have no free slot."""
    when = await _when(db, by, found, desk, turn, now=now)
    what = choose(
        desk.entries,
        desk.book,
        when={channel: _wall(at, found.timezone) for channel, at in when.items()},
        rest_days=found.rest_days,
        rounds=found.rounds,
        late=desk.late,
    )
    return Thought(turn, when, what)


def note(desk: Desk, found: EvergreenList, thought: Thought) -> None:
    """Count what was chosen, so that the next choice knows it."""
    if isinstance(thought.what, Choice):
        wall = {channel: _wall(at, found.timezone) for channel, at in thought.when.items()}
        desk.book.note(thought.what, wall)
        text = desk.posts[thought.what.wording_id].text
        for wording_id, post in desk.posts.items():
            if wording_id != thought.what.wording_id and post.text == text and text.strip():
                for channel, at in wall.items():
                    desk.book.uses.setdefault((wording_id, channel), []).append(at)
        for channel, at in thought.when.items():
            desk.taken[channel].add(at)


async def _when(
    db: AsyncSession, by: Member, found: EvergreenList, desk: Desk, turn: Moment, *, now: datetime
) -> dict[int, datetime]:
    to = await schedules.channels_for(db, by, found.channel_ids)
    if not found.per_week:
        return {channel.id or 0: turn.at for channel in to}
    free = await FreeSlots.of(db, by, to, now=max(now, turn.at))
    free.also(desk.taken)
    turns = free.turns(to)
    return {channel_id: each.slot.at for each, some in turns.items() for channel_id in some}


async def _make(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    desk: Desk,
    thought: Thought,
    *,
    now: datetime,
) -> list[Schedule]:
    chosen = thought.what
    assert isinstance(chosen, Choice)
    pattern = desk.posts[chosen.wording_id]
    post_id = await copies.copy(db, pattern, channel_ids=found.channel_ids, now=now)
    db.add(
        EvergreenTurn(
            workspace_id=found.workspace_id,
            list_id=found.id or 0,
            nominal_at=thought.turn.at,
            entry_id=chosen.entry_id,
            wording_id=chosen.wording_id,
            post_id=post_id,
            why=chosen.why,
        )
    )
    await db.flush()
    if chosen.entry_id in desk.held:
        by = replace(by, rights=by.rights - {Right.APPROVE})
    to = found.channel_ids
    if found.per_week:
        later = max(now, thought.turn.at)
        made = await queueing.add(db, by, post_id=post_id, channel_ids=to, after=later, now=now)
    else:
        at = thought.turn
        made = [await schedules.create(db, by, post_id=post_id, at=at, channel_ids=to, now=now)]
    note(desk, found, thought)
    return made


async def _keeps_failing(db: AsyncSession, found: EvergreenList) -> bool:
    last = await rows.past(
        db, found.id or 0, limit=FAILURES_AT_MOST, since=found.started_at or found.created_at
    )
    return len(last) == FAILURES_AT_MOST and all(p.status == Shown.FAILED for _, p in last)


def empty(found: EvergreenList, thought: Thought, *, now: datetime) -> str:
    """Say why nothing goes out at a turn."""
    at = moments.spoken(min(thought.when.values()), found.timezone, now=now)
    match thought.what:
        case Why.EMPTY:
            return f"Nothing may go on {at}: the list has no entries. Add one."
        case Why.DONE:
            return "Each of its entries has gone out as often and as long as it may."
    return (
        f"Nothing may go on {at}: every wording is out within {found.rest_days} days of it."
        " Add an entry or a wording, or choose fewer times."
    )


async def stop(
    db: AsyncSession, by: Member, found: EvergreenList, why: str, *, now: datetime
) -> None:
    """Pause a list by itself, take back what it has planned, and tell everybody why."""
    await take_back(db, by, found, now=now)
    found.paused_at, found.updated_at, found.look_at = now, now, None
    found.stopped, found.trouble = why, ""
    db.add(found)
    await db.flush()
    key = f"{Event.LIST_STOPPED}:{found.id}:{moments.iso(now)}"
    news = News(
        found.workspace_id,
        Event.LIST_STOPPED,
        key,
        title=f"The evergreen list {found.name} stopped",
        text=f"{why} Nothing of it goes out until somebody starts it again.",
    )
    await notifications.tell(db, [news], now=now)
    aftermath(db).workspaces.add(found.workspace_id)


async def take_back(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    *,
    wording_ids: Set[int] | None = None,
    now: datetime,
) -> None:
    """Take back what a list has planned, or what it has of some wordings: it was never decided.

    What has just left stays, and stays decided.
    """
    mine = await unsent(db, found, wording_ids=wording_ids)
    waits: dict[int, list[int]] = defaultdict(list)
    for _, schedule in await rows.waiting(db, found.id or 0):
        waits[schedule.post_id].append(schedule.id or 0)
    for turn in mine:
        if await ahead.drop(db, by, turn.post_id or 0, now=now):
            await rows.forget(db, [turn.id or 0])
            continue
        for schedule_id in waits[turn.post_id or 0]:  # one of its channels was sooner
            with suppress(Conflict):  # this one has just left, too
                await schedules.cancel(db, by, schedule_id, now=now)


async def unsent(
    db: AsyncSession, found: EvergreenList, *, wording_ids: Set[int] | None = None
) -> list[EvergreenTurn]:
    """Return the turns of a list of which something has not left, locked."""
    waits = await rows.waiting(db, found.id or 0)
    await schedule_rows.lock(db, [schedule.id or 0 for _, schedule in waits])
    mine = {turn.id: turn for turn, _ in await rows.waiting(db, found.id or 0)}
    return [t for t in mine.values() if wording_ids is None or t.wording_id in wording_ids]
