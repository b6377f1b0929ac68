"""The tests' own servers answer, and each test starts from nothing."""

from socialapp.store.session import Database, transaction
from socialapp.store.tables import Knob


async def test_a_database_is_fresh_and_has_its_tables(database: Database) -> None:
    async with database.transaction() as db:
        db.add(Knob(name="a", value="1"))

    async with transaction() as db:
        assert (await db.get(Knob, "a")).value == "1"
        assert await db.get(Knob, "b") is None
        db.add(Knob(name="b", value="1"))


async def test_the_next_one_does_not_see_the_last(database: Database) -> None:
    async with database.reading() as db:
        assert await db.get(Knob, "a") is None


def test_valkey_answers(valkey: str) -> None:
    assert valkey.startswith("unix:///")
