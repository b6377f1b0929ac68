"""Photographs as people look for them, what they may be made of, and what a camera wrote."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, cast, exists, func, select, update
from sqlmodel import col

from socialapp.domain.origins import Origin
from socialapp.store.autopilot import worth
from socialapp.store.pages import Page, count, like, read_cursor, write_cursor
from socialapp.store.session import AsyncSession
from socialapp.store.tables import MediaAsset, MediaOrigin, Photo, PhotoAnalysis, TakenFile

Found = tuple[Photo, MediaAsset, PhotoAnalysis | None]
_UNSCORED = 11.0
"""More than any score: what is not scored yet comes first."""


@dataclass(frozen=True)
class Asked:
    """Which photographs; what is empty lets all through."""

    q: str = ""
    folder: str | None = None
    """Empty: those that are in none."""
    tag: str = ""
    status: str = ""
    minimum_score: float = 0.0


def _wanted(workspace_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    wanted = [col(Photo.workspace_id) == workspace_id]
    if asked.q:
        words = like(asked.q.lower())
        wanted.append(func.lower(col(MediaAsset.filename)).like(words, escape="\\"))
    if asked.folder is not None:
        wanted.append(col(Photo.folder) == asked.folder)
    if asked.tag:
        # As it stands in the column: JSON, with all that is not ASCII escaped.
        words = like(json.dumps(asked.tag))
        wanted.append(cast(col(Photo.tags), Text).like(words, escape="\\"))
    if asked.status:
        wanted.append(col(Photo.status) == asked.status)
    if asked.minimum_score > 0:
        wanted.append(func.coalesce(worth(), 0.0) >= asked.minimum_score)
    return wanted


async def page(
    db: AsyncSession, workspace_id: int, asked: Asked, *, limit: int, cursor: str = ""
) -> Page[Found]:
    """Return photographs, the best first, those without a score before them."""
    place = func.coalesce(worth(), _UNSCORED)
    query = (
        select(Photo, MediaAsset, PhotoAnalysis)
        .join(MediaAsset, col(MediaAsset.id) == col(Photo.media_id))
        .outerjoin(PhotoAnalysis, col(PhotoAnalysis.media_id) == col(Photo.media_id))
        .where(*_wanted(workspace_id, asked))
    )
    alone = query.with_only_columns(col(Photo.media_id), maintain_column_froms=True)
    total = await count(db, alone)
    if cursor:
        score, media_id = read_cursor(cursor, float, int)
        is_next = (place == score) & (col(Photo.media_id) > media_id)
        query = query.where((place < score) | is_next)
    query = query.order_by(place.desc(), col(Photo.media_id)).limit(limit + 1)
    rows: list[Found] = [(row[0], row[1], row[2]) for row in (await db.execute(query)).all()]
    more = ""
    if len(rows) > limit:
        photo, _, analysis = rows[limit - 1]
        score = photo.own_score if photo.own_score is not None else analysis and analysis.score
        more = write_cursor(_UNSCORED if score is None else score, photo.media_id)
    return Page(rows[:limit], more, total)


async def scored(db: AsyncSession, workspace_id: int) -> tuple[int, int]:
    """Return how many photographs have a score, and how many there are."""
    query = (
        select(func.count(col(PhotoAnalysis.media_id)), func.count())
        .select_from(Photo)
        .outerjoin(PhotoAnalysis, col(PhotoAnalysis.media_id) == col(Photo.media_id))
        .where(col(Photo.workspace_id) == workspace_id)
    )
    known, every = (await db.execute(query)).one()
    return int(known), int(every)


async def some(db: AsyncSession, workspace_id: int, media_ids: Iterable[int]) -> list[Photo]:
    """Return those of the ids that the workspace has, in the order of their ids."""
    query = select(Photo).where(
        col(Photo.workspace_id) == workspace_id, col(Photo.media_id).in_(set(media_ids))
    )
    return list((await db.execute(query.order_by(col(Photo.media_id)))).scalars())


async def one(db: AsyncSession, workspace_id: int, media_id: int) -> Found | None:
    """Return a photograph of the workspace, with what is known of it."""
    query = (
        select(Photo, MediaAsset, PhotoAnalysis)
        .join(MediaAsset, col(MediaAsset.id) == col(Photo.media_id))
        .outerjoin(PhotoAnalysis, col(PhotoAnalysis.media_id) == col(Photo.media_id))
        .where(col(Photo.workspace_id) == workspace_id, col(Photo.media_id) == media_id)
    )
    row = (await db.execute(query)).first()
    return (row[0], row[1], row[2]) if row else None


async def folders(db: AsyncSession, workspace_id: int) -> list[str]:
    """Return the folders that there are, without the empty one."""
    query = select(col(Photo.folder)).where(
        col(Photo.workspace_id) == workspace_id, col(Photo.folder) != ""
    )
    return sorted((await db.execute(query.distinct())).scalars(), key=str.casefold)


async def tags(db: AsyncSession, workspace_id: int) -> list[str]:
    """Return the tags that there are."""
    query = select(col(Photo.tags)).where(
        col(Photo.workspace_id) == workspace_id, cast(col(Photo.tags), Text) != "[]"
    )
    known = {tag for some in (await db.execute(query)).scalars() for tag in some}
    return sorted(known, key=str.casefold)


def _others(workspace_id: int) -> list[ColumnElement[bool]]:
    return [
        col(MediaAsset.workspace_id) == workspace_id,
        col(MediaAsset.kind) == "image",
        ~exists().where(col(Photo.media_id) == col(MediaAsset.id)),
    ]


async def not_yet(
    db: AsyncSession, workspace_id: int, *, limit: int
) -> tuple[list[MediaAsset], int]:
    """Return the newest pictures of the library that are no photographs, and how many there are."""
    query = select(MediaAsset).where(*_others(workspace_id))
    total = (await db.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
    newest = query.order_by(col(MediaAsset.id).desc()).limit(limit)
    return list((await db.execute(newest)).scalars()), int(total)


async def origins(db: AsyncSession, media_ids: Iterable[int]) -> dict[int, Origin]:
    """Return what cameras wrote into pictures, of those where something is known."""
    query = select(MediaOrigin).where(col(MediaOrigin.media_id).in_(set(media_ids)))
    return {row.media_id: as_origin(row) for row in (await db.execute(query)).scalars()}


def as_origin(row: MediaOrigin) -> Origin:
    """Return a row as the rules know it."""
    is_placed = row.latitude is not None and row.longitude is not None
    place = (row.latitude or 0.0, row.longitude or 0.0) if is_placed else None
    return Origin(row.taken_at, row.camera, place)


async def is_taken(db: AsyncSession, workspace_id: int, sha256: str) -> bool:
    """Whether a file with this content was taken from the watched folder, or refused."""
    query = select(col(TakenFile.id)).where(
        col(TakenFile.workspace_id) == workspace_id, col(TakenFile.sha256) == sha256
    )
    return (await db.execute(query)).first() is not None


async def forget_places(db: AsyncSession, workspace_id: int) -> None:
    """Forget where the pictures of a workspace were taken."""
    theirs = select(col(MediaAsset.id)).where(col(MediaAsset.workspace_id) == workspace_id)
    query = update(MediaOrigin).where(col(MediaOrigin.media_id).in_(theirs))
    await db.execute(query.values(latitude=None, longitude=None))
