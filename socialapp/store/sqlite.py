"""A line to SQLite that crosses to its thread once a statement, not four times.

aiosqlite crosses for the cursor, the statement, its rows and the cursor's end, and each crossing
costs more than the statement itself. Here they are one, BEGIN goes with the first statement, and
nobody waits for a ROLLBACK: whoever comes next stands behind it in the thread's queue.
"""

from collections.abc import Callable, Sequence
from functools import partial
from sqlite3 import Connection, Cursor, connect
from typing import Any

import aiosqlite


class Line(aiosqlite.Connection):
    """What SQLAlchemy takes for a connection of aiosqlite."""

    def __init__(self, file: str) -> None:
        # Without an isolation level the driver never begins by itself.
        opened = partial(connect, file, isolation_level=None, check_same_thread=False)
        super().__init__(opened, iter_chunk_size=64)
        self._thread.daemon = True
        self._to_begin = ""
        self._has_begun = False

    def begin(self, how: str) -> None:
        """Begin a transaction with the next statement."""
        self._to_begin = how

    async def run(self, step: Callable[[Connection], None]) -> None:
        """Carry out a step in the thread, after the BEGIN that it waited for."""
        begin, self._to_begin = self._to_begin, ""
        self._has_begun = self._has_begun or bool(begin)
        await self._execute(_step, self._conn, begin, step)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Commit, and return when it is on the disk."""
        if self._has_begun:
            await self._execute(self._conn.commit)  # type: ignore[no-untyped-call]
        # Only now: after a commit that failed there is something to roll back.
        self._to_begin, self._has_begun = "", False

    async def rollback(self) -> None:
        """Undo what was not committed; it is queued, and nobody has to wait for it."""
        has_begun, self._to_begin, self._has_begun = self._has_begun, "", False
        if has_begun:
            self._tx.put_nowait((None, self._conn.rollback))

    def cursor(self) -> "Statement":  # type: ignore[override]
        """Return what carries one statement out."""
        return Statement(self)


def _step(raw: Connection, begin: str, step: Callable[[Connection], None]) -> None:
    if begin:
        raw.execute(begin)
    step(raw)


class Statement:
    """A cursor whose rows are read in the thread, together with the statement."""

    arraysize = 1

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "Statement":
        return self

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Carry out a statement and read its rows."""
        await self._line.run(lambda raw: self._keep(raw.execute(sql, values)))

    async def executemany(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Carry out a statement for each of the values."""
        await self._line.run(lambda raw: self._keep(raw.executemany(sql, values)))

    def _keep(self, done: Cursor) -> None:
        self.description = done.description
        self._rows = done.fetchall() if done.description else []
        self.rowcount, self.lastrowid = done.rowcount, done.lastrowid
        done.close()

    async def fetchall(self) -> list[Any]:
        """Return the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Do nothing: it was closed in the thread."""
