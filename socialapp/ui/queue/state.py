"""What the queue does: choose what is listed, and step through it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlencode

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown
from socialapp.domain.people import Member, Right
from socialapp.store import channels, posts, schedules, slots
from socialapp.store.session import AsyncSession, reading
from socialapp.store.tables import Channel, Schedule
from socialapp.ui import routes
from socialapp.ui.glance import AWAITING, NEEDS_PERSON
from socialapp.ui.labels import Labelled
from socialapp.ui.paging import SIZE, Steps
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
_QUERY_AT_MOST = 200
_WAITING = (Shown.QUEUED, Shown.PAUSED)


class Choice(TypedDict):
    """One channel to filter by."""

    value: str
    label: str
    address: str
    """Of its own page."""


class QueueState(Labelled, rx.State):
    """The list, its filters, and its place."""

    tab: str = "queue"
    status: str = ""
    channel: str = ""
    query: str = ""
    channels: list[Choice] = []
    channel_page: str = ""
    """The address of the chosen channel's own page."""
    rows: list[ScheduleRow] = []
    slotted: list[str] = []
    """The ids of those that wait for a slot: they can change places."""
    drafts: list[PostRow] = []
    address: str = ""
    """What shows the same again: tab and filters."""
    table: str = ""
    """Where the same is a CSV file."""
    is_loaded: bool = False
    place: str = ""
    has_before: bool = False
    has_after: bool = False
    _steps: Steps = Steps()

    @needs(Right.READ)
    async def load(self) -> Any:
        """Open the tab and the details that the address names."""
        by = await signed_in(self)
        asked = self.router.url.query_parameters
        if asked.get("tab") in TABS:
            self._choose(tab=asked["tab"])
        async with reading() as db:
            found = await channels.of_workspace(db, by.workspace_id)
        self.channels = [_choice(channel) for channel in found]
        status, channel = asked.get("status", ""), asked.get("channel", "")
        known = {choice["value"] for choice in self.channels}
        if asked.get("q") or status in set(Shown) or channel in known:
            self._choose(
                tab=self.tab,
                status=status if status in set(Shown) else "",
                channel=channel if channel in known else "",
                query=asked.get("q", "").strip()[:_QUERY_AT_MOST],
            )
        if asked.get("tag") or asked.get("campaign"):
            self._narrow_labels(asked.get("tag", ""), asked.get("campaign", ""))
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
            self.tag = self.campaign = ""
            self._choose(tab=tab)
            await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_status(self, status: str) -> None:
        """Show one status, or all of the tab with ""."""
        self._choose(tab=self.tab, status=status[:30], channel=self.channel, query=self.query)
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_channel(self, channel: str) -> None:
        """Show what goes to one channel, or to all with ""."""
        known = channel if channel.isdecimal() and len(channel) < 18 else ""
        self._choose(tab=self.tab, status=self.status, channel=known, query=self.query)
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_label(self, what: str, value: str) -> None:
        """Show one tag or campaign, or all with ""."""
        chosen = {"tag": self.tag, "campaign": self.campaign, what: value}
        self._narrow_labels(chosen["tag"], chosen["campaign"])
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Show what says the words, in its title or text."""
        query = query.strip()[:_QUERY_AT_MOST]
        self._choose(tab=self.tab, status=self.status, channel=self.channel, query=query)
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def go(self, step: int) -> None:
        """Show the page after or before."""
        self._steps.go(step)
        await self._read(await signed_in(self))

    def _narrow_labels(self, tag: str, campaign: str) -> None:
        self._choose_label("tag", tag)
        self._choose_label("campaign", campaign)
        self._choose(tab=self.tab, status=self.status, channel=self.channel, query=self.query)

    def _choose(self, *, tab: str, status: str = "", channel: str = "", query: str = "") -> None:
        self.tab, self.status, self.channel, self.query = tab, status, channel, query
        chosen = (each["address"] for each in self.channels if each["value"] == channel)
        self.channel_page = next(chosen, "")
        self._steps = Steps()
        chosen_too = {"tab": tab, "status": status, "channel": channel, "q": query}
        chosen_too |= {"tag": self.tag, "campaign": self.campaign}
        words = {k: v for k, v in chosen_too.items() if v and (k, v) != ("tab", "queue")}
        self.address = routes.QUEUE + (f"?{urlencode(words)}" if words else "")
        self.is_loaded = self.is_loaded and bool(self.rows or self.drafts)

    async def _read(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            await self._read_labels(db, by)
            if self.tab == "drafts":
                await self._read_drafts(db, by, now)
            else:
                await self._read_schedules(db, by, now)
        self.has_before = self._steps.has_before
        self.has_after = bool(self._steps.next_cursor)
        self.is_loaded = True

    async def _read_schedules(self, db: AsyncSession, by: Member, now: datetime) -> None:
        page = await schedules.page(
            db,
            by.workspace_id,
            limit=SIZE,
            cursor=self._steps.cursor,
            newest_first=self.tab not in {"queue", "approvals"},
            **filters(self),
        )
        self.drafts = []
        self.table = table_of(self)
        await self._read_slots(db, by, page.items)
        self.rows = await schedule_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        self._turn(page.next_cursor, len(page.items), page.total)

    async def _read_slots(self, db: AsyncSession, by: Member, found: Sequence[Schedule]) -> None:
        waiting = [each.id or 0 for each in found if each.status in _WAITING]
        held = await slots.of_schedules(db, by.workspace_id, waiting) if waiting else {}
        self.slotted = [str(schedule_id) for schedule_id in held]

    async def _read_drafts(self, db: AsyncSession, by: Member, now: datetime) -> None:
        page = await posts.page(
            db,
            by.workspace_id,
            kind=None,
            limit=SIZE,
            cursor=self._steps.cursor,
            status=Shown.DRAFT,
            q=self.query,
            tag=self.tag,
            campaign=self.campaign,
        )
        self.rows = []
        self.drafts = await post_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        self._turn(page.next_cursor, len(page.items), page.total)

    def _turn(self, next_cursor: str, shown: int, total: int | None) -> None:
        self._steps.next_cursor = next_cursor
        self.place = self._steps.words(shown, total)


def table_of(queue: QueueState) -> str:
    """Return the address of the list as CSV, without its pages."""
    chosen: list[tuple[str, str]] = [("status", str(each)) for each in filters(queue)["statuses"]]
    chosen += [("channel_id", queue.channel)] * bool(queue.channel)
    chosen += [("q", queue.query)] * bool(queue.query)
    chosen += [("tag", queue.tag)] * bool(queue.tag)
    chosen += [("campaign", queue.campaign)] * bool(queue.campaign)
    return "/api/schedules/export" + (f"?{urlencode(chosen)}" if chosen else "")


def filters(queue: QueueState) -> dict[str, Any]:
    """Return what the list of schedules is filtered by, as the store takes it."""
    return {
        "statuses": [queue.status] if queue.status else TABS[queue.tab],
        "channel_id": int(queue.channel) if queue.channel else None,
        "q": queue.query,
        "tag": queue.tag,
        "campaign": queue.campaign,
    }


def _choice(channel: Channel) -> Choice:
    address = routes.channel(channel.provider, channel.id or 0)
    return Choice(value=str(channel.id), label=channel.name, address=address)
