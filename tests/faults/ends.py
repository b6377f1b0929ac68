"""What has to be true after every fault."""

from collections import Counter

import pytest
from sqlmodel import col, select

from socialapp.store.tables import Delivery, PublishLog
from tests.world import World, until


async def all_posted(world: World, number: int, *, within_s: float) -> None:
    """Wait until everything that was planned is posted; else say what is left."""

    async def posted() -> bool:
        return await world.counts() == {"posted": number}

    try:
        await until(posted, within_s=within_s)
    except TimeoutError:
        pytest.fail(f"only this after {within_s} s: {await _left(world)}")


async def _left(world: World) -> Counter[str]:
    async with world.database.reading() as db:
        return Counter((await db.execute(select(Delivery.status))).scalars())


async def open_attempts(world: World) -> list[int]:
    """Return the deliveries that have an attempt whose end nobody noted."""
    async with world.database.reading() as db:
        query = select(PublishLog.delivery_id).where(col(PublishLog.finished_at).is_(None))
        return sorted((await db.execute(query)).scalars())
