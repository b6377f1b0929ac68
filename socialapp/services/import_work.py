"""What a worker does with an import: checks, imports and takes back rows, in small steps.

Each step is one transaction that also notes how far it came. So a worker that dies loses nothing
and makes nothing twice: the next goes on with the rows that are left.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople, NotFound, Problem
from socialapp.domain.people import Member, Right
from socialapp.services import importing, posts
from socialapp.services.imports import GOOD, KEEP, WORKING, Plan, Stage, cells_of, reading
from socialapp.services.rows import Ahead, Made
from socialapp.store import imports, people
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import SheetImport, SheetRow

_STEP = 50
"""Rows in one transaction. On SQLite a post that is due waits for its end, so it is short."""
_STEP_ONE_BY_ONE = 10
"""The same, of rows that are not written together: those with media."""


async def work(database: Database, import_id: int, *, now: Any = utc_now) -> None:
    """Do all that is to be done with an import. Two at once share it, and nothing is done twice."""
    ahead: Ahead | None = None
    while True:
        async with database.transaction() as db:
            sheet = await imports.for_job(db, import_id)
            if sheet is None or sheet.stage not in WORKING:
                return
            by = await _member(db, sheet)
            if by is None:
                sheet.trouble = "Whoever began it may not import posts here any more."
                sheet.stage = Stage.CHECKED if sheet.stage == Stage.CHECKING else Stage.IMPORTED
                return
            if sheet.stage == Stage.CHECKING:
                if ahead is None or not sheet.checked:
                    ahead = await _ahead(db, import_id)
                await _check_some(db, by, sheet, ahead, now=now())
            elif sheet.stage == Stage.IMPORTING:
                await _import_some(db, by, sheet, now=now())
            else:
                await _undo_some(db, by, sheet, now=now())
            sheet.updated_at = now()
            aftermath(db).workspaces.add(sheet.workspace_id)


async def _member(db: AsyncSession, sheet: SheetImport) -> Member | None:
    if sheet.created_by is None:
        return None
    by = await people.member(db, person_id=sheet.created_by, workspace_id=sheet.workspace_id)
    return by if by and by.may(Right.WRITE) and by.may(Right.PUBLISH) else None


async def _ahead(db: AsyncSession, import_id: int) -> Ahead:
    """Return what the rows that were checked will take, also by a worker that is gone."""
    ahead = Ahead()
    for kept in await imports.aheads(db, import_id):
        if made := Made.of(kept):
            ahead.add(made)
    return ahead


async def _check_some(
    db: AsyncSession, by: Member, sheet: SheetImport, ahead: Ahead, *, now: datetime
) -> None:
    rows = await imports.rows_in(db, sheet.id or 0, ["new"], limit=_STEP)
    if not rows:
        sheet.stage = Stage.CHECKED
        return
    plan = Plan.of(sheet.plan)
    tried = await db.begin_nested()
    there = await importing.hold_channels(db, by)
    cells, how = _step(rows, plan), reading(by, plan)
    rows = rows[: len(cells)]
    found = await importing.attempt_all(db, by, cells, there, reading=how, ahead=ahead, now=now)
    await tried.rollback()
    for row, one in zip(rows, found, strict=True):
        if isinstance(one, Made):
            row.state, row.message = ("warned" if one.warning else "good"), one.warning
            row.ahead = one.kept()
        else:
            _fail(row, one, sheet, plan)
        sheet.faulty += row.state == "faulty"
        sheet.warned += row.state == "warned"
    sheet.checked += len(rows)


def _fail(row: SheetRow, problem: Problem, sheet: SheetImport, plan: Plan) -> None:
    also = "date" if problem.field == "scheduled_at" else problem.field
    at = plan.columns.get(problem.field, plan.columns.get(also))
    row.state, row.message = "faulty", problem.message
    row.column = sheet.columns[at] if at is not None else ""
    row.ahead = {}


async def _import_some(db: AsyncSession, by: Member, sheet: SheetImport, *, now: datetime) -> None:
    rows = await imports.rows_in(db, sheet.id or 0, GOOD, limit=_STEP)
    if not rows:
        sheet.stage = Stage.IMPORTED
        return
    plan = Plan.of(sheet.plan)
    there = await importing.hold_channels(db, by)
    cells, how = _step(rows, plan), reading(by, plan)
    rows = rows[: len(cells)]
    found = await importing.attempt_all(db, by, cells, there, reading=how, ahead=None, now=now)
    for row, one in zip(rows, found, strict=True):
        sheet.warned -= row.state == "warned"
        if isinstance(one, Made):
            row.state, row.post_id, row.ahead = "made", one.post_id, {}
            sheet.made += 1
        else:
            _fail(row, one, sheet, plan)
            sheet.faulty += 1


def _step(rows: Sequence[SheetRow], plan: Plan) -> list[dict[str, str]]:
    """Return the cells of as many rows as one transaction takes."""
    cells = [cells_of(row, plan) for row in rows]
    return cells[:_STEP_ONE_BY_ONE] if any(each.get("media") for each in cells) else cells


async def _undo_some(db: AsyncSession, by: Member, sheet: SheetImport, *, now: datetime) -> None:
    rows = await imports.rows_in(db, sheet.id or 0, ["made"], limit=_STEP_ONE_BY_ONE)
    if not rows:
        sheet.stage = Stage.UNDONE
        return
    for row in rows:
        try:
            async with db.begin_nested():
                await posts.delete(db, by, row.post_id or 0, now=now)
        except NotFound:
            row.state = "undone"
        except ForPeople as no:
            row.state, row.message = "kept", no.detail
        else:
            row.state = "undone"
        sheet.undone += row.state == "undone"


async def unfinished(database: Database) -> list[int]:
    """Return the imports that a worker has to do with, and forget those that are old."""
    async with database.transaction() as db:
        await imports.remove(db, await imports.older_than(db, utc_now() - KEEP))
    async with database.reading() as db:
        return await imports.in_stage(db, WORKING)
