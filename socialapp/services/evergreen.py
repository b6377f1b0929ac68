"""Evergreen lists: make, change, start, pause, end, skip a turn, and what comes next.

A new list is paused: it is filled, looked at, and started. What is in it is in `evergreen_entries`,
and its turns are made by `going_round`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialapp.domain import evergreen as rules
from socialapp.domain import moments
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.evergreen import Choice, Rhythm
from socialapp.domain.people import Member, Right
from socialapp.services import ahead, going_round, schedules
from socialapp.store import evergreen as rows
from socialapp.store import people
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import EvergreenList, EvergreenTurn, Schedule

NAME_AT_MOST = 100


@dataclass(frozen=True)
class Settings:
    """How a list goes round."""

    name: str
    channel_ids: tuple[int, ...]
    rhythm: Rhythm
    timezone: str
    rest_days: int = rules.REST_DAYS
    ends_at: datetime | None = None
    rounds: int | None = None


@dataclass(frozen=True)
class Next:
    """What goes out at a turn to come, and why."""

    at: datetime
    turn_at: datetime
    """The moment of the turn by the rhythm; it names the turn."""
    entry_id: int | None
    wording_id: int | None
    why: str
    """Why this entry; or why nothing goes out."""
    post_id: int | None = None
    """None: it is not made yet."""
    status: str = ""
    """Of its schedule."""
    is_skipped: bool = False


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at evergreen lists here, not change them.")


async def create(
    db: AsyncSession, by: Member, settings: Settings, *, now: datetime
) -> EvergreenList:
    """Make a list; it is paused until it is started."""
    _allow(by)
    await people.keep_workspace(db, by.workspace_id)
    found = EvergreenList(
        workspace_id=by.workspace_id,
        name="",
        timezone=settings.timezone,
        paused_at=now,
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )
    await _set(db, by, found, settings)
    return await kept(db, found)


async def _set(db: AsyncSession, by: Member, found: EvergreenList, settings: Settings) -> None:
    name = " ".join(settings.name.split())
    if not 1 <= len(name) <= NAME_AT_MOST:
        message = f"Give the list a name of at most {NAME_AT_MOST} characters."
        raise Rejected(Problem("name_required", message, "name"))
    moments.zone_info(settings.timezone)
    settings.rhythm.check()
    rules.check_numbers(rest_days=settings.rest_days, rounds=settings.rounds)
    to = await schedules.channels_for(db, by, settings.channel_ids)
    found.name, found.timezone, found.rest_days = name, settings.timezone, settings.rest_days
    found.channel_ids = [channel.id or 0 for channel in to]
    found.times = [[each.weekday, each.minute] for each in sorted(set(settings.rhythm.times))]
    found.per_week = settings.rhythm.per_week
    found.ends_at, found.rounds = settings.ends_at, settings.rounds


def settings_of(found: EvergreenList) -> Settings:
    """Return how a list goes round, to be changed and given back."""
    return Settings(
        found.name,
        tuple(found.channel_ids),
        going_round.rhythm_of(found),
        found.timezone,
        found.rest_days,
        found.ends_at,
        found.rounds,
    )


async def get(db: AsyncSession, by: Member, list_id: int, *, lock: bool = False) -> EvergreenList:
    """Return a list of the workspace. Raises NotFound when it has none of that id."""
    if lock:
        await people.keep_workspace(db, by.workspace_id)
    found = await rows.get(db, by.workspace_id, list_id, lock=lock)
    if found is None:
        raise NotFound("There is no such evergreen list.")
    return found


async def to_change(db: AsyncSession, by: Member, list_id: int) -> EvergreenList:
    """Return a locked list for whoever may change it. Raises Conflict when it was ended."""
    _allow(by)
    found = await get(db, by, list_id, lock=True)
    if found.ended_at:
        raise Conflict("This list was ended. Make a new one.")
    return found


async def change(
    db: AsyncSession, by: Member, list_id: int, settings: Settings, *, now: datetime
) -> EvergreenList:
    """Change how a list goes round: what it has planned is taken back, and chosen anew."""
    found = await to_change(db, by, list_id)
    before = settings_of(found)
    await _set(db, by, found, settings)
    if replace(settings_of(found), name=before.name) != before:
        await going_round.take_back(db, by, found, now=now)
    return await again(db, by, found, now=now)


async def again(
    db: AsyncSession, by: Member, found: EvergreenList, *, now: datetime
) -> EvergreenList:
    """Make what is missing of a list that was changed.

    Whoever changes it without the right to approve makes it from then on: under an approval rule
    nothing that they wrote goes out by what somebody else may do.
    """
    found.updated_at = now
    if not by.may(Right.APPROVE):
        found.created_by = by.person_id
    return await fill(db, found, now=now)


async def fill(db: AsyncSession, found: EvergreenList, *, now: datetime) -> EvergreenList:
    """Make what is missing of a list, for whoever makes it."""
    if not found.paused_at and not found.ended_at:
        zone = (await people.workspace(db, found.workspace_id)).zone
        maker = await ahead.maker(db, found.workspace_id, found.created_by, zone=zone)
        await going_round.make(db, maker, found, now=now)
    return await kept(db, found)


async def start(db: AsyncSession, by: Member, list_id: int, *, now: datetime) -> EvergreenList:
    """Let a list go round, for the first time or again. Twice is harmless."""
    found = await to_change(db, by, list_id)
    if not found.paused_at:
        return found
    if not await rows.entries(db, [list_id]):
        raise Conflict("This list has no entries. Add one, then start it.")
    found.started_at, found.paused_at, found.stopped = now, None, ""
    return await again(db, by, found, now=now)


async def pause(db: AsyncSession, by: Member, list_id: int, *, now: datetime) -> EvergreenList:
    """Take back what a list has planned, and plan no more. Twice is harmless."""
    found = await to_change(db, by, list_id)
    if found.paused_at:
        return found
    await going_round.take_back(db, by, found, now=now)
    found.paused_at, found.updated_at, found.look_at, found.trouble = now, now, None, ""
    return await kept(db, found)


async def end(db: AsyncSession, by: Member, list_id: int, *, now: datetime) -> EvergreenList:
    """End a list for good: what it has planned is taken back. Twice is harmless."""
    _allow(by)
    found = await get(db, by, list_id, lock=True)
    if not found.ended_at:
        await going_round.take_back(db, by, found, now=now)
        found.ended_at, found.updated_at, found.look_at, found.trouble = now, now, None, ""
    return await kept(db, found)


async def skip(
    db: AsyncSession, by: Member, list_id: int, *, at: datetime, now: datetime
) -> EvergreenList:
    """Leave out the turn of a moment: what was made of it goes to the trash. Twice is harmless.

    Raises Rejected when the list has no such turn ahead, Conflict when it is out.
    """
    found = await to_change(db, by, list_id)
    decided = {turn.nominal_at: turn for turn in await rows.turns(db, list_id)}
    mine = decided.get(at)
    if mine is None:
        desk = await going_round.read(db, found, now=now)
        if all(turn.at != at for turn in desk.ahead):
            message = "The list has no turn at that time. Nothing was skipped."
            raise Rejected(Problem("no_turn", message, "at"))
        mine = EvergreenTurn(workspace_id=found.workspace_id, list_id=list_id, nominal_at=at)
    elif mine.post_id is not None:
        if all(turn.id != mine.id for turn in await going_round.unsent(db, found)):
            raise Conflict("That is out, or cancelled. Nothing was skipped.")
        if not await ahead.drop(db, by, mine.post_id, now=now):
            raise Conflict("That has just left. Nothing was skipped.")
    mine.post_id = mine.entry_id = mine.wording_id = None
    mine.why = ""
    db.add(mine)
    await db.flush()
    return await again(db, by, found, now=now)


async def upcoming(
    db: AsyncSession, by: Member, found: EvergreenList, *, now: datetime
) -> list[Next]:
    """Return the turns of the next two weeks: what is made, and what would be, in order.

    Begins with the last of those that wait from the past, and ends with the first turn at which
    nothing may go.
    """
    if found.ended_at:
        return []
    list_id = found.id or 0
    waits = await rows.waiting(db, list_id)
    past = sum(schedule.scheduled_at <= now for _, schedule in waits)
    made = _planned(waits[max(0, past - ahead.AT_ONCE) :])
    desk = await going_round.read(db, found, now=now)
    skipped = [
        Next(t.nominal_at, t.nominal_at, None, None, "", is_skipped=True)
        for t in desk.decided.values()
        if t.post_id is None and t.nominal_at > now
    ]
    return sorted([*made, *skipped, *await _thoughts(db, by, found, desk, now=now)], key=_by_time)


def _by_time(each: Next) -> datetime:
    return each.at


def _planned(waits: Iterable[tuple[EvergreenTurn, Schedule]]) -> list[Next]:
    found: dict[int, Next] = {}
    for turn, schedule in waits:  # in order: of several the first counts
        found.setdefault(
            turn.id or 0,
            Next(
                schedule.scheduled_at,
                turn.nominal_at,
                turn.entry_id,
                turn.wording_id,
                turn.why,
                turn.post_id,
                schedule.status,
            ),
        )
    return list(found.values())


async def _thoughts(
    db: AsyncSession, by: Member, found: EvergreenList, desk: going_round.Desk, *, now: datetime
) -> Sequence[Next]:
    thoughts: list[Next] = []
    for turn in desk.ahead:
        if turn.at in desk.decided:
            continue
        try:
            thought = await going_round.think(db, by, found, desk, turn, now=now)
        except ForPeople as no:
            return [*thoughts, Next(turn.at, turn.at, None, None, no.detail)]
        at = min(thought.when.values())
        if not isinstance(thought.what, Choice):
            why = going_round.empty(found, thought, now=now)
            return [*thoughts, Next(at, turn.at, None, None, why)]
        going_round.note(desk, found, thought)
        what = thought.what
        thoughts.append(Next(at, turn.at, what.entry_id, what.wording_id, what.why))
    return thoughts


async def kept(db: AsyncSession, found: EvergreenList) -> EvergreenList:
    """Keep a list, and show it after the commit."""
    db.add(found)
    await db.flush()
    aftermath(db).workspaces.add(found.workspace_id)
    return found
