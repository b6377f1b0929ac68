"""A table of any length: uploaded, planned, confirmed, undone; `import_work` does it."""

from asyncio import to_thread
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain import moments, sheets
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sheet_times import Order
from socialapp.services.rows import FIELDS, QUEUE, Reading
from socialapp.services.uploads import shown_name
from socialapp.store import channels, imports
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import SheetImport, SheetRow

ROWS_AT_MOST = 50_000
FILE_AT_MOST_BYTES = 32 * 1024 * 1024
JOB = "work_on_import"
_WAITING_AT_MOST = 10
"""Uploaded and not begun, of a workspace; the oldest goes when another comes."""
_INSERTED_TOGETHER = 500
KEEP = timedelta(days=30)


class Stage(StrEnum):
    """How far an import is. A worker has to do with those that end in -ing."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"


WORKING = (Stage.CHECKING, Stage.IMPORTING, Stage.UNDOING)
GOOD = ("good", "warned")
PROBLEMS = ("faulty", "warned")


@dataclass(frozen=True)
class Plan:
    """Which column holds what, and how its cells are understood."""

    columns: Mapping[str, int] = field(default_factory=dict)
    """The place of the column of each field, from 0."""
    zone: str = ""
    """Empty: the workspace's."""
    order: str = Order.DAY_FIRST
    without_time: str = ""
    channel_ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        """Return what was kept."""
        return cls(**{**kept, "channel_ids": tuple(kept.get("channel_ids", ()))})


_HEADERS: dict[str, tuple[str, ...]] = {
    "text": ("text", "post", "message", "content", "caption", "body", "status", "copy"),
    "scheduled_at": ("scheduled at", "when", "date time", "datetime", "publish at", "post at"),
    "date": ("date", "day", "post date", "datum"),
    "time": ("time", "clock", "hour", "post time", "uhrzeit"),
    "timezone": ("timezone", "time zone", "zone", "tz"),
    "channels": ("channels", "channel", "account", "accounts", "profile", "network"),
    "media": ("media", "media ids", "image", "images", "picture", "pictures", "photo", "video"),
    "tags": ("tags", "tag", "labels"),
    "campaign": ("campaign",),
    "notes": ("notes", "note", "comment"),
}


def guessed(columns: tuple[str, ...] | list[str]) -> dict[str, int]:
    """Guess from their names which column holds what; the first has the text if none says so."""
    plain = [" ".join(name.casefold().replace("_", " ").split()) for name in columns]
    found = {
        name: next(plain.index(word) for word in words if word in plain)
        for name, words in _HEADERS.items()
        if set(words) & set(plain)
    }
    if "text" not in found and len(columns) == 1:
        found["text"] = 0
    return found


def _allow(by: Member) -> None:
    if not (by.may(Right.WRITE) and by.may(Right.PUBLISH)):
        raise NotAllowed("Your role may not import posts. Nothing was imported.")


async def upload(database: Database, by: Member, path: Path, *, filename: str) -> SheetImport:
    """Keep the rows of a CSV file, some at a time. Raises Rejected when it is none."""
    _allow(by)
    columns, lines = await to_thread(sheets.lines_of, path, at_most=ROWS_AT_MOST)
    sheet = SheetImport(
        workspace_id=by.workspace_id,
        created_by=by.person_id,
        filename=shown_name(filename, "csv"),
        columns=[" ".join(name.split())[:200] for name in columns],
        stage="receiving",
    )
    async with database.transaction() as db:
        await _make_room(db, by)
        import_id = await imports.add(db, sheet)
    count = 0
    try:
        while some := await to_thread(_next, lines):
            async with database.transaction() as db:
                await imports.add_rows(db, import_id, some)
            count += len(some)
        if not count:
            raise Rejected(Problem("rows_required", "The file has no rows.", "file"))
    except BaseException:
        async with database.transaction() as db:
            await imports.remove(db, [import_id])
        raise
    plan = Plan(guessed(sheet.columns), zone=by.zone)
    async with database.transaction() as db:
        there = await get(db, by, import_id, lock=True)
        there.stage, there.rows, there.plan = Stage.UPLOADED, count, asdict(plan)
    return there


