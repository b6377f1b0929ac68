"""Add to queue: a post takes the next free slot of each of its channels."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.errors import NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import Slot
from socialapp.services import posts, schedules
from socialapp.services import slots as slot_services
from socialapp.store import people, slots
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Schedule


def _chance() -> float:
    return secrets.randbelow(2**20) / 2**20


@dataclass(frozen=True)
class _Turn:
    """Channels that have the same slot, and delay alike: one schedule is enough for them."""

    slot: Slot
    delay: timedelta


async def add(
    db: AsyncSession,
    by: Member,
    *,
    post_id: int,
    kind: Kind | None = Kind.POST,
    channel_ids: Sequence[int] = (),
    priority: int = 0,
    also_taken: Mapping[int, Set[datetime]] = MappingProxyType({}),
    after: datetime | None = None,
    now: datetime,
    chance: Callable[[], float] = _chance,
) -> list[Schedule]:
    """Queue a post in the next free slot of each channel; soonest first.

    Channels whose slots are at the same moment share a schedule. Two people at once never get the
    same slot: the second waits, and finds it taken. Raises Rejected when a channel has none.
    `also_taken`: moments of a channel that count as taken, whatever the database says.
    `after`: the slots are later than that.
    """
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not publish them.")
    await people.keep_workspace(db, by.workspace_id)
    post = await posts.get(db, by, post_id, kind=kind, lock=True)
    to = await schedules.channels_for(db, by, channel_ids or post.channel_ids)
    await slots.lock(db, [channel.id or 0 for channel in to])
    made = []
    turns = await _turns(db, by, to, also_taken, after=after or now)
    for turn, some in sorted(turns.items(), key=lambda t: t[0].slot.at):
        at = moments.shifted(turn.slot.delayed(turn.delay, chance=chance()), turn.slot.zone)
        schedule = await schedules.create(
            db,
            by,
            post_id=post_id,
            kind=kind,
            at=at,
            channel_ids=some,
            priority=priority,
            now=now,
        )
        await slots.take(db, schedule, some, turn.slot.at)
        made.append(schedule)
    return made


async def _turns(
    db: AsyncSession,
    by: Member,
    to: Iterable[Channel],
    also_taken: Mapping[int, Set[datetime]],
    *,
    after: datetime,
) -> dict[_Turn, list[int]]:
    free = await slots_for(db, by, to, also_taken, after=after)
    plans = await slots.plans(db, by.workspace_id, free)
    found: dict[_Turn, list[int]] = {}
    for channel_id, slot in free.items():
        found.setdefault(_Turn(slot, plans[channel_id].delay), []).append(channel_id)
    return found


async def slots_for(
    db: AsyncSession,
    by: Member,
    to: Iterable[Channel],
    also_taken: Mapping[int, Set[datetime]],
    *,
    after: datetime,
) -> dict[int, Slot]:
    """Return the next free slot of each channel. Raises Rejected when one has none.

    Somebody else may take it, unless the channels' slots are locked.
    """
    names = {channel.id or 0: channel.name for channel in to}
    plans = await slots.plans(db, by.workspace_id, names)
    free = await slot_services.next_free(db, by, names, also_taken=also_taken, now=after)
    found = {channel_id: slot for channel_id, slot in free.items() if slot is not None}
    missing = [i for i in names if i not in found]
    if missing:
        raise Rejected(*(_none(names[i], has_times=bool(plans[i].times)) for i in missing))
    return found


def _none(name: str, *, has_times: bool) -> Problem:
    if has_times:
        message = f"Every slot of {name} in the next two years is taken. Nothing was queued."
        return Problem("no_free_slot", message, "channel_ids")
    message = f"{name} has no posting times. Set them on its page. Nothing was queued."
    return Problem("no_slots", message, "channel_ids")
