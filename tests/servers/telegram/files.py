"""Files as a bot sends them: uploaded, or named by an id or an address."""

import io
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from PIL import Image

from tests.servers.telegram.chats import File
from tests.servers.telegram.words import bad_request, refusal

MAX_PHOTO_BYTES = 10 * 2**20
MAX_FILE_BYTES = 50 * 2**20


class Files:
    """Every file that was sent, by its id."""

    def __init__(self) -> None:
        self.all: dict[str, File] = {}
        self.reachable: dict[str, bytes] = {}
        """What Telegram finds at an address; at every other it finds nothing."""

    def take(self, kind: str, value: Any, parts: Mapping[str, Any]) -> File:
        """Return the file that a field means. Raises Refusal when it is none, or not a `kind`."""
        if isinstance(value, str) and value.startswith("attach://"):
            value = parts.get(value.removeprefix("attach://"))
        if isinstance(value, web.FileField):
            content = value.file.read()
            return self._keep(kind, value.filename, value.content_type, content)
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            if value not in self.reachable:
                raise bad_request("failed to get HTTP URL content")
            name = value.rpartition("/")[2]
            return self._keep(kind, name, "application/octet-stream", self.reachable[value])
        file = self.all.get(value) if isinstance(value, str) else None
        if file is None:
            raise bad_request(f"there is no {kind} in the request")
        if file.kind != kind:
            raise bad_request(f"type of file mismatch: it is a {file.kind}")
        return file

    def _keep(self, kind: str, name: str, mime: str, content: bytes) -> File:
        if len(content) > MAX_FILE_BYTES:
            raise refusal(413, "Request Entity Too Large")
        if not content:
            raise bad_request("file must be non-empty")
        size = _size_of_photo(content) if kind == "photo" else None
        file = File(secrets.token_urlsafe(48), kind, name, mime, content, size)
        self.all[file.id] = file
        return file


def _size_of_photo(content: bytes) -> tuple[int, int]:
    if len(content) > MAX_PHOTO_BYTES:
        raise bad_request(f"file of size {len(content)} bytes is too big for a photo")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            width, height = picture.size
    except (OSError, SyntaxError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height
