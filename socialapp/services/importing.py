"""Posts and their moments from a table, and back into one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from socialapp.domain import sheets
from socialapp.domain.errors import ForPeople, NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sheets import Sheet
from socialapp.services import row_batches, rows
from socialapp.services.rows import FIELDS, Ahead, Made, Reading
from socialapp.services.together import TOGETHER, Begin, TakeBack, taken_back
from socialapp.store import channels, people, slots
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel

_EXPORTED = ("text", "scheduled_at", "timezone", "channels", "tags", "campaign", "notes")
SAMPLE = (
    ("Fresh rye bread from seven", "2030-05-14 09:00", "Europe/Berlin", "", "bread; morning"),
    ("Closed on Monday", "queue", "", "", ""),
    ("An idea for later", "", "", "", ""),
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, or with a row."""

    row: int
    """As a spreadsheet numbers it."""
    column: str
    """As the file calls it."""
    code: str
    message: str


@dataclass(frozen=True)
class Report:
    """What came of an import."""

    rows: int
    imported: int
    """In a check: those that could be."""
    faults: tuple[Fault, ...]


async def run(
    begin: Begin,
    by: Member,
    sheet: Sheet,
    *,
    names: Mapping[str, str],
    is_check: bool = False,
    is_partial: bool = False,
    now: datetime,
) -> Report:
    """Import the rows of a table; `names` says what the file calls each field.

    All rows are checked first: with a fault in one nothing is imported, unless `is_partial`.
    """
    if not (by.may(Right.WRITE) and by.may(Right.PUBLISH)):
        raise NotAllowed("Your role may not import posts. Nothing was imported.")
    called = _called(sheet, names)
    checked = await _pass(begin, by, sheet, called, is_check=True, now=now)
    faults = tuple(fault for _, fault in checked if fault)
    good = {row for row, fault in checked if not fault}
    if is_check or (faults and not is_partial):
        return Report(len(sheet.rows), len(good) if is_check else 0, faults)
    rest = Sheet(sheet.columns, tuple(row for row in sheet.rows if row[0] in good))
    done = await _pass(begin, by, rest, called, is_check=False, now=now)
    late = tuple(fault for _, fault in done if fault)
    return Report(len(sheet.rows), len(done) - len(late), faults + late)


def _called(sheet: Sheet, names: Mapping[str, str]) -> dict[str, str]:
    there = {column.casefold(): column for column in sheet.columns}
    called = {
        field: there[names.get(field, field).casefold()]
        for field in FIELDS
        if names.get(field, field).casefold() in there
    }
    unknown = [n for f, n in names.items() if f not in FIELDS or n.casefold() not in there]
    if unknown:
        message = f"There is no column or field {unknown[0][:50]!r}. Nothing was imported."
        raise Rejected(Problem("column_unknown", message, "columns"))
    if "text" not in called:
        message = "No column is called “text”; say which one holds it. Nothing was imported."
        raise Rejected(Problem("column_required", message, "columns"))
    return called


async def _pass(
    begin: Begin,
    by: Member,
    sheet: Sheet,
    called: Mapping[str, str],
    *,
    is_check: bool,
    now: datetime,
) -> list[tuple[int, Fault | None]]:
    ahead = Ahead() if is_check else None
    found: list[tuple[int, Fault | None]] = []
    for start in range(0, len(sheet.rows), TOGETHER):
        some = sheet.rows[start : start + TOGETHER]
        async with taken_back(begin) as db:
            there = await hold_channels(db, by)
            cells = [
                {field: row.get(column, "").strip() for field, column in called.items()}
                for _, row in some
            ]
            made = await attempt_all(
                db, by, cells, there, reading=Reading(by.zone), ahead=ahead, now=now
            )
            faults = [(n, _fault(n, each, called)) for (n, _), each in zip(some, made, strict=True)]
            if is_check:
                raise TakeBack
        found += faults
    return found


async def hold_channels(db: AsyncSession, by: Member) -> list[Channel]:
    """Return the workspace's channels; nobody else takes their slots until the commit."""
    await people.keep_workspace(db, by.workspace_id)
    there = await channels.of_workspace(db, by.workspace_id)
    await slots.lock(db, [each.id or 0 for each in there])
    return there


def _fault(number: int, made: Made | Problem, called: Mapping[str, str]) -> Fault | None:
    if isinstance(made, Made):
        return None
    return Fault(number, called.get(made.field, made.field), made.code, made.message)


async def attempt_all(
    db: AsyncSession,
    by: Member,
    cells: Sequence[Mapping[str, str]],
    there: Sequence[Channel],
    *,
    reading: Reading,
    ahead: Ahead | None,
    now: datetime,
) -> list[Made | Problem]:
    """Make what rows say, in their order; those without media many at once."""
    found: list[Made | Problem] = []
    for has_media, some in groupby(cells, key=lambda each: bool(each.get("media"))):
        how: dict[str, Any] = {"reading": reading, "ahead": ahead, "now": now}
        if has_media:
            found += [await attempt(db, by, each, there, **how) for each in some]
        else:
            found += await row_batches.make(db, by, list(some), there, **how)
    return found


async def attempt(
    db: AsyncSession,
    by: Member,
    cells: Mapping[str, str],
    there: Sequence[Channel],
    *,
    reading: Reading,
    ahead: Ahead | None,
    now: datetime,
) -> Made | Problem:
    """Make what a row says, or say what is wrong with which field; then nothing of it stays."""
    try:
        async with db.begin_nested():
            made = await rows.make(db, by, cells, there, reading=reading, ahead=ahead, now=now)
    except Rejected as no:
        problem = no.problems[0]
        return Problem(problem.code, problem.message, rows.field_of(problem))
    except ForPeople as no:
        return Problem(no.code, no.detail, "text")
    if ahead is not None:
        ahead.add(made)
    return made


def sample() -> str:
    """Return a small file that can be imported."""
    return "".join([sheets.line(_EXPORTED[:5]), *(sheets.line(row) for row in SAMPLE)])


async def export(reading: Begin, by: Member, **filters: Any) -> AsyncIterator[str]:
    """Yield the lines of a table of the schedules, by their time; an import takes it back."""
    yield sheets.line([*_EXPORTED, "status", "url"])
    cursor = ""
    while True:
        async with reading() as db:
            page = await schedule_rows.page(
                db, by.workspace_id, limit=200, cursor=cursor, **filters
            )
            sent = await schedule_rows.deliveries_of(db, [each.id or 0 for each in page.items])
            ids = {each.channel_id for some in sent.values() for each in some}
            known = await channels.by_id(db, by.workspace_id, ids)
            texts = await post_rows.by_id(
                db, by.workspace_id, {each.post_id for each in page.items}
            )
        for each in page.items:
            post, mine = texts.get(each.post_id), sent.get(each.id or 0, [])
            if post is None:
                continue
            to = "; ".join(known[d.channel_id].handle or known[d.channel_id].name for d in mine)
            yield sheets.line(
                [
                    *(post.text, each.local_time, each.timezone, to),
                    *("; ".join(post.tags), post.campaign, post.notes, each.status),
                    next((d.url for d in mine if d.url), ""),
                ]
            )
        cursor = page.next_cursor
        if not cursor:
            return
