"""The photographs that autopilot may post: added, vetoed, put off."""

from datetime import datetime, timedelta

from socialapp.domain.curation import PhotoStatus
from socialapp.domain.errors import Conflict, NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import media
from socialapp.services.autopilot import log, rights
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Photo


async def get(db: AsyncSession, by: Member, media_id: int) -> Photo:
    """Return a photograph that nobody else changes until the commit. Raises NotFound."""
    found = await rows.photo(db, by.workspace_id, media_id)
    if found is None:
        raise NotFound("There is no such photograph.")
    await db.refresh(found, with_for_update=True)
    return found


async def add(
    db: AsyncSession, by: Member, media_id: int, *, folder: str = "", now: datetime
) -> Photo:
    """Let autopilot post a picture of the library; twice is harmless."""
    rights.allow(by)
    asset = await media.get(db, by, media_id)
    if asset.kind != "image":
        raise Rejected(
            Problem("not_a_photo", "Autopilot takes pictures that do not move.", "media_id")
        )
    if there := await rows.photo(db, by.workspace_id, media_id):
        return there
    photo = Photo(
        media_id=media_id, workspace_id=by.workspace_id, folder=folder.strip()[:120], created_at=now
    )
    db.add(photo)
    await db.flush()
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.jobs.append(("analyse_photo", media_id))
    return photo


async def veto(db: AsyncSession, by: Member, media_id: int, *, is_vetoed: bool = True) -> None:
    """Never post a photograph, or allow it again."""
    rights.allow(by)
    photo = await get(db, by, media_id)
    asset = await media.get(db, by, media_id)
    before, after = PhotoStatus.NEW, PhotoStatus.VETOED
    if not is_vetoed:
        before, after = after, before
    if photo.status != before:
        raise Conflict(f"{asset.filename} is {photo.status}. Nothing was changed.")
    photo.status = after
    verb = "vetoed" if is_vetoed else "allowed"
    log.note(db, by.workspace_id, f"{by.name} {verb} {asset.filename}.")


async def swap(db: AsyncSession, by: Member, media_id: int, *, at: datetime) -> None:
    """Take another photograph for a moment; this one may be picked for a later one."""
    rights.allow(by)
    photo = await get(db, by, media_id)
    photo.not_before = at + timedelta(seconds=1)
    asset = await media.get(db, by, media_id)
    log.note(db, by.workspace_id, f"{by.name} put {asset.filename} off to a later moment.")
