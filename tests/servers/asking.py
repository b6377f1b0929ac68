"""One plain request, and all that came back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    body: Any
    """JSON read, else the text."""
    headers: Mapping[str, str]


async def ask(
    method: str, url: str, *, token: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Answer:
    """Send a request, and follow no redirect; `token` is a bearer's."""
    own = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
        session.request(
            method, url, headers={**own, **(headers or {})}, allow_redirects=False, **more
        ) as answer,
    ):
        text = await answer.text(errors="replace")
    is_json = answer.content_type == "application/json" and text
    return Answer(answer.status, json.loads(text) if is_json else text, answer.headers)
