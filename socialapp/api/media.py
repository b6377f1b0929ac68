"""Media: upload, list, describe, delete, and the bytes themselves."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse

from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit, Search
from socialapp.api.multipart import receive, upload_form
from socialapp.api.stored import BYTES, stored
from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.services import media
from socialapp.store import contents
from socialapp.store import media as rows
from socialapp.store.files import PREVIEW, THUMBNAIL, files
from socialapp.store.session import AsyncSession, database
from socialapp.store.tables import MediaAsset

router = APIRouter(prefix="/api", tags=["Media"], route_class=Guarded)

_EXAMPLE: dict[str, Any] = {
    "id": 7,
    "kind": "image",
    "mime_type": "image/jpeg",
    "size_bytes": 2481920,
    "width": 4032,
    "height": 3024,
    "duration_s": None,
    "alt_text": "A harbour at dusk",
    "focus": [0.2, -0.5],
    "filename": "harbour.jpg",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "/api/media/7/file",
    "thumbnail_url": "/api/media/7/thumbnail",
    "preview_url": "/api/media/7/preview",
    "created_at": "2027-05-14T07:00:00.000Z",
}


# A list: the schema of a tuple is written in an older dialect when the pages share the process.
Focus = Annotated[
    list[Annotated[float, Field(strict=True)]],
    Field(
        min_length=2,
        max_length=2,
        description="The point that a crop must keep: -1 to 1 from the left, and from the bottom.",
    ),
]


class MediaOut(BaseModel):
    """A picture or video of the library."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    kind: Literal["image", "video", "gif"]
    mime_type: str
    size_bytes: int
    width: int
    height: int
    duration_s: float | None
    alt_text: str
    focus: Focus | None
    filename: str
    sha256: str
    url: str
    thumbnail_url: str
    preview_url: str
    created_at: str

    @classmethod
    def of(cls, asset: MediaAsset) -> "MediaOut":
        """Return what programs see of a row."""
        address = f"/api/media/{asset.id}"
        return cls(
            **asset.model_dump(include=set(cls.model_fields) - {"created_at"}),
            focus=contents.as_media(asset).focus,
            url=f"{address}/file",
            thumbnail_url=f"{address}/thumbnail",
            preview_url=f"{address}/preview",
            created_at=iso(asset.created_at),
        )


class MediaPage(BaseModel):
    """Some of the library, the newest first."""

    items: list[MediaOut]
    next_cursor: str | None
    total: int | None


class MediaChange(BaseModel):
    """What may be changed; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"alt_text": "A harbour at dusk"}]}
    )

    alt_text: Words | None = Field(default=None, max_length=20_000)
    focus: Focus | None = None
    filename: Words | None = Field(default=None, max_length=1_000)


_FORM = upload_form("alt_text", "A harbour at dusk", at_most=media.ALT_TEXT_LIMIT)


@router.post(
    "/media", status_code=201, openapi_extra=_FORM, responses=problems(400, 401, 403, 413, 415)
)
async def upload_media(request: Request, by: Writes) -> MediaOut:
    """Upload a picture or video. Its type is read from its bytes; metadata is taken out of it."""
    async with files().incoming() as incoming:
        form = await receive(request, incoming)
        asset = await media.upload(
            database(),
            by,
            incoming,
            filename=form.filename,
            alt_text=form.fields.get("alt_text", ""),
            now=utc_now(),
        )
    return MediaOut.of(asset)


@router.get("/media", responses=problems(400, 401, 403))
async def list_media(
    by: Reads,
    db: Reading,
    q: Search = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> MediaPage:
    """List the library, the newest first; `q` looks in names and descriptions."""
    page = await rows.page(db, by.workspace_id, q=q.strip(), limit=limit, cursor=cursor)
    items = [MediaOut.of(asset) for asset in page.items]
    return MediaPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/media/{media_id}", responses=problems(401, 403, 404))
async def get_media(media_id: Id, by: Reads, db: Reading) -> MediaOut:
    """Return one picture or video."""
    return MediaOut.of(await media.get(db, by, media_id))


@router.patch("/media/{media_id}", responses=problems(400, 401, 403, 404))
async def describe_media(
    media_id: Id, change: MediaChange, by: Writes, db: Transaction
) -> MediaOut:
    """Change the description for people who cannot see it, the focus, or the name."""
    asset = await media.describe(
        db,
        by,
        media_id,
        alt_text=change.alt_text,
        filename=change.filename,
        focus=(change.focus[0], change.focus[1]) if change.focus else None,
    )
    return MediaOut.of(asset)


@router.delete("/media/{media_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def delete_media(media_id: Id, by: Writes) -> None:
    """Delete one. 409 says in which drafts or queued posts it is still needed."""
    await media.delete(database(), by, media_id)


MEDIA_BYTES = BYTES | {
    200: {"description": "The bytes.", "content": {"image/*": {}, "video/*": {}}}
}


@router.get(
    "/media/{media_id}/file",
    response_class=FileResponse,
    responses=MEDIA_BYTES | problems(401, 403, 404),
)
async def media_file(media_id: Id, request: Request, by: Reads, db: Reading) -> Response:
    """Return the file, or the part of it that `Range` asks for."""
    asset = await media.get(db, by, media_id)
    return stored(request, files().path(asset.key), asset.mime_type, asset.filename, asset.sha256)


@router.get(
    "/media/{media_id}/thumbnail",
    response_class=FileResponse,
    responses=MEDIA_BYTES | problems(401, 403, 404),
)
async def media_thumbnail(media_id: Id, request: Request, by: Reads, db: Reading) -> Response:
    """Return it at most 320 pixels wide and high, as WebP; the picture itself until that is made.

    A video has none: 404.
    """
    return await _smaller(db, by, media_id, THUMBNAIL, request)


@router.get(
    "/media/{media_id}/preview",
    response_class=FileResponse,
    responses=MEDIA_BYTES | problems(401, 403, 404),
)
async def media_preview(media_id: Id, request: Request, by: Reads, db: Reading) -> Response:
    """Return it at most 1280 pixels wide and high, as WebP; the picture itself until then."""
    return await _smaller(db, by, media_id, PREVIEW, request)


async def _smaller(
    db: AsyncSession, by: Member, media_id: int, size: str, request: Request
) -> Response:
    asset = await media.get(db, by, media_id)
    if asset.kind == "video":
        raise NotFound("A video has no still picture here; its file is at /file.")
    if not asset.has_thumbnail or (asset.kind == "gif" and size == PREVIEW):
        path, tag = files().path(asset.key), asset.sha256
        return stored(
            request, path, asset.mime_type, asset.filename, tag, cached="private, no-cache"
        )
    name = f"{asset.filename.rpartition('.')[0] or asset.filename}.webp"
    return stored(
        request, files().sized(asset.key, size), "image/webp", name, asset.sha256 + size[1:4]
    )
