"""What the calendar does: choose what is shown, move what is planned, and take that back."""

from datetime import date, datetime
from typing import TypedDict
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import ForPeople, NotFound
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import clashes, moves, schedules
from socialapp.services.moves import Before
from socialapp.store import channels
from socialapp.store import schedules as rows
from socialapp.store.session import reading, transaction
from socialapp.ui import channel_words, routes
from socialapp.ui.calendar import events
from socialapp.ui.calendar.events import CalendarEvent, FreeSlot, More
from socialapp.ui.components import notice
from socialapp.ui.labels import Labelled
from socialapp.ui.session import needs, signed_in

_KEPT = 20
"""So many moves can be taken back, one after the other."""


class Choice(TypedDict):
    """One thing to filter by."""

    value: str
    label: str
    network: str
    """Of a channel; else empty."""


class Answer(TypedDict):
    """What became of a move, or what would."""

    ticket: str
    is_done: bool
    words: str


class CalendarState(Labelled, rx.State):
    """The view, its filters, its events, and the moves of this tab."""

    view: str = ""
    """Empty: whatever suits the size of the window."""
    date: str = ""
    channel: str = ""
    network: str = ""
    status: str = ""
    channels: list[Choice] = []
    networks: list[Choice] = []
    events: list[CalendarEvent] = []
    more: list[More] = []
    free: list[FreeSlot] = []
    shown: str = ""
    """What the events are of: view and date."""
    address: str = ""
    is_loaded: bool = False
    answer: Answer = {"ticket": "", "is_done": True, "words": ""}
    foretold: Answer = {"ticket": "", "is_done": True, "words": ""}
    done: str = ""
    """What was done last, in words."""
    can_undo: bool = False
    _undo: list[Before] = []
    _kept: int | None = None
    """What was moved last: it does not hide behind the others of a full day."""

    @needs(Right.READ)
    async def load(self) -> None:
        """Show what the address names."""
        by = await signed_in(self)
        await self.forget()
        asked = self.router.url.query_parameters
        async with reading() as db:
            found = await channels.of_workspace(db, by.workspace_id)
        self.channels = [
            Choice(value=str(each.id), label=each.name, network=each.provider) for each in found
        ]
        called = {each.provider: channel_words.network(each) for each in found}
        self.networks = [
            Choice(value=value, label=label, network="") for value, label in called.items()
        ]
        self._choose_view(asked.get("view", ""), asked.get("date", ""), by)
        self._narrow("channel", asked.get("channel", ""))
        self._narrow("network", asked.get("network", ""))
        self._narrow("status", asked.get("status", ""))
        for what in ("tag", "campaign"):
            self._choose_label(what, asked.get(what, ""))
        await self._read(by)

    @needs(Right.READ)
    async def show(self, view: str, day: str) -> None:
        """Show another view or time."""
        by = await signed_in(self)
        self._choose_view(view, day, by)
        await self._read(by)

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read what is shown again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose(self, what: str, value: str) -> None:
        """Show one channel, network, status, tag or campaign only, or all with ""."""
        self._narrow(what, value)
        self._choose_label(what, value)
        await self._read(await signed_in(self))

    @needs(Right.PUBLISH)
    async def foretell(self, ticket: str, schedule: str, local: str) -> None:
        """Say which moment a wall-clock time is for a schedule, and what it would clash with."""
        by, now = await signed_in(self), utc_now()
        answer = Answer(ticket=ticket[:40], is_done=True, words="")
        try:
            at = moments.read(local[:64], zone=by.zone)
            async with reading() as db:
                it = await rows.get(db, by.workspace_id, _id(schedule))
                if it is None:
                    raise NotFound("There is no such schedule.")
                warned = await clashes.warnings(db, by, it, at=at.at)
            answer["words"] = " ".join([_spoken(at, now), *(w.message for w in warned)])
        except ForPeople as no:
            answer |= Answer(ticket=answer["ticket"], is_done=False, words=no.detail)
        self.foretold = answer

    @needs(Right.PUBLISH)
    async def move(self, ticket: str, schedule: str, local: str, seen: str) -> EventSpec | None:
        """Move a schedule to a wall-clock time; `seen` is the instant at which it was shown."""
        by, now = await signed_in(self), utc_now()
        self.answer = Answer(ticket=ticket[:40], is_done=False, words="")
        try:
            at = moments.read(local[:64], zone=by.zone)
            was = moments.read(seen[:64], zone="UTC").at
            async with transaction() as db:
                before = await moves.drag(db, by, _id(schedule), at=at, seen=was, now=now)
                it = await schedules.get(db, by, before.schedule_id, now=now)
                warned = await clashes.warnings(db, by, it)
        except ForPeople as no:
            self.answer["words"] = no.detail
            await self._read(by)
            return notice.error(no.detail)
        self._undo, self._kept = [*self._undo, before][-_KEPT:], before.schedule_id
        said = " ".join([f"Moved to {_spoken(at, now)}", *(each.message for each in warned)])
        self.done, self.can_undo = said, True
        self.answer = Answer(ticket=ticket[:40], is_done=True, words=said)
        await self._read(by)
        return None

    @needs(Right.PUBLISH)
    async def undo(self) -> EventSpec | None:
        """Take the last move back, if nobody has touched it since."""
        if not self._undo:
            return None
        by, now = await signed_in(self), utc_now()
        last, self._undo = self._undo[-1], self._undo[:-1]
        self.can_undo = bool(self._undo)
        try:
            async with transaction() as db:
                await moves.undo(db, by, [last], now=now)
        except ForPeople as no:
            self.done = ""
            await self._read(by)
            return notice.error(no.detail)
        self.done = f"Taken back: it is at {moments.spoken(last.at, by.zone, now=now)} again."
        await self._read(by)
        return None

    @needs(Right.READ)
    async def forget(self) -> None:
        """Put the words about what was done away."""
        self.done, self.can_undo, self._undo = "", False, []

    def _choose_view(self, view: str, day: str, by: Member) -> None:
        self.view = view if view in events.SHOWN_OF_A_DAY else ""
        self.date = _day(day) or f"{moments.in_zone(utc_now(), by.zone):%Y-%m-%d}"

    def _narrow(self, what: str, value: str) -> None:
        known = {
            "channel": {each["value"] for each in self.channels},
            "network": {each["value"] for each in self.networks},
            "status": {str(each) for each in Shown},
        }
        if what in known:
            setattr(self, what, value if value in known[what] else "")

    def _with_slots(self) -> dict[int, str]:
        """Return the channels whose free slots are shown, with their names."""
        if self.status not in ("", Shown.QUEUED):
            return {}
        return {
            int(each["value"]): each["label"]
            for each in self.channels
            if self.channel in ("", each["value"]) and self.network in ("", each["network"])
        }

    async def _read(self, by: Member) -> None:
        view, day, now = self.view or "month", date.fromisoformat(self.date), utc_now()
        async with reading() as db:
            self.events, self.more = await events.read(
                db,
                by,
                view,
                day,
                now=now,
                kept=self._kept,
                statuses=[self.status] if self.status else (),
                channel_id=int(self.channel) if self.channel else None,
                network=self.network,
                tag=self.tag,
                campaign=self.campaign,
            )
            await self._read_labels(db, by)
            self.free = await events.free(db, by, view, day, now=now, names=self._with_slots())
        self.shown = f"{view} {self.date}"
        named = ("view", "date", "channel", "network", "status", "tag", "campaign")
        words = {name: getattr(self, name) for name in named if getattr(self, name)}
        if not self.view:
            words.pop("date")
        self.address = routes.CALENDAR + (f"?{urlencode(words)}" if words else "")
        self.is_loaded = True


def _spoken(at: Moment, now: datetime) -> str:
    words = f"{moments.spoken(at.at, at.zone, now=now)}."
    if at.was_skipped:
        words += f" The clocks jump over {at.local:%H:%M} that day; this is the first time after."
    if at.happens_twice:
        words += f" {at.local:%H:%M} happens twice that day; this is the first."
    return words


def _id(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) < 18):
        raise NotFound("There is no such schedule.")
    return int(words)


def _day(words: str) -> str:
    """Return a date that a calendar can show, or nothing."""
    try:
        day = date.fromisoformat(words[:10])
    except ValueError:
        return ""
    return day.isoformat() if 1970 <= day.year <= 2200 else ""
