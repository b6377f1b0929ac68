"""A server that answers what it is told, and remembers what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answering:
    """`async with` it, and it is there at `base_url`."""

    base_url: str = ""
    asked: list[Asked] = field(default_factory=list)
    _answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def says(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> None:
        """Answer the next request for a path so, and those after it, until the next is told.

        A body of bytes or text goes out as it is, anything else as JSON.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"status": status, "headers": named}
        told |= {"body": body} if isinstance(body, bytes | str) else {"json": body}
        self._answers.setdefault(path, []).append(told)

    def calls(self, path: str) -> list[Asked]:
        """Return the requests for a path."""
        return [asked for asked in self.asked if asked.path == path]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.asked.append(
            Asked(request.method, request.path, request.query, request.headers.copy(), body)
        )
        told = self._answers.get(request.path)
        if not told:
            return web.json_response({"error": "MethodNotImplemented"}, status=501)
        answer = told.pop(0) if len(told) > 1 else told[0]
        if "json" in answer:
            return web.json_response(
                answer["json"], status=answer["status"], headers=answer["headers"]
            )
        said = answer["body"]
        return web.Response(
            body=said.encode() if isinstance(said, str) else said,
            status=answer["status"],
            headers=answer["headers"],
        )
