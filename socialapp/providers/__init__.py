"""The networks: one file or folder each; the only room that speaks HTTP outwards."""

from socialapp.providers.contract import Provider
from socialapp.providers.http import Http
from socialapp.providers.sandbox.adapter import Sandbox

PROVIDERS: tuple[type[Provider], ...] = (Sandbox,)
"""Every network, written by hand: what is not here does not exist."""

DEFAULT = Sandbox.key
"""The network of a workspace that has chosen no other."""


def kind(key: str) -> type[Provider]:
    """Return the network called `key`; raises KeyError."""
    return {provider.key: provider for provider in PROVIDERS}[key]


def connect(http: Http) -> dict[str, Provider]:
    """Return every network, ready to publish through `http`."""
    return {provider.key: provider(http) for provider in PROVIDERS}
