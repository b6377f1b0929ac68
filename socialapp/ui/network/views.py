"""What a channel's own page shows of it: finished words, and never a secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.delivery import Shown
from socialapp.domain.people import Member
from socialapp.providers import DEFAULT, kind
from socialapp.providers.contract import Provider, Refreshes, capabilities_of
from socialapp.store import channels, deliveries, limits, overview, sandbox, schedules, secrets
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Post, PublishLog
from socialapp.ui import channel_words, routes
from socialapp.ui.network import defaults
from socialapp.ui.network import limits as limit_words
from socialapp.ui.network.defaults import OptionView
from socialapp.ui.network.limits import LimitRow
from socialapp.ui.rows import (
    ScheduleRow,
    heading,
    letters,
    milliseconds,
    schedule_rows,
    web_address,
)

LAST = timedelta(days=7)
ATTEMPTS = 30
NEXT = 20
_WAITING = (Shown.PUBLISHING, Shown.QUEUED, Shown.PAUSED)


class ChannelFacts(TypedDict):
    """The channel and its access."""

    id: int
    key: str
    name: str
    letters: str
    network: str
    mark: str
    handle: str
    url: str
    timeline: str
    state: str
    trouble: str
    is_default: bool
    is_sandbox: bool
    server: str
    connected: str
    verified: str
    expires: str
    waiting: int
    in_queue: str
    """The address of what waits for it."""
    verify: str
    source: str
    behaviour: str
    requests: str


class Budget(TypedDict):
    """What the network said that may still be sent."""

    words: str
    remaining: int
    allowed: int
    """0: it did not say of how many."""
    is_closed: bool


class AttemptRow(TypedDict):
    """One request, look or decision."""

    key: str
    at: str
    what: str
    status: str
    error: str
    took: str
    is_page: bool
    text: str
    """The title of a page; else the beginning of the text."""
    address: str
    """Of its schedule."""


@dataclass(frozen=True)
class Seen:
    """Everything on the page."""

    channel: ChannelFacts
    limits: list[LimitRow]
    budget: Budget
    options: list[OptionView]
    rows: list[ScheduleRow]
    attempts: list[AttemptRow]


def nothing() -> ChannelFacts:
    """Return what is shown before anything is read."""
    return ChannelFacts(
        id=0, key="", name="", letters="", network="", mark="", handle="", url="", timeline="",
        state="", trouble="", is_default=False, is_sandbox=False, server="", connected="",
        verified="", expires="", waiting=0, in_queue="", verify="", source="",
        behaviour="normal", requests="1",
    )  # fmt: skip


async def read(
    db: AsyncSession, by: Member, network: str, channel_id: int, *, now: datetime
) -> Seen | None:
    """Read a channel of the workspace; None when it has none such on that network."""
    channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None or channel.provider != network:
        return None
    provider, zone = kind(channel.provider), by.zone
    can = capabilities_of(provider, channel.known)
    said_by = limit_words.server(channel.address, provider.name)
    said = await limits.of_channels(db, [channel], now=now)
    planned = await schedules.page(
        db, by.workspace_id, limit=NEXT, statuses=_WAITING, channel_id=channel_id
    )
    log = await deliveries.log_of_channel(
        db, by.workspace_id, channel_id, since=now - LAST, limit=ATTEMPTS
    )
    return Seen(
        channel=await _facts(db, channel, provider, zone=zone, now=now),
        limits=limit_words.rows(can, provider.capabilities, said_by=said_by),
        budget=_budget(said.get(channel_id), zone, now=now),
        options=defaults.views(can.options, channel.options),
        rows=await schedule_rows(db, by.workspace_id, planned.items, zone=zone, now=now),
        attempts=await _attempts(db, by, log, now=now),
    )


async def _facts(
    db: AsyncSession, channel: Channel, provider: type[Provider], *, zone: str, now: datetime
) -> ChannelFacts:
    channel_id = channel.id or 0
    ends = await secrets.ends(db, [channel_id])
    rules = await sandbox.rules_of(db, channel.workspace_id)
    rule = rules.get(channel.handle) if channel.provider == DEFAULT else None
    return ChannelFacts(
        id=channel_id,
        key=str(channel_id),
        name=channel.name,
        letters=letters(channel.name),
        network=provider.name,
        mark=channel_words.mark(provider.name),
        handle=channel.handle,
        url=web_address(channel.url),
        timeline=f"{routes.SANDBOX}?account={channel.handle}",
        state=channel_words.state(channel),
        trouble=channel.trouble,
        is_default=channel.is_default,
        is_sandbox=channel.provider == DEFAULT,
        server=channel.address,
        connected=moments.spoken(channel.created_at, zone, now=now),
        verified=_verified(channel, zone, now=now),
        expires=_expires(provider, ends, channel_id, zone, now=now),
        waiting=await deliveries.waiting(db, channel_id),
        in_queue=f"{routes.QUEUE}?channel={channel_id}",
        verify=f"/api/channels/{channel_id}/verify",
        source=web_address(provider.capabilities.source),
        behaviour=rule.behaviour if rule else "normal",
        requests=channel_words.requests_left(rule),
    )


def _verified(channel: Channel, zone: str, *, now: datetime) -> str:
    if channel.known_at is None:
        return "Not checked yet"
    return moments.spoken(channel.known_at, zone, now=now)


def _expires(
    provider: type[Provider],
    ends: dict[int, datetime | None],
    channel_id: int,
    zone: str,
    *,
    now: datetime,
) -> str:
    """Say when our access ends, and whether somebody has to do something about it."""
    if channel_id not in ends:
        return "Never: it needs none"
    at = ends[channel_id]
    if at is None:
        return "Not by itself"
    when = moments.spoken(at, zone, now=now)
    if isinstance(provider, Refreshes):
        return f"{when}; it is renewed by itself before"
    return f"{when}; connect it again before" if at > now else f"It ended {when}"


def _budget(limit: Limit | None, zone: str, *, now: datetime) -> Budget:
    words = channel_words.limit(limit, zone, now=now)
    return Budget(
        words=words,
        remaining=(limit.remaining or 0) if limit else 0,
        allowed=(limit.allowed or 0) if limit and limit.remaining is not None else 0,
        is_closed=bool(limit and limit.closed_until),
    )


async def _attempts(
    db: AsyncSession, by: Member, log: Sequence[PublishLog], *, now: datetime
) -> list[AttemptRow]:
    posts = await overview.posts_of(db, by.workspace_id, {entry.schedule_id for entry in log})
    return [_attempt(entry, posts.get(entry.schedule_id), by.zone, now=now) for entry in log]


def _attempt(entry: PublishLog, post: Post | None, zone: str, *, now: datetime) -> AttemptRow:
    what = {"look": "Looked for it", "person": "A person decided"}.get(
        entry.kind, f"Attempt {entry.attempt}"
    )
    took = ""
    if entry.finished_at and entry.kind == "send":
        took = milliseconds((entry.finished_at - entry.started_at).total_seconds() * 1000)
    return AttemptRow(
        key=str(entry.id),
        at=moments.spoken(entry.started_at, zone, now=now).removesuffix(f" {zone}"),
        what=what,
        status=str(entry.status).replace("_", " "),
        error=entry.error,
        took=took,
        is_page=bool(post and post.kind == Kind.PAGE),
        text=heading(post) if post else "",
        address=routes.schedule(entry.schedule_id),
    )
