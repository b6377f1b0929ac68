"""A server with a language model that says what it was told to: /v1/chat/completions, over HTTP.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TEXT = "Boats rest in the harbour at dusk."


@dataclass
class Heard:
    """One request, as a model understands it."""

    key: str
    model: str
    rules: str
    words: str
    pictures: list[bytes] = field(default_factory=list)


def said(text: Any, *, finish: str = "stop", **more: Any) -> dict[str, Any]:
    """Return what a server answers when it has an answer."""
    message = {"role": "assistant", "content": text, **more}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }


class ModelServer:
    """Knows one model, wants a key if it has one, and keeps what it was asked."""

    def __init__(self, *, key: str = "", model: str = "gemma3") -> None:
        self.key = key
        self.model = model
        self.answer: Any = said(TEXT)
        """Bytes as they are, anything else as JSON."""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.is_silent = False
        self.heard: list[Heard] = []
        self.came = asyncio.Event()
        self.speaks = asyncio.Event()
        """Set: who waits for an answer in silence gets it."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**25)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.host = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = f"http://{self.host}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        heard = _heard(request.headers.get("Authorization", ""), await request.json())
        self.heard.append(heard)
        self.came.set()
        if self.is_silent:
            await self.speaks.wait()
        if self.key and heard.key != self.key:
            problem = {"message": f"Incorrect API key provided: {heard.key}", "code": "invalid"}
            return web.json_response({"error": problem}, status=401)
        if heard.model != self.model:
            problem = {"message": f'model "{heard.model}" not found, try pulling it first'}
            return web.json_response({"error": problem}, status=404)
        body = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        kind = {"Content-Type": "application/json"}
        return web.Response(status=self.status, body=body, headers={**kind, **self.headers})


def _heard(authorization: str, body: dict[str, Any]) -> Heard:
    rules, asked = body["messages"]
    content = asked["content"]
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    pictures = [
        base64.b64decode(part["image_url"]["url"].partition(",")[2])
        for part in parts
        if part["type"] == "image_url"
    ]
    words = "".join(part["text"] for part in parts if part["type"] == "text")
    key = authorization.removeprefix("Bearer ")
    return Heard(key, body["model"], rules["content"], words, pictures)
