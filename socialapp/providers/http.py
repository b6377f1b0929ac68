"""One client for all networks: time limits, no redirects, no repeats, an answer -> an outcome."""

import asyncio
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from yarl import URL

from socialapp.clock import utc_now
from socialapp.domain.outcome import Refused, TryLater, Unknown
from socialapp.providers.contract import PublishFailed

CONNECT_S = 5.0
REQUEST_S = 30.0
_ANSWER_BYTES = 2 * 1024 * 1024

# Nothing left this machine: the connection was never made.
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


@dataclass(frozen=True)
class Answer:
    """What a network said."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError when it is something else."""
        import json

        return json.loads(self.body)


class Http:
    """The outbound client of one worker."""

    def __init__(self, *, connect_s: float = CONNECT_S, request_s: float = REQUEST_S) -> None:
        self._limits = aiohttp.ClientTimeout(total=request_s, connect=None, sock_connect=connect_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Http":
        self._session = aiohttp.ClientSession(
            timeout=self._limits,
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=0, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def send(
        self, method: str, url: str, *, leaving: Callable[[], None] | None = None, **request: Any
    ) -> Answer:
        """Send one request and return whatever was answered.

        `leaving` is called when the first byte is about to leave. Raises PublishFailed: TryLater
        when surely nothing left, Unknown when something may have.
        """
        assert self._session, "enter the client first"
        host = URL(url).host or "the network"
        if leaving:
            leaving()
        try:
            async with self._session.request(
                method, url, allow_redirects=False, **request
            ) as answer:
                return Answer(answer.status, await _body(answer), dict(answer.headers))
        except _NOT_SENT as error:
            reason = f"{host} could not be reached. Nothing was posted; it is tried again."
            raise PublishFailed(TryLater(reason)) from error
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            reason = f"{host} did not answer after the post had been sent to it."
            raise PublishFailed(Unknown(reason)) from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Read the body, and no more of it than an answer has any business to have."""
    body = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) >= _ANSWER_BYTES:
            break
    return bytes(body[:_ANSWER_BYTES])


def retry_after(headers: dict[str, str], *, now: datetime | None = None) -> timedelta | None:
    """Read Retry-After, in seconds or as a date; None when it is missing or senseless."""
    words = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    if words.strip().isdigit():
        return timedelta(seconds=min(int(words), 86400))
    try:
        at = email.utils.parsedate_to_datetime(words)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - (now or utc_now()))


def failure(answer: Answer, *, network: str, words: str = "") -> PublishFailed:
    """Sort an answer that is not a confirmation: wait, give up, reconnect, or find out."""
    said = f" It said: {words[:300]}" if words else ""
    match answer.status:
        case 429:
            reason = f"{network} asks us to wait. Nothing was posted; it is tried again."
            return PublishFailed(TryLater(reason, retry_after(answer.headers)))
        case 503 if (after := retry_after(answer.headers)) is not None:
            reason = f"{network} is busy. Nothing was posted; it is tried again."
            return PublishFailed(TryLater(reason, after))
        case 401 | 403:
            reason = f"{network} does not accept our access.{said} Nothing was posted."
            return PublishFailed(Refused(reason, "reconnect"))
        case status if 400 <= status < 500:
            reason = f"{network} refused the post.{said} Nothing was posted."
            return PublishFailed(Refused(reason))
    reason = f"{network} answered with an error ({answer.status}) that does not say what happened."
    return PublishFailed(Unknown(reason))
