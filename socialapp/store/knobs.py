"""Settings of the installation that are changed while it runs."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
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
    """Set a knob; of those that turn it at once, the last."""
    given = _insert(db)(Knob).values(name=name, value=value)
    await db.execute(given.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def turn_once(db: AsyncSession, name: str, value: str) -> None:
    """Set a knob that nobody has touched; of those that do so at once, the first."""
    await db.execute(_insert(db)(Knob).values(name=name, value=value).on_conflict_do_nothing())


def _insert(db: AsyncSession) -> Any:
    return sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert


async def is_running(db: AsyncSession) -> bool:
    """Whether this installation publishes at all."""
    return await read(db, SWEEP_RUNNING) != "no"
