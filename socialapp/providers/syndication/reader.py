"""Reads a feed: asks only for what is new, does as its server says, and takes no more than 3 MB."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from socialapp.domain.outcome import Refused
from socialapp.domain.sources import Item
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer, Http, retry_after

BYTES_AT_MOST = 3 * 1024 * 1024
_ANSWER_WITHIN_S = 15.0
_PARSE_WITHIN_S = 30.0
_TAG_LENGTH = 500
_ROOT = Path(__file__).parents[3]
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9,"
    " text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
)


@dataclass(frozen=True)
class Feed:
    """What is in a feed."""

    title: str
    items: tuple[Item, ...]
    """In its order, each once."""


@dataclass(frozen=True)
class Found:
    """What is at an address. `feed`: None when it has not changed."""

    url: str
    """Of the feed itself, also when a page that names it was asked for."""
    feed: Feed | None
    etag: str = ""
    last_modified: str = ""


class Unreadable(Exception):
    """A feed cannot be read; the text says why, for people."""

    def __init__(
        self,
        reason: str,
        *,
        is_passing: bool = False,
        is_gone: bool = False,
        after: timedelta | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_passing = is_passing
        """Whether it may well be read the next time."""
        self.is_gone = is_gone
        """Its server says that there will never be one again."""
        self.after = after
        """How long the server asks us to wait."""


_current: list[Http] = []
_places: list[asyncio.Semaphore] = []
AT_ONCE = 2
"""Each feed that is parsed may take hundreds of megabytes."""


def use(http: Http | None) -> None:
    """Make this the client that feeds are read with; the wirings call it once. None: none is."""
    _current[:] = [http] if http else []
    _places[:] = [asyncio.Semaphore(AT_ONCE)]


def allows_http() -> bool:
    """Whether addresses without TLS, and inside of this network, may be typed."""
    return bool(_current) and _current[0].allows_private


async def read(url: str, *, etag: str = "", last_modified: str = "", now: datetime) -> Found:
    """Read the feed at an address, or the one that a page there names. Raises Unreadable."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    answer = await _ask(url, {name: value for name, value in conditions.items() if value}, now)
    if answer.status == 304:
        return Found(url, None, etag, last_modified)
    told = await _parse(answer)
    if alternate := told.get("alternate"):
        url = str(alternate)
        answer = await _ask(url, {}, now)
        told = await _parse(answer)
    if "items" not in told:
        raise Unreadable("The page at the address names another page as its feed.")
    said = {name.lower(): value for name, value in answer.headers.items()}
    feed = Feed(told["title"], _items(told["items"]))
    return Found(url, feed, _tag(said, "etag"), _tag(said, "last-modified"))


def _tag(said: Mapping[str, str], name: str) -> str:
    return said.get(name, "") if len(said.get(name, "")) <= _TAG_LENGTH else ""


def _items(told: list[dict[str, Any]]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for each in told:
        at = each.pop("published_at")
        item = replace(Item(**each), published_at=datetime.fromisoformat(at) if at else None)
        found.setdefault(item.key, item)
    return tuple(found.values())


async def _ask(url: str, conditions: dict[str, str], now: datetime) -> Answer:
    if not _current:
        raise Unreadable("Feeds cannot be read just now. Try again later.", is_passing=True)
    host = URL(url).host or "The server"
    try:
        answer = await _current[0].fetch(
            url,
            at_most_bytes=BYTES_AT_MOST + 1,
            headers={"Accept": _ACCEPT, **conditions},
            timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S, sock_connect=5),
        )
    except (ValueError, TypeError):
        raise Unreadable(f"{host} leads to an address that cannot be read.") from None
    except PublishFailed as failed:
        if isinstance(failed.outcome, Refused):
            raise Unreadable(failed.outcome.reason) from None
        raise Unreadable(f"{host} did not answer. It is asked again.", is_passing=True) from None
    _check(answer, host, is_conditional=bool(conditions), now=now)
    return answer


def _check(answer: Answer, host: str, *, is_conditional: bool, now: datetime) -> None:
    after = retry_after(answer.headers, now=now)
    match answer.status:
        case 200:
            if len(answer.body) > BYTES_AT_MOST:
                raise Unreadable("The feed is larger than 3 MB, so it was not read.")
        case 304 if is_conditional:
            pass
        case 410:
            message = f"{host} says that this feed is gone for good (410). It is not read any more."
            raise Unreadable(message, is_gone=True)
        case 429:
            message = f"{host} asks us to wait (429). It is asked again later."
            raise Unreadable(message, is_passing=True, after=after)
        case 401 | 403:
            raise Unreadable(f"{host} does not let this feed be read ({answer.status}).")
        case 404:
            raise Unreadable(f"{host} has nothing at this address (404). Check the address.")
        case status if status >= 500:
            message = f"{host} has trouble of its own ({status}). It is asked again later."
            raise Unreadable(message, is_passing=True, after=after)
        case status:
            raise Unreadable(f"{host} answered with {status} in place of a feed.")


async def _parse(answer: Answer) -> dict[str, Any]:
    async with _places[0]:
        return await _parse_now(answer)


async def _parse_now(answer: Answer) -> dict[str, Any]:
    kind = {name.lower(): value for name, value in answer.headers.items()}.get("content-type", "")
    helper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "socialapp.providers.syndication.helper"),
        *(kind.replace("\0", "")[:200], answer.url),
        # None of our secrets.
        env={"PYTHONPATH": str(_ROOT), "PATH": os.defpath},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_PARSE_WITHIN_S):
            said, _ = await helper.communicate(answer.body)
        told: dict[str, Any] = json.loads(said)
    except (TimeoutError, ValueError):  # or killed by a limit before it could say anything
        raise Unreadable("The feed takes too much memory or time to be read.") from None
    finally:
        if helper.returncode is None:
            helper.kill()
            await helper.wait()
    if reason := told.get("refused"):
        raise Unreadable(str(reason))
    return told
