"""What became of what was on its way; and what failed is let go again."""

from collections.abc import Sequence
from datetime import datetime

from socialapp.domain.curation import PhotoStatus
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict
from socialapp.domain.people import Member
from socialapp.services import media, schedules
from socialapp.services.autopilot import log, photographs, rights
from socialapp.store import autopilot as rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Delivery, MediaAsset, Photo, PhotoPosting

_OVER = {Status.POSTED, Status.FAILED, Status.MISSED, Status.CANCELLED}


async def settle(database: Database) -> None:
    """Write down what became of what was on its way; commits when something did."""
    async with database.reading() as db:
        open_ones = [
            p.id for p, theirs in await rows.unsettled(db) if _ended(theirs) not in ("", p.status)
        ]
    if not open_ones:
        return
    async with database.transaction() as db:
        for posting, theirs in await rows.unsettled(db, lock=True):
            ended = _ended(theirs)
            if ended in ("", posting.status):
                continue
            posting.status = ended
            photo = await db.get(Photo, posting.media_id)
            if photo is not None:
                photo.status = PhotoStatus(ended)
            await _record(db, posting, theirs)


async def _record(db: AsyncSession, posting: PhotoPosting, theirs: Sequence[Delivery]) -> None:
    asset = await db.get(MediaAsset, posting.media_id)
    name = asset.filename if asset else f"Photograph {posting.media_id}"
    out = [d for d in theirs if d.status == Status.POSTED]
    if posting.status == "posted":
        posting.remote_id, posting.url = out[0].remote_id, out[0].url
        posting.posted_at = out[0].posted_at
        missing = f" to {len(out)} of {len(theirs)} channels" if len(out) < len(theirs) else ""
        log.note(db, posting.workspace_id, f"{name} was posted{missing}.")
        return
    if posting.status == "cancelled":
        words = f"{name} was cancelled by a person. It stays out until somebody releases it."
        log.note(db, posting.workspace_id, words)
        return
    reason = next((d.reason for d in theirs if d.reason), "it missed its time.")
    words = f"{name} was not posted: {reason} It stays out until you release it."
    log.note(db, posting.workspace_id, words, is_warning=True)


def _ended(theirs: Sequence[Delivery]) -> str:
    """Say how it ended; nothing while any is under way, or has to be checked by a person."""
    states = {delivery.status for delivery in theirs}
    if not states <= _OVER:
        return ""
    if Status.POSTED in states:
        return "posted"
    return "cancelled" if states == {Status.CANCELLED} else "failed"


async def cancel(
    db: AsyncSession, by: Member, postings: Sequence[PhotoPosting], *, now: datetime
) -> int:
    """Cancel what has not left; return how many. They stay out until a person releases them."""
    cancelled = 0
    for posting in postings:
        try:
            await schedules.cancel(db, by, posting.schedule_id, now=now)
        except Conflict:
            continue  # it has left
        posting.status = "cancelled"
        if photo := await db.get(Photo, posting.media_id):
            photo.status = PhotoStatus.CANCELLED
        asset = await db.get(MediaAsset, posting.media_id)
        name = asset.filename if asset else f"Photograph {posting.media_id}"
        log.note(db, by.workspace_id, f"{by.name} cancelled {name} before it went out.")
        cancelled += 1
    return cancelled


async def release(db: AsyncSession, by: Member, media_id: int, *, now: datetime) -> None:
    """Let a photograph whose posting failed, or was cancelled, be picked again.

    What failed is cancelled, so that nobody retries it beside the new one. Raises Conflict when
    somebody has retried it already.
    """
    rights.allow(by)
    photo = await photographs.get(db, by, media_id)
    if photo.status not in (PhotoStatus.FAILED, PhotoStatus.CANCELLED):
        raise Conflict("Only a photograph whose posting failed or was cancelled is released.")
    for posting in await rows.open_postings(db, by.workspace_id, [media_id]):
        await _give_up(db, by, posting, now=now)
        posting.status = "released"
    await db.flush()
    photo.status = PhotoStatus.NEW
    asset = await media.get(db, by, media_id)
    log.note(db, by.workspace_id, f"{by.name} lets {asset.filename} be picked again.")


async def _give_up(db: AsyncSession, by: Member, posting: PhotoPosting, *, now: datetime) -> None:
    await schedule_rows.lock(db, [posting.schedule_id])
    there = await schedule_rows.deliveries_of(db, [posting.schedule_id])
    theirs = there.get(posting.schedule_id, [])
    if _ended(theirs) not in ("failed", "cancelled"):
        raise Conflict("Somebody is trying it again. Wait for what becomes of that.")
    if any(delivery.status != Status.CANCELLED for delivery in theirs):
        await schedules.cancel(db, by, posting.schedule_id, now=now)
