"""connect() once, transaction() everywhere that changes something, reading() elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import UpdateBase, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as AsyncSession  # noqa: PLC0414 - the rooms above take it from here
from sqlalchemy.pool import AsyncAdaptedQueuePool

from socialapp.store import sqlite

SQLITE_AT_LEAST = (3, 51, 3)
_READERS = 4
_PATIENCE_S = 30.0


class DatabaseUnusable(Exception):
    """The database cannot be opened; the text says what to do."""


@dataclass
class Aftermath:
    """What a transaction will have changed: told to others after its commit, never before."""

    workspaces: set[int] = field(default_factory=set)
    """Their pages show something else now."""
    is_due_soon: bool = False
    """A worker should look at once."""
    jobs: list[tuple[str, int]] = field(default_factory=list)
    """Work for the worker: a job's name and the id it is about."""


def aftermath(db: AsyncSession) -> Aftermath:
    """Return what `db` has noted so far, to add to it."""
    noted: Aftermath = db.info.setdefault("aftermath", Aftermath())
    return noted


async def change(db: AsyncSession, query: UpdateBase) -> int:
    """Carry out an UPDATE or DELETE and return how many rows it caught.

    Past the session, which would look for objects to bring up to date; refresh what you hold.
    """
    await db.flush()
    done = await (await db.connection()).execute(query)
    return done.rowcount


class Database:
    """One database, for one event loop. `after_commit` must return at once and never raise.

    SQLite gets one writer connection, whose transactions begin with the write lock, and a few
    readers: a writer that starts as a reader fails when another was faster.
    """

    def __init__(self, url: str, after_commit: Callable[[Aftermath], None] | None = None) -> None:
        self.url = url
        self.after_commit = after_commit
        self._turn = asyncio.Lock()
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(url, size=_READERS, begin="BEGIN")
        else:
            self._writer = self._reader = _postgresql_engine(url)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session that is committed at the end, or rolled back by an exception."""
        async with (
            self._one_by_one(),
            AsyncSession(self._writer, expire_on_commit=False) as db,
            db.begin(),
        ):
            yield db
        if self.after_commit and (noted := db.info.get("aftermath")):
            self.after_commit(noted)

    @asynccontextmanager
    async def _one_by_one(self) -> AsyncIterator[None]:
        """Let the writers of SQLite go in the order they came.

        The pool gives its only connection to whoever asks when it is free; one that waits for it
        may wait for as long as others keep coming.
        """
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise PoolTimeout("too many wait to write") from error
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for reading; on SQLite it never waits for a writer."""
        async with AsyncSession(self._reader, expire_on_commit=False) as db:
            yield db

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations and tests."""
        return self._writer

    async def now(self) -> datetime:
        """Return the database server's clock; for SQLite it is this machine's."""
        if self.is_sqlite:
            return datetime.now(UTC)  # noqa: TID251 - the clock of the database is the machine's
        async with self.reading() as db:
            at: datetime = (await db.execute(text("SELECT clock_timestamp()"))).scalar_one()
            return at

    async def ping(self) -> None:
        """Raise DatabaseUnusable unless a query is answered."""
        try:
            async with self.reading() as db:
                await db.execute(text("SELECT 1"))
        except (DBAPIError, OSError, TimeoutError) as error:
            raise DatabaseUnusable(unusable(self.url, error)) from error

    async def close(self) -> None:
        """Give the connections back."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def unusable(url: str, error: BaseException) -> str:
    """Say that the database at `url` cannot be used, without its password."""
    where = make_url(url).render_as_string(hide_password=True)
    why = str(getattr(error, "orig", None) or error).split("\n")[0].removeprefix("<class ")
    return f"The database at {where} does not answer ({why}). Start it, or correct DATABASE_URL."


def _sqlite_engine(url: str, *, size: int, begin: str) -> AsyncEngine:
    async def line() -> Any:
        return await sqlite.Line(make_url(url).database or "")

    engine = create_async_engine(
        url,
        async_creator=line,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=_PATIENCE_S,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
        if tuple(map(int, version.split("."))) < SQLITE_AT_LEAST:
            raise DatabaseUnusable(
                f"SQLite {version} can corrupt this database. Install pysqlite3."
            )
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: after a power cut a post that went out must not look unsent.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -8000")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.connection.driver_connection.begin(begin)

    return engine


def _postgresql_engine(url: str) -> AsyncEngine:
    limits = {"statement_timeout": "5000", "idle_in_transaction_session_timeout": "10000"}
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        # command_timeout: a line that went dead without a word must not hold a loop for minutes.
        connect_args={"server_settings": limits, "timeout": 5, "command_timeout": 10},
    )


_current: list[Database] = []


def connect(url: str, after_commit: Callable[[Aftermath], None] | None = None) -> Database:
    """Open the database of this process; the wirings call it once."""
    database = Database(url, after_commit)
    _current[:] = [database]
    return database


def database() -> Database:
    """Return the database that connect() opened."""
    return _current[0]


def transaction() -> AbstractAsyncContextManager[AsyncSession]:
    """Yield a session of this process's database, committed at the end."""
    return database().transaction()


def reading() -> AbstractAsyncContextManager[AsyncSession]:
    """Yield a session of this process's database, for reading."""
    return database().reading()
