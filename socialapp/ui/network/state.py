"""What is done on a channel's own page."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import text as texts
from socialapp.domain.content import Content
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member, Right
from socialapp.providers import kind
from socialapp.providers.contract import capabilities_of
from socialapp.services import channels as services
from socialapp.services import dry_run, utm
from socialapp.store import channels
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.store.tables import Channel
from socialapp.ui import channel_words, routes
from socialapp.ui.channels.state import ConnectState
from socialapp.ui.components import notice
from socialapp.ui.network import defaults, views
from socialapp.ui.network.defaults import OptionView
from socialapp.ui.network.limits import LimitRow, unit
from socialapp.ui.network.views import AttemptRow, Budget, ChannelFacts
from socialapp.ui.rows import ScheduleRow
from socialapp.ui.session import needs, signed_in

_TRIED_AT_MOST = 20_000


class Finding(TypedDict):
    """One problem that the dry run found."""

    key: str
    message: str
    is_error: bool


class NetworkState(rx.State):
    """One channel, seen closely."""

    channel: ChannelFacts = views.nothing()
    limits: list[LimitRow] = []
    budget: Budget = Budget(words="", remaining=0, allowed=0, is_closed=False)
    options: list[OptionView] = []
    rows: list[ScheduleRow] = []
    attempts: list[AttemptRow] = []
    is_loaded: bool = False
    is_found: bool = False
    tried: str = ""
    """What the dry run came to; empty before it was asked."""
    is_taken: bool = False
    counted: str = ""
    findings: list[Finding] = []

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the channel that the address names."""
        (await self.get_state(ConnectState)).is_open = False
        network, channel_id = routes.channel_in(self.router.url.path)
        if channel_id != self.channel["id"]:
            self.is_loaded, self.tried, self.findings = False, "", []
        await self._read(await signed_in(self), network, channel_id)

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read it again."""
        network, channel_id = routes.channel_in(self.router.url.path)
        await self._read(await signed_in(self), network, channel_id)

    async def _read(self, by: Member, network: str, channel_id: int) -> None:
        async with reading() as db:
            seen = await views.read(db, by, network, channel_id, now=utc_now())
        self.is_loaded, self.is_found = True, seen is not None
        if seen is None:
            self.channel = views.nothing()
            return
        self.channel, self.limits, self.budget = seen.channel, seen.limits, seen.budget
        self.rows, self.attempts = seen.rows, seen.attempts
        if self.options != seen.options:  # else the form would forget what is being typed
            self.options = seen.options

    @needs(Right.ADMIN)
    async def save_options(self, form: dict[str, Any]) -> list[EventSpec]:
        """Keep the defaults of the channel."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await _the_channel(db, by, self.channel["id"])
            can = capabilities_of(kind(channel.provider), channel.known)
            chosen = defaults.read(can.options, form)
            await services.set_options(db, by, channel.id or 0, options=chosen)
        return [notice.good("The defaults are saved."), NetworkState.refresh()]

    @needs(Right.READ)
    async def try_text(self, form: dict[str, Any]) -> None:
        """Say what the network would make of a text; nothing is saved or sent."""
        by = await signed_in(self)
        text = texts.normalised(str(form.get("tried_text", ""))[:_TRIED_AT_MOST])
        async with reading() as db:
            channel = await _the_channel(db, by, self.channel["id"])
            rule = await dry_run.alt_text_rule(db, by.workspace_id)
            links = await utm.get(db, by)
        written = Written(Content(text), utm_rule=links)
        found = dry_run.of_channel(written, channel, alt_text=rule).verdict
        name = channel_words.network(channel)
        of = f" of {found.limit:,}" if found.limit else ""
        self.counted = f"{found.count:,}{of}, {unit(found.unit, name)}"
        self.is_taken = found.is_ok
        self.tried = f"{name} would {'take' if found.is_ok else 'refuse'} it."
        self.findings = [
            Finding(key=str(i), message=p.message, is_error=p.severity == "error")
            for i, p in enumerate(found.problems)
        ]


async def _the_channel(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel
