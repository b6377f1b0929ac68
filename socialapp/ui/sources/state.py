"""What the page of sources does: make, change, pause, delete, take what was there."""

from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import sources as rules
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sources import Becomes, ItemState
from socialapp.services import source_posts, sources
from socialapp.services.sources import Given
from socialapp.store import channels
from socialapp.store import sources as rows
from socialapp.store.session import reading, transaction
from socialapp.store.tables import Source
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in

TAKEN = 3


class SourceRow(TypedDict):
    """A source, with how it is with it in a sentence."""

    id: int
    key: str
    name: str
    state: str
    trouble: str
    look: str
    is_paused: bool
    can_take: bool
    url: str
    channels: list[str]
    becomes: str
    template: str
    must_have: str
    must_not_have: str
    per_day: str


def blank() -> SourceRow:
    """Return what the form of a new source shows."""
    return SourceRow(
        id=0, key="0", name="", state="", trouble="", look="", is_paused=False, can_take=False,
        url="", channels=[], becomes=Becomes.DRAFT, template=rules.TEMPLATE, must_have="",
        must_not_have="", per_day="5",
    )  # fmt: skip


class SourcesState(rx.State):
    """The page."""

    is_loaded: bool = False
    sources: list[SourceRow] = []
    channels: list[dict[str, str]] = []
    edited: SourceRow = blank()
    is_editing: bool = False
    refusal: str = ""
    deleting: int = 0
    deleting_name: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read all of it, again."""
        await self._show(await signed_in(self))

    @needs(Right.WRITE)
    async def edit(self, source_id: int) -> None:
        """Open the form for a source; 0 is a new one."""
        known = {row["id"]: row for row in self.sources}
        self.edited = known.get(source_id) or blank()
        self.is_editing, self.refusal = True, ""

    @needs(Right.READ)
    async def close(self) -> None:
        """Put the form away."""
        self.is_editing = False

    @needs(Right.WRITE)
    async def submit(self, form: dict[str, Any]) -> EventSpec | None:
        """Keep the source of the form, or say beside it why not."""
        by, now = await signed_in(self), utc_now()
        try:
            given = _given(form)
            async with transaction() as db:
                if self.edited["id"]:
                    await sources.edit(db, by, self.edited["id"], given, now=now)
                else:
                    await sources.create(db, by, given, now=now)
        except Rejected as no:
            self.refusal = no.detail
            return None
        self.is_editing = False
        await self._show(by)
        return notice.good("The source is saved. What is in it by now is not posted.")

    @needs(Right.WRITE)
    async def pause(self, source_id: int, is_paused: bool) -> None:
        """Read a source no more, or again."""
        by = await signed_in(self)
        async with transaction() as db:
            await sources.pause(db, by, source_id, is_paused=is_paused, now=utc_now())
        await self._show(by)

    @needs(Right.WRITE)
    async def take(self, source_id: int) -> EventSpec:
        """Make drafts of the newest that were there first."""
        by = await signed_in(self)
        async with transaction() as db:
            made = await source_posts.take(db, by, source_id, TAKEN, now=utc_now())
        await self._show(by)
        return notice.good(f"{len(made)} drafts were made. They are under Posts.")

    @needs(Right.READ)
    async def looked(self, kind: str, words: str) -> EventSpec:
        """Say what a look came to."""
        await self._show(await signed_in(self))
        return notice.good(words[:500]) if kind == "good" else notice.error(words[:500])

    @needs(Right.WRITE)
    async def ask_delete(self, source_id: int, name: str) -> None:
        """Ask before a source is deleted; 0 takes the question back."""
        self.deleting, self.deleting_name = source_id, name[:100]

    @needs(Right.WRITE)
    async def delete(self) -> EventSpec:
        """Delete the source that was asked about."""
        by, source_id = await signed_in(self), self.deleting
        self.deleting = 0
        async with transaction() as db:
            await sources.delete(db, by, source_id)
        await self._show(by)
        return notice.good("The source is deleted. Its posts stay.")

    async def _show(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            found = await rows.of_workspace(db, by.workspace_id)
            counts = await rows.counts(db, by.workspace_id)
            there = await channels.of_workspace(db, by.workspace_id)
        self.channels = [{"id": str(each.id), "name": each.name} for each in there]
        self.sources = [_row(each, counts.get(each.id or 0, {}), now) for each in found]
        self.is_loaded = True


def _given(form: dict[str, Any]) -> Given:
    told = {name: str(value) for name, value in form.items() if value}
    ends = [name.removeprefix("channel-") for name in told if name.startswith("channel-")]
    per_day = told.get("per_day", "")
    if not (per_day.isascii() and per_day.isdigit() and len(per_day) < 5):
        message = f"Say how many posts a day: from 1 to {rules.PER_DAY_AT_MOST}."
        raise Rejected(Problem("per_day_invalid", message, "per_day"))
    return Given(
        url=told.get("url", ""),
        channel_ids=[int(end[:18]) for end in ends if end.isascii() and end.isdigit()],
        becomes=Becomes.QUEUE if told.get("becomes") == Becomes.QUEUE else Becomes.DRAFT,
        template=told.get("template", ""),
        must_have=told.get("must_have", "").split(","),
        must_not_have=told.get("must_not_have", "").split(","),
        per_day=int(per_day),
    )


def _row(source: Source, counts: dict[str, int], now: datetime) -> SourceRow:
    return SourceRow(
        id=source.id or 0,
        key=str(source.id),
        name=source.title or source.url,
        state=_state(source, counts, now),
        trouble=source.trouble,
        look=f"/api/sources/{source.id}/look",
        is_paused=source.paused_at is not None,
        can_take=counts.get(ItemState.KNOWN, 0) > 0,
        url=source.url,
        channels=[str(each) for each in source.channel_ids],
        becomes=source.becomes,
        template=source.template,
        must_have=", ".join(source.must_have),
        must_not_have=", ".join(source.must_not_have),
        per_day=str(source.per_day),
    )


def _state(source: Source, counts: dict[str, int], now: datetime) -> str:
    does = "goes into the queue" if source.becomes == Becomes.QUEUE else "becomes a draft"
    said = [f"What is new {does}"]
    if source.looked_at:
        said.append(f"looked {moments.distance(source.looked_at, now=now)}")
        said.append(f"{source.found_new} new")
    if waiting := counts.get(ItemState.WAITING, 0):
        said.append(f"{waiting} waiting")
    if source.paused_at:
        said.append("paused")
    elif source.look_at:
        said.append(f"next look {moments.distance(max(source.look_at, now), now=now)}")
    return " · ".join(said)
