"""What is done before the moment: media uploaded, mentions looked up, the card of a link made."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import aiohttp

from socialapp.domain import facets
from socialapp.domain.content import Capabilities, Media, Part
from socialapp.domain.outcome import Refused, TryLater
from socialapp.providers.bluesky import card as cards
from socialapp.providers.bluesky.identity import is_did
from socialapp.providers.bluesky.xrpc import NOTHING_YET, Xrpc, calmly, failed, said, who
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent

_UPLOAD_S, _UPLOAD_BYTES_PER_S = 30, 65_536
"""How long an upload may take: so long, and as long as its bytes need on a slow line."""
_MENTIONS_AT_MOST = 30
_MB = 1_000_000


def has_something_ahead(intent: Intent) -> bool:
    """Whether a post needs more than its text."""
    return any(
        part.media or _mentions(part) or _link(part, intent) for part in intent.content.thread
    )


def _mentions(part: Part) -> list[str]:
    found = (f.value.lower() for f in facets.facets(part.text) if f.feature == "mention")
    return list(dict.fromkeys(found))[:_MENTIONS_AT_MOST]


def _link(part: Part, intent: Intent) -> str:
    """Return the link that is shown as a card: the first, when no media is in its place."""
    if part.media or intent.options.get("link_card") is False:
        return ""
    return next((f.value for f in facets.facets(part.text) if f.feature == "link"), "")


class Ahead:
    """Does it, for one channel."""

    def __init__(self, http: Http, xrpc: Xrpc, access: Access, can: Capabilities) -> None:
        self._http, self._xrpc, self._access, self._can = http, xrpc, access, can

    async def all(self, intent: Intent) -> dict[str, Any]:
        """Return what the records need, part by part. Raises PublishFailed."""
        return {"parts": [await self._part(part, intent) for part in intent.content.thread]}

    async def _part(self, part: Part, intent: Intent) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if part.media:
            made["media"] = [await self._upload_medium(m) for m in part.media]
        if dids := await self._dids(_mentions(part)):
            made["mentions"] = dids
        if (link := _link(part, intent)) and (card := await self._card(link)):
            made["card"] = card
        return made

    async def _upload_medium(self, media: Media) -> dict[str, Any]:
        is_video = media.kind == "video"
        limit = self._can.video_bytes if is_video else self._can.image_bytes
        if media.size_bytes > limit:
            what, size = "video" if is_video else "picture", media.size_bytes / _MB
            reason = f"{who(self._access)}: the {what} is {size:.1f} MB and Bluesky takes at most"
            reason += f" {limit // _MB} MB. Nothing was posted. Make it smaller, or take it out."
            raise PublishFailed(Refused(reason))
        try:
            body = await asyncio.to_thread(Path(media.file).read_bytes)
        except OSError as error:
            reason = f"{who(self._access)}: a file of this post is gone from the library."
            raise PublishFailed(Refused(f"{reason} Nothing was posted. Add it again.")) from error
        return await self._upload(body, media.mime_type)

    async def _upload(self, body: bytes, mime_type: str) -> dict[str, Any]:
        """Return the reference to uploaded bytes; the same bytes again have the same."""
        asked = self._xrpc.ask(
            "POST",
            "com.atproto.repo.uploadBlob",
            self._access,
            headers={"Content-Type": mime_type},
            data=body,
            timeout=aiohttp.ClientTimeout(
                total=_UPLOAD_S + len(body) / _UPLOAD_BYTES_PER_S, sock_connect=5
            ),
        )
        answer = await calmly(asked, self._access)
        if answer.status != 200:
            raise failed(answer, self._access)
        blob = said(answer).get("blob")
        if not isinstance(blob, dict) or blob.get("$type") != "blob":
            reason = f"{who(self._access)}: an upload was not confirmed. {NOTHING_YET}"
            raise PublishFailed(TryLater(reason))
        return blob

    async def _dids(self, handles: Iterable[str]) -> dict[str, str]:
        """Return who is mentioned; of whom the server knows nothing the mention stays text."""
        found = {}
        for handle in handles:
            method, name = "com.atproto.identity.resolveHandle", {"handle": handle}
            asked = self._xrpc.ask("GET", method, self._access, params=name)
            answer = await calmly(asked, self._access)
            if answer.status == 429:
                raise failed(answer, self._access)
            did = said(answer).get("did")
            if answer.status == 200 and is_did(did):
                found[handle] = str(did)
        return found

    async def _card(self, link: str) -> dict[str, Any] | None:
        """Return the card of a link; whatever goes wrong with it costs the card, not the post."""
        card = await cards.card(self._http, link)
        if card is None:
            return None
        made = {"uri": card.url, "title": card.title, "description": card.description}
        if card.picture is None:
            return made
        try:
            thumb = await self._upload(card.picture.data, card.picture.mime_type)
        except PublishFailed:
            return made
        return {**made, "thumb": thumb}
