"""The free slots of channels, read once for whoever wants many of them, one after the other."""

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from socialapp.domain import moments
from socialapp.domain import slots as rules
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.domain.slots import Slot
from socialapp.store import slots
from socialapp.store.session import AsyncSession
from socialapp.store.slots import Plan
from socialapp.store.tables import Channel


def chance() -> float:
    """Return a number from 0 to 1, drawn anew."""
    return secrets.randbelow(2**20) / 2**20


@dataclass(frozen=True)
class Turn:
    """Channels that have the same slot, and delay alike: one schedule is enough for them."""

    slot: Slot
    delay: timedelta

    def moment(self, draw: Callable[[], float] = chance) -> Moment:
        """Return when a post goes out that takes it."""
        return moments.shifted(self.slot.delayed(self.delay, chance=draw()), self.slot.zone)


@dataclass
class FreeSlots:
    """What is free from now on. Nobody else may take slots of these channels meanwhile."""

    zone: str
    now: datetime
    plans: Mapping[int, Plan]
    taken: dict[int, set[datetime]]
    _ahead: dict[int, Iterator[Moment]] = field(default_factory=dict)
    _next: dict[int, deque[Moment]] = field(default_factory=dict)

    @classmethod
    async def of(
        cls, db: AsyncSession, by: Member, to: Iterable[Channel], *, now: datetime
    ) -> "FreeSlots":
        """Read what these channels have taken."""
        ids = {each.id or 0 for each in to}
        plans = await slots.plans(db, by.workspace_id, ids)
        timed = [key for key, plan in plans.items() if plan.times]
        taken = await slots.taken(db, by.workspace_id, timed, after=now) if timed else {}
        return cls(by.zone, now, plans, {key: taken.get(key, set()) for key in ids})

    def also(self, taken: Mapping[int, Set[datetime]]) -> None:
        """Let more moments count as taken."""
        for channel_id, some in taken.items():
            if channel_id in self.taken:
                self.taken[channel_id] |= some

    def next(self, channel_id: int) -> Slot | None:
        """Return the first that is free; None when there is none within the rules' reach."""
        plan = self.plans[channel_id]
        zone = plan.timezone or self.zone
        if channel_id not in self._ahead:
            self._ahead[channel_id] = rules.coming(plan.times, zone, after=self.now)
            self._next[channel_id] = deque()
        some, ahead = self._next[channel_id], self._ahead[channel_id]
        while True:
            while len(some) < 2 and (found := next(ahead, None)):
                some.append(found)
            if not some or some[0].at - self.now > rules.AHEAD:
                return None
            if some[0].at not in self.taken[channel_id]:
                following = some[1].at if len(some) > 1 else datetime.max.replace(tzinfo=UTC)
                return Slot(some[0].at, zone, following)
            some.popleft()

    def turns(self, to: Sequence[Channel]) -> dict[Turn, list[int]]:
        """Return the next free slots of channels together. Raises Rejected when one has none."""
        found: dict[Turn, list[int]] = {}
        problems = []
        for channel in to:
            key = channel.id or 0
            slot = self.next(key)
            if slot is None:
                problems.append(_none(channel.name, has_times=bool(self.plans[key].times)))
            else:
                found.setdefault(Turn(slot, self.plans[key].delay), []).append(key)
        if problems:
            raise Rejected(*problems)
        return found


def _none(name: str, *, has_times: bool) -> Problem:
    if has_times:
        message = f"Every slot of {name} in the next two years is taken. Nothing was queued."
        return Problem("no_free_slot", message, "channel_ids")
    message = f"{name} has no posting times. Set them on its page. Nothing was queued."
    return Problem("no_slots", message, "channel_ids")
