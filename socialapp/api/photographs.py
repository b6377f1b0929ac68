"""Photographs of autopilot: found, added, sorted, scored by hand, vetoed, let go."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit, Search
from socialapp.clock import utc_now
from socialapp.domain.curation import PhotoStatus
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.domain.origins import Origin
from socialapp.domain.people import Member
from socialapp.services.autopilot import outcomes, photographs
from socialapp.store import photographs as rows
from socialapp.store.photographs import Asked, Found
from socialapp.store.session import AsyncSession

router = APIRouter(prefix="/api", tags=["Autopilot"], route_class=Guarded)

_EXAMPLE: dict[str, Any] = {
    "media_id": 7,
    "filename": "harbour.jpg",
    "status": "new",
    "score": 9.0,
    "measured_score": 8.2,
    "own_score": 9.0,
    "parts": [{"name": "sharpness", "value": 0.81, "why": "Edges are crisp."}],
    "folder": "Harbour",
    "tags": ["sea", "dusk"],
    "taken_at": AT,
    "camera": "Nikon D90",
    "place": None,
    "added_at": AT,
}
Folder = Annotated[Words, Field(max_length=120)]
Tags = Annotated[list[Annotated[Words, Field(max_length=50)]], Field(max_length=30)]


class PartOut(BaseModel):
    """One part of a measured score."""

    name: str
    value: float = Field(description="0 to 1.")
    why: str


class PhotographOut(BaseModel):
    """A picture of the library that autopilot may post."""

    model_config = example(_EXAMPLE)

    media_id: int
    filename: str
    status: PhotoStatus
    score: float | None = Field(description="What it counts as; null until it is measured.")
    measured_score: float | None
    own_score: float | None = Field(description="What a person says; it counts when it is there.")
    parts: list[PartOut]
    folder: str
    tags: list[str]
    taken_at: str | None
    camera: str
    place: list[float] | None = Field(
        description="Latitude and longitude, when the workspace keeps them."
    )
    added_at: str

    @classmethod
    def of(cls, found: Found, origin: Origin) -> "PhotographOut":
        """Return what programs see of a photograph."""
        photo, asset, analysis = found
        measured = analysis.score if analysis else None
        return cls(
            media_id=photo.media_id,
            filename=asset.filename,
            status=PhotoStatus(photo.status),
            score=measured if photo.own_score is None else photo.own_score,
            measured_score=measured,
            own_score=photo.own_score,
            parts=[PartOut(**part) for part in (analysis.parts if analysis else [])],
            folder=photo.folder,
            tags=photo.tags,
            taken_at=iso(origin.taken_at) if origin.taken_at else None,
            camera=origin.camera,
            place=list(origin.place) if origin.place else None,
            added_at=iso(photo.created_at),
        )


class PhotographPage(BaseModel):
    """Some photographs: those that are not measured yet, then the best."""

    items: list[PhotographOut]
    next_cursor: str | None
    total: int | None


class PhotographsNew(BaseModel):
    """Pictures of the library that autopilot may post from now on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"media_ids": [7], "folder": "Harbour"}]}
    )

    media_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=ID_AT_MOST)]], Field(min_length=1, max_length=200)
    ]
    folder: Folder | None = None
    tags: Tags | None = None


class PhotographChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"own_score": 9.0, "tags": ["sea"]}]}
    )

    own_score: Annotated[float, Field(ge=0, le=10, strict=True)] | None = Field(
        default=None, description="Null: the measured score counts again."
    )
    folder: Folder | None = None
    tags: Tags | None = Field(default=None, description="All of them.")
    is_vetoed: StrictBool | None = Field(
        default=None, description="True: it is never posted. False: it may be again."
    )


@router.get("/photographs", responses=problems(400, 401, 403))
async def list_photographs(
    by: Reads,
    db: Reading,
    q: Search = "",
    folder: Annotated[Words | None, Query(max_length=120, description="Empty: in none.")] = None,
    tag: Annotated[Words, Query(max_length=50)] = "",
    status: PhotoStatus | None = None,
    minimum_score: Annotated[float, Query(ge=0, le=10)] = 0,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> PhotographPage:
    """List photographs, those without a score first, then the best; `q` looks in names."""
    asked = Asked(q.strip(), folder, tag, status or "", minimum_score)
    page = await rows.page(db, by.workspace_id, asked, limit=limit, cursor=cursor)
    origins = await rows.origins(db, [photo.media_id for photo, _, _ in page.items])
    items = [PhotographOut.of(e, origins.get(e[0].media_id, Origin())) for e in page.items]
    return PhotographPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.post("/photographs", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def add_photographs(new: PhotographsNew, by: Publishes, db: Transaction) -> PhotographPage:
    """Let autopilot post pictures of the library. Those that it has already stay as they are."""
    await photographs.add_some(db, by, new.media_ids, now=utc_now())
    await db.flush()
    if new.folder is not None or new.tags is not None:
        await photographs.arrange(db, by, new.media_ids, folder=new.folder, tags=new.tags)
    items = [await _one(db, by, media_id) for media_id in dict.fromkeys(new.media_ids)]
    return PhotographPage(items=items, next_cursor=None, total=len(items))


@router.get("/photographs/{media_id}", responses=problems(401, 403, 404))
async def get_photograph(media_id: Id, by: Reads, db: Reading) -> PhotographOut:
    """Return one photograph; its id is that of the picture in the library."""
    return await _one(db, by, media_id)


@router.patch("/photographs/{media_id}", responses=problems(400, 401, 403, 404, 409))
async def change_photograph(
    media_id: Id, change: PhotographChange, by: Publishes, db: Transaction
) -> PhotographOut:
    """Set its score by hand, its folder and tags, or veto it."""
    await photographs.get(db, by, media_id)
    if "own_score" in change.model_fields_set:
        await photographs.rate(db, by, media_id, change.own_score)
    if change.folder is not None or change.tags is not None:
        await photographs.arrange(db, by, [media_id], folder=change.folder, tags=change.tags)
    if change.is_vetoed is not None:
        await photographs.veto(db, by, media_id, is_vetoed=change.is_vetoed)
    await db.flush()
    return await _one(db, by, media_id)


@router.post("/photographs/{media_id}/release", responses=problems(401, 403, 404, 409))
async def release_photograph(media_id: Id, by: Publishes, db: Transaction) -> PhotographOut:
    """Let one whose posting failed or was cancelled be picked again."""
    await outcomes.release(db, by, media_id, now=utc_now())
    await db.flush()
    return await _one(db, by, media_id)


async def _one(db: AsyncSession, by: Member, media_id: int) -> PhotographOut:
    found = await rows.one(db, by.workspace_id, media_id)
    if found is None:
        raise NotFound("There is no such photograph.")
    known = await rows.origins(db, [media_id])
    return PhotographOut.of(found, known.get(media_id, Origin()))
