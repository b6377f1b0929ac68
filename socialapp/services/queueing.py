"""Add to queue: a post takes the next free slot of each of its channels."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from types import MappingProxyType

from socialapp.domain.content import Kind
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member, Right
from socialapp.services import posts, schedules
from socialapp.services.free_slots import FreeSlots, chance
from socialapp.store import people, slots
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule


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
    chance: Callable[[], float] = chance,
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
    free = await FreeSlots.of(db, by, to, now=after or now)
    free.also(also_taken)
    made = []
    for turn, some in sorted(free.turns(to).items(), key=lambda each: each[0].slot.at):
        at = turn.moment(chance)
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
