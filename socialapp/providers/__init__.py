"""The networks: one file or folder each; the only room that speaks HTTP outwards."""

from collections.abc import Mapping

from socialapp.domain.content import Capabilities
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.results import Metric
from socialapp.providers import known
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Provider
from socialapp.providers.discord import Discord
from socialapp.providers.http import Http
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.providers.telegram import Telegram
from socialapp.providers.webhook import Webhook
from socialapp.providers.wordpress.adapter import WordPress

PROVIDERS: tuple[type[Provider], ...] = (
    Sandbox,
    Mastodon,
    Bluesky,
    Discord,
    Telegram,
    Webhook,
    WordPress,
)
"""Every network, written by hand: what is not here does not exist."""

DEFAULT = Sandbox.key
"""The network of a workspace that has chosen no other."""


def kind(key: str) -> type[Provider]:
    """Return the network called `key`; raises KeyError."""
    return {provider.key: provider for provider in PROVIDERS}[key]


def metrics(key: str) -> tuple[Metric, ...]:
    """Return what the network called `key` counts; nothing when it says nothing, or is unknown."""
    kinds: dict[str, type[Provider]] = {provider.key: provider for provider in PROVIDERS}
    counted: tuple[Metric, ...] = getattr(kinds.get(key), "metrics", ())
    return counted


MEASURING: tuple[str, ...] = tuple(p.key for p in PROVIDERS if metrics(p.key))
"""The networks that say what people did with a post."""


_ALSO_CALLED = {
    "twitter": "x",
    "facebook_page": "facebook",
    "facebook_pages": "facebook",
    "discord_webhook": "discord",
}


def rules(name: str) -> tuple[str, Capabilities]:
    """Return the name and the limits of a network, also of one that has no adapter yet.

    Raises Rejected, which names those that there are.
    """
    there = known.RULES | {p.key: (p.name, p.capabilities) for p in PROVIDERS}
    key = name.strip().lower()
    found = there.get(_ALSO_CALLED.get(key, key))
    if found is None:
        names = ", ".join(sorted(there))
        message = f"No network is called {name[:50]!r} here. There are {names}."
        raise Rejected(Problem("network_unknown", message, "networks"))
    return found


def connect(http: Http) -> dict[str, Provider]:
    """Return every network, ready to publish through `http`."""
    return {provider.key: provider(http) for provider in PROVIDERS}


_current: list[Mapping[str, Provider]] = []


def use(networks: Mapping[str, Provider]) -> None:
    """Make these the networks of this process; the wirings call it once."""
    _current[:] = [networks]


def networks() -> Mapping[str, Provider]:
    """Return the networks of this process."""
    return _current[0]
