"""The networks: one file or folder each; the only room that speaks HTTP outwards."""

from collections.abc import Mapping

from socialapp.domain.content import Capabilities
from socialapp.providers import known
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Provider
from socialapp.providers.http import Http
from socialapp.providers.sandbox.adapter import Sandbox

PROVIDERS: tuple[type[Provider], ...] = (Sandbox, Bluesky)
"""Every network, written by hand: what is not here does not exist."""

DEFAULT = Sandbox.key
"""The network of a workspace that has chosen no other."""


def kind(key: str) -> type[Provider]:
    """Return the network called `key`; raises KeyError."""
    return {provider.key: provider for provider in PROVIDERS}[key]


def rules(key: str) -> tuple[str, Capabilities]:
    """Return the name and the limits of a network, also of one that has no adapter yet.

    Raises KeyError.
    """
    for provider in PROVIDERS:
        if provider.key == key:
            return provider.name, provider.capabilities
    return known.RULES[key]


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
