"""The photographs that autopilot may post: added, vetoed, put off."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from socialapp.domain import curation
from socialapp.domain.curation import PhotoStatus
from socialapp.domain.errors import Conflict, NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.text import storable
from socialapp.services import media
from socialapp.services.autopilot import log, rights
from socialapp.store import autopilot
from socialapp.store import photographs as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Photo


async def get(db: AsyncSession, by: Member, media_id: int) -> Photo:
    """Return a photograph that nobody else changes until the commit. Raises NotFound."""
    found = await autopilot.photo(db, by.workspace_id, media_id)
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
    if there := await autopilot.photo(db, by.workspace_id, media_id):
        return there
    photo = Photo(
        media_id=media_id,
        workspace_id=by.workspace_id,
        folder=storable(folder).strip()[:_FOLDER_AT_MOST],
        created_at=now,
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


async def rate(db: AsyncSession, by: Member, media_id: int, score: float | None) -> Photo:
    """Let a person's score count, whatever is measured; None: the measured one counts again."""
    rights.allow(by)
    if score is not None and not 0 <= score <= 10:
        message = "A score is a number from 0 to 10. The score was not changed."
        raise Rejected(Problem("score_outside", message, "score"))
    photo = await get(db, by, media_id)
    asset = await media.get(db, by, media_id)
    if score == photo.own_score:
        return photo
    photo.own_score = score
    words = (
        "lets the measured score count again" if score is None else f"set its score to {score:g}"
    )
    log.note(db, by.workspace_id, f"{asset.filename}: {by.name} {words}.")
    return photo


AT_ONCE = 500
"""Photographs that are changed, or taken from the library, at once."""
_FOLDER_AT_MOST = 120


async def add_some(db: AsyncSession, by: Member, media_ids: Sequence[int], *, now: datetime) -> int:
    """Let autopilot post pictures of the library; return how many of them are new to it."""
    rights.allow(by)
    before = {photo.media_id for photo in await rows.some(db, by.workspace_id, media_ids)}
    wanted = [each for each in dict.fromkeys(media_ids) if each not in before]
    for media_id in wanted[:AT_ONCE]:
        await add(db, by, media_id, now=now)
    return len(wanted[:AT_ONCE])


async def arrange(
    db: AsyncSession,
    by: Member,
    media_ids: Sequence[int],
    *,
    folder: str | None = None,
    tags: Sequence[str] | None = None,
    more_tags: Sequence[str] = (),
) -> int:
    """Put photographs into a folder, and set or add tags; return how many. None leaves as it is."""
    rights.allow(by)
    there = await rows.some(db, by.workspace_id, media_ids[:AT_ONCE])
    if len(there) < len(set(media_ids[:AT_ONCE])):
        raise NotFound("There is no such photograph. Nothing was changed.")
    for photo in there:
        if folder is not None:
            photo.folder = " ".join(storable(folder).split())[:_FOLDER_AT_MOST]
        kept = photo.tags if tags is None else tags
        photo.tags = curation.read_tags(storable(" ".join([*kept, *more_tags])))
        db.add(photo)
    number = "1 photograph" if len(there) == 1 else f"{len(there)} photographs"
    log.note(db, by.workspace_id, f"{by.name} changed folders or tags of {number}.")
    return len(there)
