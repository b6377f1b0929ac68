"""How a network misbehaves, stage by stage of one request that publishes."""

import asyncio
import email.utils
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from aiohttp import web

from socialapp.clock import utc_now


class Mischief(StrEnum):
    """What is done with one request."""

    RESET_WHILE_READING = "reset_while_reading"
    """The connection is reset before the body was read; nothing is written."""
    REQUEST_LOST = "request_lost"
    """The connection is reset before the write."""
    FAIL = "fail"
    """500, and nothing is written."""
    LIMITED = "limited"
    """429, Retry-After: 2."""
    LIMITED_UNTIL = "limited_until"
    """429, and Retry-After is a date, two to three seconds ahead."""
    BUSY = "busy"
    """503, Retry-After: 2."""
    MAINTENANCE = "maintenance"
    """503 in HTML, from a proxy that knows nothing; nothing is written."""
    UNAUTHORISED = "unauthorised"
    REFUSE = "refuse"
    """422 with words, for good."""
    SLOW = "slow"
    """A moment passes before the write; then all is well."""
    ANSWER_LOST = "answer_lost"
    """Written, and the connection is reset before the answer."""
    RESET_WHILE_ANSWERING = "reset_while_answering"
    """Written, and the connection is reset in the middle of the answer."""
    FAIL_AFTER = "fail_after"
    """Written, and answered with 500."""
    BAD_GATEWAY = "bad_gateway"
    """Written, and a proxy answers 502 in HTML."""
    HALF_OPEN = "half_open"
    """Written, and never answered; the connection stays."""
    DRIP = "drip"
    """Written, and the answer comes at one byte a second."""
    RUBBISH = "rubbish"
    """Written, and 200 with something unreadable."""
    TRUNCATED = "truncated"
    """Written, and 200 with the first half of the answer, which is said to be all of it."""
    HUGE = "huge"
    """Written, and answered with 10 MB before anything of use."""


WRITTEN = frozenset(
    {
        *(Mischief.ANSWER_LOST, Mischief.RESET_WHILE_ANSWERING, Mischief.FAIL_AFTER),
        *(Mischief.BAD_GATEWAY, Mischief.HALF_OPEN, Mischief.DRIP, Mischief.RUBBISH),
        *(Mischief.TRUNCATED, Mischief.HUGE),
    }
)
"""The post is there, and the one who sent it cannot know."""
NOT_WRITTEN = frozenset({Mischief.RESET_WHILE_READING, Mischief.REQUEST_LOST, Mischief.FAIL})
"""The post is not there, and the one who sent it cannot know."""
_PATIENCE_S = 60


def say(status: int, words: str, **headers: str) -> web.Response:
    """Answer with an error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"error": words}, status=status, headers=named)


def _page(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=f"<html>{words}</html>", content_type="text/html")


def hang_up(request: web.Request) -> web.Response:
    """Reset the connection."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def refusal(how: Mischief, request: web.Request) -> web.Response | None:
    """Do what is done instead of the write, if that is what was told."""
    match how:
        case Mischief.REQUEST_LOST | Mischief.RESET_WHILE_READING:
            return hang_up(request)
        case Mischief.FAIL:
            return say(500, "Something went wrong.")
        case Mischief.LIMITED:
            return say(429, "Too many posts.", Retry_After="2")
        case Mischief.LIMITED_UNTIL:
            at = utc_now() + timedelta(seconds=3)
            return say(429, "Too many posts.", Retry_After=email.utils.format_datetime(at, True))
        case Mischief.BUSY:
            return say(503, "Busy.", Retry_After="2")
        case Mischief.MAINTENANCE:
            return _page(503, "Back in a moment")
        case Mischief.UNAUTHORISED:
            return say(401, "The password was changed.")
        case Mischief.REFUSE:
            return say(422, "This post breaks the rules.")
        case Mischief.SLOW:
            await asyncio.sleep(0.3)
    return None


Lie = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


async def _lost(request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
    return hang_up(request)


async def _cut(request: web.Request, post: dict[str, Any]) -> web.StreamResponse:
    body = json.dumps(post).encode()
    answer = await _begin(request, len(body))
    await answer.write(body[: len(body) // 2])
    return hang_up(request)


async def _fail(_request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
    return say(500, "Something went wrong.")


async def _bad_gateway(_request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
    return _page(502, "Bad Gateway")


async def _half_open(_request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
    await asyncio.sleep(_PATIENCE_S)
    return web.Response()


async def _drip(request: web.Request, post: dict[str, Any]) -> web.StreamResponse:
    body = json.dumps(post).encode()
    answer = await _begin(request, len(body))
    for byte in body:
        await answer.write(bytes([byte]))
        await asyncio.sleep(1)
    return answer


async def _rubbish(_request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
    return _page(200, "It works")


async def _truncated(_request: web.Request, post: dict[str, Any]) -> web.StreamResponse:
    body = json.dumps(post)
    return web.Response(text=body[: len(body) // 2], content_type="application/json")


async def _huge(_request: web.Request, post: dict[str, Any]) -> web.StreamResponse:
    return web.json_response({"advertisement": "x" * 10_000_000, **post})


async def _begin(request: web.Request, length: int) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(length)})
    await answer.prepare(request)
    return answer


LIES: dict[Mischief | None, Lie] = {
    Mischief.ANSWER_LOST: _lost,
    Mischief.RESET_WHILE_ANSWERING: _cut,
    Mischief.FAIL_AFTER: _fail,
    Mischief.BAD_GATEWAY: _bad_gateway,
    Mischief.HALF_OPEN: _half_open,
    Mischief.DRIP: _drip,
    Mischief.RUBBISH: _rubbish,
    Mischief.TRUNCATED: _truncated,
    Mischief.HUGE: _huge,
}
"""What is answered, in each way, after the post was written."""
