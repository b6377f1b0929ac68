"""Photographs, personas, and what autopilot has posted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from socialapp.domain.curation import Candidate, PhotoStatus
from socialapp.domain.delivery import Status
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import (
    AutopilotNote,
    Delivery,
    MediaAsset,
    MediaOrigin,
    Persona,
    Photo,
    PhotoAnalysis,
    PhotoPosting,
    Schedule,
)

LATELY = timedelta(days=30)
OVER = frozenset({Status.POSTED, Status.FAILED, Status.MISSED, Status.CANCELLED})
"""Nothing comes of it any more, unless a person sends it again."""
_FIRST = aliased(Schedule)
"""The schedule that autopilot made."""


async def photo(db: AsyncSession, workspace_id: int, media_id: int) -> Photo | None:
    """Return a photograph of the workspace."""
    found = await db.get(Photo, media_id)
    return found if found and found.workspace_id == workspace_id else None


def worth() -> ColumnElement[float | None]:
    """Return what a photograph counts as: what a person says, else what was measured."""
    return func.coalesce(col(Photo.own_score), col(PhotoAnalysis.score))


async def undescribed(db: AsyncSession, workspace_id: int) -> set[int]:
    """Return the media ids of photographs that were not posted and that nobody described."""
    query = (
        select(Photo.media_id)
        .join(MediaAsset, col(MediaAsset.id) == col(Photo.media_id))
        .where(
            Photo.workspace_id == workspace_id,
            Photo.status == PhotoStatus.NEW,
            MediaAsset.alt_text == "",
        )
    )
    return set((await db.execute(query)).scalars())


async def candidates(db: AsyncSession, workspace_id: int) -> list[Candidate]:
    """Return what has a score and has not been posted."""
    photo, analysis = Photo, PhotoAnalysis
    query = (
        # Not whole rows: there may be thousands, and the parts of a score are long.
        sql_select(
            col(photo.media_id),
            worth().label("worth"),
            col(photo.own_score),
            col(photo.created_at),
            col(MediaOrigin.taken_at),
            col(analysis.fingerprint),
            col(photo.folder),
            col(photo.tags),
            col(MediaAsset.width),
            col(MediaAsset.height),
            col(photo.not_before),
        )
        .join(MediaAsset, col(MediaAsset.id) == col(photo.media_id))
        .outerjoin(MediaOrigin, col(MediaOrigin.media_id) == col(photo.media_id))
        .join(analysis, col(analysis.media_id) == col(photo.media_id))
        .where(
            col(photo.workspace_id) == workspace_id,
            col(photo.status) == PhotoStatus.NEW,
            col(analysis.fingerprint) != "",
        )
    )
    return [
        Candidate(
            media_id=row.media_id,
            score=row.worth,
            is_own_score=row.own_score is not None,
            added_at=row.created_at,
            taken_at=row.taken_at,
            fingerprint=row.fingerprint,
            folder=row.folder,
            tags=row.tags,
            orientation=orientation(row.width, row.height),
            not_before=row.not_before,
        )
        for row in (await db.execute(query)).all()
    ]


def orientation(width: int, height: int) -> str:
    """Say how a picture lies."""
    if width == height:
        return "square"
    return "landscape" if width > height else "portrait"


async def recent(db: AsyncSession, workspace_id: int, *, now: datetime) -> list[str]:
    """Return the fingerprints of what went out lately, or is on its way."""
    query = (
        select(PhotoAnalysis.fingerprint)
        .join(PhotoPosting, col(PhotoPosting.media_id) == PhotoAnalysis.media_id)
        .where(
            PhotoPosting.workspace_id == workspace_id,
            col(PhotoPosting.status).in_(["posting", "posted"]),
            PhotoPosting.due_at >= now - LATELY,
        )
    )
    return list((await db.execute(query)).scalars())


async def take(db: AsyncSession, media_id: int) -> bool:
    """Mark a photograph as on its way; False when somebody else has it, or it was vetoed."""
    query = (
        update(Photo)
        .where(col(Photo.media_id) == media_id, col(Photo.status) == PhotoStatus.NEW)
        .values(status=PhotoStatus.POSTING)
    )
    return await change(db, query) == 1


async def unanalysed(db: AsyncSession, version: int, *, limit: int = 50) -> list[int]:
    """Return photographs without a score, or with one of an older formula."""
    query = (
        select(Photo.media_id)
        .outerjoin(PhotoAnalysis, col(PhotoAnalysis.media_id) == Photo.media_id)
        .where(
            col(PhotoAnalysis.version).is_(None) | (col(PhotoAnalysis.version) < version),
        )
        .order_by(col(Photo.media_id))
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def personas(db: AsyncSession, workspace_id: int | None) -> list[Persona]:
    """Return the personas of a workspace; of all that are on for None, as the worker asks."""
    query = select(Persona).order_by(col(Persona.id))
    which = col(Persona.is_on) if workspace_id is None else Persona.workspace_id == workspace_id
    return list((await db.execute(query.where(which))).scalars())


async def persona(
    db: AsyncSession, workspace_id: int, persona_id: int, *, lock: bool = False
) -> Persona | None:
    """Return a persona of the workspace; locked, nobody else acts for it until the commit."""
    query = select(Persona).where(Persona.id == persona_id, Persona.workspace_id == workspace_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await db.execute(query)).scalar_one_or_none()


async def posting_at(db: AsyncSession, persona_id: int, due_at: datetime) -> bool:
    """Whether a persona has posted for a moment already."""
    query = select(PhotoPosting.id).where(
        PhotoPosting.persona_id == persona_id, PhotoPosting.due_at == due_at
    )
    return (await db.execute(query)).first() is not None


async def is_posting(db: AsyncSession, schedule_id: int) -> bool:
    """Whether a schedule is autopilot's."""
    query = select(func.count()).where(PhotoPosting.schedule_id == schedule_id)
    return bool((await db.execute(query)).scalar_one())


