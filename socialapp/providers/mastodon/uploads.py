"""Media: uploaded ahead of the moment, and waited for until the server has processed them."""

import asyncio
from pathlib import Path

import aiohttp

from socialapp.clock import monotonic
from socialapp.domain.content import Media
from socialapp.domain.outcome import Refused, TryLater
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer
from socialapp.providers.mastodon.server import Server, fields, name, said

UPLOAD = aiohttp.ClientTimeout(total=900, sock_connect=5, sock_read=120)
"""A video takes its time on a slow line; nothing of a post depends on it yet."""
LOOKS_FOR_S = 120.0
FIRST_LOOK_S, LONGEST_LOOK_S = 0.25, 5.0


async def upload(server: Server, media: Media) -> str:
    """Upload one, and return its id when it can be attached. Raises PublishFailed.

    Source: https://docs.joinmastodon.org/methods/media/#v2
    """
    answer = await _send(server, media)
    if answer.status not in {200, 201, 202}:
        raise _refused(server, media, answer)
    media_id = name(fields(answer).get("id"))
    if not media_id:
        reason = f"{server.name} gave an upload no name. Nothing was posted; it is tried again."
        raise PublishFailed(TryLater(reason))
    if answer.status == 202:
        await _processed(server, media, media_id)
    return media_id


async def _send(server: Server, media: Media) -> Answer:
    form = aiohttp.FormData()
    if media.alt_text:
        form.add_field("description", media.alt_text)
    if media.focus:
        form.add_field("focus", ",".join(f"{min(max(at, -1.0), 1.0):.4f}" for at in media.focus))
    try:
        file = await asyncio.to_thread(Path(media.file).open, "rb")
    except OSError as error:
        reason = "A file of this post is gone from the library. Nothing was posted."
        raise PublishFailed(Refused(reason)) from error
    with file:
        called = media.filename or "media"
        form.add_field("file", file, filename=called, content_type=media.mime_type)
        return await server.ask("POST", "/api/v2/media", data=form, timeout=UPLOAD)


async def _processed(server: Server, media: Media, media_id: str) -> None:
    """Wait until it can be attached; what is not ready in time is left to the moment itself."""
    wait, until = FIRST_LOOK_S, monotonic() + LOOKS_FOR_S
    while monotonic() < until:
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_LOOK_S)
        answer = await _look(server, media_id)
        if answer is None or answer.status in {206, 429} or answer.status >= 500:
            continue
        if answer.status == 200:
            return
        if answer.status == 404:
            reason = f"{server.name} lost an upload. Nothing was posted; it is tried again."
            raise PublishFailed(TryLater(reason))
        raise _refused(server, media, answer)


async def _look(server: Server, media_id: str) -> Answer | None:
    """Return what is said of an upload; None when nothing is: the next look may be answered."""
    try:
        return await server.ask("GET", f"/api/v1/media/{media_id}")
    except PublishFailed:
        return None


def _refused(server: Server, media: Media, answer: Answer) -> PublishFailed:
    failed = server.refused(answer)
    if not isinstance(failed.outcome, Refused):
        return failed
    what = "video" if media.kind == "video" else "picture"
    words = said(answer) or "It did not say why."
    reason = f"{server.name} does not take a {what} of this post. {words} Nothing was posted."
    return PublishFailed(Refused(reason))
