"""Tables that people brought, their rows, and how far a worker is with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import SheetImport, SheetRow


async def add(db: AsyncSession, sheet: SheetImport) -> int:
    """Keep a new one and return its id."""
    db.add(sheet)
    await db.flush()
    return sheet.id or 0


async def add_rows(
    db: AsyncSession, import_id: int, rows: Iterable[tuple[int, Sequence[str]]]
) -> None:
    """Keep some rows: their numbers and cells."""
    values = [
        {"import_id": import_id, "number": number, "cells": list(cells), "state": "new",
         "column": "", "message": "", "ahead": {}}
        for number, cells in rows
    ]  # fmt: skip
    if values:
        await db.execute(insert(SheetRow), values)


async def get(
    db: AsyncSession, workspace_id: int, import_id: int, *, lock: bool = False
) -> SheetImport | None:
    """Return one of the workspace; with `lock` nobody else changes it until the commit."""
    query = select(SheetImport).where(
        col(SheetImport.id) == import_id, SheetImport.workspace_id == workspace_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await db.execute(query)).scalar_one_or_none()


async def for_job(db: AsyncSession, import_id: int) -> SheetImport | None:
    """Return one of any workspace, locked: for the worker, which serves no person."""
    query = select(SheetImport).where(col(SheetImport.id) == import_id).with_for_update()
    return (await db.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def in_stage(db: AsyncSession, stages: Iterable[str]) -> list[int]:
    """Return the ids of those at one of these stages, of all workspaces."""
    query = select(col(SheetImport.id)).where(col(SheetImport.stage).in_(list(stages)))
    return [each for each in (await db.execute(query)).scalars() if each]


async def of_workspace(
    db: AsyncSession, workspace_id: int, stages: Iterable[str] = ()
) -> list[SheetImport]:
    """Return those of a workspace, the newest first."""
    query = select(SheetImport).where(SheetImport.workspace_id == workspace_id)
    if stages:
        query = query.where(col(SheetImport.stage).in_(list(stages)))
    return list((await db.execute(query.order_by(col(SheetImport.id).desc()))).scalars())


async def rows_in(
    db: AsyncSession, import_id: int, states: Sequence[str], *, after: int = 0, limit: int
) -> list[SheetRow]:
    """Return rows in one of these states, by their number; without states all."""
    query = select(SheetRow).where(SheetRow.import_id == import_id, SheetRow.number > after)
    if states:
        query = query.where(col(SheetRow.state).in_(states))
    return list((await db.execute(query.order_by(col(SheetRow.number)).limit(limit))).scalars())


async def aheads(db: AsyncSession, import_id: int) -> list[dict[str, Any]]:
    """Return what each row that was checked and goes out will take."""
    query = select(col(SheetRow.ahead)).where(
        SheetRow.import_id == import_id, col(SheetRow.state).in_(["good", "warned"])
    )
    return [ahead for ahead in (await db.execute(query)).scalars() if ahead]


async def count(db: AsyncSession, import_id: int, states: Sequence[str]) -> int:
    """Return how many rows are in one of these states; without states all."""
    query = select(func.count()).select_from(SheetRow).where(SheetRow.import_id == import_id)
    if states:
        query = query.where(col(SheetRow.state).in_(states))
    return int((await db.execute(query)).scalar_one())


async def forget_check(db: AsyncSession, import_id: int) -> None:
    """Let all rows be as if nobody had checked them."""
    fresh = {"state": "new", "column": "", "message": "", "ahead": {}}
    query = update(SheetRow).where(col(SheetRow.import_id) == import_id)
    await change(db, query.where(col(SheetRow.state) != "new").values(**fresh))


async def remove(db: AsyncSession, import_ids: Sequence[int]) -> None:
    """Forget them and their rows; what was made of them stays."""
    if import_ids:
        await change(db, delete(SheetRow).where(col(SheetRow.import_id).in_(import_ids)))
        await change(db, delete(SheetImport).where(col(SheetImport.id).in_(import_ids)))


async def older_than(db: AsyncSession, at: datetime, *, limit: int = 20) -> list[int]:
    """Return the ids of those that nobody has touched since."""
    query = select(col(SheetImport.id)).where(col(SheetImport.updated_at) < at).limit(limit)
    return [each for each in (await db.execute(query)).scalars() if each]
