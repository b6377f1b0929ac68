"""One client for all networks: time limits, no redirects, no repeats, an answer -> an outcome."""

import asyncio
import email.utils
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected, Outcome, Refused, Trouble, TryLater, Unknown
from socialapp.providers import guard
from socialapp.providers.contract import PublishFailed

CONNECT_S = 5.0
REQUEST_S = 30.0
KEEP_ALIVE_S = 4.0
"""Shorter than any server's: a request on a line that is just being closed looks like silence."""
ANSWER_BYTES = 2 * 1024 * 1024
_log = logging.getLogger(__name__)

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
    url: str = ""
    """Where it came from in the end."""

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError when it is something else."""
        import json

        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("the answer is too deep to be read") from None


@dataclass(frozen=True)
class Allowance:
    """How much more an account may do, as an answer's headers said."""

    allowed: int | None
    remaining: int
    resets_at: datetime


_heard: ContextVar[list[Allowance] | None] = ContextVar("heard", default=None)


@contextmanager
def hearing() -> Iterator[list[Allowance]]:
    """Collect what the answers to requests made inside say of limits, the latest last."""
    heard: list[Allowance] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


class Http:
    """The outbound client of one process; networks are told its `version` and `public_url`.

    Addresses that people typed are reached only by https and outside of private networks, unless
    `allow_private`.
    """

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        request_s: float = REQUEST_S,
        allow_private: bool = False,
        version: str = "0",
        public_url: str = "",
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._limits = aiohttp.ClientTimeout(total=request_s, connect=None, sock_connect=connect_s)
        self._is_guarded = not allow_private
        self._resolver = resolver
        self.version = version
        self.public_url = str(URL(public_url).with_user(None)) if public_url else ""
        self._outside: aiohttp.ClientSession | None = None
        self._inside: aiohttp.ClientSession | None = None

    @property
    def allows_private(self) -> bool:
        """Whether private addresses, and http, are for people to choose."""
        return not self._is_guarded

    async def __aenter__(self) -> "Http":
        self._inside = self._session(is_guarded=False)
        self._outside = self._session(is_guarded=self._is_guarded)
        return self

    def _session(self, *, is_guarded: bool) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            timeout=self._limits,
            connector=guard.connector(
                is_guarded=is_guarded, keep_alive_s=KEEP_ALIVE_S, inner=self._resolver
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._says_who_asks()},
            auto_decompress=True,
        )
        # One request is one request: else PUT and the like are sent again by themselves.
        session._retry_connection = False  # noqa: SLF001 - it has no public name
        return session

    def _says_who_asks(self) -> str:
        where = f" (+{self.public_url})" if self.public_url else ""
        return f"socialapp/{self.version}{where}"

    async def __aexit__(self, *_: object) -> None:
        for session in (self._inside, self._outside):
            if session:
                await session.close()

    async def send(
        self,
        method: str,
        url: str,
        *,
        leaving: Callable[[], None] | None = None,
        is_inside: bool = False,
        at_most_bytes: int = ANSWER_BYTES,
        **request: Any,
    ) -> Answer:
        """Send one request and return whatever was answered; no redirect is followed.

        `leaving` is called when the first byte is about to leave. `is_inside`: the address is our
        own, nobody typed it. Raises PublishFailed: Refused for an address that is not allowed,
        TryLater when surely nothing left, Unknown when something may have.
        """
        session = self._inside if is_inside else self._outside
        assert session, "enter the client first"
        host = URL(url).host or "the network"
        if self._is_guarded and not is_inside:
            _check(url)
        if leaving:
            leaving()
        try:
            async with session.request(method, url, allow_redirects=False, **request) as answer:
                headers = dict(answer.headers)
                if (heard := _heard.get()) is not None and (said := allowance(headers)):
                    heard.append(said)
                return Answer(answer.status, await _body(answer, at_most_bytes), headers)
        except _NOT_SENT as error:
            failed = _not_sent(error, host)
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            _log.debug("%s: %s", host, type(error).__name__)
            failed = Unknown(f"{host} did not answer after the post had been sent to it.")
        # Not from the error: its words may hold the address, and that a secret.
        raise PublishFailed(failed)

    async def fetch(
        self, url: str, *, at_most_bytes: int = ANSWER_BYTES, hops: int = 3, **request: Any
    ) -> Answer:
        """Read a page that may have moved: each address on the way is checked as the first.

        Headers with our access are never given to it. Raises PublishFailed.
        """
        for _ in range(hops + 1):
            answer = await self.send("GET", url, at_most_bytes=at_most_bytes, **request)
            where = next((v for k, v in answer.headers.items() if k.lower() == "location"), "")
            if answer.status not in {301, 302, 303, 307, 308} or not where:
                return Answer(answer.status, answer.body, answer.headers, url)
            url = str(URL(url).join(URL(where)))
        raise PublishFailed(Refused("The address leads from one place to the next without an end."))


