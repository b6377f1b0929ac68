"""One request to a server of the AT Protocol, and what its answer comes to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected, Refused, Trouble, TryLater, Unknown
from socialapp.providers.bluesky.dpop import Proofs
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, Http, allowance, failure, retry_after

NOTHING_YET = "Nothing was posted yet; it is tried again."
_WITHOUT_ACCESS = frozenset(
    {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "invalid_token"}
)
"""Some come with 400: the server counts them as bad requests."""
_CLOSED = {
    "AccountTakedown": "Bluesky has taken this account down",
    "AccountSuspended": "Bluesky has suspended this account",
    "AccountDeactivated": "this account is deactivated",
    "AccountNotFound": "its server does not know this account any more",
}


class Xrpc:
    """Asks servers, with whichever kind of access a channel has."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._proofs = Proofs()

    async def ask(
        self,
        method: str,
        name: str,
        access: Access,
        *,
        leaving: Callable[[], None] | None = None,
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> Answer:
        """Call a method of the account's own server. Raises PublishFailed."""
        url, secrets = method_url(server_of(access), name), access.secrets
        own = dict(headers or {})
        if not secrets.get("key"):
            if token := secrets.get("access"):
                own["Authorization"] = f"Bearer {token}"
            return await self._http.send(method, url, leaving=leaving, headers=own, **request)
        token = str(secrets.get("access", ""))

        def send() -> Awaitable[Answer]:
            proof = self._proofs.headers(secrets["key"], method, url, token=token)
            return self._http.send(method, url, leaving=leaving, headers=own | proof, **request)

        return await self._proved(url, send)

    async def post_form(
        self, url: str, key: Mapping[str, Any], form: Callable[[], Mapping[str, str]]
    ) -> Answer:
        """Send a form of OAuth's with a proof of `key`; it is filled in anew for each try."""

        def send() -> Awaitable[Answer]:
            proof = self._proofs.headers(key, "POST", url)
            return self._http.send("POST", url, headers=proof, data=dict(form()))

        return await self._proved(url, send)

    async def _proved(self, url: str, send: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = await send()
        return await send() if self._proofs.wants_another(url, answer) else answer


async def calmly(asked: Awaitable[Answer], access: Access) -> Answer:
    """Ask for something beside a post: whatever became of that, surely nothing was posted."""
    try:
        return await asked
    except PublishFailed as error:
        if not isinstance(error.outcome, Unknown):
            raise
        reason = f"{who(access)}: its server did not answer. {NOTHING_YET}"
        raise PublishFailed(TryLater(reason)) from error


def server_of(access: Access) -> str:
    """Return the address of the account's own server: it may have moved since it was connected."""
    return str(access.secrets.get("pds") or access.base_url)


def method_url(server: str, name: str) -> str:
    """Return where a method is called."""
    return f"{server.rstrip('/')}/xrpc/{quote(name)}"


def who(access: Access) -> str:
    """Return network and channel, as outcomes name them."""
    return f"Bluesky @{access.account}" if access.account else "Bluesky"


def said(answer: Answer) -> dict[str, Any]:
    """Return the answer's JSON object; an empty one for anything else."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def error(answer: Answer) -> tuple[str, str]:
    """Return the name of an error and its words."""
    found = said(answer)
    name, words = found.get("error"), found.get("message") or found.get("error_description")
    return (name if isinstance(name, str) else "", words if isinstance(words, str) else "")


def failed(answer: Answer, access: Access) -> PublishFailed:
    """Sort an answer that is not a confirmation.

    Source: https://docs.bsky.app/docs/advanced-guides/rate-limits, and the errors that the server
    of github.com/bluesky-social/atproto gives (2026-08).
    """
    name, words = error(answer)
    if answer.status == 429 or name == "RateLimitExceeded":
        reason = f"{who(access)} asks us to wait. Nothing was posted; it is tried again."
        return PublishFailed(TryLater(reason, _wait(answer), Trouble.CHANNEL))
    if name in _CLOSED:
        reason = f"{who(access)}: {_CLOSED[name]}. Nothing was posted. Settle it there, then"
        return PublishFailed(Disconnected(f"{reason} connect the channel again."))
    if name in _WITHOUT_ACCESS or answer.status in {401, 403}:
        reason = f"{who(access)} does not accept our access any more. Nothing was posted."
        return PublishFailed(Disconnected(f"{reason} Connect the channel again."))
    if answer.status == 413 or name in {"PayloadTooLarge", "BlobTooLarge"}:
        reason = f"{who(access)}: a file is larger than this server takes. Nothing was posted."
        return PublishFailed(Refused(f"{reason} Make it smaller, or take it out."))
    return failure(answer, network=who(access), words=words or name)


def _wait(answer: Answer) -> timedelta | None:
    """Return the server's own wait: in so many seconds, or until an instant."""
    if (after := retry_after(answer.headers)) is not None:
        return after
    allowed = allowance(answer.headers)
    return max(timedelta(0), allowed.resets_at - utc_now()) if allowed else None
