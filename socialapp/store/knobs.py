"""Settings of the installation that are changed while it runs."""

from sqlmodel import select

from socialapp.store.session import AsyncSession
from socialapp.store.tables import Knob

SWEEP_SECONDS = "sweep_seconds"
SWEEP_RUNNING = "sweep_running"


async def read(db: AsyncSession, name: str) -> str | None:
    """Return what a knob is set to, or None when nobody has touched it."""
    found = await db.execute(select(Knob.value).where(Knob.name == name))
    return found.scalar_one_or_none()


async def read_all(db: AsyncSession) -> dict[str, str]:
    """Return every knob that somebody has touched."""
    return {knob.name: knob.value for knob in (await db.execute(select(Knob))).scalars()}


async def turn(db: AsyncSession, name: str, value: str) -> None:
    """Set a knob."""
    await db.merge(Knob(name=name, value=value))
