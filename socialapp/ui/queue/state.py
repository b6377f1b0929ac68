"""What the queue does: choose what is listed, and step through it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.people import Member, Right
from socialapp.store import channels, posts, schedules, slots
from socialapp.store.session import AsyncSession, reading
from socialapp.store.tables import Channel, Schedule
from socialapp.ui import channel_words, routes
from socialapp.ui.glance import AWAITING, NEEDS_PERSON
from socialapp.ui.labels import Labelled
from socialapp.ui.paging import SIZE, Paged, Steps
from socialapp.ui.queue import filters as narrowing
from socialapp.ui.queue import gaps
from socialapp.ui.queue.filters import Chip, Choice
from socialapp.ui.queue.gaps import Gap
from socialapp.ui.rows import PostRow, ScheduleRow, post_rows, schedule_rows
from socialapp.ui.session import needs, signed_in

TABS: dict[str, tuple[Shown, ...]] = {
    "queue": (Shown.PUBLISHING, Shown.QUEUED, Shown.PAUSED),
    "drafts": (),
    "approvals": AWAITING,
    "posted": (Shown.POSTED, Shown.PARTLY_POSTED),
    "failed": NEEDS_PERSON,
    "all": (),
}
_WAITING = (Shown.QUEUED, Shown.PAUSED)


class QueueState(Labelled, Paged, rx.State):
    """The list, its filters, and its place."""

    tab: str = "queue"
    status: str = ""
    channel: str = ""
    network: str = ""
    query: str = ""
    when: str = ""
    since: str = ""
    until: str = ""
    """The first and the last day, when it is between two."""
    chips: list[Chip] = []
    """The filters that are on, in words."""
    channels: list[Choice] = []
    networks: list[Choice] = []
    channel_page: str = ""
    """The address of the chosen channel's own page."""
    rows: list[ScheduleRow] = []
    slotted: list[str] = []
    """The ids of those that wait for a slot: they can change places."""
    gaps: dict[str, list[Gap]] = {}
    """The free slots of the chosen channels, by the line that they stand before."""
    drafts: list[PostRow] = []
    address: str = ""
    """What shows the same again: tab and filters."""
    table: str = ""
    """Where the same is a CSV file."""

    @needs(Right.READ)
    async def load(self) -> Any:
        """Open the tab and the details that the address names."""
        by = await signed_in(self)
        asked = self.router.url.query_parameters
        async with reading() as db:
            found = await channels.of_workspace(db, by.workspace_id)
        self.channels = [_choice(channel) for channel in found]
        called = {each.provider: channel_words.network(each) for each in found}
        self.networks = [
            Choice(value=value, label=label, network="", address="")
            for value, label in called.items()
        ]
        chosen = {each.name: asked.get(each.key, "") for each in narrowing.FILTERS}
        is_asked = asked.get("tab") in TABS or any(chosen.values())
        if is_asked:
            # The address of the queue itself leaves its tab out.
            self._choose(tab=asked["tab"] if asked.get("tab") in TABS else "queue", **chosen)
        await self._read(by)
        if (wanted := asked.get("schedule", "")).isdecimal() and len(wanted) < 18:
            from socialapp.ui.queue.actions import DetailsState

            return DetailsState.open(int(wanted))
        return None

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read the page that is shown again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_tab(self, tab: str) -> None:
        """Show another part."""
        if tab in TABS:
            self._choose(tab=tab)
            await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose(self, name: str, value: str) -> None:
        """Narrow the list by one more filter, or with "" by one less."""
        if name in narrowing.BY_NAME:
            self._choose(tab=self.tab, **self._chosen() | {name: value})
            await self._read(await signed_in(self))

    @needs(Right.READ)
    async def clear(self) -> None:
        """Show everything of the tab again."""
        self._choose(tab=self.tab)
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_status(self, status: str) -> None:
        """Show one status, or all of the tab with ""."""
        self._choose(tab=self.tab, **self._chosen() | {"status": status})
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_channel(self, channel: str) -> None:
        """Show what goes to one channel, or to all with ""."""
        self._choose(tab=self.tab, **self._chosen() | {"channel": channel})
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Show what says the words, in its title or text."""
        self._choose(tab=self.tab, **self._chosen() | {"query": query})
        await self._read(await signed_in(self))

    def _choose(self, *, tab: str, **chosen: str) -> None:
        known = self._known()
        self.tab = tab
        for name, value in narrowing.settled(chosen, known).items():
            setattr(self, name, value)
        self.chips = narrowing.chips(self._chosen(), known, is_drafts=tab == "drafts")
        pages = (each["address"] for each in self.channels if each["value"] == self.channel)
        self.channel_page = next(pages, "")
        self._steps = Steps()
        there = self._chosen()
        named = {"tab": tab} | {each.key: there[each.name] for each in narrowing.FILTERS}
        words = {k: v for k, v in named.items() if v and (k, v) != ("tab", "queue")}
        self.address = routes.QUEUE + (f"?{urlencode(words)}" if words else "")
        self.is_loaded = self.is_loaded and bool(self.rows or self.drafts)

    def _chosen(self) -> dict[str, str]:
        """Return what the list is narrowed by."""
        return {name: str(getattr(self, name)) for name in narrowing.BY_NAME}

    def _known(self) -> narrowing.Known:
        return {
            "channel": {each["value"]: each["label"] for each in self.channels},
            "network": {each["value"]: each["label"] for each in self.networks},
        }

    async def _fetch(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            await self._read_labels(db, by)
            if self.tab == "drafts":
                await self._read_drafts(db, by, now)
            else:
                await self._read_schedules(db, by, now)

    async def _read_schedules(self, db: AsyncSession, by: Member, now: datetime) -> None:
        page = await schedules.page(
            db,
            by.workspace_id,
            limit=SIZE,
            cursor=self._steps.cursor,
            newest_first=self.tab not in {"queue", "approvals"},
            **filters(self, by.zone),
        )
        self.drafts = []
        self.table = table_of(self, by.zone)
        await self._read_slots(db, by, page.items)
        rows = await schedule_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        self.gaps = await self._read_gaps(db, by, page.items, rows, bool(page.next_cursor), now)
        self.rows = rows
        self._arrived(page)

    async def _read_slots(self, db: AsyncSession, by: Member, found: Sequence[Schedule]) -> None:
        waiting = [each.id or 0 for each in found if each.status in _WAITING]
        held = await slots.of_schedules(db, by.workspace_id, waiting) if waiting else {}
        self.slotted = [str(schedule_id) for schedule_id in held]

    async def _read_gaps(
        self,
        db: AsyncSession,
        by: Member,
        found: Sequence[Schedule],
        rows: list[ScheduleRow],
        has_more: bool,
        now: datetime,
    ) -> dict[str, list[Gap]]:
        """Read the gaps of the channels that the queue is narrowed to; else there are none."""
        is_of_channels = bool(self.channel or self.network) and not (self.query or self.status)
        if self.tab != "queue" or not is_of_channels:
            return gaps.none(rows)
        names = {
            int(each["value"]): each["label"]
            for each in self.channels
            if self.channel in ("", each["value"]) and self.network in ("", each["network"])
        }
        days = narrowing.days(self._chosen(), by.zone, now=now)
        free = await gaps.between(
            db,
            by,
            found,
            names,
            since=days.get("since"),
            until=days.get("until"),
            is_first=not self._steps.has_before,
            is_last=not has_more,
            now=now,
        )
        times = [each.scheduled_at for each in found]
        return gaps.placed(rows, times, free, names, by.zone, now=now)

    async def _read_drafts(self, db: AsyncSession, by: Member, now: datetime) -> None:
        page = await posts.page(
            db,
            by.workspace_id,
            kind=None,
            limit=SIZE,
            cursor=self._steps.cursor,
            **filters(self, by.zone),
        )
        self.rows, self.gaps = [], {}
        self.drafts = await post_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        self._arrived(page)


def table_of(queue: QueueState, zone: str) -> str:
    """Return the address of the list as CSV, without its pages."""
    asked = filters(queue, zone)
    named = {"since": "from", "until": "to"}
    chosen: list[tuple[str, str]] = [("status", str(each)) for each in asked.pop("statuses")]
    chosen += [
        (named.get(name, name), moments.iso(value) if isinstance(value, datetime) else str(value))
        for name, value in asked.items()
    ]
    return "/api/schedules/export" + (f"?{urlencode(chosen)}" if chosen else "")


def filters(queue: QueueState, zone: str) -> dict[str, Any]:
    """Return what the list is filtered by, as the store takes it: of posts, or of schedules."""
    is_drafts = queue.tab == "drafts"
    chosen = {name: str(getattr(queue, name)) for name in narrowing.BY_NAME}
    asked = narrowing.asked(chosen, zone, now=utc_now(), is_drafts=is_drafts)
    if is_drafts:
        return {"status": Shown.DRAFT, **_of_drafts(queue, asked)}
    return {"statuses": [queue.status] if queue.status else TABS[queue.tab], **asked}


def _of_drafts(queue: QueueState, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask for channels that drafts are meant for: they have no deliveries yet."""
    channel, network = asked.pop("channel_id", None), asked.pop("network", "")
    if channel is None and not network:
        return asked
    meant = {
        int(each["value"])
        for each in queue.channels
        if channel in (None, int(each["value"])) and network in ("", each["network"])
    }
    return asked | {"meant_for": meant}


def _choice(channel: Channel) -> Choice:
    address = routes.channel(channel.provider, channel.id or 0)
    return Choice(
        value=str(channel.id), label=channel.name, network=channel.provider, address=address
    )
