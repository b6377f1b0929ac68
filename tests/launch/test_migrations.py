"""The migrations make exactly the tables that the code has, on both databases."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from socialapp.launch import migrations, prepare
from socialapp.launch.plan import CannotStart
from tests.world import settings_for


def differences(opened: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(opened), SQLModel.metadata)


async def test_they_make_the_tables_of_the_code(empty_database_url: str) -> None:
    before, after = await migrations.migrate(empty_database_url)

    async with migrations.connection(empty_database_url) as opened:
        assert await opened.run_sync(differences) == []
    assert (before, after) == ("", migrations.head())


async def test_they_go_back_to_nothing(empty_database_url: str) -> None:
    from alembic import command
    from alembic.config import Config

    from socialapp.launch.plan import ROOT

    def back(opened: Connection) -> None:
        config = Config(toml_file=ROOT / "pyproject.toml")
        config.attributes["connection"] = opened
        command.downgrade(config, "base")

    await migrations.migrate(empty_database_url)
    async with migrations.connection(empty_database_url) as opened:
        await opened.run_sync(back)

    assert (await migrations.migrate(empty_database_url))[0] == ""


async def test_two_at_once_do_it_once(empty_database_url: str) -> None:
    done = await asyncio.gather(*(migrations.migrate(empty_database_url) for _ in range(4)))

    assert sorted(before for before, _ in done) == ["", *[migrations.head()] * 3]


async def test_a_database_of_a_newer_version_is_refused(empty_database_url: str, tmp_path) -> None:
    await migrations.migrate(empty_database_url)
    async with migrations.connection(empty_database_url) as opened:
        await opened.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(CannotStart, match="newer version"):
        await prepare.database(settings_for(empty_database_url, tmp_path))


async def test_the_quick_look_knows_a_current_file(tmp_path) -> None:
    file = tmp_path / "socialapp.db"

    assert not migrations.is_current(str(file))
    await migrations.migrate(f"sqlite+aiosqlite:///{file}")
    assert migrations.is_current(str(file))
    assert not migrations.is_current("")