def _next(lines: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    return list(islice(lines, _INSERTED_TOGETHER))


async def _make_room(db: AsyncSession, by: Member) -> None:
    waiting = await imports.of_workspace(db, by.workspace_id, (Stage.UPLOADED, Stage.CHECKED))
    await imports.remove(db, [each.id or 0 for each in waiting[_WAITING_AT_MOST - 1 :]])


async def get(db: AsyncSession, by: Member, import_id: int, *, lock: bool = False) -> SheetImport:
    """Return an import of the workspace. Raises NotFound."""
    found = await imports.get(db, by.workspace_id, import_id, lock=lock)
    if found is None:
        raise NotFound("There is no such import.")
    return found


async def check(db: AsyncSession, by: Member, import_id: int, plan: Plan) -> SheetImport:
    """Have every row checked under this plan; whatever a check said before is forgotten."""
    _allow(by)
    sheet = await get(db, by, import_id, lock=True)
    if sheet.stage not in {Stage.UPLOADED, Stage.CHECKING, Stage.CHECKED}:
        raise Conflict("This import has begun. Upload the file again to import it otherwise.")
    await _check_plan(db, by, sheet, plan)
    await imports.forget_check(db, import_id)
    sheet.plan = asdict(plan)
    sheet.checked = sheet.faulty = sheet.warned = 0
    _go(db, sheet, Stage.CHECKING)
    return sheet


async def _check_plan(db: AsyncSession, by: Member, sheet: SheetImport, plan: Plan) -> None:
    if "text" not in plan.columns:
        message = "Choose the column that holds the text. Nothing was checked."
        raise Rejected(Problem("column_required", message, "columns"))
    wrong = [name for name in plan.columns if name not in FIELDS]
    if wrong or not all(0 <= at < len(sheet.columns) for at in plan.columns.values()):
        raise Rejected(Problem("column_unknown", "There is no such column or field.", "columns"))
    if plan.order not in set(Order) or plan.without_time not in {"", QUEUE}:
        raise Rejected(Problem("invalid", "That is no way to read the times.", "plan"))
    moments.zone_info(plan.zone or by.zone)
    there = await channels.by_id(db, by.workspace_id, set(plan.channel_ids))
    if len(there) != len(set(plan.channel_ids)):
        raise Rejected(Problem("channel_unknown", "There is no such channel.", "channel_ids"))


def _go(db: AsyncSession, sheet: SheetImport, stage: Stage) -> None:
    sheet.stage, sheet.trouble, sheet.updated_at = stage, "", utc_now()
    noted = aftermath(db)
    noted.workspaces.add(sheet.workspace_id)
    noted.jobs.append((JOB, sheet.id or 0))


async def confirm(db: AsyncSession, by: Member, import_id: int) -> SheetImport:
    """Have the good rows imported. Twice is harmless: once it has begun, nothing more happens."""
    _allow(by)
    sheet = await get(db, by, import_id, lock=True)
    if sheet.stage in {Stage.IMPORTING, Stage.IMPORTED}:
        return sheet
    if sheet.stage != Stage.CHECKED:
        raise Conflict("The rows have to be checked first. Nothing was imported.")
    if sheet.faulty >= sheet.rows:
        raise Conflict("No row can be imported. Correct the file, and upload it again.")
    _go(db, sheet, Stage.IMPORTING)
    return sheet


async def undo(db: AsyncSession, by: Member, import_id: int) -> SheetImport:
    """Have what was imported put in the trash, and its schedules cancelled; what is out stays."""
    _allow(by)
    sheet = await get(db, by, import_id, lock=True)
    if sheet.stage in {Stage.UNDOING, Stage.UNDONE}:
        return sheet
    if sheet.stage not in {Stage.IMPORTING, Stage.IMPORTED}:
        raise Conflict("Nothing of it has been imported.")
    _go(db, sheet, Stage.UNDOING)
    return sheet


async def discard(db: AsyncSession, by: Member, import_id: int) -> None:
    """Forget an import, with its rows. What was made of it stays."""
    _allow(by)
    sheet = await get(db, by, import_id, lock=True)
    if sheet.stage in {Stage.IMPORTING, Stage.UNDOING}:
        raise Conflict("It is under way. Wait for its end.")
    await imports.remove(db, [import_id])


def reading(by: Member, plan: Plan) -> Reading:
    """Return how the cells are understood."""
    return Reading(plan.zone or by.zone, Order(plan.order), plan.without_time, plan.channel_ids)


def cells_of(row: SheetRow, plan: Plan) -> dict[str, str]:
    """Return what a row says, by its fields."""
    return {
        name: row.cells[at].strip() if at < len(row.cells) else ""
        for name, at in plan.columns.items()
    }


async def problem_lines(database: Database, by: Member, import_id: int) -> list[str]:
    """Return the rows that have a fault or a warning, as lines of CSV: with all their cells."""
    async with database.reading() as db:
        sheet = await get(db, by, import_id)
    lines = [sheets.line(["row", "problem", "column", "what", *sheet.columns])]
    after = 0
    while True:
        async with database.reading() as db:
            rows = await imports.rows_in(db, import_id, PROBLEMS, after=after, limit=500)
        if not rows:
            return lines
        after = rows[-1].number
        lines += [
            sheets.line(
                [
                    *(str(row.number), "error" if row.state == "faulty" else "warning"),
                    *(row.column, row.message, *row.cells),
                ]
            )
            for row in rows
        ]
