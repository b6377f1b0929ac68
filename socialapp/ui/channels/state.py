"""What is done to channels."""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member, Right
from socialapp.services import channels as services
from socialapp.services import greetings
from socialapp.services.greetings import Greeting
from socialapp.store import channels, deliveries, people
from socialapp.store.session import reading, transaction
from socialapp.store.tables import Channel
from socialapp.ui import channel_words, routes
from socialapp.ui.channels import views
from socialapp.ui.channels.views import NetworkGroup
from socialapp.ui.components import behaviour, notice
from socialapp.ui.session import needs, signed_in


class ChannelsState(rx.State):
    """The channels of the workspace, and the dialogs that act on them."""

    groups: list[NetworkGroup] = []
    is_loaded: bool = False
    renaming: int = 0
    removing: int = 0
    asked_name: str = ""
    """What the channel is called that a dialog is about."""
    planned: str = ""
    """How much is planned for the one that may be removed; empty: nothing."""
    _opens: bool = False
    """The address asked for the form, and is about to be a plain one."""

    @needs(Right.READ)
    async def load(self) -> Any:
        """Read them, and do what the address asks for: a form to open, words to say."""
        by = await signed_in(self)
        await self._read(by)
        asked, form = self.router.url.query_parameters, await self.get_state(ConnectState)
        form.is_open, self._opens = self._opens, False
        if not {"said", "connect", "reconnect"} & asked.keys():
            return None
        if greeting := greetings.opened(by, asked.get("said", ""), now=utc_now()):
            kind = "good" if greeting.is_good else "error"
            await notice.show_at_once(self, kind, greeting.words)
        if by.may(Right.ADMIN):
            await _open_form(form, by, asked)
        self._opens = form.is_open
        return rx.redirect(routes.CHANNELS, replace=True)

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read them again."""
        await self._read(await signed_in(self))

    async def _read(self, by: Member) -> None:
        async with reading() as db:
            self.groups = await views.read(db, by, now=utc_now())
        self.is_loaded = True

    @needs(Right.PUBLISH)
    async def pause(self, channel_id: int) -> list[EventSpec]:
        """Hold what is queued for it."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await services.pause(db, by, channel_id, now=utc_now())
        return [
            notice.good(f"{channel.name} is on hold. Nothing goes out there until you resume it."),
            ChannelsState.refresh(),
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
        return [notice.good(said), ChannelsState.refresh()]

    @needs(Right.ADMIN)
    async def make_default(self, channel_id: int) -> list[EventSpec]:
        """Make it the channel of posts that name none."""
        by = await signed_in(self)
        async with transaction() as db:
            channel = await services.make_default(db, by, channel_id)
        return [notice.good(f"{channel.name} is the default channel."), ChannelsState.refresh()]

    @needs(Right.ADMIN)
    async def ask_rename(self, channel_id: int) -> None:
        """Ask for another name; 0 takes the question back."""
        self.renaming = channel_id and await self._ask_about(channel_id)

    @needs(Right.ADMIN)
    async def rename(self, form: dict[str, Any]) -> list[EventSpec]:
        """Call the channel that was asked about something else."""
        by = await signed_in(self)
        name = str(form.get("new_name", ""))
        async with transaction() as db:
            channel = await services.rename(db, by, self.renaming, name=name)
        self.renaming = 0
        return [notice.good(f"It is called {channel.name} now."), ChannelsState.refresh()]

    @needs(Right.ADMIN)
    async def ask_remove(self, channel_id: int) -> None:
        """Ask before a channel is removed, and say what is planned; 0 takes the question back."""
        self.removing = channel_id and await self._ask_about(channel_id)

    @needs(Right.ADMIN)
    async def remove(self) -> list[EventSpec]:
        """Remove the channel that was asked about."""
        by, channel_id = await signed_in(self), self.removing
        self.removing = 0
        async with transaction() as db:
            await services.remove(db, by, channel_id, now=utc_now())
        return [notice.good("The channel is removed."), ChannelsState.refresh()]

    async def _ask_about(self, channel_id: int) -> int:
        by = await signed_in(self)
        channel = await _the_channel(by, channel_id)
        async with reading() as db:
            waiting = await deliveries.waiting(db, channel_id)
        are = "is" if waiting == 1 else "are"
        self.asked_name = channel.name
        self.planned = f"{channel_words.posts(waiting)} {are} planned for it." if waiting else ""
        return channel_id

    @needs(Right.WRITE)
    async def behave(self, form: dict[str, Any]) -> list[EventSpec]:
        """Tell a sandbox account what to do with its next requests."""
        by = await signed_in(self)
        channel_id = str(form.get("channel_id", ""))
        if not _is_id(channel_id):
            raise NotFound("There is no such channel.")
        async with transaction() as db:
            await services.set_behaviour(db, by, int(channel_id), **behaviour.asked(form))
        return [notice.good("The sandbox will do that."), ChannelsState.refresh()]


class ConnectState(rx.State):
    """The dialog in which an account is connected. What is typed never comes here."""

    is_open: bool = False
    title: str = ""
    networks: list[dict[str, Any]] = []
    start: dict[str, Any] = views.from_the_start()
    """Where the form begins, and what it is about; see views.again()."""

    @needs(Right.ADMIN)
    async def choose(self) -> None:
        """Show the networks to choose from."""
        _begin(self)

    @needs(Right.ADMIN)
    async def reconnect(self, channel_id: int) -> None:
        """Show the form of one channel's network."""
        await _begin_again(self, await signed_in(self), channel_id)

    @needs(Right.READ)
    async def close(self) -> None:
        """Put the dialog away."""
        self.is_open, self.networks = False, []

    @needs(Right.ADMIN)
    async def connected(self, channel_id: int) -> list[EventSpec]:
        """Say that a channel is connected, and what waited for it."""
        channel = await _the_channel(await signed_in(self), channel_id)
        self.is_open, self.networks = False, []
        async with reading() as db:
            greeting = await greetings.connected(db, channel)
        return [_spoken(greeting), ChannelsState.refresh()]


async def _open_form(form: ConnectState, by: Member, asked: Mapping[str, str]) -> None:
    """Open the form that an address asks for."""
    again = asked.get("reconnect", "")
    if _is_id(again):
        await _begin_again(form, by, int(again))
    elif "connect" in asked:
        _begin(form)


def _begin(form: ConnectState) -> None:
    form.networks, form.start = views.networks(), views.from_the_start()
    form.title, form.is_open = "Connect a channel", True


async def _begin_again(form: ConnectState, by: Member, channel_id: int) -> None:
    channel = await _the_channel(by, channel_id)
    async with reading() as db:
        workspace = await people.workspace(db, by.workspace_id)
        minutes = workspace.missed_after_minutes
        form.start = await views.again(db, channel, missed_after=minutes)
    form.networks = [n for n in views.networks() if n["key"] == channel.provider]
    form.title, form.is_open = f"Connect {channel.name} again", True


async def _the_channel(by: Member, channel_id: int) -> Channel:
    async with reading() as db:
        channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def _spoken(greeting: Greeting) -> EventSpec:
    return (notice.good if greeting.is_good else notice.error)(greeting.words)


def _is_id(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 19
