"""What the page of analytics shows: one network at a time, so that nothing is mixed."""

from datetime import datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlencode

import reflex as rx

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import results as rules
from socialapp.domain.people import Member, Right
from socialapp.domain.results import Metric
from socialapp.store import channels, results
from socialapp.store.session import AsyncSession, reading
from socialapp.ui.analytics import views
from socialapp.ui.analytics.views import DayRow, GroupRow, PostLine
from socialapp.ui.paging import SIZE, Paged, Steps
from socialapp.ui.session import needs

RANGES = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "12 months"}
ADDED_UP = 2000
"""Posts that are looked at for the tables; the newest."""


class Choice(TypedDict):
    """One value of a select."""

    value: str
    label: str


class AnalyticsState(Paged, rx.State):
    """What is known of one network, in a range of days."""

    days: str = "30"
    network: str = ""
    channel: str = ""
    metric: str = ""
    networks: list[Choice] = []
    channels: list[Choice] = []
    metrics: list[Choice] = []
    known: str = ""
    """What is known, of how many posts, and since when."""
    silent: str = ""
    """The channels whose networks say nothing."""
    by_channel: list[GroupRow] = []
    by_label: list[GroupRow] = []
    hours: list[str] = views.hours()
    week: list[DayRow] = []
    zone: str = ""
    lines: list[PostLine] = []
    table: str = ""
    """Where the same is a CSV file."""

    @needs(Right.READ)
    async def choose_days(self, days: str) -> None:
        """Look further back, or less far."""
        self.days = days if days in RANGES else "30"
        await self._begin()

    @needs(Right.READ)
    async def choose_network(self, network: str) -> None:
        """Look at another network."""
        self.network, self.channel, self.metric = network[:50], "", ""
        await self._begin()

    @needs(Right.READ)
    async def choose_channel(self, channel: str) -> None:
        """Look at one channel, or at all of the network with ""."""
        self.channel = channel if channel.isdecimal() and len(channel) < 18 else ""
        await self._begin()

    @needs(Right.READ)
    async def choose_metric(self, metric: str) -> None:
        """Show another one by the hours of the week."""
        self.metric = metric[:50]
        await self.load()

    async def _begin(self) -> None:
        self._steps = Steps()
        await self.load()

    async def _fetch(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            await self._read_choices(db, by, now=now)
            await self._read_figures(db, by, now=now)
        self.zone, self.is_loaded = by.zone, True  # also where nothing can be known

    async def _read_choices(self, db: AsyncSession, by: Member, *, now: datetime) -> None:
        there = await channels.of_workspace(db, by.workspace_id)
        since = await results.known_since(db, by.workspace_id)
        mine = dict.fromkeys(c.provider for c in there if providers.metrics(c.provider))
        keys = [*mine, *(key for key in since if key not in mine)]
        self.networks = [Choice(value=key, label=_name(key)) for key in keys]
        if self.network not in keys:
            self.network = max(keys, key=lambda k: since.get(k, (now, 0))[1], default="")
        counted = providers.metrics(self.network)
        self.metrics = [Choice(value=m.key, label=m.many.capitalize()) for m in counted]
        if self.metric not in {m.key for m in counted}:
            self.metric = counted[0].key if counted else ""
        self.channels = [
            Choice(value=str(c.id), label=c.name) for c in there if c.provider == self.network
        ]
        if self.channel not in {choice["value"] for choice in self.channels}:
            self.channel = ""
        self.known = _known(self.network, since.get(self.network), counted, by.zone, now=now)
        silent = sorted({_name(c.provider) for c in there if not providers.metrics(c.provider)})
        self.silent = ", ".join(silent)

    async def _read_figures(self, db: AsyncSession, by: Member, *, now: datetime) -> None:
        counted = providers.metrics(self.network)
        since = now - timedelta(days=int(self.days))
        which: dict[str, Any] = {"provider": self.network, "since": since}
        asked = {"provider": self.network, "from": moments.iso(since)}
        if self.channel:
            which["channel_id"] = int(self.channel)
            asked["channel_id"] = self.channel
        self.table = f"/api/results.csv?{urlencode(asked)}"
        page = await results.page(
            db, by.workspace_id, limit=SIZE, cursor=self._steps.cursor, **which
        )
        ids = [row.result.delivery_id for row in page.items]
        series = await results.series(db, by.workspace_id, ids)
        rows = await results.page(db, by.workspace_id, limit=ADDED_UP, **which)
        used = {row.result.channel_id for row in rows.items}
        names = await channels.by_id(db, by.workspace_id, used)
        posts = [views.post(row) for row in rows.items if row.result.read_at]
        said = {str(key): channel.name for key, channel in names.items()}
        self.lines = views.post_lines(page.items, names, series, counted, zone=by.zone, now=now)
        self.by_channel = views.group_rows(
            rules.grouped(posts, lambda p: [str(p.channel_id)]), counted, said
        )
        self.by_label = views.group_rows(rules.grouped(posts, lambda p: p.labels), counted)
        metric = next((m for m in counted if m.key == self.metric), None)
        self.week = views.week(posts, metric, by.zone) if metric else []
        self._arrived(page)


def _name(key: str) -> str:
    return providers.kind(key).name


def _known(
    network: str,
    since: tuple[datetime, int] | None,
    counted: tuple[Metric, ...],
    zone: str,
    *,
    now: datetime,
) -> str:
    if not network:
        return ""
    what = ", ".join(m.many for m in counted)
    if since is None:
        return (
            f"{_name(network)} tells {what}. Nothing is known yet: it is asked after a post is out."
        )
    at, number = since
    when = moments.spoken(at, zone, now=now).split(",")[0]
    posts = f"{number:,} post{'' if number == 1 else 's'}"
    return f"{_name(network)} tells {what}. Known of {posts}, since {when}."
