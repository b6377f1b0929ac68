"""Media: uploaded, processed for a while, attached once."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from PIL import Image

from tests.servers.mastodon.fields import read_fields
from tests.servers.mastodon.oauth import OAuth
from tests.servers.mastodon.site import Account, Site, missing
from tests.servers.simulator import Refusal

_BEGINNINGS = {
    b"\xff\xd8\xff": ("image", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": ("image", "image/png"),
    b"RIFF": ("image", "image/webp"),
    b"GIF8": ("gifv", "image/gif"),
    b"\x1aE\xdf\xa3": ("video", "video/webm"),
    b"ID3": ("audio", "audio/mpeg"),
    b"OggS": ("audio", "audio/ogg"),
    b"fLaC": ("audio", "audio/flac"),
}
_SINGLE = {"video", "gifv", "audio"}


@dataclass(eq=False)
class Upload:
    """A file, and what is known of it."""

    id: str
    account: Account
    kind: str
    mime: str
    content: bytes
    description: str | None
    focus: tuple[float, float] | None
    size: tuple[int, int] | None
    polls_left: int = 0
    """After so many looks at it it is processed."""
    fails: bool = False
    status_id: str | None = None


class Uploads:
    """Its endpoints. The fields that are switches count for the uploads that follow."""

    def __init__(self, site: Site, oauth: OAuth) -> None:
        self._site = site
        self._oauth = oauth
        self.image_polls = 0
        """0: an image is there at once, with 200."""
        self.video_polls = 2
        """All else is answered with 202, and looked at so often before it is ready."""
        self.fails = False
        """Processing ends with an error."""
        self.all: dict[str, Upload] = {}

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [
            web.post("/api/v2/media", self._upload),
            web.get(r"/api/v1/media/{id:\d+}", self._look),
            web.put(r"/api/v1/media/{id:\d+}", self._describe),
            web.delete(r"/api/v1/media/{id:\d+}", self._delete),
            web.get(r"/media/{id:\d+}", self._file),
        ]

    def attachable(self, ids: list[str], account: Account, status_id: str = "") -> list[Upload]:
        """Return what a status may have attached. Raises Refusal when it may not have one of them.

        With `status_id`, of a status that is edited: it may keep what it has.
        """
        if len(ids) > self._site.limits.max_media_attachments:
            raise self._site.invalid(
                f"Cannot attach more than {self._site.limits.max_media_attachments} files"
            )
        found = [self.all[id_] for id_ in ids if id_ in self.all]
        theirs = [u for u in found if u.account is account and u.status_id in (None, status_id)]
        if len(theirs) < len(ids):
            lacking = ", ".join(sorted(set(ids) - {u.id for u in theirs}))
            words = f"Media {lacking} not found or already attached to another post"
            raise self._site.invalid(words)
        if any(upload.polls_left or upload.fails for upload in theirs):
            words = "Cannot attach files that have not finished processing. Try again in a moment!"
            raise self._site.invalid(words)
        if len(theirs) > 1 and any(upload.kind in _SINGLE for upload in theirs):
            raise self._site.invalid("Cannot attach a video to a post that already contains images")
        return theirs

    def shown(self, upload: Upload) -> dict[str, Any]:
        """Return it as the API shows it; without an address while it is processed."""
        address = f"{self._site.base_url()}/media/{upload.id}"
        meta: dict[str, Any] = {}
        if upload.size:
            width, height = upload.size
            meta["original"] = {"width": width, "height": height, "aspect": width / height}
        if upload.focus:
            meta["focus"] = {"x": upload.focus[0], "y": upload.focus[1]}
        return {
            "id": upload.id,
            "type": upload.kind,
            "url": None if upload.polls_left else address,
            "preview_url": None if upload.polls_left else address,
            "remote_url": None,
            "meta": meta,
            "description": upload.description,
            "blurhash": None,
        }

    async def _upload(self, request: web.Request) -> web.Response:
        account = self._oauth.account(request, "write:media")
        fields = await read_fields(request)
        file = fields.get("file")
        if not isinstance(file, web.FileField):
            raise Refusal(422, {"error": "Validation failed: File can't be blank"})
        content = file.file.read()
        kind, mime = _kind(content)
        polls = self.image_polls if kind == "image" else self.video_polls
        upload = Upload(
            id=self._site.new_id(),
            account=account,
            kind=kind,
            mime=mime,
            content=content,
            description=self._description(fields),
            focus=_focus(fields),
            size=self._checked(kind, content),
            polls_left=polls,
            fails=self.fails,
        )
        self.all[upload.id] = upload
        return web.json_response(self.shown(upload), status=202 if polls else 200)

    def _checked(self, kind: str, content: bytes) -> tuple[int, int] | None:
        """Return the size of a picture. Raises Refusal when the file is too large, or broken."""
        limits = self._site.limits
        limit = limits.image_size_limit if kind in ("image", "gifv") else limits.video_size_limit
        if len(content) > limit:
            words = f"Validation failed: File file size must be less than {limit // 2**20} MB"
            raise Refusal(422, {"error": words})
        if kind not in ("image", "gifv"):
            return None
        try:
            with Image.open(io.BytesIO(content)) as picture:
                picture.load()
                width, height = picture.size
        except (OSError, SyntaxError) as error:
            words = "Error processing thumbnail for uploaded media"
            raise Refusal(422, {"error": words}) from error
        if width * height > limits.image_matrix_limit:
            words = f"Validation failed: {width}x{height} images are not supported"
            raise Refusal(422, {"error": words})
        return width, height

    async def _look(self, request: web.Request) -> web.Response:
        upload = self._unattached(request)
        if upload.polls_left:
            upload.polls_left -= 1
            return web.json_response(self.shown(upload), status=206)
        if upload.fails:
            raise Refusal(422, {"error": "Error processing thumbnail for uploaded media"})
        return web.json_response(self.shown(upload))

    async def _describe(self, request: web.Request) -> web.Response:
        upload = self._unattached(request)
        fields = await read_fields(request)
        if "description" in fields:
            upload.description = self._description(fields)
        if "focus" in fields:
            upload.focus = _focus(fields)
        return web.json_response(self.shown(upload))

    async def _delete(self, request: web.Request) -> web.Response:
        account = self._oauth.account(request, "write:media")
        upload = self.all.get(request.match_info["id"])
        if upload is None or upload.account is not account:
            raise missing()
        if upload.status_id:
            words = "Media attachment is currently used by a status"
            raise Refusal(422, {"error": words})
        del self.all[upload.id]
        return web.json_response({})

    async def _file(self, request: web.Request) -> web.Response:
        upload = self.all.get(request.match_info["id"])
        if upload is None or upload.polls_left:
            raise missing()
        return web.Response(body=upload.content, content_type=upload.mime)

    def _unattached(self, request: web.Request) -> Upload:
        account = self._oauth.account(request, "write:media")
        upload = self.all.get(request.match_info["id"])
        if upload is None or upload.account is not account or upload.status_id:
            raise missing()
        return upload

    def _description(self, fields: dict[str, Any]) -> str | None:
        description, limit = fields.get("description") or None, self._site.limits.description_limit
        if description and len(description) > limit:
            words = f"Validation failed: Description is too long (maximum is {limit} characters)"
            raise Refusal(422, {"error": words})
        return description


def _kind(content: bytes) -> tuple[str, str]:
    """Say what a file is, by how it begins: its name and its label may lie."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content[4:8] == b"ftyp":
        is_picture = content[8:12] in (b"avif", b"heic", b"mif1")
        return ("image", "image/avif") if is_picture else ("video", "video/mp4")
    words = "Validation failed: File content type is invalid, File is invalid"
    raise Refusal(422, {"error": words})


def _focus(fields: dict[str, Any]) -> tuple[float, float] | None:
    if not fields.get("focus"):
        return None
    try:
        x, y = (float(one) for one in str(fields["focus"]).split(","))
    except ValueError as error:
        raise Refusal(422, {"error": "Validation failed: Focus is invalid"}) from error
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise Refusal(422, {"error": "Validation failed: Focus is invalid"})
    return x, y
