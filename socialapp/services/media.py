"""The library: upload, describe, delete; and the smaller sizes that the worker makes."""

import unicodedata
from datetime import datetime

import regex

from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.text import excerpt, normalised
from socialapp.imaging import workshop
from socialapp.store import media
from socialapp.store.files import PREVIEW, THUMBNAIL, Incoming, files, raise_if_full
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import MediaAsset

ALT_TEXT_LIMIT = 1500
_NAME_LIMIT = 120
_FORGOTTEN_S = 24 * 3600.0
_SIZES = {THUMBNAIL: workshop.THUMBNAIL_PX, PREVIEW: workshop.PREVIEW_PX}


async def upload(
    database: Database,
    by: Member,
    incoming: Incoming,
    *,
    filename: str,
    alt_text: str = "",
    now: datetime,
) -> MediaAsset:
    """Make a medium of a file that has come in; commits. Nothing stays when it is refused."""
    _check_may_write(by)
    alt_text = _checked_alt_text(alt_text)
    await incoming.flush()
    cleaned, key = await _kept(incoming)
    try:
        async with database.transaction() as db:
            asset = MediaAsset(
                workspace_id=by.workspace_id,
                kind=cleaned.kind,
                mime_type=cleaned.mime_type,
                size_bytes=cleaned.size_bytes,
                width=cleaned.width,
                height=cleaned.height,
                duration_s=cleaned.duration_s,
                alt_text=alt_text,
                filename=shown_name(filename, cleaned.extension),
                sha256=cleaned.sha256,
                key=key,
                created_by=by.person_id,
                created_at=now,
            )
            db.add(asset)
            await db.flush()
            noted = aftermath(db)
            noted.workspaces.add(by.workspace_id)
            if cleaned.kind != "video":
                noted.jobs.append(("make_thumbnails", asset.id or 0))
    except BaseException:
        files().remove(key)
        raise
    return asset


async def _kept(incoming: Incoming) -> tuple[workshop.Cleaned, str]:
    clean = files().temporary()
    try:
        cleaned = await workshop.clean(incoming.path, clean)
        return cleaned, await files().keep(clean, cleaned.extension)
    except OSError as error:
        raise_if_full(error)
        raise
    finally:
        clean.unlink(missing_ok=True)


def shown_name(filename: str, extension: str) -> str:
    """Return a name fit to be shown: no folders, no invisible or reordering characters."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = " ".join(regex.sub(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]", "", name).split())
    name = name.strip(". ") or f"untitled.{extension}"
    if len(name) <= _NAME_LIMIT:
        return name
    stem, dot, end = name.rpartition(".")
    tail = dot + end if stem and len(end) <= 8 else ""
    return name[: _NAME_LIMIT - len(tail)] + tail


def _checked_alt_text(alt_text: str) -> str:
    plain = normalised(alt_text).strip()
    if len(plain) > ALT_TEXT_LIMIT:
        message = f"The description has {len(plain)} characters; at most {ALT_TEXT_LIMIT} fit."
        raise Rejected(Problem("alt_text_too_long", message, "alt_text"))
    return plain


def _check_may_write(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("Your role only reads here. Nothing was changed.")


async def get(db: AsyncSession, by: Member, media_id: int) -> MediaAsset:
    """Return a medium of the workspace. Raises NotFound when it has none of that id."""
    asset = await media.get(db, by.workspace_id, media_id)
    if asset is None:
        raise NotFound(f"There is no media with the id {media_id}.")
    return asset


async def describe(
    db: AsyncSession,
    by: Member,
    media_id: int,
    *,
    alt_text: str | None = None,
    filename: str | None = None,
) -> MediaAsset:
    """Change what is said about a medium."""
    _check_may_write(by)
    asset = await get(db, by, media_id)
    if alt_text is not None:
        asset.alt_text = _checked_alt_text(alt_text)
    if filename is not None:
        asset.filename = shown_name(filename, asset.key.rpartition(".")[2])
    aftermath(db).workspaces.add(by.workspace_id)
    return asset


async def delete(database: Database, by: Member, media_id: int) -> None:
    """Delete a medium; commits. Raises Conflict that says where it is still needed."""
    _check_may_write(by)
    async with database.transaction() as db:
        asset = await get(db, by, media_id)
        if needed := await media.uses(db, media_id):
            raise Conflict(
                _used_in(len(needed), [_named(p.id, p.text) for p in needed[:3]]), code="in_use"
            )
        await media.remove(db, media_id)
        aftermath(db).workspaces.add(by.workspace_id)
    files().remove(asset.key)


def _named(post_id: int | None, text: str) -> str:
    return f"post {post_id} (“{excerpt(text, 40)}”)" if text.strip() else f"post {post_id}"


def _used_in(number: int, first: list[str]) -> str:
    more = f" and {number - len(first)} more" if number > len(first) else ""
    return (
        f"It is used in {', '.join(first)}{more}, which did not go out yet."
        " It was not deleted. Take it out there first."
    )


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


async def sweep(database: Database) -> int:
    """Remove what a killed process left: files under way, and files without a row."""
    removed = files().remove_forgotten(older_than_s=_FORGOTTEN_S)
    keys = list(files().keys(older_than_s=_FORGOTTEN_S))
    for start in range(0, len(keys), 500):
        async with database.reading() as db:
            unknown = await media.unknown_keys(db, keys[start : start + 500])
        for key in unknown:
            files().remove(key)
        removed += len(unknown)
    return removed
