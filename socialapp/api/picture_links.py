"""Pictures for autopilot by their addresses: asked for, how far it is, stopped."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import example
from socialapp.api.deps import Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services.autopilot import links
from socialapp.store import links as rows
from socialapp.store.session import AsyncSession

router = APIRouter(prefix="/api", tags=["Autopilot"], route_class=Guarded)
_URL = "https://pictures.example.org/harbour.jpg"
_LINK: dict[str, Any] = {"id": 3, "url": _URL, "folder": "Harbour", "status": "waiting", "why": ""}


class PictureLinksNew(BaseModel):
    """Addresses of pictures that autopilot may post."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"urls": [_URL], "folder": "Harbour"}]}
    )

    urls: Annotated[
        list[Annotated[Words, Field(min_length=1, max_length=2000)]],
        Field(min_length=1, max_length=links.LINES_AT_MOST),
    ]
    folder: Annotated[Words, Field(max_length=120)] = ""


class PictureLinkOut(BaseModel):
    """One address, and what became of it."""

    model_config = example(_LINK)

    id: int
    url: str
    folder: str
    status: Literal["waiting", "done", "failed"]
    why: str = Field(description="Why it failed, for people.")


class PictureLinksOut(BaseModel):
    """The addresses of the last list, and those of lists before that still wait."""

    model_config = example({"items": [_LINK], "waiting": 1, "done": 0, "failed": 0})

    items: list[PictureLinkOut]
    waiting: int
    done: int
    failed: int


@router.get("/picture-links", responses=problems(401, 403))
async def list_picture_links(by: Reads, db: Reading) -> PictureLinksOut:
    """Say how far it is with the addresses that were given last."""
    return await _all(db, by)


@router.post("/picture-links", status_code=202, responses=problems(400, 401, 403, 409))
async def add_picture_links(
    new: PictureLinksNew, by: Publishes, db: Transaction
) -> PictureLinksOut:
    """Have a worker fetch pictures by their addresses and let autopilot post them.

    Each is fetched by itself, one after the other; one that fails says why and does not hinder the
    others. Addresses inside of this network are refused. What is over of the
    last list is forgotten; when more than 500 would wait, nothing is added. It takes the right to
    write, too: the pictures come into the library.
    """
    await links.start(db, by, new.urls, folder=new.folder, now=utc_now())
    await db.flush()
    return await _all(db, by)


@router.delete("/picture-links", status_code=204, responses=problems(401, 403))
async def stop_picture_links(by: Publishes, db: Transaction) -> None:
    """Fetch no more of them, and forget the list. Pictures that are here already stay."""
    await links.stop(db, by)


async def _all(db: AsyncSession, by: Member) -> PictureLinksOut:
    items = [
        PictureLinkOut.model_validate(
            {name: getattr(each, name) for name in PictureLinkOut.model_fields}
        )
        for each in await rows.of_workspace(db, by.workspace_id)
    ]
    counts = {
        status: sum(each.status == status for each in items)
        for status in ("waiting", "done", "failed")
    }
    return PictureLinksOut(items=items, **counts)
