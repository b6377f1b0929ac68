"""How the sandbox is published to: like any other network, over HTTP."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from socialapp.domain.content import (
    MIB,
    Attachment,
    Capabilities,
    Kind,
    Media,
    Option,
    PollLimits,
    Repeats,
)
from socialapp.domain.outcome import Absent, Finding, Posted, Refused, Unknown
from socialapp.domain.results import Measurement, Metric
from socialapp.providers.contract import Access, Account, Connected, Field, PublishFailed, Way
from socialapp.providers.http import Answer, Http, failure
from socialapp.providers.intent import Intent


class Sandbox:
    """A network with a public timeline inside this app: nothing leaves the machine."""

    key = "sandbox"
    name = "Sandbox"
    capabilities = Capabilities(
        text_limit=500,
        images=4,
        mixes_media=True,
        parts=10,
        kinds=(Kind.POST, Kind.PAGE),
        page_text_limit=100_000,
        title_limit=200,
        attachment_types=("*",),
        attachment_bytes=512 * MIB,
        poll=PollLimits(),
        options=(
            Option("content_warning", "Content warning", at_most=100, is_warning=True),
            Option("language", "Language", kind="language"),
            Option("poll", "Poll", kind="poll", hint="Not together with media."),
        ),
        repeats=Repeats.CLIENT_ID,
        can_find=True,
        settling=timedelta(seconds=0.5),
        at_once=64,
        at_once_per_channel=64,
    )

    ways: tuple[Way, ...] = (
        Way(
            "name",
            "An account on this machine",
            "A timeline inside this app, to try everything. Nothing leaves this machine.",
            (Field("name", "Name", placeholder="Try-out"),),
        ),
    )
    metrics = (Metric("likes", "like", "likes"), Metric("reposts", "repost", "reposts"))
    measured_at_once = 50

    def __init__(self, http: Http) -> None:
        self._http = http

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Take the name; the account is made by the first post."""
        return Connected(Account("", given["name"], ""), secrets={})

    async def verify(self, access: Access) -> Account:
        """Say who it is: it is always there."""
        url = f"/sandbox/?account={access.account}"
        return Account(access.remote_id, access.account, access.account, url)

    def has_to_prepare(self, intent: Intent) -> bool:
        """Only files are uploaded before."""
        return any(part.media for part in intent.content.thread) or bool(intent.attachments)

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Upload the files; the server knows them by their hash."""
        media = [m for part in intent.content.thread for m in part.media]
        files = [(m.file, m.sha256) for m in media]
        files += [(a.file, a.sha256) for a in intent.attachments]
        for file, sha256 in files:
            await self._upload(file, sha256, access)
        return {"media": [sha256 for _, sha256 in files]}

    async def _upload(self, file: str, sha256: str, access: Access) -> None:
        try:
            body = await asyncio.to_thread(Path(file).read_bytes)
        except OSError as error:
            reason = "A file of this post is gone from the library. Nothing was posted."
            raise PublishFailed(Refused(reason)) from error
        answer = await self._http.send(
            "PUT", f"{access.base_url}/media/{sha256}", data=body, is_inside=True
        )
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
        part = intent.part
        answer = await self._http.send(
            "POST",
            f"{access.base_url}/posts",
            leaving=leaving,
            is_inside=True,
            json={
                "account": access.account,
                "once": once,
                "kind": intent.kind,
                "title": intent.title,
                "text": part.text,
                "options": _options(intent),
                "media": [_medium(m) for m in part.media],
                "attachments": [_attachment(a) for a in intent.attachments],
                "created_at": intent.created_at,
                "reply_to": intent.posted[-1]["remote_id"] if intent.posted else None,
            },
        )
        if answer.status not in {200, 201}:
            raise failure(answer, network=self.name, words=_words(answer))
        return _posted(answer)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask for the post by the id that we chose."""
        try:
            answer = await self._http.send(
                "GET",
                f"{access.base_url}/posts",
                params={"account": access.account, "once": once},
                is_inside=True,
            )
            if answer.status == 404:
                return Absent()
            if answer.status == 200:
                return _posted(answer)
        except PublishFailed:
            pass
        return Unknown("The sandbox could not be asked whether the post is there.")

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Take it off the timeline."""
        answer = await self._http.send(
            "DELETE",
            f"{access.base_url}/posts/{posted['remote_id']}",
            params={"account": access.account},
            is_inside=True,
        )
        if answer.status not in {204, 404}:
            raise failure(answer, network=self.name, words=_words(answer))

    async def measure(
        self, posted: Sequence[Mapping[str, Any]], access: Access
    ) -> Mapping[str, Measurement]:
        """Ask how often people reacted on the timeline."""
        ids = [str(each["remote_id"]) for each in posted]
        answer = await self._http.send(
            "GET",
            f"{access.base_url}/reactions",
            params={"account": access.account, "ids": ",".join(ids)},
            is_inside=True,
        )
        if answer.status != 200:
            raise failure(answer, network=self.name, words=_words(answer))
        try:
            said = answer.json()
            return {
                id_: Measurement({m.key: int(said[id_][m.key]) for m in self.metrics})
                if id_ in said
                else Measurement(is_gone=True)
                for id_ in ids
            }
        except (ValueError, KeyError, TypeError) as error:
            raise PublishFailed(Unknown("The sandbox's answer could not be read.")) from error


def _options(intent: Intent) -> dict[str, Any]:
    """Return the options of a part: a thread asks its question once."""
    left_out = {"poll"} if intent.posted else set()
    return {key: value for key, value in intent.options.items() if key not in left_out}


def _medium(media: Media) -> dict[str, Any]:
    return {
        "sha256": media.sha256,
        "mime_type": media.mime_type,
        "alt_text": media.alt_text,
        "width": media.width,
        "height": media.height,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "sha256": attachment.sha256,
        "mime_type": attachment.mime_type,
        "filename": attachment.filename,
        "description": attachment.description,
        "size_bytes": attachment.size_bytes,
    }


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
