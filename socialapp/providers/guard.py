"""Keeps requests to addresses that people typed out of private networks.

A name is looked up once, and the connection goes to what was vetted: a second answer of its name
server (rebinding) is never asked for.
"""

import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import TCPConnector
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from socialapp.domain.addresses import is_public


class Forbidden(OSError):
    """The address leads into a private network, or is none of https."""


class Resolver(AbstractResolver):
    """Looks names up, and refuses those that lead inside."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where a name leads. Raises Forbidden when any of it is not public."""
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise Forbidden(f"{host} is an address inside a private network")
        return found

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._inner.close()


def connector(
    *, is_guarded: bool, keep_alive_s: float, inner: AbstractResolver | None = None
) -> Any:
    """Return what makes connections: with guard only to public addresses."""
    return TCPConnector(
        limit=0,
        limit_per_host=0,
        keepalive_timeout=keep_alive_s,
        resolver=Resolver(inner) if is_guarded else inner,
        # A vetted answer is used for the connection it was asked for, and for no later one.
        use_dns_cache=not is_guarded,
    )


def check(url: str) -> None:
    """Raise Forbidden for what needs no looking up to be refused."""
    address = URL(url)
    if address.scheme != "https":
        raise Forbidden(f"{address.host or 'the address'} is not reached by https")
    if address.user or address.password:
        raise Forbidden("an address with a password in it")
    host = address.host or ""
    if _is_literal(host) and not is_public(host):
        raise Forbidden(f"{host} is an address inside a private network")


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
