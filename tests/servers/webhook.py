"""Somebody's own program that is told of things: it believes what is signed, and keeps it.

Source: https://www.standardwebhooks.com
"""

import asyncio
import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.networks.mischief import Mischief
from tests.servers.simulator import Refusal, Simulator


@dataclass(frozen=True)
class Received:
    """What came, with a signature that is right."""

    id: str
    """The same each time that it is sent."""
    body: Any
    headers: Mapping[str, str]
    at: datetime


class WebhookReceiver(Simulator):
    """A program that listens at `url`; `secret` is what both sides know."""

    publishing_paths = "/hook"

    def __init__(self) -> None:
        super().__init__()
        self.secret = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        self.status = 204
        """What it answers with, when it believes what came."""
        self.says: dict[str, Any] | None = None
        """What it answers beside that: nothing, or JSON."""
        self.received: list[Received] = []
        """All that came, repeats included."""
        self.posts: dict[str, Received] = {}
        """What it took, by its id: the first of each, tests left out."""
        self.disbelieved: list[str] = []
        """Why it did not believe what else came."""

    async def __aenter__(self) -> Self:
        self._came = asyncio.Condition()
        return await super().__aenter__()

    @property
    def url(self) -> str:
        """Where it wants to be told."""
        return f"{self.base_url}/hook"

    async def has(self, number: int, *, within_s: float = 10) -> list[Received]:
        """Wait until so much has come, and return it."""
        async with asyncio.timeout(within_s), self._came:
            await self._came.wait_for(lambda: len(self.received) >= number)
        return self.received

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [web.post("/hook", self._take)]

    def refuses(self, how: Mischief) -> Refusal | None:
        """Return None: it has no words of its own."""
        return None

    def not_found(self) -> Refusal:
        """Return what is said of a path that does not exist."""
        return Refusal(404, {"error": "There is nothing here."})

    async def _take(self, request: web.Request) -> web.Response:
        headers = dict(request.headers)
        try:
            body = Webhook(self.secret).verify(await request.read(), headers)
        except (WebhookVerificationError, ValueError) as error:
            self.disbelieved.append(str(error))
            raise Refusal(401, {"error": str(error)}) from error
        came = Received(request.headers["Webhook-Id"], body, request.headers.copy(), self.now())
        async with self._came:
            self.received.append(came)
            if body["type"] != "webhook.test":
                self.posts.setdefault(came.id, came)
            self._came.notify_all()
        if self.says is None:
            return web.Response(status=self.status)
        return web.json_response(self.says, status=self.status)
