"""One server: how it is asked, and what its refusals mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from yarl import URL

from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected, Refused, Trouble, TryLater
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, Http, allowance, failure, retry_after

LIMIT_LASTS = timedelta(minutes=5)
"""The shortest window that Mastodon counts requests in, for a 429 that does not say until when."""
LONGEST_WAIT = timedelta(days=1)
_WANTS_ACCESS = re.compile(r"scope|authenticated user|access token|unauthori[sz]ed", re.IGNORECASE)


@dataclass(frozen=True)
class Server:
    """A server, and our access to it."""

    http: Http
    address: str
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, http: Http, access: Access) -> "Server":
        """Return the server of a channel."""
        return cls(http, access.base_url, str(access.secrets.get("token", "")))

    @property
    def host(self) -> str:
        """What people call it."""
        return URL(self.address).authority or self.address

    @property
    def name(self) -> str:
        """What our messages call it."""
        return f"Mastodon at {self.host}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        leaving: Callable[[], None] | None = None,
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> Answer:
        """Send one request, and return whatever was answered. Raises PublishFailed."""
        sent = {"Accept": "application/json", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return await self.http.send(
            method, f"{self.address}{path}", leaving=leaving, headers=sent, **request
        )

    def refused(self, answer: Answer) -> PublishFailed:
        """Say what an answer that is no confirmation means for the post.

        Source: https://github.com/mastodon/mastodon, app/controllers/concerns/api/error_handling.rb
        """
        words = said(answer)
        more = f" It said: {words}" if words else ""
        match answer.status:
            case 429:
                reason = f"{self.name} asks us to wait. Nothing was posted; it is tried again."
                return PublishFailed(TryLater(reason, _wait(answer), Trouble.CHANNEL))
            case 413:
                reason = f"{self.name} takes nothing as large as this.{more} Nothing was posted."
                return PublishFailed(Refused(reason))
            case 401:
                return self._disconnected(more)
            case status if 300 <= status < 500 and not isinstance(read(answer), dict):
                # A proxy's page: it has not asked the server behind it.
                reason = f"What stands before {self.host} answers in its place ({status})."
                reason += " Nothing was posted; it is tried again."
                return PublishFailed(TryLater(reason, trouble=Trouble.NETWORK))
            case 403 | 422 if _WANTS_ACCESS.search(words):
                return self._disconnected(more)
            case 403:
                reason = f"{self.name} does not let this account post.{more} Nothing was posted."
                return PublishFailed(Refused(reason, action="retry"))
            case 410:
                reason = f"{self.name} says that this is gone.{more} Nothing was posted."
                return PublishFailed(Refused(reason, action="reconnect"))
        return failure(answer, network=self.name, words=words)

    def _disconnected(self, more: str) -> PublishFailed:
        reason = f"{self.name} does not accept our access.{more} Nothing was posted."
        return PublishFailed(Disconnected(reason))


def read(answer: Answer) -> Any:
    """Return the JSON of an answer; None when it is none."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def fields(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one when it is none."""
    found = read(answer)
    return found if isinstance(found, dict) else {}


def said(answer: Answer) -> str:
    """Return the words of an error; the keys are those of Mastodon, OAuth and Laravel."""
    found = fields(answer)
    words = [found.get(key) for key in ("error_description", "error", "message")]
    first = next((word for word in words if isinstance(word, str) and word.strip()), "")
    first = " ".join(first.split())[:300]
    return first if not first or first.endswith((".", "!", "?")) else f"{first}."


def name(value: Any) -> str:
    """Return an id, a username or a host; "" for what can be none."""
    is_one = isinstance(value, str) and len(value) <= 253 and not set(value) & set("/ @?#%\\")
    return value if is_one else ""


def link(value: Any) -> str:
    """Return an address that may be shown as a link; "" for anything else."""
    is_link = isinstance(value, str) and value.startswith(("https://", "http://"))
    return value if is_link and len(value) <= 2000 else ""


def _wait(answer: Answer) -> timedelta:
    """Return how long the server wants us to wait: others than Mastodon say it in seconds."""
    heard = allowance(answer.headers)
    wait = heard.resets_at - utc_now() if heard else retry_after(answer.headers)
    return LIMIT_LASTS if wait is None else min(max(wait, timedelta(0)), LONGEST_WAIT)
