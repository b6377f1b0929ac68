"""The library: upload, describe, delete; and the smaller sizes that the worker makes."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from socialapp.domain import origins
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.imaging import workshop
from socialapp.services import uploads
from socialapp.store import media, people
from socialapp.store.files import PREVIEW, THUMBNAIL, Incoming, files
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import MediaAsset, MediaOrigin

ALT_TEXT_LIMIT = 1500
_CALLED = "media"
_SIZES = {THUMBNAIL: workshop.THUMBNAIL_PX, PREVIEW: workshop.PREVIEW_PX}


async def upload(
    database: Database,
    by: Member,
    incoming: Incoming,
    *,
    filename: str,
    alt_text: str = "",
    beside: Callable[[AsyncSession, MediaAsset], Awaitable[None]] | None = None,
    now: datetime,
) -> MediaAsset:
    """Make a medium of a file that has come in; commits. Nothing stays when it is refused.

    `beside` writes what belongs to it in the same transaction.
    """
    uploads.check_may_write(by)
    alt_text = _checked_alt_text(alt_text)
    async with uploads.kept(database, by, incoming, workshop.clean) as (db, cleaned, key):
        asset = MediaAsset(
            workspace_id=by.workspace_id,
            kind=cleaned.kind,
            mime_type=cleaned.mime_type,
            size_bytes=cleaned.size_bytes,
            width=cleaned.width,
            height=cleaned.height,
            duration_s=cleaned.duration_s,
            alt_text=alt_text,
            filename=uploads.shown_name(filename, cleaned.extension),
            sha256=cleaned.sha256,
            key=key,
            created_by=by.person_id,
            created_at=now,
        )
        db.add(asset)
        await db.flush()
        await _keep_origin(db, by, asset, cleaned)
        if beside:
            await beside(db, asset)
        if cleaned.kind != "video":
            aftermath(db).jobs.append(("make_thumbnails", asset.id or 0))
    return asset


async def _keep_origin(
    db: AsyncSession, by: Member, asset: MediaAsset, cleaned: workshop.Cleaned
) -> None:
    """Keep when and with what it was taken; and where, if the workspace wants that."""
    written = origins.read(cleaned.origin, zone=by.zone)
    workspace = await people.workspace(db, by.workspace_id)
    place = written.place if workspace.keeps_place else None
    if not (written.taken_at or written.camera or place):
        return
    latitude, longitude = place or (None, None)
    db.add(
        MediaOrigin(
            media_id=asset.id or 0,
            taken_at=written.taken_at,
            camera=written.camera,
            latitude=latitude,
            longitude=longitude,
        )
    )


def _checked_alt_text(alt_text: str) -> str:
    return uploads.checked_description(alt_text, limit=ALT_TEXT_LIMIT, field="alt_text")


async def get(db: AsyncSession, by: Member, media_id: int) -> MediaAsset:
    """Return a medium of the workspace. Raises NotFound when it has none of that id."""
    return await uploads.get(db, by, MediaAsset, media_id, called=_CALLED)


async def describe(
    db: AsyncSession,
    by: Member,
    media_id: int,
    *,
    alt_text: str | None = None,
    filename: str | None = None,
    focus: tuple[float, float] | None = None,
) -> MediaAsset:
    """Change what is said about a medium; `focus` is the point that a crop must keep.

    -1..1 from the left, and from the bottom: (0, 0) is the middle.
    """
    words = None if alt_text is None else _checked_alt_text(alt_text)
    if focus and not all(-1 <= at <= 1 for at in focus):
        message = "The focus lies between -1 and 1, from the left and from the bottom."
        raise Rejected(Problem("focus_outside", message, "focus"))
    asset = await uploads.change(
        db, by, MediaAsset, media_id, called=_CALLED, filename=filename, alt_text=words
    )
    if focus:
        asset.focus_x, asset.focus_y = focus
    return asset


async def delete(database: Database, by: Member, media_id: int) -> None:
    """Delete a medium; commits. Raises Conflict that says where it is still needed."""
    await uploads.delete(database, by, MediaAsset, media_id, called=_CALLED)


async def make_thumbnails(database: Database, media_id: int) -> None:
    """Make the smaller sizes of a picture; commits. Twice is harmless."""
    async with database.reading() as db:
        asset = await media.for_job(db, media_id)
    if asset is None or asset.kind == "video" or asset.has_thumbnail:
        return
    under_way = {files().temporary(): size for size in _SIZES}
    try:
        await workshop.shrink(
            files().path(asset.key), {path: _SIZES[size] for path, size in under_way.items()}
        )
        for path, size in under_way.items():
            await files().place(path, files().sized(asset.key, size))
    finally:
        for path in under_way:
            path.unlink(missing_ok=True)
    async with database.transaction() as db:
        await media.thumbnail_made(db, media_id)
        aftermath(db).workspaces.add(asset.workspace_id)


async def make_missing_thumbnails(database: Database) -> None:
    """Make the smaller sizes of pictures whose job was lost with Redis."""
    async with database.reading() as db:
        waiting = await media.without_thumbnail(db)
    for media_id in waiting:
        await make_thumbnails(database, media_id)