def _of_its_post() -> Any:
    """Ask for postings with all deliveries of their posts: a person may have planned one anew."""
    return (
        sql_select(PhotoPosting, Delivery)
        .join(_FIRST, col(_FIRST.id) == col(PhotoPosting.schedule_id))
        .join(Schedule, col(Schedule.post_id) == col(_FIRST.post_id))
        .join(Delivery, col(Delivery.schedule_id) == col(Schedule.id))
        .order_by(col(PhotoPosting.id), col(Delivery.id))
        .execution_options(populate_existing=True)
    )


async def unsettled(
    db: AsyncSession, *, lock: bool = False
) -> list[tuple[PhotoPosting, list[Delivery]]]:
    """Return what may have become something else, with the deliveries of its post.

    Of what was cancelled only those that were not; locked, nobody else settles it.
    """
    its = col(PhotoPosting.status)
    is_planned_again = (its == "cancelled") & (col(Delivery.status) != Status.CANCELLED)
    query = _of_its_post().where(its.in_(["posting", "failed"]) | is_planned_again)
    if lock:
        query = query.with_for_update(of=PhotoPosting)
    found: dict[int, tuple[PhotoPosting, list[Delivery]]] = {}
    for posting, delivery in (await db.execute(query)).all():
        found.setdefault(posting.id or 0, (posting, []))[1].append(delivery)
    return list(found.values())


async def deliveries_of(db: AsyncSession, posting: PhotoPosting) -> list[Delivery]:
    """Return the deliveries of the post that a posting made, whoever planned them."""
    query = _of_its_post().where(col(PhotoPosting.id) == posting.id)
    return [delivery for _, delivery in (await db.execute(query)).all()]


async def postings(db: AsyncSession, workspace_id: int, *, limit: int) -> list[PhotoPosting]:
    """Return what was posted by itself, the newest first."""
    query = (
        select(PhotoPosting)
        .where(PhotoPosting.workspace_id == workspace_id)
        .order_by(col(PhotoPosting.id).desc())
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def open_postings(
    db: AsyncSession, workspace_id: int, media_ids: Iterable[int] | None = None
) -> list[PhotoPosting]:
    """Return those that are on their way, failed or cancelled."""
    query = select(PhotoPosting).where(
        PhotoPosting.workspace_id == workspace_id,
        col(PhotoPosting.status).in_(["posting", "failed", "cancelled"]),
    )
    if media_ids is not None:
        query = query.where(col(PhotoPosting.media_id).in_(list(media_ids)))
    return list((await db.execute(query)).scalars())


async def on_their_way(
    db: AsyncSession, workspace_id: int, persona_id: int | None = None
) -> list[PhotoPosting]:
    """Return those of whose posts something may still go out, of one persona or of all."""
    query = (
        _of_its_post()
        .where(col(PhotoPosting.workspace_id) == workspace_id)
        .where(col(PhotoPosting.status) != "released", col(Delivery.status).not_in(OVER))
    )
    if persona_id is not None:
        query = query.where(col(PhotoPosting.persona_id) == persona_id)
    there = {posting.id: posting for posting, _ in (await db.execute(query)).all()}
    return list(there.values())


async def remove_persona(db: AsyncSession, persona_id: int) -> None:
    """Delete a persona; what it posted stays on record, without it."""
    theirs = update(PhotoPosting).where(col(PhotoPosting.persona_id) == persona_id)
    await db.execute(theirs.values(persona_id=None))
    await db.execute(delete(Persona).where(col(Persona.id) == persona_id))


async def notes(db: AsyncSession, workspace_id: int, *, limit: int) -> list[AutopilotNote]:
    """Return the log, the newest first."""
    query = (
        select(AutopilotNote)
        .where(AutopilotNote.workspace_id == workspace_id)
        .order_by(col(AutopilotNote.id).desc())
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def fingerprint(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever the page of autopilot looks different."""
    photos = (
        sql_select(
            func.count(),
            func.count(col(PhotoAnalysis.media_id)),
            func.count().filter(col(MediaAsset.has_thumbnail)),
        )
        .select_from(Photo)
        .join(MediaAsset, col(MediaAsset.id) == col(Photo.media_id))
        .outerjoin(PhotoAnalysis, col(PhotoAnalysis.media_id) == col(Photo.media_id))
        .where(col(Photo.workspace_id) == workspace_id)
    )
    counts = [
        (await db.execute(query)).scalar() or 0
        for query in (
            select(func.max(AutopilotNote.id)).where(AutopilotNote.workspace_id == workspace_id),
            select(func.count())
            .select_from(Delivery)
            .join(PhotoPosting, col(PhotoPosting.schedule_id) == Delivery.schedule_id)
            .where(PhotoPosting.workspace_id == workspace_id, Delivery.status == Status.POSTED),
        )
    ]
    return ":".join(map(str, [*counts, *(await db.execute(photos)).one()]))
