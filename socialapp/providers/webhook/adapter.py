"""Webhook: a program of somebody's own is told of posts and pages, in signed JSON.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import base64
import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from socialapp.clock import utc_now
from socialapp.domain import addresses
from socialapp.domain.content import MIB, Capabilities, Kind, Option, PollLimits, Repeats
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Posted
from socialapp.providers.contract import Access, Account, Connected, Field, PublishFailed, Way
from socialapp.providers.http import Answer, Http
from socialapp.providers.intent import Intent
from socialapp.providers.webhook.answer import NOT_TESTED, is_taken, outcome, posted
from socialapp.providers.webhook.message import PREFIX, body, event, signed, signing_key

_SIZES = ("5", "10", "25")
"""What all files of one message may come to, in MB; the first is what most servers let in: in JSON
they grow by a third, and PHP takes 8 MB."""
_IGNORES, _COUNTS = "ignores", "counts"
_NOT_KNOWN_YET = {400, 401, 403, 422}
"""How a receiver answers that does not know the secret."""


def _limited(mib: int) -> dict[str, int]:
    keys = ("image_bytes", "video_bytes", "attachment_bytes")
    return dict.fromkeys(keys, mib * MIB)


class Webhook:
    """A receiver that anybody can write: one POST for each post, whole threads in one."""

    key = "webhook"
    name = "Webhook"
    capabilities = Capabilities(
        text_limit=100_000,
        count="code_points",
        images=50,
        videos=50,
        mixes_media=True,
        alt_text_limit=10_000,
        parts=50,
        takes_threads_whole=True,
        kinds=(Kind.POST, Kind.PAGE),
        title_limit=1000,
        attachment_types=("*",),
        poll=PollLimits(20, 200, 60, 31_536_000),
        options=(
            Option("content_warning", "Content warning", at_most=500, is_warning=True),
            Option("language", "Language", kind="language"),
            Option("sensitive", "Sensitive pictures and videos", kind="switch"),
            Option("tags", "Tags", kind="tags"),
            Option("poll", "Poll", kind="poll"),
        ),
        repeats=Repeats.CLIENT_ID,
        settling=timedelta(seconds=3),
        at_once_per_channel=4,
        source="https://www.standardwebhooks.com",
        **_limited(int(_SIZES[0])),  # type: ignore[arg-type]
    )
    ways: tuple[Way, ...] = (
        Way(
            "address",
            "An address of your own",
            "Each post is sent there as signed JSON (Standard Webhooks). Its page in the"
            " documentation shows how to check the signature and what to answer.",
            (
                Field("url", "Address", placeholder="https://example.org/hooks/posts"),
                Field(
                    "secret",
                    "Signing secret",
                    is_secret=True,
                    hint="It begins with whsec_. Left empty, one is made and shown to you once.",
                    is_optional=True,
                ),
                Field(
                    "repeats",
                    "When an answer was lost",
                    choices=(
                        (_IGNORES, "The receiver ignores a webhook-id it has seen: send again"),
                        (_COUNTS, "It would take it for another post: ask me"),
                    ),
                    is_optional=True,
                ),
                Field(
                    "files_mb",
                    "Files in one message",
                    choices=tuple((size, f"up to {size} MB") for size in _SIZES),
                    is_optional=True,
                ),
            ),
        ),
    )

    def __init__(self, http: Http) -> None:
        self._http = http

    @staticmethod
    def adapted(known: Mapping[str, Any]) -> Capabilities:
        """Return it with what was said of the receiver when it was connected."""
        can = Webhook.capabilities
        if (size := known.get("files_mb")) in _SIZES:
            can = replace(can, **_limited(int(str(size))))  # type: ignore[arg-type]
        if known.get("repeats") == _COUNTS:
            can = replace(can, repeats=Repeats.NOTHING, at_once_per_channel=1)
        return can

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Send a test; a receiver that cannot know a new secret may refuse it."""
        address, path = self._read(given["url"])
        secret = given.get("secret", "")
        made = "" if secret else PREFIX + base64.b64encode(chance.token_bytes(32)).decode()
        signing_key(secret or made)
        keys = {"secret": secret or made, "path": path}
        known = {"repeats": given.get("repeats"), "files_mb": given.get("files_mb")}
        access = Access(address, urlsplit(address).netloc, secrets=keys, known=known)
        answer = await self._test(access)
        if not (is_taken(answer) or (made and answer.status in _NOT_KNOWN_YET)):
            raise PublishFailed(outcome(answer, access, NOT_TESTED))
        shown = {"Signing secret": made} if made else {}
        return Connected(_account(access), keys, address, shown=shown)

    def _read(self, url: str) -> tuple[str, str]:
        """Return the server, and the rest, which is often all that keeps strangers out."""
        typed = url.strip() if "//" in url else f"https://{url.strip()}"
        try:
            parts = urlsplit(typed)
        except ValueError:
            parts = urlsplit("")
        is_odd = "@" in parts.netloc or any(c.isspace() or ord(c) < 32 for c in typed)
        server = "" if is_odd else f"{parts.scheme}://{parts.netloc}"
        address = addresses.read(server, field="url", allow_http=self._http.allows_private)
        return address, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    async def verify(self, access: Access) -> Account:
        """Send a test; it has to be answered with success."""
        answer = await self._test(access)
        if not is_taken(answer):
            raise PublishFailed(outcome(answer, access, NOT_TESTED))
        return _account(access)

    async def _test(self, access: Access) -> Answer:
        test = {"type": "webhook.test", "timestamp": iso(utc_now()), "data": {}}
        return await self._send(body(test), access, once=f"test-{chance.token_hex(16)}")

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Send it as one message: the same bytes with the same id at each attempt."""
        # Files are read and encoded beside the loop: other posts are due meanwhile.
        limit = self.adapted(access.known).image_bytes
        content = await asyncio.to_thread(lambda: body(event(intent, access, once, limit=limit)))
        answer = await self._send(content, access, once=once, leaving=leaving)
        if not is_taken(answer):
            raise PublishFailed(outcome(answer, access))
        return posted(answer, access, once)

    async def _send(
        self,
        content: bytes,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Answer:
        sealed, path = access.secrets.get("secret"), access.secrets.get("path")
        if not sealed or not path:
            reason = "The receiver's address is not here any more. Nothing was posted. Connect it"
            raise PublishFailed(Disconnected(f"{reason} again."))
        headers = {"Content-Type": "application/json", **signed(once, content, str(sealed))}
        url = f"{access.base_url}{path}"
        return await self._http.send("POST", url, data=content, headers=headers, leaving=leaving)


def _account(access: Access) -> Account:
    """Return who the receiver is; its address alone would not tell two of one server apart."""
    known = {
        "repeats": _COUNTS if access.known.get("repeats") == _COUNTS else _IGNORES,
        "files_mb": size if (size := access.known.get("files_mb")) in _SIZES else _SIZES[0],
    }
    host = urlsplit(access.base_url).netloc
    return Account("", host, host, known=known)
