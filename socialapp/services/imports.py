"""A table of any length: uploaded, checked, imported and taken back, by a worker in small steps.

Each step is one transaction that also notes how far it came. So a worker that dies loses nothing
and makes nothing twice: the next goes on with the rows that are left.
"""

from asyncio import to_thread
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain import moments, sheets
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sheet_times import Order
from socialapp.services import importing, posts
from socialapp.services.rows import FIELDS, QUEUE, Ahead, Made, Reading
from socialapp.services.uploads import shown_name
from socialapp.store import channels, imports, people
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import SheetImport, SheetRow

ROWS_AT_MOST = 50_000
FILE_AT_MOST_BYTES = 32 * 1024 * 1024
JOB = "work_on_import"
_WAITING_AT_MOST = 10
"""Uploaded and not begun, of a workspace; the oldest goes when another comes."""
_INSERTED_TOGETHER = 500
_STEP = 50
"""Rows in one transaction. On SQLite a post that is due waits for its end, so it is short."""
_STEP_ONE_BY_ONE = 10
"""The same, of rows that are not written together: those with media."""
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
    for _, kept in await imports.aheads(db, import_id):
        ahead.add(_made(kept))
    return ahead


def _made(kept: Mapping[str, Any]) -> Made:
    def pairs(some: Any) -> tuple[tuple[int, datetime], ...]:
        return tuple((each, datetime.fromisoformat(at)) for each, at in some)

    return Made(kept["text"], 0, pairs(kept["moments"]), pairs(kept["places"]))


def _kept(made: Made) -> dict[str, Any]:
    if not made.moments:
        return {}
    return {
        "text": made.text,
        "moments": [(each, at.isoformat()) for each, at in made.moments],
        "places": [(each, at.isoformat()) for each, at in made.places],
    }


def reading(by: Member, plan: Plan) -> Reading:
    """Return how the cells are understood."""
    return Reading(plan.zone or by.zone, Order(plan.order), plan.without_time, plan.channel_ids)


def cells_of(row: SheetRow, plan: Plan) -> dict[str, str]:
    """Return what a row says, by its fields."""
    return {
        name: row.cells[at].strip() if at < len(row.cells) else ""
        for name, at in plan.columns.items()
    }


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
            row.ahead = _kept(one)
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


async def unfinished(database: Database) -> list[int]:
    """Return the imports that a worker has to do with, and forget those that are old."""
    async with database.transaction() as db:
        await imports.remove(db, await imports.older_than(db, utc_now() - KEEP))
    async with database.reading() as db:
        return await imports.in_stage(db, WORKING)
