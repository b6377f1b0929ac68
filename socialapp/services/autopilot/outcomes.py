"""What became of what was on its way; and what failed is let go again."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from socialapp.domain.curation import PhotoStatus
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict
from socialapp.domain.people import Member
from socialapp.services import ahead, media, schedules
from socialapp.services.autopilot import log, photographs, rights
from socialapp.store import autopilot as rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Delivery, MediaAsset, Photo, PhotoPosting


async def settle(database: Database) -> None:
    """Write down what became of what was on its way; commits when something did."""
    async with database.reading() as db:
        if not any(_state(theirs) != p.status for p, theirs in await rows.unsettled(db)):
            return
    async with database.transaction() as db:
        for posting, theirs in await rows.unsettled(db, lock=True):
            if await _become(db, posting, _state(theirs)):
                await _record(db, posting, theirs)


def _state(theirs: Sequence[Delivery]) -> str:
    """Say how its post ended; it is on its way while any may go out, or has to be checked."""
    states = {delivery.status for delivery in theirs}
    if not states <= rows.OVER:
        return "posting"
    if Status.POSTED in states:
        return "posted"
    return "cancelled" if states == {Status.CANCELLED} else "failed"


async def _become(db: AsyncSession, posting: PhotoPosting, state: str) -> bool:
    """Let a posting and its photograph be in a state; False when they were."""
    if state == posting.status:
        return False
    posting.status = state
    if photo := await db.get(Photo, posting.media_id):
        photo.status = PhotoStatus(state)
    return True


async def _record(db: AsyncSession, posting: PhotoPosting, theirs: Sequence[Delivery]) -> None:
    name = await _name(db, posting)
    out = [d for d in theirs if d.status == Status.POSTED]
    match posting.status:
        case "posted":
            posting.remote_id, posting.url = out[0].remote_id, out[0].url
            posting.posted_at = out[0].posted_at
            to, every = len({d.channel_id for d in out}), len({d.channel_id for d in theirs})
            missing = f" to {to} of {every} channels" if to < every else ""
            log.note(db, posting.workspace_id, f"{name} was posted{missing}.")
        case "posting":
            log.note(db, posting.workspace_id, f"{name} was planned again by a person.")
        case "cancelled":
            words = f"{name} was cancelled by a person. It stays out until somebody releases it."
            log.note(db, posting.workspace_id, words)
        case _:
            reason = next((d.reason for d in theirs if d.reason), "it missed its time.")
            words = f"{name} was not posted: {reason} It stays out until you release it."
            log.note(db, posting.workspace_id, words, is_warning=True)


async def _name(db: AsyncSession, posting: PhotoPosting) -> str:
    asset = await db.get(MediaAsset, posting.media_id)
    return asset.filename if asset else f"Photograph {posting.media_id}"


async def cancel(
    db: AsyncSession, by: Member, postings: Sequence[PhotoPosting], *, now: datetime
) -> int:
    """Cancel what has not left; return how many. They stay out until a person releases them."""
    cancelled = 0
    for posting in postings:
        if not await _cancel_one(db, by, posting, now=now):
            continue  # it has left
        name = await _name(db, posting)
        words = f"{by.name} cancelled {name} before it went out."
        if posting.status != "cancelled":
            words = f"{by.name} cancelled what of {name} was not out yet."
        log.note(db, by.workspace_id, words)
        cancelled += 1
    return cancelled


async def _cancel_one(
    db: AsyncSession, by: Member, posting: PhotoPosting, *, now: datetime
) -> bool:
    """Cancel all that its post has planned, by whomever; False when nothing could be stopped."""
    before = await rows.deliveries_of(db, posting)
    waits = {d.schedule_id for d in before if d.status not in rows.OVER}
    is_stopped = False
    for schedule_id in sorted(waits):
        with suppress(Conflict):  # it has left
            await schedules.cancel(db, by, schedule_id, now=now)
            is_stopped = True
    after = await rows.deliveries_of(db, posting)
    if await _become(db, posting, _state(after)) and posting.status == "posted":
        await _record(db, posting, after)
    return is_stopped


async def release(db: AsyncSession, by: Member, media_id: int, *, now: datetime) -> None:
    """Let a photograph whose posting failed, or was cancelled, be picked again.

    Its post goes to the trash, so that nobody sends it beside the new one. Raises Conflict when
    somebody has planned it again, or it is out.
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
    state = _state(await rows.deliveries_of(db, posting))
    if state == "posted":
        raise Conflict("Its post is out, for somebody sent it again. It was not released.")
    first = await schedule_rows.get(db, by.workspace_id, posting.schedule_id)
    if state == "posting" or not (first and await ahead.drop(db, by, first.post_id, now=now)):
        message = "Its post is planned again, or on its way. Cancel that first, or wait for it."
        raise Conflict(message)
