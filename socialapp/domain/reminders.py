"""When those who approve are told again of what waits for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain.moments import iso

EVERY = timedelta(days=1)
NEAR = timedelta(hours=2)


@dataclass(frozen=True)
class Reminder:
    """One telling. `key` is the same for the same one, for ever."""

    key: str
    is_near: bool
    """Its moment is within two hours; else it has waited for another day."""


def due(*, since: datetime, planned_at: datetime, now: datetime) -> Reminder | None:
    """Return what has to be told by now of something that waits for approval.

    `since` is when it was last submitted, `planned_at` when it would go out. It is told again once
    for each whole day that it has waited, the last of them only when several went by; and once when
    its moment is within two hours. What was submitted within these two hours was told just then,
    and what is late can only be missed: neither is told again.
    """
    if planned_at <= now:
        return None
    if planned_at - now <= NEAR:
        was_told_then = since >= planned_at - NEAR
        return None if was_told_then else Reminder(f"near:{iso(planned_at)}", is_near=True)
    days = (now - since) // EVERY
    return Reminder(f"day:{iso(since)}:{days}", is_near=False) if days >= 1 else None
