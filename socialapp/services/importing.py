"""Posts and their moments from a table, and back into one."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialapp.domain import moments, sheets
from socialapp.domain.errors import ForPeople, NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sheets import Sheet
from socialapp.services import posts, queueing, schedules
from socialapp.store import channels, people, slots
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel

FIELDS = ("text", "scheduled_at", "timezone", "channels", "tags", "campaign", "notes")
"""What a row may say. `scheduled_at`: a time, `queue` for the next free slot, empty for a draft."""
SAMPLE = (
    ("Fresh rye bread from seven", "2030-05-14 09:00", "Europe/Berlin", "", "bread; morning"),
    ("Closed on Monday", "queue", "", "", ""),
    ("An idea for later", "", "", "", ""),
)
_COLUMN_OF = {"channel_ids": "channels", "post_id": "text", "slot": "scheduled_at"}
_TOGETHER = 25
Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]


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


class _Back(Exception):
    """Rolls a transaction back."""


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
    found: list[tuple[int, Fault | None]] = []
    for start in range(0, len(sheet.rows), _TOGETHER):
        some = sheet.rows[start : start + _TOGETHER]
        try:
            async with begin() as db:
                await people.keep_workspace(db, by.workspace_id)
                there = await channels.of_workspace(db, by.workspace_id)
                await slots.lock(db, [each.id or 0 for each in there])
                faults = [await _row(db, by, n, row, called, there, now=now) for n, row in some]
                if is_check:
                    raise _Back
        except _Back:
            pass
        found += [(number, fault) for (number, _), fault in zip(some, faults, strict=True)]
    return found


async def _row(
    db: AsyncSession,
    by: Member,
    number: int,
    row: Mapping[str, str],
    called: Mapping[str, str],
    there: Sequence[Channel],
    *,
    now: datetime,
) -> Fault | None:
    cells = {field: row.get(column, "").strip() for field, column in called.items()}
    try:
        async with db.begin_nested():
            await _import(db, by, cells, there, now=now)
    except Rejected as no:
        problem = no.problems[0]
        field = _COLUMN_OF.get(problem.field, problem.field)
        column = called.get(field if field in FIELDS else "text", field)
        return Fault(number, column, problem.code, problem.message)
    except ForPeople as no:
        return Fault(number, called["text"], no.code, no.detail)
    return None


async def _import(
    db: AsyncSession,
    by: Member,
    cells: Mapping[str, str],
    there: Sequence[Channel],
    *,
    now: datetime,
) -> None:
    channel_ids = [_channel(name, there) for name in _list(cells.get("channels", ""))]
    post = await posts.create(
        db,
        by,
        text=cells["text"],
        channel_ids=channel_ids,
        tags=[tag[:100] for tag in _list(cells.get("tags", ""))][:50],
        campaign=cells.get("campaign", "")[:200],
        notes=cells.get("notes", ""),
        now=now,
    )
    when = cells.get("scheduled_at", "")
    what: dict[str, Any] = {"post_id": post.id or 0, "channel_ids": channel_ids, "now": now}
    if when.casefold() == "queue":
        await queueing.add(db, by, **what)
    elif when:
        at = moments.read(when, zone=cells.get("timezone") or by.zone)
        await schedules.create(db, by, at=at, **what)


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _channel(name: str, there: Iterable[Channel]) -> int:
    """Return the channel of that name, handle or id."""
    found = [
        each.id or 0
        for each in there
        if name.casefold() in {each.name.casefold(), each.handle.casefold(), str(each.id)}
    ]
    if len(found) != 1:
        how = "no channel" if not found else "more than one channel"
        message = f"There is {how} called {name[:50]!r}."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))
    return found[0]


def sample() -> str:
    """Return a small file that can be imported."""
    return "".join([sheets.line(FIELDS[:5]), *(sheets.line(row) for row in SAMPLE)])


async def export(reading: Begin, by: Member, **filters: Any) -> AsyncIterator[str]:
    """Yield the lines of a table of the schedules, by their time; an import takes it back."""
    yield sheets.line([*FIELDS, "status", "url"])
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
