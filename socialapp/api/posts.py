"""Posts: create, read, list, edit, delete, check."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from socialapp import providers
from socialapp.api.deps import ID_AT_MOST, Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.views import PostOut, PostPage, example, post_out, posts_out
from socialapp.clock import utc_now
from socialapp.domain import checks
from socialapp.domain.content import Content
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.store import channels
from socialapp.store import media as media_rows
from socialapp.store import posts as rows
from socialapp.store.session import AsyncSession

router = APIRouter(prefix="/api", tags=["Posts"], route_class=Guarded)

AnyId = Annotated[int, Field(ge=1, le=ID_AT_MOST)]
REVISION_AT_MOST = 2**31 - 1
Tags = Annotated[list[Annotated[Words, Field(max_length=100)]], Field(max_length=50)]
Text = Annotated[Words, Field(max_length=200_000)]


class NewPost(BaseModel):
    """A post to keep as a draft."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread from six.", "media_ids": []}]},
    )

    text: Text
    media_ids: Annotated[list[AnyId], Field(max_length=200)] = []
    channel_ids: Annotated[list[AnyId], Field(max_length=500)] = []
    variants: list[dict[str, Any]] = Field(default=[], description="Not offered yet: empty.")
    parts: list[dict[str, Any]] = Field(default=[], description="Not offered yet: empty.")
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
    tags: Tags | None = None
    campaign: Annotated[Words, Field(max_length=200)] | None = None
    notes: Text | None = None


class CheckRequest(BaseModel):
    """Content to look at; without channels or networks: the workspace's default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread", "networks": ["sandbox"]}]},
    )

    text: Text
    media_ids: Annotated[list[AnyId], Field(max_length=200)] = []
    channel_ids: Annotated[list[AnyId], Field(max_length=500)] = []
    networks: Annotated[list[Annotated[Words, Field(max_length=50)]], Field(max_length=50)] = []


class ProblemFound(BaseModel):
    """One thing a network would refuse, or would be better with."""

    code: str
    message: str
    field: str
    start: int | None
    end: int | None
    severity: Literal["error", "warning"]


class CheckResult(BaseModel):
    """What one network would say."""

    network: str
    channel_id: int | None
    ok: bool
    count: int
    limit: int
    unit: str
    problems: list[ProblemFound]


class CheckOut(BaseModel):
    """What each network would say; nothing was saved or sent."""

    model_config = example(
        {"results": [{"network": "sandbox", "channel_id": 1, "ok": True, "count": 11,
                      "limit": 500, "unit": "graphemes", "problems": []}]}
    )  # fmt: skip

    results: list[CheckResult]


def _refuse_later_parts(new: NewPost) -> None:
    for name in ("variants", "parts"):
        if getattr(new, name):
            message = f"{name} are not offered by this version. Nothing was saved."
            raise Rejected(Problem("not_offered", message, name))


@router.post("/posts", status_code=201, responses=problems(400, 401, 403, 409))
async def create_post(new: NewPost, by: Writes, db: Transaction) -> PostOut:
    """Keep a new post as a draft."""
    _refuse_later_parts(new)
    post = await posts.create(
        db,
        by,
        text=new.text,
        media_ids=new.media_ids,
        channel_ids=new.channel_ids,
        tags=new.tags,
        campaign=new.campaign,
        notes=new.notes,
        now=utc_now(),
    )
    return await post_out(db, post, has_media=bool(new.media_ids))


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


@router.post("/posts/check", responses=problems(400, 401, 403, 404))
async def check_content(what: CheckRequest, by: Reads, db: Reading) -> CheckOut:
    """Say what each network would refuse, without saving or sending anything."""
    found = await media_rows.some(db, by.workspace_id, what.media_ids)
    known = {media_id: rows.as_media(asset) for media_id, asset in found.items()}
    unknown = [str(i) for i in what.media_ids if i not in known]
    if unknown:
        message = f"There is no media with the id {', '.join(unknown)}."
        raise Rejected(Problem("media_unknown", message, "media_ids"))
    content = Content(what.text, tuple(known[i] for i in what.media_ids))
    return await _check(db, by, content, what.channel_ids, what.networks)


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


@router.post("/posts/{post_id}/check", responses=problems(400, 401, 403, 404))
async def check_post(post_id: Id, by: Reads, db: Reading) -> CheckOut:
    """Say what each of its channels would refuse."""
    post = await rows.get(db, by.workspace_id, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    return await _check(db, by, await posts.content(db, post), post.channel_ids, [])


async def _check(
    db: AsyncSession, by: Member, content: Content, channel_ids: list[int], networks: list[str]
) -> CheckOut:
    there = {c.id: c for c in await channels.of_workspace(db, by.workspace_id)}
    for channel_id in channel_ids:
        if channel_id not in there:
            raise NotFound(f"There is no channel with the id {channel_id}.")
    wanted: list[tuple[str, int | None]] = [(there[i].provider, i) for i in channel_ids]
    wanted += [(network, None) for network in networks]
    if not wanted:
        wanted = [(c.provider, c.id) for c in there.values() if c.is_default]
    return CheckOut(results=[_result(content, network, i) for network, i in wanted])


def _result(content: Content, network: str, channel_id: int | None) -> CheckResult:
    try:
        provider = providers.kind(network)
    except KeyError as error:
        message = f"There are no rules for a network called {network!r}."
        raise Rejected(Problem("network_unknown", message, "networks")) from error
    verdict = checks.check(content, provider.capabilities, network=provider.name)
    return CheckResult(
        network=network,
        channel_id=channel_id,
        ok=verdict.is_ok,
        count=verdict.count,
        limit=verdict.limit,
        unit=verdict.unit,
        problems=[ProblemFound(**vars(problem)) for problem in verdict.problems],
    )
