"""Many rows in one statement: they travel as one JSON parameter, and the database takes it apart.

A parameter for each value of each row costs the object mapper more than the database.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    String,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from socialapp.store.session import AsyncSession


def _is_sqlite(db: AsyncSession) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def among(db: AsyncSession, what: ColumnElement[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that `what` is one of the ids."""
    listed = bindparam(None, json.dumps(sorted(set(ids))), Text)
    if _is_sqlite(db):
        each = func.json_each(listed).table_valued("value")
    else:
        each = func.json_array_elements_text(cast(listed, JSON)).table_valued("value")
        return what.in_(select(cast(each.c.value, BigInteger)))
    return what.in_(select(each.c.value))


def rows(
    db: AsyncSession, table: Table, names: Sequence[str], values: Iterable[Mapping[str, Any]]
) -> Subquery:
    """Return values as something to select from, with the columns `names` of `table`.

    What a row does not name is NULL.
    """
    write = _sqlite_text if _is_sqlite(db) else _iso
    listed = json.dumps(list(values), ensure_ascii=False, default=write)
    sent = bindparam(None, listed, Text)
    types = {name: _plain(table.c[name]) for name in names}
    if _is_sqlite(db):
        each = func.json_each(sent).table_valued("value")
        parts = [func.json_extract(each.c.value, f"$.{name}").label(name) for name in names]
        # Without a limit SQLite reads the whole table, and takes the JSON apart for each row of it.
        return select(*parts).limit(-1).subquery("given")
    shape = [column(name, kind) for name, kind in types.items()]
    records = func.json_to_recordset(cast(sent, JSON)).table_valued(*shape)
    return select(records.render_derived(name="r", with_types=True)).subquery("given")


_AT_ONCE = 500
"""Rows of one INSERT; both databases take some 32,000 values."""


async def insert_new(
    db: AsyncSession, table: Table, values: Sequence[Mapping[str, Any]], *, returning: Any
) -> list[int]:
    """Insert rows that are not there yet; returns that column of those that were not."""
    insert = (sqlite if _is_sqlite(db) else postgresql).insert(table)
    line, done = await db.connection(), list[int]()
    for start in range(0, len(values), _AT_ONCE):
        some = insert.values(list(values[start : start + _AT_ONCE]))
        query = some.on_conflict_do_nothing().returning(returning)
        done += (await line.execute(query)).scalars()
    return done


def _plain(what: Column[Any]) -> TypeEngine[Any]:
    """Return the type as the database calls it, without what Python makes of it."""
    kind = what.type.impl_instance if isinstance(what.type, TypeDecorator) else what.type
    match kind:
        case DateTime():
            return DateTime(timezone=True)
        case JSON():
            return JSON()
        case Float():
            return Float()
        case String():
            return Text()
        case BigInteger() | Integer():
            return BigInteger()
    raise TypeError(f"{what.name}: {kind!r} is not sent in bulk")


def _sqlite_text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _iso(at: datetime) -> str:
    return at.isoformat()
