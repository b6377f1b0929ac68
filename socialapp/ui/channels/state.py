"""What is done to channels."""

from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Right
from socialapp.providers import DEFAULT, kind
from socialapp.services import channels as services
from socialapp.store import channels, deliveries, limits, people, sandbox
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.store.tables import Channel, SandboxRule
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.rows import clock_words, letters
from socialapp.ui.session import needs, signed_in

BEHAVIOURS: dict[str, str] = {
    "normal": "Normal: it takes the post",
    "slow": "Slow: it answers after three seconds",
    "refuse": "Refuse: this post is not allowed",
    "fail": "Fail: an error of its own",
    "busy": "Busy: come back later",
    "limited": "Limited: too many requests",
    "unauthorised": "Access lost: reconnect",
    "answer_lost": "Answer lost: it posts, and we are not told",
    "request_lost": "Request lost: it never arrives",
    "rubbish": "Unreadable: it posts, and answers nonsense",
}
"""What a sandbox account can be told to do, in words for who tries it."""
SLOW_MS = 3000


class ChannelView(TypedDict):
    """One channel."""

    id: int
    key: str
    name: str
    letters: str
    network: str
    handle: str
    state: str
    """`ok`, `paused` or `reconnect`."""
    is_default: bool
    is_sandbox: bool
    waiting: int
    limit: str
    """What its network said of it, in words; empty while nothing is known."""
    behaviour: str
    requests: str
    timeline: str


class ChannelsState(rx.State):
    """The channels of the workspace."""

    channels: list[ChannelView] = []
    is_loaded: bool = False
    is_adding: bool = False
    removing: int = 0
    removing_name: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read them again."""
        by = await signed_in(self)
        async with reading() as db:
            found = await channels.of_workspace(db, by.workspace_id)
            rules = await sandbox.rules_of(db, by.workspace_id)
            said = await limits.of_channels(db, found, now=utc_now())
            self.channels = [
                await _view(
                    db,
                    c,
                    rules.get(c.handle),
                    limit=limit_words(said.get(c.id or 0), by.zone, now=utc_now()),
                )
                for c in found
            ]
        self.is_loaded = True

    @needs(Right.ADMIN)
    async def ask_add(self, is_adding: bool) -> None:
        """Open or close the form for another channel."""
        self.is_adding = is_adding

    @needs(Right.ADMIN)
    async def add(self, form: dict[str, Any]) -> list[EventSpec]:
        """Add an account on the sandbox."""
        by = await signed_in(self)
        async with transaction() as db:
            made = await services.add_sandbox(
                db, by, name=str(form.get("channel_name", "")), now=utc_now()
            )
        self.is_adding = False
        return [notice.good(f"{made.name} is connected."), ChannelsState.load()]

    @needs(Right.PUBLISH)
    async def pause(self, channel_id: int) -> list[EventSpec]:
        """Hold what is queued for it."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await services.pause(db, by, channel_id, now=utc_now())
        return [
            notice.good(f"{channel.name} is on hold. Nothing goes out there until you resume it."),
            ChannelsState.load(),
        ]

    @needs(Right.PUBLISH)
    async def resume(self, channel_id: int) -> list[EventSpec]:
        """Let it publish again."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await services.resume(db, by, channel_id)
            workspace = await people.workspace(db, by.workspace_id)
        said = f"{channel.name} publishes again."
        if workspace.is_paused:
            said = f"{channel.name} publishes again as soon as publishing is resumed."
        return [notice.good(said), ChannelsState.load()]

    @needs(Right.ADMIN)
    async def make_default(self, channel_id: int) -> list[EventSpec]:
        """Make it the channel of posts that name none."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await services.make_default(db, by, channel_id)
        return [notice.good(f"{channel.name} is the default channel."), ChannelsState.load()]

    @needs(Right.ADMIN)
    async def ask_remove(self, channel_id: int, name: str) -> None:
        """Ask before a channel is removed; 0 takes the question back."""
        self.removing, self.removing_name = channel_id, name[:100]

    @needs(Right.ADMIN)
    async def remove(self) -> list[EventSpec]:
        """Remove the channel that was asked about."""
        by, channel_id = await signed_in(self), self.removing
        self.removing = 0
        async with transaction() as db:
            await services.remove(db, by, channel_id, now=utc_now())
        return [notice.good("The channel is removed."), ChannelsState.load()]

    @needs(Right.WRITE)
    async def behave(self, form: dict[str, Any]) -> list[EventSpec]:
        """Tell a sandbox account what to do with its next requests."""
        by = await signed_in(self)
        channel_id = str(form.get("channel_id", ""))
        if not (channel_id.isascii() and channel_id.isdigit() and len(channel_id) < 19):
            raise NotFound("There is no such channel.")
        behaviour = str(form.get("behaviour", "normal"))
        async with transaction() as db:
            await services.set_behaviour(
                db,
                by,
                int(channel_id),
                behaviour=behaviour,
                requests=_requests(form.get("requests")),
                delay_ms=SLOW_MS if behaviour == "slow" else 0,
            )
        return [notice.good("The sandbox will do that."), ChannelsState.load()]


def _requests(given: Any) -> int:
    return int(given) if given in {"1", "5", "-1"} else 1


def limit_words(limit: Limit | None, zone: str, *, now: datetime) -> str:
    """Say what a network still takes: "3 of 300 posts left until 10:45 Europe/Berlin"."""
    if limit is None:
        return ""
    if limit.closed_until:
        return (
            f"Closed by its network until {clock_words(limit.closed_until, zone, now=now)} {zone}"
        )
    if limit.remaining is None or limit.resets_at is None:
        return ""
    of = f" of {limit.allowed}" if limit.allowed is not None else ""
    posts = "post" if (limit.allowed or limit.remaining) == 1 else "posts"
    until = clock_words(limit.resets_at, zone, now=now)
    return f"{limit.remaining}{of} {posts} left until {until} {zone}"


async def _view(
    db: AsyncSession, channel: Channel, rule: SandboxRule | None, *, limit: str
) -> ChannelView:
    is_lost = channel.needs_reconnect
    left = rule.requests_left if rule else 1
    return ChannelView(
        id=channel.id or 0,
        key=str(channel.id),
        name=channel.name,
        letters=letters(channel.name),
        network=kind(channel.provider).name,
        handle=channel.handle,
        state="reconnect" if is_lost else "paused" if channel.paused_at else "ok",
        is_default=channel.is_default,
        is_sandbox=channel.provider == DEFAULT,
        waiting=await deliveries.waiting(db, channel.id or 0),
        limit=limit,
        behaviour=rule.behaviour if rule else "normal",
        requests=str(left) if left in (1, 5, -1) else "1",
        timeline=f"{routes.SANDBOX}?account={channel.handle}",
    )
