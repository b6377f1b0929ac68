"""What the page of evergreen lists does: make, fill, start, pause, skip, end."""

from typing import Any, TypedDict

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import evergreen as rules
from socialapp.domain import moments
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.evergreen import Rhythm
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import read_time
from socialapp.services import evergreen
from socialapp.services import evergreen_entries as entries
from socialapp.services.evergreen import Settings
from socialapp.services.evergreen_entries import Content
from socialapp.store import channels, posts
from socialapp.store import evergreen as rows
from socialapp.store.session import reading, transaction
from socialapp.store.tables import EvergreenList
from socialapp.ui.evergreen.views import ListRow, list_row
from socialapp.ui.paging import SIZE, Paged
from socialapp.ui.rows import heading
from socialapp.ui.session import needs, signed_in


class Choice(TypedDict):
    """One option."""

    value: str
    label: str
    is_on: bool


class Form(TypedDict):
    """How the list that is edited goes round, as its form begins."""

    id: int
    key: str
    name: str
    days: list[bool]
    clock: str
    per_week: str
    rest_days: str
    rounds: str
    last_day: str


class EvergreenState(Paged, rx.State):
    """The lists, and what is being written."""

    rows: list[ListRow] = []
    is_editing: bool = False
    form: Form = Form(
        id=0, key="", name="", days=[True] * 7, clock="09:00", per_week="", rest_days="30",
        rounds="", last_day="",
    )  # fmt: skip
    channels: list[Choice] = []
    posts: list[Choice] = []
    writes_in: int = 0
    """The list to which something is added; 0: the dialog is closed."""
    writes_entry: int = 0
    """The entry that gets another wording; 0: it is a new one."""
    writes_wording: int = 0
    """The wording that is rewritten; 0: none is."""
    written: str = ""
    ending: int = 0
    refusal: str = ""
    """Why it was not done, beside the form."""

    @needs(Right.READ)
    async def close(self) -> None:
        """Close every dialog."""
        self.is_editing, self.writes_in, self.ending, self.refusal = False, 0, 0, ""

    @needs(Right.PUBLISH)
    async def edit(self, list_id: int) -> None:
        """Open the form of a list; 0: of a new one."""
        by = await signed_in(self)
        async with reading() as db:
            there = await channels.of_workspace(db, by.workspace_id)
            found = await evergreen.get(db, by, list_id) if list_id else None
        to = found.channel_ids if found else [c.id for c in there if c.is_default]
        self.channels = [Choice(value=str(c.id), label=c.name, is_on=c.id in to) for c in there]
        last = moments.in_zone(found.ends_at, found.timezone) if found and found.ends_at else None
        self.form = Form(
            id=list_id,
            key=f"{list_id}-{utc_now().timestamp()}",
            name=found.name if found else "",
            days=[any(t[0] == day for t in found.times) if found else True for day in range(7)],
            clock=", ".join(dict.fromkeys(f"{m // 60:02d}:{m % 60:02d}" for _, m in found.times))
            if found
            else "09:00",
            per_week=str(found.per_week) if found and found.per_week else "",
            rest_days=str(found.rest_days if found else rules.REST_DAYS),
            rounds=str(found.rounds or "") if found else "",
            last_day=f"{last:%Y-%m-%d}" if last else "",
        )
        self.is_editing, self.refusal = True, ""

    @needs(Right.PUBLISH)
    async def save(self, form: dict[str, Any]) -> None:
        """Keep a new list, or a changed one."""
        by, list_id = await signed_in(self), self.form["id"]
        try:
            async with transaction() as db:
                found = await evergreen.get(db, by, list_id, lock=True) if list_id else None
                settings = self._settings(form, found, by.zone)
                if found:
                    await evergreen.change(db, by, list_id, settings, now=utc_now())
                else:
                    await evergreen.create(db, by, settings, now=utc_now())
        except ForPeople as no:
            self.refusal = no.detail
            return
        self.is_editing, self.refusal = False, ""
        await self._read(by)

    def _settings(self, form: dict[str, Any], found: EvergreenList | None, zone: str) -> Settings:
        before = evergreen.settings_of(found) if found else None
        zone = before.timezone if before else zone
        chosen = tuple(int(c["value"]) for c in self.channels if form.get(f"to-{c['value']}"))
        if not chosen:
            raise Rejected(Problem("channel_required", "Choose a channel.", "channel_ids"))
        per_week = _number(form.get("list_per_week"), "per_week") or 0
        days = [day for day in range(7) if form.get(f"day-{day}")]
        clocks = [c for c in str(form.get("clock", ""))[:200].split(",") if c.strip()]
        times = () if per_week else tuple(read_time(d, c) for d in days for c in clocks)
        is_shown = [day for day in range(7) if self.form["days"][day]]
        is_same = (days, str(form.get("clock", ""))) == (is_shown, self.form["clock"])
        if before and before.rhythm.times and is_same and not per_week:
            times = before.rhythm.times  # the form cannot show other times on other days
        last = str(form.get("last_day") or "")[:10]
        ends_at = moments.read(f"{last}T23:59", zone=zone).at if last else None
        if before and last == self.form["last_day"]:
            ends_at = before.ends_at
        return Settings(
            name=str(form.get("name", ""))[:200],
            channel_ids=chosen,
            rhythm=Rhythm(times, per_week),
            timezone=zone,
            rest_days=_number(form.get("rest_days"), "rest_days") or 0,
            ends_at=ends_at,
            rounds=_number(form.get("rounds"), "rounds"),
        )

    @needs(Right.PUBLISH)
    async def write(self, list_id: int, entry_id: int, wording_id: int) -> None:
        """Open the form of an entry, of another wording of one, or of a wording that is there."""
        by = await signed_in(self)
        async with reading() as db:
            await evergreen.get(db, by, list_id)
            page = await posts.page(db, by.workspace_id, limit=50)
            there = await rows.wordings(db, [entry_id])
            mine = [w.post_id for w in there if w.id == wording_id]
            said = await posts.by_id(db, by.workspace_id, mine)
        self.posts = [
            Choice(value=str(p.id), label=heading(p)[:70], is_on=False)
            for p in page.items
            if heading(p)
        ]
        self.writes_in, self.writes_entry, self.writes_wording = list_id, entry_id, wording_id
        self.written = next((post.text for post in said.values()), "")
        self.refusal = ""

    @needs(Right.PUBLISH)
    async def add(self, form: dict[str, Any]) -> None:
        """Keep what was written, or a copy of the post that was chosen."""
        by, now, list_id = await signed_in(self), utc_now(), self.writes_in
        entry, wording = self.writes_entry, self.writes_wording
        try:
            chosen = _number(form.get("post"), "post")
            what = Content(post_id=chosen) if chosen else Content(str(form.get("text", "")))
            async with transaction() as db:
                if wording:
                    await entries.rewrite(db, by, list_id, entry, wording, what, now=now)
                elif entry:
                    await entries.add_wording(db, by, list_id, entry, what, now=now)
                else:
                    await entries.add(db, by, list_id, what, now=now)
        except ForPeople as no:
            self.refusal = no.detail
            return
        self.writes_in, self.refusal = 0, ""
        await self._read(by)

    @needs(Right.PUBLISH)
    async def remove(self, list_id: int, entry_id: int, wording_id: int) -> None:
        """Take a wording away; the last one with its entry."""
        by, now = await signed_in(self), utc_now()
        async with transaction() as db:
            if len(await rows.wordings(db, [entry_id])) > 1:
                await entries.remove_wording(db, by, list_id, entry_id, wording_id, now=now)
            else:
                await entries.remove(db, by, list_id, entry_id, now=now)
        await self._read(by)

    @needs(Right.PUBLISH)
    async def start(self, list_id: int) -> None:
        """Let a list go round."""
        by = await signed_in(self)
        async with transaction() as db:
            await evergreen.start(db, by, list_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def pause(self, list_id: int) -> None:
        """Take back what it has planned."""
        by = await signed_in(self)
        async with transaction() as db:
            await evergreen.pause(db, by, list_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def skip(self, list_id: int, at: str) -> None:
        """Leave out one of its turns."""
        by = await signed_in(self)
        async with transaction() as db:
            then = moments.read(at[:64], zone=by.zone).at
            await evergreen.skip(db, by, list_id, at=then, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def ask_end(self, list_id: int) -> None:
        """Ask before a list is ended."""
        self.ending = list_id

    @needs(Right.PUBLISH)
    async def end(self) -> None:
        """End the list that was asked about."""
        by, list_id = await signed_in(self), self.ending
        self.ending = 0
        async with transaction() as db:
            await evergreen.end(db, by, list_id, now=utc_now())
        await self._read(by)

    async def _fetch(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            page = await rows.page(db, by.workspace_id, limit=SIZE, cursor=self._steps.cursor)
            self.rows = [await list_row(db, by, each, now=now) for each in page.items]
        self._arrived(page)


def _number(words: object, field: str) -> int | None:
    said = str(words or "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise Rejected(Problem("invalid", f"{said[:20]!r} is no number.", field))
    return int(said)
