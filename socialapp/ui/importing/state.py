"""What the import screen does; all of it is kept in the database, so a closed tab loses nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.people import Member, Right
from socialapp.domain.sheet_times import Order
from socialapp.domain.text import excerpt
from socialapp.services import imports
from socialapp.services.imports import GOOD, PROBLEMS, WORKING, Plan, Stage
from socialapp.services.rows import FIELDS, QUEUE, Made
from socialapp.store import channels
from socialapp.store import imports as rows
from socialapp.store.session import reading, transaction
from socialapp.store.tables import SheetImport, SheetRow
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.paging import SIZE
from socialapp.ui.session import needs, signed_in

LABELS = {
    "text": "Text",
    "scheduled_at": "Date and time",
    "date": "Date",
    "time": "Time",
    "timezone": "Time zone",
    "channels": "Channels",
    "media": "Pictures and videos",
    "tags": "Tags",
    "campaign": "Campaign",
    "notes": "Notes",
}
_STATES = {
    "new": "Waiting",
    "good": "Ready",
    "warned": "Look at it",
    "faulty": "Error",
    "made": "Imported",
    "undone": "Taken back",
    "kept": "Kept",
}


class Choice(TypedDict):
    """One option of a select."""

    value: str
    label: str


class FieldView(TypedDict):
    """One field of a post, and the column that holds it."""

    key: str
    label: str
    column: str


class LineView(TypedDict):
    """One row of the file."""

    key: str
    number: str
    text: str
    when: str
    """As it was understood, once it was checked; before, and with a fault, as the file says it."""
    channels: str
    state: str
    mark: str
    problem: str


class EarlierView(TypedDict):
    """An import that was begun before."""

    key: str
    to: str
    name: str
    words: str


class ImportState(rx.State):
    """One import, from the file to its end."""

    is_loaded: bool = False
    number: int = 0
    name: str = ""
    table: str = ""
    """Where the rows with a problem are."""
    stage: str = ""
    trouble: str = ""
    columns: list[Choice] = []
    fields: list[FieldView] = []
    channels: list[Choice] = []
    channel: str = ""
    zone: str = ""
    order: str = "day_first"
    without_time: str = ""
    rows: int = 0
    checked: int = 0
    faulty: int = 0
    warned: int = 0
    good: int = 0
    made: int = 0
    undone: int = 0
    percent: int = 0
    is_working: bool = False
    only_problems: bool = False
    lines: list[LineView] = []
    page: int = 0
    place: str = ""
    has_after: bool = False
    earlier: list[EarlierView] = []
    is_asking: bool = False
    _starts: list[int] = [0]

    @needs(Right.PUBLISH)
    async def load(self) -> EventSpec | None:
        """Show the import that the address names, or the place for a file."""
        by = await signed_in(self)
        asked = str(self.router.url.query_parameters.get("import", ""))
        self.number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
        self._starts, self.is_asking = [0], False
        async with reading() as db:
            there = await channels.of_workspace(db, by.workspace_id)
            begun = await rows.of_workspace(db, by.workspace_id, list(Stage))
        self.channels = [Choice(value=str(each.id), label=each.name) for each in there]
        self.earlier = [_earlier(each) for each in begun[:10]]
        if not self.number:
            self.stage, self.is_loaded = "", True
            return None
        await self._read(by, is_new=True)
        return None

    @needs(Right.PUBLISH)
    async def uploaded(self, number: int) -> EventSpec:
        """Go on with a file that has come in."""
        by = await signed_in(self)
        self.number, self._starts = number, [0]
        await self._read(by, is_new=True)
        return rx.redirect(routes.an_import(number), replace=True)

    @needs(Right.PUBLISH)
    async def refresh(self) -> None:
        """Read how far it is."""
        if self.number:
            await self._read(await signed_in(self))

    @needs(Right.PUBLISH)
    async def choose_column(self, name: str, column: str) -> None:
        """Say which column holds a field."""
        if column in {"", *(each["value"] for each in self.columns)}:
            self.fields = [
                FieldView(key=each["key"], label=each["label"], column=column)
                if each["key"] == name
                else each
                for each in self.fields
            ]

    @needs(Right.PUBLISH)
    async def choose_zone(self, zone: str) -> None:
        """Say in which zone the times are."""
        self.zone = zone[:64]

    @needs(Right.PUBLISH)
    async def choose_order(self, order: str) -> None:
        """Say what comes first in 3/4/2027."""
        self.order = order if order in set(Order) else Order.DAY_FIRST

    @needs(Right.PUBLISH)
    async def choose_without_time(self, without_time: str) -> None:
        """Say what rows without a time become."""
        self.without_time = QUEUE if without_time == QUEUE else ""

    @needs(Right.PUBLISH)
    async def choose_channel(self, channel: str) -> None:
        """Say where rows go that name no channel."""
        self.channel = channel if channel in {each["value"] for each in self.channels} else ""

    @needs(Right.PUBLISH)
    async def check(self) -> None:
        """Have every row checked."""
        by = await signed_in(self)
        plan = Plan(
            {each["key"]: int(each["column"]) for each in self.fields if each["column"]},
            self.zone,
            self.order,
            self.without_time,
            (int(self.channel),) if self.channel else (),
        )
        async with transaction() as db:
            await imports.check(db, by, self.number, plan)
        self._starts, self.only_problems = [0], False
        await self._read(by)

    @needs(Right.PUBLISH)
    async def change(self) -> None:
        """Show the columns again."""
        if self.stage == Stage.CHECKED:
            self.stage = Stage.UPLOADED

    @needs(Right.PUBLISH)
    async def confirm(self) -> None:
        """Have the good rows imported."""
        by = await signed_in(self)
        async with transaction() as db:
            await imports.confirm(db, by, self.number)
        self._starts = [0]
        await self._read(by)

    @needs(Right.PUBLISH)
    async def ask_undo(self, is_asking: bool) -> None:
        """Ask before everything is taken back."""
        self.is_asking = is_asking

    @needs(Right.PUBLISH)
    async def undo(self) -> None:
        """Have what was imported taken back."""
        by = await signed_in(self)
        self.is_asking = False
        async with transaction() as db:
            await imports.undo(db, by, self.number)
        await self._read(by)

    @needs(Right.PUBLISH)
    async def discard(self) -> list[EventSpec]:
        """Forget the file."""
        by = await signed_in(self)
        async with transaction() as db:
            await imports.discard(db, by, self.number)
        self.number, self.stage = 0, ""
        return [notice.good("The file is forgotten."), rx.redirect(routes.IMPORT)]

    @needs(Right.PUBLISH)
    async def show_problems(self, is_on: bool) -> None:
        """Show only rows with a problem, or all."""
        self.only_problems, self._starts = is_on, [0]
        await self._read(await signed_in(self))

    @needs(Right.PUBLISH)
    async def go(self, step: int) -> None:
        """Go a page on or back."""
        if step > 0 and self.has_after and self.lines:
            self._starts.append(int(self.lines[-1]["key"]))
        elif step < 0 and len(self._starts) > 1:
            self._starts.pop()
        await self._read(await signed_in(self))

    async def _read(self, by: Member, *, is_new: bool = False) -> None:
        states = PROBLEMS if self.only_problems else ()
        async with reading() as db:
            sheet = await imports.get(db, by, self.number)
            some = await rows.rows_in(
                db, self.number, states, after=self._starts[-1], limit=SIZE + 1
            )
        plan = Plan.of(sheet.plan)
        is_changing = self.stage == Stage.UPLOADED and sheet.stage == Stage.CHECKED
        if is_new or not is_changing:
            self.stage = sheet.stage
        if is_new:
            self._take(sheet, plan, by)
        self.table = f"/api/imports/{sheet.id}/problems"
        self.name, self.trouble, self.is_working = (
            *(sheet.filename, sheet.trouble),
            sheet.stage in WORKING,
        )
        self.rows, self.checked, self.faulty = sheet.rows, sheet.checked, sheet.faulty
        self.warned, self.made, self.undone = sheet.warned, sheet.made, sheet.undone
        self.good = sheet.checked - sheet.faulty
        self.percent = _percent(sheet)
        self.has_after, self.page = len(some) > SIZE, len(self._starts)
        names = {int(each["value"]): each["label"] for each in self.channels if each["value"]}
        now, zone = utc_now(), plan.zone or by.zone
        self.lines = [
            _line(each, plan, understood(each, names, zone, now=now)) for each in some[:SIZE]
        ]
        total = sheet.faulty + sheet.warned if self.only_problems else sheet.rows
        first = (len(self._starts) - 1) * SIZE + 1
        self.place = f"{first:,}-{first + len(self.lines) - 1:,} of {total:,}"
        if not self.lines:
            self.place = "Nothing here"
        self.is_loaded = True

    def _take(self, sheet: SheetImport, plan: Plan, by: Member) -> None:
        self.columns = [
            Choice(value=str(at), label=name or f"Column {at + 1}")
            for at, name in enumerate(sheet.columns)
        ]
        self.fields = [
            FieldView(key=name, label=LABELS[name], column=str(plan.columns.get(name, "")))
            for name in FIELDS
        ]
        self.zone, self.order = plan.zone or by.zone, plan.order
        self.without_time = plan.without_time
        self.channel = str(plan.channel_ids[0]) if plan.channel_ids else ""


def _percent(sheet: SheetImport) -> int:
    of, done = {
        Stage.CHECKING: (sheet.rows, sheet.checked),
        Stage.IMPORTING: (sheet.rows, sheet.made + sheet.faulty),
        Stage.UNDOING: (sheet.made, sheet.undone),
    }.get(Stage(sheet.stage), (1, 1))  # fmt: skip
    return min(100, done * 100 // max(1, of))


def understood(
    row: SheetRow, names: Mapping[int, str], zone: str, *, now: datetime
) -> tuple[str, str]:
    """Return when and where a checked row goes out, in words; empty when that is not known."""
    made = Made.of(row.ahead)
    if made is None:
        return ("Draft", "") if row.state in GOOD else ("", "")
    at, *later = sorted({at for _, at in made.moments})
    when = moments.spoken(at, zone, now=now) + ("; some channels later" if later else "")
    return when, ", ".join(names.get(channel_id, "") for channel_id, _ in made.moments)


def _line(row: SheetRow, plan: Plan, known: tuple[str, str]) -> LineView:
    cells = imports.cells_of(row, plan)
    when = [cells.get(name, "") for name in ("scheduled_at", "date", "time")]
    about = f"{row.column}: " if row.column else ""
    return LineView(
        key=str(row.number),
        number=str(row.number),
        text=excerpt(cells.get("text") or "; ".join(row.cells), 100),
        when=known[0] or excerpt(" ".join(each for each in when if each), 40),
        channels=known[1] or excerpt(cells.get("channels", ""), 60),
        state=row.state,
        mark=_STATES.get(row.state, row.state),
        problem=about + row.message if row.message else "",
    )


def _earlier(sheet: SheetImport) -> EarlierView:
    words: dict[str, Any] = {
        Stage.UPLOADED: "not checked yet",
        Stage.CHECKING: "being checked",
        Stage.CHECKED: "checked, not imported",
        Stage.IMPORTING: "being imported",
        Stage.IMPORTED: f"{sheet.made:,} imported",
        Stage.UNDOING: "being taken back",
        Stage.UNDONE: "taken back",
    }
    return EarlierView(
        key=str(sheet.id),
        to=routes.an_import(sheet.id or 0),
        name=sheet.filename,
        words=f"{sheet.rows:,} rows · {words[sheet.stage]}",
    )
