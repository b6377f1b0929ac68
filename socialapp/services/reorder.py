"""Reorder what waits for slots: the slots stay, the posts move."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.people import Member
from socialapp.services import approvals, moves, schedules
from socialapp.services.moves import Before
from socialapp.store import many, slots
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule, TakenSlot


@dataclass(frozen=True)
class _Place:
    """A slot with its moment, which a natural delay may have put after it."""

    slot_at: datetime
    at: datetime
    zone: str


FAR = 1_000_000
"""Steps that lead to an end of any queue."""
_WAITING = {Shown.QUEUED, Shown.PAUSED}


async def put(
    db: AsyncSession, by: Member, schedule_id: int, *, target_id: int, now: datetime
) -> list[Before]:
    """Put a queued post in the slot of another; those in between move by one slot each.

    Among those that have slots of the same channels; the others stay. Returns what was where, to
    undo it. Raises Conflict when one of them has left, or has no slot.
    """
    for each in (schedule_id, target_id):
        if await rows.get(db, by.workspace_id, each) is None:
            raise NotFound("There is no such schedule.")
    line, channel_ids = await _line(db, by, schedule_id, now=now)
    ids = [each.id or 0 for each in line]
    if schedule_id not in ids or target_id not in ids:
        raise Conflict("Only what waits for a slot of the same channels can change places.")
    first, last = ids.index(schedule_id), ids.index(target_id)
    old = ids[min(first, last) : max(first, last) + 1]
    new = [*old[1:], old[0]] if first < last else [old[-1], *old[:-1]]
    return await _exchange(db, by, old, new, channel_ids, now=now) if old != new else []


async def step(
    db: AsyncSession, by: Member, schedule_id: int, *, steps: int, now: datetime
) -> list[Before]:
    """Put a queued post so many slots later, or earlier when negative, as far as there are any."""
    line, _ = await _line(db, by, schedule_id, now=now)
    ids = [each.id or 0 for each in line]
    if schedule_id not in ids:
        raise Conflict("It has no slot: it was not added to the queue. Reschedule it instead.")
    place = min(max(ids.index(schedule_id) + steps, 0), len(ids) - 1)
    return await put(db, by, schedule_id, target_id=ids[place], now=now)


async def _line(
    db: AsyncSession, by: Member, schedule_id: int, *, now: datetime
) -> tuple[list[Schedule], list[int]]:
    """Return what waits for slots of the same channels, soonest first; and those channels."""
    mine = (await slots.of_schedules(db, by.workspace_id, [schedule_id])).get(schedule_id, [])
    channel_ids = [each.channel_id for each in mine]
    near = {
        each.schedule_id
        for each in await slots.in_line(db, by.workspace_id, channel_ids, after=now)
    }
    held = await slots.of_schedules(db, by.workspace_id, near)
    alike = [i for i, some in held.items() if [each.channel_id for each in some] == channel_ids]
    there = await rows.some(db, by.workspace_id, alike)
    waiting = [each for each in there if each.status in _WAITING]
    return sorted(waiting, key=lambda each: held[each.id or 0][0].slot_at), channel_ids


async def _exchange(
    db: AsyncSession,
    by: Member,
    old: Sequence[int],
    new: Sequence[int],
    channel_ids: Sequence[int],
    *,
    now: datetime,
) -> list[Before]:
    """Give the places of `old` to `new`, in their order."""
    await rows.lock(db, old)
    await slots.lock(db, channel_ids)
    was = await moves.before(db, by, old)
    held = [was[each].slots for each in old]
    if not all(held) or held != sorted(held, key=lambda some: some[0][1]):
        raise Conflict("The queue has changed meanwhile. Look again; nothing was moved.")
    places = [_Place(was[each].slots[0][1], was[each].at, was[each].zone) for each in old]
    to = dict(zip(new, places, strict=True))
    if await approvals.is_cleared(db, by.workspace_id, old):
        ats = {key: moments.shifted(place.at, place.zone) for key, place in to.items()}
        await moves.together(db, by, ats, now=now)
    else:
        for schedule_id, place in to.items():
            at = moments.shifted(place.at, place.zone)
            await schedules.move(db, by, schedule_id, at=at, now=now)
    await many.add_all(
        db,
        [
            TakenSlot(
                workspace_id=by.workspace_id,
                channel_id=channel_id,
                slot_at=place.slot_at,
                schedule_id=schedule_id,
            )
            for schedule_id, place in to.items()
            for channel_id in channel_ids
        ],
    )
    return [replace(was[key], put_at=place.at) for key, place in to.items()]
