"""What may stand before Bluesky's server: a reverse proxy that misbehaves when it is told."""

from collections.abc import Iterable
from typing import Self

import aiohttp
from aiohttp import web

from tests.networks.mischief import Mischief
from tests.servers.pds import Pds
from tests.servers.simulator import Refusal, Simulator

_OF_THE_LINE = {"connection", "content-encoding", "content-length", "host", "transfer-encoding"}


class PdsFront(Simulator):
    """Passes everything on to a real server, which is reached under this address from then on."""

    publishing_paths = "/xrpc/com.atproto.repo.putRecord"

    def __init__(self, pds: Pds) -> None:
        super().__init__()
        self._pds = pds

    def requests(self, method: str) -> int:
        """Count the calls of a method so far."""
        return sum(seen.path == f"/xrpc/{method}" for seen in self.seen)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._client = aiohttp.ClientSession(auto_decompress=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await super().__aexit__()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/{path:.*}", self._pass)]

    def refuses(self, how: Mischief) -> Refusal | None:
        match how:
            case Mischief.UNAUTHORISED:
                return _refusal(401, "AuthenticationRequired", "Authentication Required")
            case Mischief.REFUSE:
                return _refusal(400, "InvalidRequest", "This post breaks the rules.")
        return None

    def not_found(self) -> Refusal:
        return _refusal(501, "MethodNotImplemented", "Method Not Implemented")

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _OF_THE_LINE}
        async with self._client.request(
            request.method,
            f"{self._pds.base_url}{request.raw_path}",
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            said = web.Response(status=answer.status, body=await answer.read())
            for name, value in answer.headers.items():
                if name.lower() not in _OF_THE_LINE:
                    said.headers[name] = value
        return said


def _refusal(status: int, error: str, message: str) -> Refusal:
    return Refusal(status, {"error": error, "message": message})
