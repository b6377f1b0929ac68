"""What tests of Mastodon's adapter do again and again; and a server that says what it is told."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from PIL import Image

from socialapp.clock import utc_now
from socialapp.domain.content import Media
from socialapp.domain.moments import iso
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon.adapter import Mastodon

VIDEO = b"\x00\x00\x00\x18ftypmp42 and so on"


@asynccontextmanager
async def adapter() -> AsyncIterator[Mastodon]:
    """Mastodon's adapter, that reaches servers on this machine."""
    async with Http(connect_s=1, request_s=5, allow_private=True) as http:
        yield Mastodon(http)


def picture(folder: Path, name: str = "boat.png", **more: Any) -> Media:
    """Return a picture that lies in `folder`."""
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "navy").save(file, "PNG")
    return _media(folder / name, file.getvalue(), kind="image", mime_type="image/png", **more)


def video(folder: Path, name: str = "waves.mp4", **more: Any) -> Media:
    """Return a video that lies in `folder`."""
    return _media(folder / name, VIDEO, kind="video", mime_type="video/mp4", **more)


def _media(path: Path, content: bytes, **more: Any) -> Media:
    path.write_bytes(content)
    known = {"id": 1, "size_bytes": len(content), "width": 8, "height": 4}
    return Media(file=str(path), filename=path.name, **known, **more)


def intent(text: str = "Hello", media: Sequence[Media] = (), **more: Any) -> Intent:
    """Return what is to be posted now."""
    return Intent(text, tuple(media), iso(utc_now()), **more)


async def outcome_of(work: Any) -> Any:
    """Return what comes of it, be it a failure."""
    try:
        return await work
    except PublishFailed as failed:
        return failed.outcome


@dataclass(frozen=True)
class Heard:
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Scripted:
    """A server that answers what it is told, and 404 to the rest."""

    says: dict[str, web.Response | list[web.Response]] = field(default_factory=dict)
    """By "GET /path"; of several each once, the last for ever."""
    heard: list[Heard] = field(default_factory=list)
    address: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def access(self) -> Access:
        """Access to it."""
        return Access(self.address, "@alice", "7", {"token": "t0"}, {"username": "alice"})

    async def _answer(self, request: web.Request) -> web.Response:
        await request.read()
        self.heard.append(Heard(request.method, request.path, dict(request.headers)))
        told = self.says.get(f"{request.method} {request.path}")
        if told is None:
            return web.json_response({"error": "Record not found"}, status=404)
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        return web.Response(
            status=told.status, body=told.body, headers=told.headers, reason=told.reason
        )
