"""Attachments, the files of pages: upload, describe, delete."""

from datetime import datetime
from pathlib import Path

from socialapp.domain.people import Member
from socialapp.imaging import workshop
from socialapp.imaging.workshop import Examined
from socialapp.services import uploads
from socialapp.store.files import Incoming
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import AttachmentAsset

DESCRIPTION_LIMIT = 1500
_CALLED = "attachment"


async def upload(
    database: Database,
    by: Member,
    incoming: Incoming,
    *,
    filename: str,
    description: str = "",
    now: datetime,
) -> AttachmentAsset:
    """Make an attachment of a file that has come in; commits. Nothing stays when it is refused."""
    uploads.check_may_write(by)
    description = _checked(description)

    async def examine(source: Path, target: Path) -> Examined:
        return await workshop.examine(source, target, named=filename.rpartition(".")[2])

    async with uploads.kept(database, by, incoming, examine) as (db, known, key):
        asset = AttachmentAsset(
            workspace_id=by.workspace_id,
            mime_type=known.mime_type,
            size_bytes=known.size_bytes,
            description=description,
            filename=uploads.shown_name(filename, known.extension),
            sha256=known.sha256,
            key=key,
            created_by=by.person_id,
            created_at=now,
        )
        db.add(asset)
        await db.flush()
    return asset


def _checked(description: str) -> str:
    return uploads.checked_description(description, limit=DESCRIPTION_LIMIT, field="description")


async def get(db: AsyncSession, by: Member, attachment_id: int) -> AttachmentAsset:
    """Return an attachment of the workspace. Raises NotFound when it has none of that id."""
    return await uploads.get(db, by, AttachmentAsset, attachment_id, called=_CALLED)


async def describe(
    db: AsyncSession,
    by: Member,
    attachment_id: int,
    *,
    description: str | None = None,
    filename: str | None = None,
) -> AttachmentAsset:
    """Change what is said about an attachment."""
    words = None if description is None else _checked(description)
    return await uploads.change(
        db, by, AttachmentAsset, attachment_id, called=_CALLED, filename=filename, description=words
    )


async def delete(database: Database, by: Member, attachment_id: int) -> None:
    """Delete an attachment; commits. Raises Conflict that says where it is still needed."""
    await uploads.delete(database, by, AttachmentAsset, attachment_id, called=_CALLED)
