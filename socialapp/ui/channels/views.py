"""What the channels page shows: the accounts by network, and the networks to choose from."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from socialapp import providers
from socialapp.domain.content import Capabilities
from socialapp.domain.people import Member
from socialapp.providers import DEFAULT
from socialapp.providers.contract import Field, Provider, Way
from socialapp.store import channels, deliveries, limits, sandbox
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, SandboxRule
from socialapp.ui import channel_words, routes
from socialapp.ui.rows import letters, web_address


class ChannelView(TypedDict):
    """One channel."""

    id: int
    key: str
    name: str
    letters: str
    handle: str
    url: str
    state: str
    """`ok`, `paused` or `reconnect`."""
    trouble: str
    is_default: bool
    is_sandbox: bool
    waiting: int
    verified: str
    limit: str
    """What its network said of it, in words; empty while nothing is known."""
    behaviour: str
    requests: str
    timeline: str
    address: str
    """Of its own page."""
    verify: str
    """Where its network is asked."""


class NetworkGroup(TypedDict):
    """The channels on one network."""

    key: str
    name: str
    mark: str
    channels: list[ChannelView]


async def read(db: AsyncSession, by: Member, *, now: datetime) -> list[NetworkGroup]:
    """Return the channels of a workspace by network, in the order of their first ones."""
    there = await channels.of_workspace(db, by.workspace_id)
    rules = await sandbox.rules_of(db, by.workspace_id)
    said = await limits.of_channels(db, there, now=now)
    waiting = await deliveries.waiting_of(db, [c.id or 0 for c in there])
    groups: dict[str, NetworkGroup] = {}
    for channel in there:
        name = channel_words.network(channel)
        group = groups.setdefault(
            channel.provider,
            NetworkGroup(
                key=channel.provider, name=name, mark=channel_words.mark(name), channels=[]
            ),
        )
        view = _view(channel, rules.get(channel.handle))
        view["waiting"] = waiting.get(view["id"], 0)
        view["limit"] = channel_words.limit(said.get(view["id"]), by.zone, now=now)
        view["verified"] = channel_words.verified(channel, by.zone, now=now)
        group["channels"].append(view)
    return list(groups.values())


def _view(channel: Channel, rule: SandboxRule | None) -> ChannelView:
    return ChannelView(
        id=channel.id or 0,
        key=str(channel.id),
        name=channel.name,
        letters=letters(channel.name),
        handle=channel.handle,
        url=web_address(channel.url),
        state=channel_words.state(channel),
        trouble=channel.trouble,
        is_default=channel.is_default,
        is_sandbox=channel.provider == DEFAULT,
        waiting=0,
        verified="",
        limit="",
        behaviour=rule.behaviour if rule else "normal",
        requests=channel_words.requests_left(rule),
        timeline=f"{routes.SANDBOX}?account={channel.handle}",
        address=routes.channel(channel.provider, channel.id or 0),
        verify=f"/api/channels/{channel.id}/verify",
    )


# The networks to choose from.


def networks() -> list[dict[str, Any]]:
    """Return every network that can be connected, as the form in the browser takes it."""
    return [_network(network) for network in providers.PROVIDERS if network.ways]


def _network(network: type[Provider]) -> dict[str, Any]:
    return {
        "key": network.key,
        "name": network.name,
        "mark": channel_words.mark(network.name),
        "line": _line(network.capabilities),
        "ways": [_way(way) for way in network.ways],
    }


def _line(can: Capabilities) -> str:
    """Say in a line what a network takes: "500 characters, 4 pictures, threads"."""
    text = f"{can.text_limit:,} characters" if can.text_limit else "text of any length"
    parts = [text, *_counted((can.images, "picture"), (can.videos, "video"))]
    if can.parts > 1:
        parts.append("threads")
    if can.poll:
        parts.append("polls")
    line = ", ".join(parts)
    return line[0].upper() + line[1:]


def _counted(*what: tuple[int, str]) -> Iterable[str]:
    return (f"{number} {word}{'s' if number > 1 else ''}" for number, word in what if number)


def _way(way: Way) -> dict[str, Any]:
    return {
        "key": way.key,
        "title": way.title,
        "text": way.text,
        "is_visit": way.is_visit,
        "fields": [_field(field) for field in way.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "is_secret": field.is_secret,
        "is_optional": field.is_optional,
        "hint": field.hint,
        "placeholder": field.placeholder,
        "choices": [{"value": value, "label": label} for value, label in field.choices],
    }


def from_the_start() -> dict[str, Any]:
    """Return how the form begins for a new channel."""
    return {"network": "", "channel_id": 0, "words": "", "given": {}}


async def again(db: AsyncSession, channel: Channel, *, missed_after: int) -> dict[str, Any]:
    """Return how the form begins for a channel that is there: with what is known of it."""
    waiting = await deliveries.waiting(db, channel.id or 0)
    return {
        "network": channel.provider,
        "channel_id": channel.id,
        "words": channel_words.what_waits(waiting, missed_after=missed_after),
        "given": {"name": channel.name, "address": channel.address, "handle": channel.handle},
    }
