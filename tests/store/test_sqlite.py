"""The line to SQLite: BEGIN waits for a statement, ROLLBACK for nobody, a failed COMMIT undoes."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from socialapp.store.session import AsyncSession, Database


@pytest.fixture
async def database(tmp_path: Path):
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'one.db'}")
    async with opened.transaction() as db:
        await db.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT UNIQUE)"))
    yield opened
    await opened.close()


async def words(database: Database) -> list[str]:
    async with database.reading() as db:
        return list((await db.execute(text("SELECT text FROM word ORDER BY id"))).scalars())


async def add(db: AsyncSession, word: str) -> None:
    await db.execute(text("INSERT INTO word (text) VALUES (:word)"), {"word": word})


async def test_what_fails_halfway_leaves_nothing_and_the_next_goes_on(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as db:
            await add(db, "undone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async with database.transaction() as db:
        await add(db, "kept")

    assert await words(database) == ["kept"]


async def test_a_reader_sees_one_moment_until_it_ends(database: Database) -> None:
    count = text("SELECT count(*) FROM word")
    async with database.reading() as reader:
        assert (await reader.execute(count)).scalar() == 0
        async with database.transaction() as db:
            await add(db, "meanwhile")
        assert (await reader.execute(count)).scalar() == 0

    assert await words(database) == ["meanwhile"]


async def test_a_transaction_holds_the_write_lock_from_its_first_statement(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "one.db", timeout=0, isolation_level=None)

    async with database.transaction() as db:
        await db.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_commit_that_fails_is_rolled_back(database: Database) -> None:
    async with database.transaction() as db:
        await db.execute(
            text("CREATE TABLE child (word INTEGER REFERENCES word DEFERRABLE INITIALLY DEFERRED)")
        )

    async def point_nowhere() -> None:
        async with database.transaction() as db:
            await add(db, "undone")
            await db.execute(text("INSERT INTO child VALUES (99)"))

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await point_nowhere()

    async with database.transaction() as db:
        await add(db, "kept")
    assert await words(database) == ["kept"]


async def test_rows_of_a_statement_that_changes_are_returned_and_counted(
    database: Database,
) -> None:
    async with database.transaction() as db:
        await add(db, "one")
        await add(db, "two")
        done = await db.execute(text("UPDATE word SET text = text || '!' RETURNING text"))
        assert sorted(done.scalars()) == ["one!", "two!"]
        connection: AsyncConnection = await db.connection()
        caught = await connection.execute(text("DELETE FROM word"))
        assert caught.rowcount == 2


async def test_writers_go_in_the_order_they_came(database: Database) -> None:
    done: list[int] = []

    async def write(number: int) -> None:
        for _ in range(3):  # whoever has just been asks again at once
            async with database.transaction() as db:
                await add(db, f"{number}-{len(done)}")
                done.append(number)

    await asyncio.gather(*(write(number) for number in range(4)))

    assert done == [0, 1, 2, 3] * 3
