"""The only sender over Redis: wake a worker, give it a job, tell the browsers "this changed".

Redis only reminds: each call returns at once, never raises, and what is lost with Redis is found
in the database by the sweep and by the pages' own reading.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Collection
from typing import Any, Protocol, cast

from arq.connections import ArqRedis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

QUEUE = "socialapp:jobs"
CHANGES = "socialapp:changes"
WAKE = "socialapp:wake"
EDITING = "socialapp:editing"
_GATHER_S = 0.01
_PATIENCE_S = 2.0
_PRESENT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for at = 3, #ARGV do
  if at - 2 <= tonumber(ARGV[2]) then
    redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[at])
  else
    redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
"""By the server's clock, for the web processes' may differ. ARGV: how long it holds, how many are
here, those, and those that are gone."""
_log = logging.getLogger(__name__)


def pack(job: dict[str, Any]) -> bytes:
    """Write a job as JSON: whoever can write to Redis must not be able to run code."""
    return json.dumps(job, default=str).encode()


def unpack(job: bytes) -> dict[str, Any]:
    """Read what pack() wrote."""
    read: dict[str, Any] = json.loads(job)
    return read


class Noted(Protocol):
    """What a transaction changed."""

    workspaces: set[int]
    is_due_soon: bool
    jobs: list[tuple[str, int]]


class Live:
    """This process's line to Redis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_reachable = True
        self._redis = cast(
            ArqRedis,
            ArqRedis.from_url(
                url,
                socket_connect_timeout=1,
                socket_timeout=_PATIENCE_S,
                retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.2), 1),
                health_check_interval=0,
            ),
        )
        self._redis.job_serializer = pack
        self._redis.job_deserializer = unpack
        self._redis.default_queue_name = QUEUE
        self._changed: set[int] = set()
        self._has_wake = False
        self._jobs: list[tuple[str, int]] = []
        self._sender: asyncio.Task[None] | None = None

    async def announce(self, workspace_id: int) -> None:
        """Tell every page of the workspace that something changed."""
        self._changed.add(workspace_id)
        self._start()

    async def wake(self) -> None:
        """Make the workers look for what is due."""
        self._has_wake = True
        self._start()

    async def enqueue(self, job: str, about: int) -> None:
        """Give the workers a job; a second like it is dropped while the first waits."""
        self._jobs.append((job, about))
        self._start()

    def tell_of(self, noted: Noted) -> None:
        """Send what a transaction noted, after its commit."""
        self._changed |= noted.workspaces
        self._has_wake |= noted.is_due_soon
        self._jobs += noted.jobs
        self._start()

    def _start(self) -> None:
        if self._sender is None or self._sender.done():
            self._sender = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._changed or self._has_wake or self._jobs:
            if not self._has_wake:
                await asyncio.sleep(_GATHER_S)  # a burst of changes becomes one message
            changed, self._changed = self._changed, set()
            jobs, self._jobs = self._jobs, []
            has_wake, self._has_wake = self._has_wake, False
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._send_now(changed, has_wake, jobs)
                self.is_reachable = True
            except (RedisError, OSError, TimeoutError) as error:
                self.is_reachable = False
                _log.warning("Redis does not take messages (%s); the sweep will find them.", error)

    async def _send_now(
        self, changed: set[int], has_wake: bool, jobs: list[tuple[str, int]]
    ) -> None:
        if has_wake:
            await self._redis.publish(WAKE, "{}")
        if changed:
            await self._redis.publish(CHANGES, json.dumps({"workspaces": sorted(changed)}))
        for job, about in jobs:
            await self._redis.enqueue_job(job, about, _job_id=f"{job}:{about}")

    async def present(
        self,
        workspace_id: int,
        here: Collection[str] = (),
        gone: Collection[str] = (),
        *,
        for_s: float = 0,
    ) -> list[str] | None:
        """Note who is here for a while and who has gone; return all who are, None without Redis."""
        key, said = f"{EDITING}:{workspace_id}", (str(int(for_s * 1000)), str(len(here)))
        try:
            async with asyncio.timeout(1):
                found = await cast(
                    Awaitable[list[bytes]], self._redis.eval(_PRESENT, 1, key, *said, *here, *gone)
                )
        except (RedisError, OSError, TimeoutError):
            self.is_reachable = False
            return None
        return [one.decode() for one in found]

    async def is_up(self) -> bool:
        """Ask Redis for a sign of life."""
        try:
            async with asyncio.timeout(1):
                await cast(Awaitable[bool], self._redis.ping())
        except (RedisError, OSError, TimeoutError):
            self.is_reachable = False
        else:
            self.is_reachable = True
        return self.is_reachable

    async def listen(self, channel: str) -> AsyncIterator[dict[str, Any]]:
        """Yield messages for ever.

        `{"redis": False}` when the line breaks and every second until it is back;
        `{"redis": True}` when it is (again) subscribed: what was said meanwhile is lost, so read
        the database.
        """
        while True:
            redis = Redis.from_url(self.url, socket_connect_timeout=1, health_check_interval=5)
            try:
                async with redis.pubsub() as line:
                    await line.subscribe(channel)
                    self.is_reachable = True
                    yield {"redis": True}
                    async for message in _messages(line):
                        yield message
            except (RedisError, OSError, TimeoutError):
                self.is_reachable = False
            finally:
                await redis.aclose()
            yield {"redis": False}
            await asyncio.sleep(1)

    async def close(self) -> None:
        """Send what waits, and hang up."""
        if self._sender and not self._sender.done():
            await asyncio.wait([self._sender], timeout=_PATIENCE_S)
        await self._redis.aclose()


async def _messages(line: Any) -> AsyncIterator[dict[str, Any]]:
    while True:
        # A time limit: a peer that vanished without a word is noticed by the health check in it.
        message = await line.get_message(ignore_subscribe_messages=True, timeout=5.0)
        if message is not None:
            heard()
            yield json.loads(message["data"])


_current: list[Live] = []


def connect(url: str) -> Live:
    """Open this process's line; the wirings call it once."""
    line = Live(url)
    _current[:] = [line]
    return line


def close_current() -> None:
    """Forget the line that connect() opened; whoever opened it closes it."""
    _current.clear()


def current() -> Live | None:
    """Return the line that connect() opened, or None in a process without one."""
    return _current[0] if _current else None


async def announce(workspace_id: int) -> None:
    """Tell every page of the workspace that something changed."""
    if line := current():
        await line.announce(workspace_id)


async def enqueue(job: str, about: int) -> None:
    """Give the workers a job about one id."""
    if line := current():
        await line.enqueue(job, about)


_waiting: list[asyncio.Future[None]] = []


def heard() -> None:
    """Note that this process was told of a change: whoever awaits changed() goes on."""
    waiting, _waiting[:] = list(_waiting), []
    for future in waiting:
        if not future.done():
            future.set_result(None)


async def changed(timeout_s: float) -> None:
    """Return when something changed somewhere, or after `timeout_s`: then look for yourself."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _waiting.append(future)
    await asyncio.wait([future], timeout=timeout_s)
    if future in _waiting:
        _waiting.remove(future)


async def wake() -> None:
    """Make the workers look for what is due."""
    if line := current():
        await line.wake()
