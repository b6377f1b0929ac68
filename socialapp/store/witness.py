"""A note outside the database of how far it had come: an older copy gives itself away."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from socialapp.store import knobs
from socialapp.store.session import AsyncSession
from socialapp.store.tables import PublishLog

NAME = "how-far.json"


@dataclass(frozen=True)
class HowFar:
    """Which database it is, and its youngest attempt."""

    installation: str
    attempt: int


async def name(db: AsyncSession) -> None:
    """Give the database a name that its copies will have too."""
    if await knobs.read(db, knobs.INSTALLATION) is None:
        await knobs.turn_once(db, knobs.INSTALLATION, secrets.token_hex(8))


async def read(db: AsyncSession) -> HowFar | None:
    """Return how far the database is; None while it has no name."""
    installation = await knobs.read(db, knobs.INSTALLATION)
    newest = (await db.execute(select(func.max(col(PublishLog.id))))).scalar()
    return HowFar(installation, int(newest or 0)) if installation else None


def remembered(folder: Path) -> HowFar | None:
    """Return what was noted last in this data folder."""
    try:
        return HowFar(**json.loads((folder / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def remember(folder: Path, how_far: HowFar) -> None:
    """Note it; a note that cannot be written is tried again with the next."""
    new = folder / f"{NAME}.{os.getpid()}"
    try:
        new.write_text(json.dumps(asdict(how_far)))
        new.replace(folder / NAME)
    except OSError:
        new.unlink(missing_ok=True)
