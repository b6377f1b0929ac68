"""What the page of series does: pause, resume, skip one, change, end."""

from typing import Any

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import ForPeople, NotFound
from socialapp.domain.people import Member, Right
from socialapp.services import series, series_changes
from socialapp.services.series_changes import Change
from socialapp.store import channels
from socialapp.store import series as rows
from socialapp.store.session import reading, transaction
from socialapp.ui.compose import repeating
from socialapp.ui.paging import SIZE, Paged
from socialapp.ui.series.views import ChannelRow, SeriesRow, series_rows
from socialapp.ui.session import needs, signed_in


def nothing() -> SeriesRow:
    """Return the row of no series: the dialog is closed."""
    return SeriesRow(
        id=0,
        key="",
        text="",
        words="",
        channels="",
        state="",
        trouble="",
        next="",
        dates=[],
        next_post=0,
        rule="",
        clock="",
        zone="",
        channel_ids=[],
    )


class SeriesState(Paged, rx.State):
    """The list, and the series that is being changed or asked about."""

    rows: list[SeriesRow] = []
    edited: SeriesRow = nothing()
    channels: list[ChannelRow] = []
    """Those that the edited one may go to."""
    moment: dict[str, str] = {}
    """The rule that is being chosen, in words."""
    ending: SeriesRow = nothing()
    refusal: str = ""
    """Why the change was not made."""

    @needs(Right.PUBLISH)
    async def pause(self, series_id: int) -> None:
        """Take what is planned of it out of the queue."""
        by = await signed_in(self)
        async with transaction() as db:
            await series.pause(db, by, series_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def resume(self, series_id: int) -> None:
        """Go on with it."""
        by = await signed_in(self)
        async with transaction() as db:
            await series.resume(db, by, series_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def skip(self, series_id: int, at: str) -> None:
        """Leave out the one of a date."""
        by = await signed_in(self)
        instant = moments.read(at[:64], zone=by.zone).at
        async with transaction() as db:
            await series.skip(db, by, series_id, at=instant, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def edit(self, series_id: int) -> None:
        """Open the form that changes it."""
        self.refusal, self.moment = "", {}
        self.edited = await self._one(series_id)
        by = await signed_in(self)
        async with reading() as db:
            there = await channels.of_workspace(db, by.workspace_id)
        chosen = set(self.edited["channel_ids"])
        self.channels = [
            ChannelRow(id=each.id or 0, name=each.name, is_on=each.id in chosen) for each in there
        ]

    @needs(Right.READ)
    async def speak(self, local: str, zone: str, rule: str) -> None:
        """Say the rule that is being chosen in words, with its next dates."""
        self.moment = repeating.asked(local, zone, rule, now=utc_now())

    @needs(Right.PUBLISH)
    async def ask_end(self, series_id: int) -> None:
        """Ask whether it is to end."""
        self.ending = await self._one(series_id)

    @needs(Right.READ)
    async def close(self) -> None:
        """Close the form or the question."""
        self.edited, self.ending, self.refusal = nothing(), nothing(), ""

    @needs(Right.PUBLISH)
    async def end(self) -> None:
        """End the one that was asked about."""
        by, series_id = await signed_in(self), self.ending["id"]
        self.ending = nothing()
        async with transaction() as db:
            await series.end(db, by, series_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def change(self, form: dict[str, Any]) -> None:
        """Change its time, rule or channels: all that are to come, or from a date on."""
        by, was = await signed_in(self), self.edited
        try:
            rule, clock, from_ = (
                str(form.get(key, "")).strip() for key in ("rule", "clock", "since")
            )
            since = moments.read(from_[:64], zone=by.zone).at if from_ else None
            to = [each["id"] for each in self.channels if form.get(f"to-{each['id']}")]
            what = Change(
                repeat=rule or None,
                clock=clock if clock and clock != was["clock"] else None,
                channel_ids=to if sorted(to) != sorted(was["channel_ids"]) else None,
            )
            if what != Change():
                async with transaction() as db:
                    await series_changes.edit(db, by, was["id"], what, since=since, now=utc_now())
        except ForPeople as no:
            self.refusal = no.detail
            return
        self.edited, self.refusal = nothing(), ""
        await self._read(by)

    async def _one(self, series_id: int) -> SeriesRow:
        by = await signed_in(self)
        async with reading() as db:
            found = await rows.get(db, by.workspace_id, series_id)
            if found is None:
                raise NotFound("There is no such series.")
            return (await series_rows(db, by.workspace_id, [found], now=utc_now()))[0]

    async def _fetch(self, by: Member) -> None:
        async with reading() as db:
            page = await rows.page(db, by.workspace_id, limit=SIZE, cursor=self._steps.cursor)
            self.rows = await series_rows(db, by.workspace_id, page.items, now=utc_now())
        self._arrived(page)
