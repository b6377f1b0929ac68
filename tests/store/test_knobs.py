"""Settings of the installation, which several processes set at the same moment."""

import asyncio

from socialapp.store import knobs, witness
from socialapp.store.session import Database


async def test_workers_that_start_together_agree_on_the_name_of_the_database(
    database: Database,
) -> None:
    async def start() -> str | None:
        async with database.transaction() as db:
            await witness.name(db)
        async with database.reading() as db:
            return await knobs.read(db, knobs.INSTALLATION)

    names = await asyncio.gather(*(start() for _ in range(8)))

    assert len(set(names)) == 1
    assert names[0]


async def test_a_knob_that_is_turned_by_many_at_once_is_set(database: Database) -> None:
    async def turn(value: str) -> None:
        async with database.transaction() as db:
            await knobs.turn(db, knobs.SWEEP_SECONDS, value)

    await asyncio.gather(*(turn(str(value)) for value in range(8)))

    async with database.reading() as db:
        assert await knobs.read(db, knobs.SWEEP_SECONDS) in {str(value) for value in range(8)}
