"""What the commands share: the settings, the database, the owner they act for, and the answer."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from socialapp.launch.plan import CannotStart

if TYPE_CHECKING:
    from socialapp.domain.people import Member
    from socialapp.settings import Settings
    from socialapp.store.session import Aftermath, AsyncSession, Database

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def settings() -> "Settings":
    """Return the settings of this installation."""
    from socialapp.settings import get_settings

    return get_settings()


def settings_with_folder() -> "Settings":
    """Return them, with the data folder there."""
    from socialapp.launch import folder

    found = settings()
    folder.prepare(found.data_dir)
    return found


@asynccontextmanager
async def opened(
    after_commit: "Callable[[Aftermath], None] | None" = None,
) -> AsyncIterator["Database"]:
    """Yield the database of the settings, which is migrated first."""
    from socialapp.launch import migrations, plan, prepare
    from socialapp.store.session import Database

    found = settings_with_folder()
    if not migrations.is_current(plan.from_settings(found).sqlite_file):
        await prepare.database(found)
    database = Database(found.database, after_commit)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def transaction(
    after_commit: "Callable[[Aftermath], None] | None" = None,
) -> AsyncIterator["AsyncSession"]:
    """Yield a session of the database of the settings."""
    async with opened(after_commit) as database, database.transaction() as db:
        yield db


async def owner(db: "AsyncSession") -> "Member":
    """Return who a terminal acts for. Raises CannotStart when there is nobody yet."""
    from socialapp.store import people

    found = await people.owner(db)
    if found is None:
        raise CannotStart("There is nobody yet. Open the app, or run `socialapp users create`.")
    return found


def answer(as_json: bool, found: dict[str, Any], words: str) -> None:
    """Print what was found: for a program, or for a person."""
    click.echo(json.dumps(found) if as_json else words)
