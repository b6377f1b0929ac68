"""What lets us in is in no log, no exception, no outcome and nothing that is kept in the open."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from socialapp.domain.errors import ForPeople
from socialapp.providers.contract import Access, Provider, PublishFailed
from socialapp.providers.discord import Discord
from socialapp.providers.http import Http
from socialapp.providers.telegram import Telegram
from socialapp.providers.webhook import Webhook
from tests.networks.mischief import Mischief
from tests.providers.pictures import post
from tests.providers.stages import STAGES, Playable
from tests.servers.scripted import Line, Scripted

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
WEBHOOK_TOKEN = "x9YzSecretSecretSecretSecretSecret-_abcdefghijklmnopqrstuvwxyz012345"
SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
PATH = "/hooks/T0K3NT0K3NT0K3N/in?signature=S1GNS1GNS1GNS1GN"


@dataclass(frozen=True)
class Held:
    """A network, how we get in there, and what of it nobody may see."""

    adapter: type[Provider]
    secrets: dict[str, str]
    hidden: tuple[str, ...]
    typed: Callable[[str], dict[str, str]]
    """What is typed to connect it, given its server."""


HELD = (
    Held(
        Discord,
        {"webhook": "123", "token": WEBHOOK_TOKEN},
        (WEBHOOK_TOKEN,),
        lambda server: {"url": f"{server}/api/webhooks/123/{WEBHOOK_TOKEN}"},
    ),
    Held(
        Telegram,
        {"token": TOKEN},
        (TOKEN,),
        lambda server: {"token": TOKEN, "chat": "@harbour", "server": server},
    ),
    Held(
        Webhook,
        {"secret": SECRET, "path": PATH},
        (SECRET, SECRET[6:], "T0K3NT0K3NT0K3N", "S1GNS1GNS1GNS1GN"),
        lambda server: {"url": f"{server}{PATH}", "secret": SECRET},
    ),
)


class Seen:
    """All that somebody could read."""

    def __init__(self, records: Callable[[], list[logging.LogRecord]]) -> None:
        self._records = records
        self._words: list[str] = []

    def add(self, thing: Any) -> None:
        """Note a value, or an error with all that led to it."""
        self._words += [repr(thing), str(thing)]
        if isinstance(thing, BaseException):
            self._words += traceback.format_exception(thing, chain=True)
            causes = (thing.__cause__, thing.__context__)
            for cause in filter(None, causes):
                self.add(cause)
        if isinstance(thing, PublishFailed):
            self.add(thing.outcome)

    @property
    def words(self) -> str:
        """Return it as one text."""
        logged = [
            f"{r.getMessage()} {r.exc_text or ''} {r.exc_info or ''}" for r in self._records()
        ]
        return "\n".join([*self._words, *logged])

    async def of(self, doing: Awaitable[Any]) -> None:
        """Note what comes of doing something."""
        try:
            self.add(await doing)
        except (PublishFailed, ForPeople) as error:
            self.add(error)


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Seen:
    """Everything that is logged, down to the smallest, and what the test adds."""
    caplog.set_level(logging.DEBUG)
    return Seen(lambda: caplog.records)


POSTED = {"remote_id": "5", "url": "", "kept": {}}


async def _all_that_can_be_asked(held: Held, base_url: str, seen: Seen) -> None:
    access = Access(base_url, "@harbour", "-1001", secrets=held.secrets)
    asyncio.get_running_loop().set_debug(True)
    async with Http(connect_s=0.5, request_s=0.5, allow_private=True) as http:
        adapter: Any = held.adapter(http)
        seen.add(access)
        await seen.of(adapter.verify(access))
        await seen.of(adapter.publish(post("Hello"), access, once="once-1"))
        if hasattr(adapter, "delete"):
            await seen.of(adapter.delete(POSTED, access))
        await seen.of(adapter.connect("", held.typed(base_url)))


def _each(of: Any) -> Any:
    return pytest.mark.parametrize("held", of, ids=lambda held: held.adapter.key)


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 410, 413, 429, 500, 503])
@_each(HELD)
async def test_a_server_that_repeats_all_that_it_is_asked(
    held: Held, status: int, seen: Seen
) -> None:
    lies = {
        "type": 1,
        "channel_id": "5",
        "guild_id": "6",
        "code": 50035,
        "errors": {"content": {"_errors": [{"code": "X", "message": f"{held.secrets}"}]}},
        "id": f"{held.secrets}",
        "url": f"https://example.org/{'/'.join(held.hidden)}",
        "ok": status == 200,
        "result": {"id": 5, "title": f"{held.secrets}", "username": held.hidden[0]},
    }
    async with Scripted(Line(status, lies, {"X-Echo": held.hidden[0]}), echoes=True) as server:
        await _all_that_can_be_asked(held, server.base_url, seen)

    assert server.asked
    _assert_hidden(held, seen)


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: \x00\r\n\r\n",
    ],
)
@_each(HELD)
async def test_a_server_that_speaks_no_http(held: Held, says: bytes, seen: Seen) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    await _all_that_can_be_asked(held, f"http://127.0.0.1:{port}", seen)

    server.close()
    assert "PublishFailed" in seen.words
    _assert_hidden(held, seen)


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:1", "http://name.invalid", "http://127.0.0.1:99999", "http://["]
)
@_each(HELD)
async def test_a_server_that_is_not_there(held: Held, base_url: str, seen: Seen) -> None:
    try:
        await _all_that_can_be_asked(held, base_url, seen)
    except ValueError as error:  # no address at all: nothing could be connected with it
        seen.add(error)
    _assert_hidden(held, seen)


@_each(HELD)
async def test_an_address_that_is_not_allowed(held: Held, seen: Seen) -> None:
    async with Http() as http:
        adapter: Any = held.adapter(http)
        await seen.of(adapter.connect("", held.typed("https://127.0.0.1")))

    _assert_hidden(held, seen)


def _staged(playable: Playable) -> bool:
    return playable.adapter in {held.adapter for held in HELD}


@pytest.mark.parametrize("how", sorted(Mischief))
@pytest.mark.parametrize("playable", [p for p in STAGES if _staged(p)], ids=lambda p: p.adapter.key)
async def test_under_every_mischief(
    playable: Playable, how: Mischief, seen: Seen, sqlite_url: str, tmp_path: Any
) -> None:
    async with playable.opens(sqlite_url, tmp_path) as stage:
        await stage.disturb(how)
        asyncio.get_running_loop().set_debug(True)
        seen.add(stage.access)
        await seen.of(stage.provider.publish(post("Hello"), stage.access, once="once-1"))
        await seen.of(stage.provider.verify(replace(stage.access, base_url="http://127.0.0.1:1")))
        await seen.of(stage.provider.verify(stage.access))

    secrets = {value for key, value in stage.access.secrets.items() if key in {"token", "secret"}}
    assert secrets
    assert not [secret for secret in secrets if secret in seen.words]


def _assert_hidden(held: Held, seen: Seen) -> None:
    words = seen.words
    assert not [secret for secret in held.hidden if secret in words]
