"""Attachments, the files of pages: upload, list, describe, delete, and the bytes themselves."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit, Search
from socialapp.api.multipart import receive, upload_form
from socialapp.api.stored import BYTES, stored
from socialapp.clock import utc_now
from socialapp.domain.moments import iso
from socialapp.services import attachments
from socialapp.store import attachments as rows
from socialapp.store.files import files
from socialapp.store.session import database
from socialapp.store.tables import AttachmentAsset

router = APIRouter(prefix="/api", tags=["Attachments"], route_class=Guarded)

ATTACHMENT: dict[str, Any] = {
    "id": 9, "mime_type": "application/pdf", "size_bytes": 248192,
    "description": "The minutes of May", "filename": "minutes.pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "/api/attachment/9/file", "created_at": AT,
}  # fmt: skip


class AttachmentOut(BaseModel):
    """A file that pages carry."""

    model_config = example(ATTACHMENT)

    id: int
    mime_type: str
    size_bytes: int
    description: str
    filename: str
    sha256: str
    url: str
    created_at: str

    @classmethod
    def of(cls, asset: AttachmentAsset) -> "AttachmentOut":
        """Return what programs see of a row."""
        return cls(
            **asset.model_dump(include=set(cls.model_fields) - {"created_at"}),
            url=f"/api/attachment/{asset.id}/file",
            created_at=iso(asset.created_at),
        )


class AttachmentPage(BaseModel):
    """Some attachments, the newest first."""

    items: list[AttachmentOut]
    next_cursor: str | None
    total: int | None


class AttachmentChange(BaseModel):
    """What may be changed; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"description": "The minutes of May"}]}
    )

    description: Words | None = Field(default=None, max_length=20_000)
    filename: Words | None = Field(default=None, max_length=1_000)


_FORM = upload_form("description", "The minutes of May", at_most=attachments.DESCRIPTION_LIMIT)


@router.post(
    "/attachment", status_code=201, openapi_extra=_FORM, responses=problems(400, 401, 403, 413, 415)
)
async def upload_attachment(request: Request, by: Writes) -> AttachmentOut:
    """Upload a file for pages. Its type is read from its bytes; 415 says why one is not taken.

    PDF, Office and OpenDocument files, text, CSV, Markdown, EPUB, ZIP, pictures, sound and videos.
    """
    async with files().incoming() as incoming:
        form = await receive(request, incoming)
        asset = await attachments.upload(
            database(),
            by,
            incoming,
            filename=form.filename,
            description=form.fields.get("description", ""),
            now=utc_now(),
        )
    return AttachmentOut.of(asset)


@router.get("/attachment", responses=problems(400, 401, 403))
async def list_attachments(
    by: Reads,
    db: Reading,
    q: Search = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> AttachmentPage:
    """List attachments, the newest first; `q` looks in names and descriptions."""
    page = await rows.page(db, by.workspace_id, q=q.strip(), limit=limit, cursor=cursor)
    items = [AttachmentOut.of(asset) for asset in page.items]
    return AttachmentPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/attachment/{attachment_id}", responses=problems(401, 403, 404))
async def get_attachment(attachment_id: Id, by: Reads, db: Reading) -> AttachmentOut:
    """Return one attachment."""
    return AttachmentOut.of(await attachments.get(db, by, attachment_id))


@router.patch("/attachment/{attachment_id}", responses=problems(400, 401, 403, 404))
async def describe_attachment(
    attachment_id: Id, change: AttachmentChange, by: Writes, db: Transaction
) -> AttachmentOut:
    """Change what is said about it, or the name that is shown."""
    asset = await attachments.describe(
        db, by, attachment_id, description=change.description, filename=change.filename
    )
    return AttachmentOut.of(asset)


@router.delete(
    "/attachment/{attachment_id}", status_code=204, responses=problems(401, 403, 404, 409)
)
async def delete_attachment(attachment_id: Id, by: Writes) -> None:
    """Delete one. 409 says in which pages that did not go out yet it is needed."""
    await attachments.delete(database(), by, attachment_id)


@router.get(
    "/attachment/{attachment_id}/file",
    response_class=FileResponse,
    responses=BYTES | problems(401, 403, 404),
)
async def attachment_file(attachment_id: Id, request: Request, by: Reads, db: Reading) -> Response:
    """Return the file, to be saved and not shown; or the part of it that `Range` asks for."""
    asset = await attachments.get(db, by, attachment_id)
    path = files().path(asset.key)
    return stored(request, path, asset.mime_type, asset.filename, asset.sha256, shows=False)
