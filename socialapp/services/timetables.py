"""Timetables: weekly posting times under a name, given to channels, which then have them alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from socialapp.domain import naming
from socialapp.domain.errors import NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import WeeklyTime
from socialapp.services import schedules, slots
from socialapp.store import people, timetables
from socialapp.store import slots as slot_rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Timetable

NAME_AT_MOST = 60
TIMETABLES_AT_MOST = 100


@dataclass(frozen=True)
class Applied:
    """What a timetable changes in a channel, or would."""

    channel: Channel
    added: Sequence[WeeklyTime]
    removed: Sequence[WeeklyTime]
    waiting: int
    """Posts that have slots of the channel: they keep their moments."""


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posting times here, not change them.")


def times_of(timetable: Timetable) -> list[WeeklyTime]:
    """Return its times, in the order of the week."""
    return [WeeklyTime(weekday, minute) for weekday, minute in timetable.times]


async def create(
    db: AsyncSession, by: Member, *, name: str, times: Iterable[WeeklyTime], now: datetime
) -> Timetable:
    """Keep weekly times under a name."""
    _allow(by)
    there = await _there(db, by)
    if len(there) >= TIMETABLES_AT_MOST:
        message = f"A workspace has at most {TIMETABLES_AT_MOST} timetables. Nothing was saved."
        raise Rejected(Problem("too_many", message, "name"))
    timetable = Timetable(
        workspace_id=by.workspace_id, name=_name(name, there), times=_times(times), created_at=now
    )
    return await _kept(db, timetable)


async def save(
    db: AsyncSession, by: Member, *, name: str, channel_id: int, now: datetime
) -> Timetable:
    """Keep the posting times that a channel has now under a name."""
    plan = await slots.of_channel(db, by, channel_id)
    return await create(db, by, name=name, times=plan.times, now=now)


async def change(
    db: AsyncSession,
    by: Member,
    timetable_id: int,
    *,
    name: str | None = None,
    times: Iterable[WeeklyTime] | None = None,
) -> Timetable:
    """Give a timetable another name or other times. Channels keep what they were given."""
    _allow(by)
    there = await _there(db, by)
    timetable = await get(db, by, timetable_id)
    if name is not None:
        timetable.name = _name(name, [each for each in there if each.id != timetable_id])
    if times is not None:
        timetable.times = _times(times)
    return await _kept(db, timetable)


async def get(db: AsyncSession, by: Member, timetable_id: int) -> Timetable:
    """Return a timetable of the workspace. Raises NotFound when it has none of that id."""
    found = await timetables.get(db, by.workspace_id, timetable_id)
    if found is None:
        raise NotFound("There is no such timetable.")
    return found


async def remove(db: AsyncSession, by: Member, timetable_id: int) -> None:
    """Forget a timetable; channels keep the times that they were given."""
    _allow(by)
    if not await timetables.remove(db, by.workspace_id, timetable_id):
        raise NotFound("There is no such timetable.")
    aftermath(db).workspaces.add(by.workspace_id)


async def compare(
    db: AsyncSession,
    by: Member,
    timetable_id: int,
    channel_ids: Sequence[int],
    *,
    now: datetime,
) -> list[Applied]:
    """Say what a timetable would change in these channels. Raises Rejected for unknown ones."""
    times = set(times_of(await get(db, by, timetable_id)))
    if not channel_ids:
        message = "Choose at least one channel. Nothing was changed."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    to = await schedules.channels_for(db, by, channel_ids)
    ids = [channel.id or 0 for channel in to]
    plans = await slot_rows.plans(db, by.workspace_id, ids)
    held = await slot_rows.held(db, by.workspace_id, ids, after=now)
    return [
        Applied(
            channel,
            sorted(times - set(plans[key].times)),
            sorted(set(plans[key].times) - times),
            len(held[key]),
        )
        for channel, key in zip(to, ids, strict=True)
    ]


async def apply(
    db: AsyncSession,
    by: Member,
    timetable_id: int,
    channel_ids: Sequence[int],
    *,
    now: datetime,
) -> list[Applied]:
    """Give these channels the times of a timetable in place of theirs; all of them, or none.

    Their zone and delay stay, and so does what is planned.
    """
    _allow(by)
    await slot_rows.lock(db, channel_ids)
    found = await compare(db, by, timetable_id, channel_ids, now=now)
    times = times_of(await get(db, by, timetable_id))
    for each in found:
        await slots.change(db, by, each.channel.id or 0, times=times)
    return found


async def _there(db: AsyncSession, by: Member) -> list[Timetable]:
    await people.one_at_a_time(db, f"timetables:{by.workspace_id}")
    return await timetables.of_workspace(db, by.workspace_id)


async def _kept(db: AsyncSession, timetable: Timetable) -> Timetable:
    db.add(timetable)
    await db.flush()
    aftermath(db).workspaces.add(timetable.workspace_id)
    return timetable


def _name(name: str, others: Sequence[Timetable]) -> str:
    name = naming.named(name, at_most=NAME_AT_MOST)
    return naming.only(name, [each.name for each in others], "timetable")


def _times(times: Iterable[WeeklyTime]) -> list[list[int]]:
    found = sorted(set(times))
    if not found:
        message = "There are no posting times to keep. Nothing was saved."
        raise Rejected(Problem("times_required", message, "times"))
    if len(found) > slots.TIMES_AT_MOST:
        message = f"A timetable has at most {slots.TIMES_AT_MOST} times. Nothing was saved."
        raise Rejected(Problem("too_many", message, "times"))
    return [[each.weekday, each.minute] for each in found]
