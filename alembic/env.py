"""Alembic's entry: on a connection it was given, or on the database of the settings."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from socialapp.launch import migrations
from socialapp.settings import get_settings
from socialapp.store import tables

assert tables  # importing it fills the metadata


def render(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write our own types as what they are in the database: a migration outlives the code."""
    if kind != "type":
        return False
    match type(thing).__name__:
        case "UtcDateTime":
            return "sa.DateTime(timezone=True)"
        case "AutoString":
            return "sa.String()"
        case "BigInteger" if thing._variant_mapping:  # noqa: SLF001
            return "BIG_ID"
    return False


def run(connection: Connection) -> None:
    """Do what was asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render,
        compare_type=True,
    )
    context.run_migrations()


async def run_on_settings() -> None:
    """Open the database of the settings, and close it afterwards."""
    async with migrations.connection(get_settings().database) as opened:
        await opened.run_sync(run)


if given := context.config.attributes.get("connection"):
    run(given)
else:
    asyncio.run(run_on_settings())
