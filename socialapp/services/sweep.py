"""The sweep: how often workers look for what is due, changed while they run."""

from socialapp.domain.errors import NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.store import knobs
from socialapp.store.session import AsyncSession

SECONDS_AT_LEAST = 0.1
SECONDS_AT_MOST = 60.0


async def set_interval(db: AsyncSession, by: Member, *, seconds: float) -> None:
    """Set the seconds between two looks; a wake-up still makes a worker look at once."""
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can change how publishing runs.")
    if not SECONDS_AT_LEAST <= seconds <= SECONDS_AT_MOST:
        message = f"Take {SECONDS_AT_LEAST:g} to {SECONDS_AT_MOST:g} seconds. Nothing was saved."
        raise Rejected(Problem("out_of_range", message, "interval_s"))
    await knobs.turn(db, knobs.SWEEP_SECONDS, f"{seconds:g}")
