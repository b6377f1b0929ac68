"""Settings of the installation that are changed while it runs."""

from sqlmodel import select

from socialapp.store.session import AsyncSession
from socialapp.store.tables import Knob

SWEEP_SECONDS = "sweep_seconds"
SWEEP_RUNNING = "sweep_running"
INSTALLATION = "installation"
"""The name of this database: a copy of it has the same."""


_default = [1.0]


def connect(sweep_seconds: float) -> None:
    """Say what the settings have; the wirings call it once."""
    _default[:] = [sweep_seconds]


def default_sweep_seconds() -> float:
    """Return the interval of the sweep while nobody has changed it."""
    return _default[0]


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


async def is_running(db: AsyncSession) -> bool:
    """Whether this installation publishes at all."""
    return await read(db, SWEEP_RUNNING) != "no"
