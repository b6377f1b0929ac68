"""A server that answers what it was told to, whatever is asked: recorded answers, played back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True)
class Line:
    """One answer."""

    status: int
    body: Any = b""
    """Bytes as they are, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Scripted:
    """Says its lines one after the other, and the last again and again."""

    def __init__(self, *lines: Line, echoes: bool = False) -> None:
        self.lines = list(lines)
        self.echoes = echoes
        """Repeat in each answer what was asked, as careless servers do."""
        self.asked: list[Asked] = []

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**27)
        app.router.add_route("*", "/{any:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        asked = Asked(request.method, request.path_qs, request.headers.copy(), body)
        self.asked.append(asked)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        said = line.body
        if self.echoes:
            words = f"{asked.method} {asked.path} {dict(asked.headers)}"
            keys = ("message", "description", "error", "detail", "name", "title", "username")
            said = {**dict.fromkeys(keys, words), **(said if isinstance(said, dict) else {})}
        written = said if isinstance(said, bytes) else json.dumps(said).encode()
        return web.Response(status=line.status, body=written, headers=line.headers)
