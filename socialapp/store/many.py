"""Many new rows in one statement, past the session: it would take longer than the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import SQLModel

from socialapp.store.session import AsyncSession


async def add(db: AsyncSession, kind: type[SQLModel], objects: Sequence[Any]) -> None:
    """Keep new objects of a kind and give them their ids; later changes to them are not written."""
    if not objects:
        return
    table: Table = kind.__table__  # type: ignore[attr-defined]
    query = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    done = await db.execute(query, [_values(table, each) for each in objects])
    for each, key in zip(objects, done.scalars(), strict=True):
        each.id = key


async def add_all(db: AsyncSession, objects: Sequence[SQLModel]) -> None:
    """Keep new objects of one kind whose ids nobody asks for."""
    if objects:
        table: Table = type(objects[0]).__table__  # type: ignore[attr-defined]
        line = await db.connection()
        await line.execute(insert(table), [_values(table, each) for each in objects])


def _values(table: Table, one: Any) -> dict[str, Any]:
    return {column.name: getattr(one, column.name) for column in table.c if column.name != "id"}
