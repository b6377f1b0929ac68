"""How the sandbox is published to: like any other network, over HTTP."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from socialapp.domain.content import Capabilities, Media, Repeats
from socialapp.domain.outcome import Absent, Finding, Posted, Refused, Unknown
from socialapp.providers.contract import Access, Intent, PublishFailed
from socialapp.providers.http import Answer, Http, failure


class Sandbox:
    """A network with a public timeline inside this app: nothing leaves the machine."""

    key = "sandbox"
    name = "Sandbox"
    capabilities = Capabilities(
        text_limit=500,
        images=4,
        repeats=Repeats.CLIENT_ID,
        can_find=True,
        settling=timedelta(seconds=0.5),
        at_once=64,
        at_once_per_channel=64,
    )

    def __init__(self, http: Http) -> None:
        self._http = http

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Upload the media; the server knows them by their hash."""
        for media in intent.media:
            await self._upload(media, access)
        return {"media": [media.sha256 for media in intent.media]}

    async def _upload(self, media: Media, access: Access) -> None:
        try:
            body = await asyncio.to_thread(Path(media.file).read_bytes)
        except OSError as error:
            reason = "A file of this post is gone from the library. Nothing was posted."
            raise PublishFailed(Refused(reason)) from error
        answer = await self._http.send("PUT", f"{access.base_url}/media/{media.sha256}", data=body)
        if answer.status not in {200, 201}:
            raise failure(answer, network=self.name, words=_words(answer))

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post it under our own id: the same again changes nothing."""
        answer = await self._http.send(
            "POST",
            f"{access.base_url}/posts",
            leaving=leaving,
            json={
                "account": access.account,
                "once": once,
                "text": intent.text,
                "media": [
                    {
                        "sha256": m.sha256,
                        "mime_type": m.mime_type,
                        "alt_text": m.alt_text,
                        "width": m.width,
                        "height": m.height,
                    }
                    for m in intent.media
                ],
                "created_at": intent.created_at,
            },
        )
        if answer.status not in {200, 201}:
            raise failure(answer, network=self.name, words=_words(answer))
        return _posted(answer)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask for the post by the id that we chose."""
        try:
            answer = await self._http.send(
                "GET", f"{access.base_url}/posts", params={"account": access.account, "once": once}
            )
            if answer.status == 404:
                return Absent()
            if answer.status == 200:
                return _posted(answer)
        except PublishFailed:
            pass
        return Unknown("The sandbox could not be asked whether the post is there.")


def _posted(answer: Answer) -> Posted:
    try:
        said = answer.json()
        return Posted(remote_id=str(said["id"]), url=str(said["url"]))
    except (ValueError, KeyError, TypeError) as error:
        raise PublishFailed(Unknown("The sandbox's answer could not be read.")) from error


def _words(answer: Answer) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""
