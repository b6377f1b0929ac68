"""The outbound client against servers that misbehave on the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from socialapp.domain.outcome import Disconnected, Refused, Trouble, TryLater, Unknown
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import (
    Allowance,
    Answer,
    Http,
    allowance,
    failure,
    retry_after,
    without,
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """Run a server that does to each connection what `talk` says."""
    started = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = started.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/post"
    started.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def _outcome(url: str, *, request_s: float = 1.0) -> object:
    async with Http(connect_s=1, request_s=request_s, allow_private=True) as http:
        try:
            return await http.send("POST", url, json={"text": "Hello"})
        except PublishFailed as failed:
            return failed.outcome


@pytest.mark.parametrize(
    ("public_url", "said"),
    [
        ("", "socialapp/1.2"),
        ("https://social.example.org", "socialapp/1.2 (+https://social.example.org)"),
    ],
)
async def test_it_says_who_asks_and_where_that_can_be_found(public_url: str, said: str) -> None:
    heard: list[bytes] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await _request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with (
        server(listening) as url,
        Http(allow_private=True, version="1.2", public_url=public_url) as http,
    ):
        await http.send("GET", url)
        await http.send("GET", url, is_inside=True)

    assert len(heard) == 2
    for each in heard:
        assert f"\r\nUser-Agent: {said}\r\n".encode() in each


async def test_silence_after_the_request_is_unknown_and_ends_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with server(silent) as url, asyncio.timeout(5):
        assert isinstance(await _outcome(url), Unknown)


async def test_a_reset_after_the_request_is_unknown() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.transport.abort()

    async with server(reset) as url:
        assert isinstance(await _outcome(url), Unknown)


async def test_an_answer_that_drips_ends_at_the_limit() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)  # the drip itself
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with server(drip) as url, asyncio.timeout(5):
        assert isinstance(await _outcome(url), Unknown)


async def test_a_huge_answer_is_cut() -> None:
    async def huge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            for _ in range(160):
                writer.write(b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with server(huge) as url:
        answer = await _outcome(url, request_s=5)

    assert isinstance(answer, Answer)
    assert len(answer.body) <= 2 * 1024 * 1024


async def test_an_answer_in_pieces_is_read_whole() -> None:
    async def pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
        await writer.drain()
        await asyncio.sleep(0.05)  # so that the pieces arrive apart
        writer.write(b"later")
        await writer.drain()
        writer.close()

    async with server(pieces) as url:
        answer = await _outcome(url)

    assert isinstance(answer, Answer)
    assert answer.body == b"firstlater"


async def test_a_redirect_is_not_followed_and_the_request_is_sent_once() -> None:
    requests = 0

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await _request(reader)
        requests += 1
        writer.write(b"HTTP/1.1 307 X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with server(elsewhere) as url:
        answer = await _outcome(url)

    assert isinstance(answer, Answer)
    assert (answer.status, requests) == (307, 1)


async def test_a_refused_connection_surely_sent_nothing() -> None:
    assert isinstance(await _outcome("http://127.0.0.1:1/post"), TryLater)


NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Fri, 14 May 2027 12:00:30 GMT", timedelta(seconds=30)),
        ("Fri, 14 May 2027 11:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(words: str, wait: timedelta | None) -> None:
    assert retry_after({"Retry-After": words}, now=NOON) == wait


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (401, Disconnected), (403, Disconnected), (404, Refused), (422, Refused),
     (429, TryLater), (500, Unknown), (502, Unknown), (503, Unknown), (302, Unknown)],
)  # fmt: skip
def test_each_answer_has_its_class(status: int, kind: type) -> None:
    assert isinstance(failure(Answer(status, b"", {}), network="X").outcome, kind)


def test_a_busy_network_that_names_a_wait_was_not_posted_to() -> None:
    busy = Answer(503, b"", {"Retry-After": "3"})

    assert failure(busy, network="X").outcome == TryLater(
        "X is busy. Nothing was posted; it is tried again.",
        timedelta(seconds=3),
        Trouble.NETWORK,
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0",
         "X-RateLimit-Reset": "2027-05-14T12:05:00.000Z"},
        {"ratelimit-limit": "300", "ratelimit-remaining": "0", "ratelimit-reset": "1810296300"},
        {"RateLimit-Limit": "300", "RateLimit-Remaining": "0", "RateLimit-Reset": "300"},
        {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0",
         "X-RateLimit-Reset": "1810296999.5", "X-RateLimit-Reset-After": "300.0"},
    ],
)  # fmt: skip
def test_each_networks_clock_is_read(headers: dict[str, str]) -> None:
    noon = datetime(2027, 5, 14, 12, tzinfo=UTC)

    assert allowance(headers, now=noon) == Allowance(300, 0, noon + timedelta(minutes=5))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Remaining": "5"},
        {"X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "300"},
        {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "soon"},
        {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "-1"},
        {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "1e300"},
        {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "nan"},
    ],
)
def test_limits_in_riddles_are_left_alone(headers: dict[str, str]) -> None:
    assert allowance(headers) is None


async def test_nothing_of_the_address_is_in_what_is_raised() -> None:
    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"no HTTP at all\r\n\r\n")
        writer.close()

    async with (
        server(rubbish) as url,
        Http(connect_s=1, request_s=1, allow_private=True) as http,
    ):
        with pytest.raises(PublishFailed) as failed:
            await http.send("POST", f"{url}/bot123:secret")

    assert isinstance(failed.value.outcome, Unknown)
    assert failed.value.__cause__ is failed.value.__context__ is None


def test_a_secret_that_a_network_repeats_is_not_readable() -> None:
    assert without("Cannot POST /botabc, abcdef", ["abc", "", "abcdef"]) == "Cannot POST /bot…, …"
