"""The addresses at which other programs' calendars read the plan."""

from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member, Right
from socialapp.services import calendar_feeds
from socialapp.store import channels
from socialapp.store.session import reading, transaction
from socialapp.store.tables import CalendarFeed
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in


class FeedView(TypedDict):
    """One feed; its address is not kept."""

    id: int
    key: str
    shows: str
    used: str
    created: str


class FeedsState(rx.State):
    """The tab."""

    is_loaded: bool = False
    feeds: list[FeedView] = []
    channels: list[dict[str, str]] = []
    """Those that there can be a feed of: `id`, `name`."""
    new_address: str = ""
    """Of the feed just made; the browser knows what stands before it."""
    revoking: int = 0
    revoking_name: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read everything again; an address that was shown is gone."""
        self.new_address = ""
        await self._read(await signed_in(self))

    @needs(Right.WRITE)
    async def make(self, form: dict[str, Any]) -> None:
        """Make a feed and show its address, once."""
        by = await signed_in(self)
        channel_id = _channel(form.get("feed_channel"))
        async with transaction() as db:
            _, secret = await calendar_feeds.create(db, by, channel_id=channel_id, now=utc_now())
        await self._read(by)
        self.new_address = routes.calendar_feed(secret)

    @needs(Right.WRITE)
    async def forget_address(self) -> None:
        """Take the address off the screen."""
        self.new_address = ""

    @needs(Right.WRITE)
    async def ask_revoke(self, feed_id: int, name: str) -> None:
        """Ask before a feed ends; 0 takes the question back."""
        self.revoking, self.revoking_name = feed_id, name[:100]

    @needs(Right.WRITE)
    async def revoke(self) -> EventSpec:
        """End the feed that was asked about."""
        by, feed_id = await signed_in(self), self.revoking
        self.revoking = 0
        async with transaction() as db:
            await calendar_feeds.revoke(db, by, feed_id)
        await self._read(by)
        return notice.good("The address is revoked; calendars that use it find nothing there.")

    async def _read(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            made = await calendar_feeds.of_workspace(db, by)
            there = await channels.of_workspace(db, by.workspace_id)
        self.channels = [{"id": str(each.id), "name": each.name} for each in there]
        self.feeds = [_feed(feed, channel, by, now) for feed, channel in made]
        self.is_loaded = True


def _channel(given: Any) -> int | None:
    """Read the choice; nothing is all of them."""
    words = str(given or "")
    if not words:
        return None
    if not (words.isascii() and words.isdecimal() and len(words) <= 18):
        raise NotFound("There is no such channel.")
    return int(words)


def _feed(feed: CalendarFeed, channel: str, by: Member, now: datetime) -> FeedView:
    used = feed.last_used_at
    return FeedView(
        id=feed.id or 0,
        key=str(feed.id),
        shows=channel or "All channels",
        used=f"Used {moments.distance(used, now=now)}" if used else "Never used",
        created=moments.spoken(feed.created_at, by.zone, now=now),
    )
