"""Timetables on the page of a channel: kept from its times, compared with it, given to channels."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import slots as rules
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Member, Right
from socialapp.services import timetables
from socialapp.services.timetables import Applied
from socialapp.store import channels
from socialapp.store import timetables as rows
from socialapp.store.session import reading, transaction
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.network.times import OtherView, TimesState
from socialapp.ui.session import needs, signed_in


class TimetableView(TypedDict):
    """One of them."""

    id: int
    key: str
    name: str
    words: str
    """Its times."""


class AppliedView(TypedDict):
    """What becomes of one channel."""

    key: str
    name: str
    words: str


class TimetablesState(rx.State):
    """The timetables of the workspace, and what is asked about one of them."""

    timetables: list[TimetableView] = []
    channels: list[OtherView] = []
    asks: str = ""
    """The open dialog: "apply", "rename", "delete", or none."""
    about: TimetableView = TimetableView(id=0, key="", name="", words="")
    chosen: list[str] = []
    """The channels that it is given to."""
    lines: list[AppliedView] = []
    refusal: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the timetables of the workspace."""
        await self._read(await signed_in(self))

    @needs(Right.PUBLISH)
    async def save(self, form: dict[str, Any]) -> EventSpec:
        """Keep the times of the channel of the page under a name."""
        by, name = await signed_in(self), str(form.get("timetable", ""))[:200]
        channel_id = routes.channel_in(self.router.url.path)[1]
        async with transaction() as db:
            made = await timetables.save(db, by, name=name, channel_id=channel_id, now=utc_now())
            words = f"The times are kept as {made.name}."
        await self._read(by)
        return notice.good(words)

    @needs(Right.PUBLISH)
    async def ask(self, question: str, timetable_id: int) -> None:
        """Open a dialog about one of them."""
        found = next((each for each in self.timetables if each["id"] == timetable_id), None)
        if found is None or question not in {"apply", "rename", "delete"}:
            return
        self.asks, self.about, self.refusal = question, found, ""
        here = str(routes.channel_in(self.router.url.path)[1])
        self.chosen = [each["value"] for each in self.channels if each["value"] == here]
        await self._compare(await signed_in(self))

    @needs(Right.READ)
    async def dismiss(self) -> None:
        """Close the dialog; nothing is done."""
        self.asks = ""

    @needs(Right.PUBLISH)
    async def turn(self, channel: str) -> None:
        """Choose a channel, or let it go; and say what would become of each."""
        if channel in {each["value"] for each in self.channels}:
            self.chosen = sorted({*self.chosen} ^ {channel}, key=int)
            await self._compare(await signed_in(self))

    @needs(Right.PUBLISH)
    async def apply(self) -> list[EventSpec]:
        """Give it to the chosen channels."""
        by, name = await signed_in(self), self.about["name"]
        async with transaction() as db:
            done = await timetables.apply(
                db, by, self.about["id"], [int(each) for each in self.chosen], now=utc_now()
            )
        self.asks = ""
        many = "1 channel has" if len(done) == 1 else f"{len(done)} channels have"
        said = notice.good(f"{many} the times of {name} now. What is queued keeps its time.")
        return [said, TimesState.load()]

    @needs(Right.PUBLISH)
    async def rename(self, form: dict[str, Any]) -> EventSpec:
        """Give it another name."""
        by, name = await signed_in(self), str(form.get("timetable_name", ""))[:200]
        async with transaction() as db:
            await timetables.change(db, by, self.about["id"], name=name)
        self.asks = ""
        await self._read(by)
        return notice.good("It has another name now.")

    @needs(Right.PUBLISH)
    async def delete(self) -> EventSpec:
        """Forget it."""
        by = await signed_in(self)
        async with transaction() as db:
            await timetables.remove(db, by, self.about["id"])
        self.asks = ""
        await self._read(by)
        return notice.good("It is deleted. Channels keep their posting times.")

    async def _read(self, by: Member) -> None:
        async with reading() as db:
            found = await rows.of_workspace(db, by.workspace_id)
            there = await channels.of_workspace(db, by.workspace_id)
        self.timetables = [
            TimetableView(
                id=each.id or 0,
                key=str(each.id),
                name=each.name,
                words=rules.in_words(timetables.times_of(each)),
            )
            for each in found
        ]
        self.channels = [OtherView(value=str(each.id), label=each.name) for each in there]

    async def _compare(self, by: Member) -> None:
        self.lines, self.refusal = [], ""
        if self.asks != "apply":
            return
        try:
            async with reading() as db:
                found = await timetables.compare(
                    db, by, self.about["id"], [int(each) for each in self.chosen], now=utc_now()
                )
        except ForPeople as no:
            self.refusal = no.detail
            return
        self.lines = [_line(each) for each in found]


def _line(each: Applied) -> AppliedView:
    said = [
        f"{what}: {rules.in_words(times)}."
        for what, times in (("Added", each.added), ("Taken away", each.removed))
        if times
    ]
    if each.waiting:
        posts = (
            "1 post that waits keeps its"
            if each.waiting == 1
            else (f"{each.waiting} posts that wait keep their")
        )
        said.append(f"{posts} time.")
    return AppliedView(
        key=str(each.channel.id),
        name=each.channel.name,
        words=" ".join(said if each.added or each.removed else ["It has these times already."]),
    )
