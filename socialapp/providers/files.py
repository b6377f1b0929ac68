"""Files of a post on their way to a network: what they are called there, and how they are sent."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

import aiohttp

from socialapp.domain.content import Attachment, Media
from socialapp.domain.outcome import Refused
from socialapp.providers.contract import PublishFailed

_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    field: str
    file: str
    filename: str
    mime_type: str


def name_of(media: Media, number: int) -> str:
    """Return the name of a medium, which ends as its type says: networks go by it."""
    extension = _EXTENSIONS.get(media.mime_type, "bin")
    stem = PurePath(media.filename.replace("\\", "/")).stem or str(number)
    return f"{''.join(c for c in stem if c.isprintable())[:100]}.{extension}"


def content(one: Media | Attachment) -> bytes:
    """Return what is in a file. Raises PublishFailed when it is gone."""
    with open_(one.file) as file:
        return file.read()


def open_(file: str) -> BinaryIO:
    """Open a file. Raises PublishFailed when it is gone."""
    try:
        return Path(file).open("rb")
    except OSError:
        reason = "A file of this post is gone from the library. Nothing was posted."
        raise PublishFailed(Refused(reason)) from None


@asynccontextmanager
async def form(
    fields: Mapping[str, str], uploads: Iterable[Upload]
) -> AsyncIterator[aiohttp.FormData]:
    """Make a form whose files are read while they are sent. Raises PublishFailed without them."""
    # As browsers do it: names in UTF-8, not percent-encoded.
    made = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in fields.items():
        made.add_field(name, value)
    with ExitStack() as opened:
        for upload in uploads:
            file = opened.enter_context(await asyncio.to_thread(open_, upload.file))
            made.add_field(
                upload.field, file, filename=upload.filename, content_type=upload.mime_type
            )
        yield made
