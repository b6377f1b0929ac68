"""What another zone of the workspace would move, and what it would not."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import col, func, select

from socialapp.domain import moments, slots
from socialapp.domain.delivery import Shown
from socialapp.domain.people import Member
from socialapp.store import channels
from socialapp.store import slots as slot_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule

_EXAMPLES = 2


@dataclass(frozen=True)
class Foretold:
    """What would become of what is planned."""

    queued: int
    """Schedules that wait. Their instants stay; the times written for them change."""
    stay: tuple[str, ...]
    """The next few of them, as they are written now and would be then."""
    move: tuple[str, ...]
    """Slots of posting times that have no zone of their own: other instants from then on."""


async def foretell(db: AsyncSession, by: Member, zone: str, *, now: datetime) -> Foretold:
    """Say what changes when the workspace is in `zone`. Raises Rejected for an unknown one."""
    moments.zone_info(zone)
    waits = (
        col(Schedule.workspace_id) == by.workspace_id,
        col(Schedule.status).in_([Shown.QUEUED, Shown.PAUSED]),
    )
    count = await db.execute(select(func.count()).select_from(Schedule).where(*waits))
    soonest = select(col(Schedule.scheduled_at)).where(*waits, col(Schedule.scheduled_at) > now)
    first = await db.execute(soonest.order_by(col(Schedule.scheduled_at)).limit(_EXAMPLES))

    def spoken(at: datetime, where: str) -> str:
        return moments.spoken(at, where, now=now)

    return Foretold(
        int(count.scalar_one()),
        tuple(f"{spoken(at, by.zone)} is then {spoken(at, zone)}" for at in first.scalars()),
        await _moved(db, by, zone, now=now),
    )


async def _moved(db: AsyncSession, by: Member, zone: str, *, now: datetime) -> tuple[str, ...]:
    there = {each.id or 0: each.name for each in await channels.of_workspace(db, by.workspace_id)}
    plans = await slot_rows.plans(db, by.workspace_id, there)
    follow = [(there[key], plan) for key, plan in plans.items() if plan.times and not plan.timezone]
    said = []
    for name, plan in islice(follow, _EXAMPLES):
        old = next(iter(slots.coming(plan.times, by.zone, after=now)))
        new = moments.moment(old.local, zone)
        was, then = (f"{moments.in_zone(at, 'UTC'):%a %H:%M} UTC" for at in (old.at, new.at))
        said.append(f"{name}: the slot at {old.local:%a %H:%M} moves from {was} to {then}")
    return tuple(said)
