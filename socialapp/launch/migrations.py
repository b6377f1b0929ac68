"""Bringing the database to the form that this code expects."""

import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialapp.launch.plan import ROOT

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

VERSIONS = ROOT / "alembic" / "versions"
# Any number: whoever migrates a PostgreSQL database holds this lock, and the others wait.
_LOCK = 5_208_131


def head() -> str:
    """Return the newest revision; read from the files, for loading Alembic takes half a second."""
    text = "\n".join(file.read_text() for file in VERSIONS.glob("*.py"))
    made = set(re.findall(r'^revision(?:: str)? = "(\w+)"', text, re.MULTILINE))
    behind = set(re.findall(r'^down_revision(?:: [\w| ]+)? = "(\w+)"', text, re.MULTILINE))
    return next(iter(made - behind), "")


def is_current(sqlite_file: str) -> bool:
    """Whether a SQLite file needs nothing; a quick look that changes nothing."""
    if not sqlite_file or not Path(sqlite_file).exists():
        return False
    with contextlib.closing(sqlite3.connect(f"file:{sqlite_file}?mode=ro", uri=True)) as file:
        try:
            found = file.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.Error:
            return False
    return found == [(head(),)]


@asynccontextmanager
async def connection(url: str) -> AsyncIterator["AsyncConnection"]:
    """Yield a connection in the one transaction that migrates; others wait for its end."""
    from sqlalchemy import text

    engine = _engine(url)
    try:
        async with engine.begin() as opened:
            if engine.dialect.name == "postgresql":
                await opened.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield opened
    finally:
        await engine.dispose()


async def migrate(url: str) -> tuple[str, str]:
    """Bring the database up to date; return the revisions before and after."""
    async with connection(url) as opened:
        return await opened.run_sync(_upgrade)


async def revision(url: str) -> str:
    """Return the revision of the database; empty when it has none."""
    async with connection(url) as opened:
        return await opened.run_sync(_revision)


def _upgrade(opened: "Connection") -> tuple[str, str]:
    from alembic import command
    from alembic.config import Config

    before = _revision(opened)
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["connection"] = opened
    command.upgrade(config, "head")
    return before, _revision(opened)


def _revision(opened: "Connection") -> str:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(opened).get_current_revision() or ""


def _engine(url: str) -> "AsyncEngine":
    """Return an engine without the app's time limits, and on SQLite without foreign keys.

    Changing a table there means making it anew, and dropping the old one would take along
    every row that points at it.
    """
    from sqlalchemy import event
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(url, poolclass=NullPool)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in ("busy_timeout = 60000", "journal_mode = WAL", "foreign_keys = OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(opened: Any) -> None:
        opened.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
