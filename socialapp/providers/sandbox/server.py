"""The sandbox's server: it keeps a network's promises, and can be told to break them."""

import asyncio
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from aiohttp import web

from socialapp.domain.counting import graphemes

_POST_BYTES = 2 * 1024 * 1024
_TEXT_AT_MOST = {"post": 500, "page": 100_000}
"""In graphemes, by the kind of what is posted."""
_MEDIA_BYTES = 1024**3
_ASKED_AT_MOST = 200


class Behaviour(StrEnum):
    """What an account can be told to do with the next requests."""

    NORMAL = "normal"
    SLOW = "slow"
    """Answers after `delay_ms`."""
    REFUSE = "refuse"
    """Refuses for good, with a reason."""
    FAIL = "fail"
    """Answers 500 before anything was stored."""
    BUSY = "busy"
    """503 with Retry-After."""
    LIMITED = "limited"
    """429 with Retry-After."""
    UNAUTHORISED = "unauthorised"
    """401, as after a password was changed."""
    ANSWER_LOST = "answer_lost"
    """Stores the post, and the connection is gone before the answer."""
    REQUEST_LOST = "request_lost"
    """The connection is gone before anything was stored."""
    RUBBISH = "rubbish"
    """Stores the post and answers with something unreadable."""


@dataclass(frozen=True)
class Told:
    """What an account does with this request."""

    behaviour: Behaviour = Behaviour.NORMAL
    delay_ms: int = 0


class Timeline(Protocol):
    """Where the network keeps its posts."""

    async def told(self, account: str) -> Told:
        """Return what to do with the next request of the account, and use that up."""
        ...

    async def add(self, post: dict[str, Any]) -> tuple[int, bool]:
        """Keep a post, once per account and `once`; returns its id and whether it is new."""
        ...

    async def find(self, account: str, once: str) -> int | None:
        """Return the id of the post with that `once`."""
        ...

    async def reactions(self, account: str, ids: list[int]) -> dict[int, dict[str, int]]:
        """Return how often people reacted to the posts of the account, of those that are there."""
        ...

    async def remove(self, account: str, post_id: int) -> None:
        """Take a post down."""
        ...

    def keep_media(self, sha256: str, body: bytes) -> None:
        """Keep a file; raises ValueError when the name is not the hash of the bytes."""
        ...


class Server:
    """The network, on a loopback port of its own choosing."""

    def __init__(self, timeline: Timeline, *, public_url: str) -> None:
        self._timeline = timeline
        self._public_url = public_url.rstrip("/")
        # Other users of this machine can reach the port, but not guess the path.
        self._secret = secrets.token_urlsafe(24)
        self._runner: web.AppRunner | None = None
        self.address = ""

    async def start(self) -> str:
        """Listen, and return the address to publish to."""
        app = web.Application(client_max_size=_MEDIA_BYTES)
        app.router.add_post(f"/{self._secret}/posts", self._publish)
        app.router.add_get(f"/{self._secret}/posts", self._look)
        app.router.add_get(f"/{self._secret}/reactions", self._reactions)
        app.router.add_delete(f"/{self._secret}/posts/{{post_id}}", self._remove)
        app.router.add_put(f"/{self._secret}/media/{{sha256}}", self._upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{port}/{self._secret}"
        return self.address

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        if (request.content_length or 0) > _POST_BYTES:
            return _error(413, "That is too big for a post.")
        post = await request.json()
        told = await self._timeline.told(post["account"])
        if told.delay_ms:
            await asyncio.sleep(told.delay_ms / 1000)
        if (refusal := _refusal(told.behaviour, post)) is not None:
            return refusal
        if told.behaviour is Behaviour.REQUEST_LOST:
            return _hang_up(request)
        post_id, is_new = await self._timeline.add(post)
        if told.behaviour is Behaviour.ANSWER_LOST:
            return _hang_up(request)
        if told.behaviour is Behaviour.RUBBISH:
            return web.Response(status=200, text="<html>It works</html>")
        return web.json_response(self._answer(post_id), status=201 if is_new else 200)

    async def _look(self, request: web.Request) -> web.Response:
        post_id = await self._timeline.find(request.query["account"], request.query["once"])
        if post_id is None:
            return _error(404, "There is no such post.")
        return web.json_response(self._answer(post_id))

    async def _reactions(self, request: web.Request) -> web.Response:
        asked = request.query["ids"].split(",")[:_ASKED_AT_MOST]
        ids = [int(each) for each in asked if each.isascii() and each.isdigit()]
        found = await self._timeline.reactions(request.query["account"], ids)
        return web.json_response({str(id_): counts for id_, counts in found.items()})

    async def _remove(self, request: web.Request) -> web.Response:
        post_id = request.match_info["post_id"]
        if not post_id.isdigit():
            return _error(404, "There is no such post.")
        await self._timeline.remove(request.query["account"], int(post_id))
        return web.Response(status=204)

    async def _upload(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
            await asyncio.to_thread(self._timeline.keep_media, request.match_info["sha256"], body)
        except ValueError:
            return _error(422, "The file is not what its name says.")
        return web.json_response({}, status=201)

    def _answer(self, post_id: int) -> dict[str, Any]:
        return {"id": post_id, "url": f"{self._public_url}/sandbox/?post={post_id}"}


def _refusal(behaviour: Behaviour, post: dict[str, Any]) -> web.Response | None:
    match behaviour:
        case Behaviour.REFUSE:
            return _error(422, "This post breaks the rules of the sandbox.")
        case Behaviour.FAIL:
            return _error(500, "Something went wrong.")
        case Behaviour.BUSY:
            return _error(503, "Busy.", {"Retry-After": "2"})
        case Behaviour.LIMITED:
            return _error(429, "Too many posts.", {"Retry-After": "2"})
        case Behaviour.UNAUTHORISED:
            return _error(401, "The password was changed.")
    if graphemes(post["text"]) > _TEXT_AT_MOST[post["kind"]] or len(post["media"]) > 4:
        return _error(422, "The text or the number of pictures is over the limit.")
    return None


def _error(status: int, words: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response(status=200)