def _not_sent(error: Exception, host: str) -> Outcome:
    if isinstance(cause := getattr(error, "os_error", None), guard.Forbidden):
        return _forbidden(cause)
    _log.debug("%s: %s", host, type(error).__name__)
    reason = f"{host} could not be reached. Nothing was posted; it is tried again."
    return TryLater(reason, trouble=Trouble.NETWORK)


def _check(url: str) -> None:
    try:
        guard.check(url)
    except guard.Forbidden as error:
        raise PublishFailed(_forbidden(error)) from error


def _forbidden(error: guard.Forbidden) -> Refused:
    return Refused(
        f"That address is not allowed: {error}. Nothing was sent. Whoever runs this server can"
        " allow private addresses with SOCIALAPP_ALLOW_PRIVATE_ADDRESSES."
    )


async def _body(answer: aiohttp.ClientResponse, at_most: int) -> bytes:
    """Read the body, and no more of it than an answer has any business to have."""
    body = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) >= at_most:
            break
    return bytes(body[:at_most])


def retry_after(headers: dict[str, str], *, now: datetime | None = None) -> timedelta | None:
    """Read Retry-After, in seconds or as a date; None when it is missing or senseless."""
    words = _lower(headers).get("retry-after", "")
    if words.strip().isdigit():
        return timedelta(seconds=min(int(words), 86400))
    try:
        at = email.utils.parsedate_to_datetime(words)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - (now or utc_now()))


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def allowance(headers: dict[str, str], *, now: datetime | None = None) -> Allowance | None:
    """Read the limit headers in the dialects that networks speak; None without, or in riddles.

    `X-RateLimit-*` and `RateLimit-*`; the reset is an ISO instant, seconds since 1970, or seconds
    from now. https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-07.html
    """
    if not any("ratelimit" in name.lower() for name in headers):
        return None
    words = _lower(headers)
    for prefix in ("x-ratelimit-", "ratelimit-"):
        remaining = words.get(f"{prefix}remaining", "")
        reset = words.get(f"{prefix}reset-after") or words.get(f"{prefix}reset", "")
        resets_at = _reset(reset, now or utc_now())
        if remaining.isdigit() and resets_at:
            allowed = words.get(f"{prefix}limit", "")
            return Allowance(int(allowed) if allowed.isdigit() else None, int(remaining), resets_at)
    return None


_EPOCH_S = 1e9
"""A number above it is an instant, below it a wait: 1e9 s are 31 years."""


def _reset(words: str, now: datetime) -> datetime | None:
    try:
        seconds = float(words)
    except ValueError:
        return _iso(words)
    if not 0 <= seconds < 1e11:
        return None
    if seconds > _EPOCH_S:
        return datetime.fromtimestamp(seconds, UTC)
    return now + timedelta(seconds=seconds)


def _iso(words: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def without(words: str, secrets: Iterable[str]) -> str:
    """Return what a network said with our secrets, which it may have repeated, made unreadable."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        words = words.replace(secret, "…")
    return words


def failure(answer: Answer, *, network: str, words: str = "") -> PublishFailed:
    """Sort an answer that is not a confirmation: wait, give up, reconnect, or find out."""
    said = f" It said: {words[:300]}" if words else ""
    match answer.status:
        case 429:
            reason = f"{network} asks us to wait. Nothing was posted; it is tried again."
            return PublishFailed(TryLater(reason, retry_after(answer.headers), Trouble.CHANNEL))
        case 503 if (after := retry_after(answer.headers)) is not None:
            reason = f"{network} is busy. Nothing was posted; it is tried again."
            return PublishFailed(TryLater(reason, after, Trouble.NETWORK))
        case 401 | 403:
            reason = f"{network} does not accept our access.{said} Nothing was posted."
            return PublishFailed(Disconnected(reason))
        case status if 400 <= status < 500:
            reason = f"{network} refused the post.{said} Nothing was posted."
            return PublishFailed(Refused(reason))
    reason = f"{network} answered with an error ({answer.status}) that does not say what happened."
    return PublishFailed(Unknown(reason))
