"""Posts: create, read, list, edit, delete, check."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.deps import ID_AT_MOST, Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.post_views import PostOut, PostPage, post_out, posts_out
from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.services import posts
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import posts as rows

router = APIRouter(prefix="/api", tags=["Posts"], route_class=Guarded)

AnyId = Annotated[int, Field(ge=1, le=ID_AT_MOST)]
REVISION_AT_MOST = 2**31 - 1
Tags = Annotated[list[Annotated[Words, Field(max_length=100)]], Field(max_length=50)]
Text = Annotated[Words, Field(max_length=200_000)]


Options = Annotated[dict[str, Any], Field(max_length=50)]


class PartIn(BaseModel):
    """An element of a thread, after the first."""

    model_config = ConfigDict(extra="forbid")

    text: Text = ""
    media_ids: Annotated[list[AnyId], Field(max_length=200)] = []

    def given(self) -> PartGiven:
        """Return it as the services take it."""
        return PartGiven(self.text, self.media_ids)


class VariantIn(BaseModel):
    """What differs for one channel; what is not given is inherited, an empty one is empty."""

    model_config = ConfigDict(extra="forbid")

    channel_id: AnyId
    text: Text | None = None
    title: Text | None = None
    media_ids: Annotated[list[AnyId], Field(max_length=200)] | None = None
    parts: Annotated[list[PartIn], Field(max_length=100)] | None = None
    options: Options = {}

    def given(self) -> VariantGiven:
        """Return it as the services take it."""
        parts = None if self.parts is None else [part.given() for part in self.parts]
        return VariantGiven(self.text, self.title, self.media_ids, parts, self.options)


Parts = Annotated[list[PartIn], Field(max_length=100)]
Variants = Annotated[list[VariantIn], Field(max_length=500)]


def parts_given(parts: list[PartIn] | None) -> list[PartGiven] | None:
    """Return parts as the services take them."""
    return None if parts is None else [part.given() for part in parts]


def variants_given(variants: list[VariantIn] | None) -> dict[int, VariantGiven] | None:
    """Return variants as the services take them. Raises Rejected when a channel has two."""
    if variants is None:
        return None
    if len({v.channel_id for v in variants}) != len(variants):
        raise Rejected(Problem("variant_twice", "A channel has two variants.", "variants"))
    return {variant.channel_id: variant.given() for variant in variants}


class NewPost(BaseModel):
    """A post to keep as a draft."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread from six.", "media_ids": []}]},
    )

    text: Text
    media_ids: Annotated[list[AnyId], Field(max_length=200)] = []
    channel_ids: Annotated[list[AnyId], Field(max_length=500)] = []
    variants: Variants = []
    parts: Parts = Field(default=[], description="What follows `text` in a thread.")
    options: Options = Field(
        default={}, description="What networks offer beside text and media: `GET /api/providers`."
    )
    tags: Tags = []
    campaign: Annotated[Words, Field(max_length=200)] = ""
    notes: Text = ""


class PostChange(BaseModel):
    """What to change; what is not given stays. `revision` is the one that was read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"revision": 1, "text": "Fresh bread from seven."}]},
    )

    revision: Annotated[int, Field(ge=1, le=REVISION_AT_MOST)] | None = None
    text: Text | None = None
    media_ids: Annotated[list[AnyId], Field(max_length=200)] | None = None
    channel_ids: Annotated[list[AnyId], Field(max_length=500)] | None = None
    variants: Variants | None = None
    parts: Parts | None = None
    options: Options | None = None
    tags: Tags | None = None
    campaign: Annotated[Words, Field(max_length=200)] | None = None
    notes: Text | None = None


@router.post("/posts", status_code=201, responses=problems(400, 401, 403, 409))
async def create_post(new: NewPost, by: Writes, db: Transaction) -> PostOut:
    """Keep a new post as a draft."""
    post = await posts.create(
        db,
        by,
        text=new.text,
        media_ids=new.media_ids,
        channel_ids=new.channel_ids,
        parts=[part.given() for part in new.parts],
        options=new.options,
        variants=variants_given(new.variants),
        tags=new.tags,
        campaign=new.campaign,
        notes=new.notes,
        now=utc_now(),
    )
    return await post_out(db, post)


@router.get("/posts", responses=problems(400, 401, 403))
async def list_posts(
    by: Reads,
    db: Reading,
    status: Shown | None = None,
    channel_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None,
    provider: Annotated[Words, Query(max_length=50)] = "",
    campaign: Annotated[Words, Query(max_length=200)] = "",
    tag: Annotated[Words, Query(max_length=100)] = "",
    q: Annotated[Words, Query(max_length=200, description="In the text.")] = "",
    sort: Literal["created_at", "scheduled_at"] = "created_at",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Words, Query(max_length=300)] = "",
) -> PostPage:
    """List posts, the newest first."""
    page = await rows.page(
        db,
        by.workspace_id,
        sort=sort,
        limit=limit,
        cursor=cursor,
        status=status or "",
        channel_id=channel_id,
        provider=provider,
        campaign=campaign,
        tag=tag,
        q=q.strip(),
    )
    items = await posts_out(db, page.items)
    return PostPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/posts/{post_id}", responses=problems(400, 401, 403, 404))
async def get_post(post_id: Id, by: Reads, db: Reading) -> PostOut:
    """Return a post with its media."""
    post = await rows.get(db, by.workspace_id, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    return await post_out(db, post)


@router.patch("/posts/{post_id}", responses=problems(400, 401, 403, 404, 409, 412))
async def edit_post(
    post_id: Id,
    change: PostChange,
    by: Writes,
    db: Transaction,
    if_match: Annotated[str, Header(max_length=50)] = "",
) -> PostOut:
    """Change a post that is not out. 412: somebody was faster, and nothing was overwritten."""
    post = await posts.edit(
        db,
        by,
        post_id,
        revision=change.revision or _revision(if_match),
        text=change.text,
        media_ids=change.media_ids,
        channel_ids=change.channel_ids,
        parts=parts_given(change.parts),
        options=change.options,
        variants=variants_given(change.variants),
        tags=change.tags,
        campaign=change.campaign,
        notes=change.notes,
        now=utc_now(),
    )
    return await post_out(db, post)


def _revision(if_match: str) -> int:
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()) or not 0 < int(number) <= REVISION_AT_MOST:
        message = "Send the `revision` that you read, so that nobody's change is lost."
        raise Rejected(Problem("revision_required", message, "revision"))
    return int(number)


@router.delete("/posts/{post_id}", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def delete_post(post_id: Id, by: Writes, db: Transaction) -> None:
    """Put a post in the trash; what it had queued is cancelled. 409 when it is out."""
    await posts.delete(db, by, post_id, now=utc_now())
