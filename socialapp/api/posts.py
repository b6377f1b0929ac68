"""Posts: create, read, list, edit, delete, check."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from socialapp import providers
from socialapp.api.channel_views import example
from socialapp.api.deps import ID_AT_MOST, Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.post_views import PostOut, PostPage, post_out, posts_out
from socialapp.clock import utc_now
from socialapp.domain import checks
from socialapp.domain import text as texts
from socialapp.domain.checks import Verdict
from socialapp.domain.content import Content, Kind, Part
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import channels, contents
from socialapp.store import media as media_rows
from socialapp.store import posts as rows
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession

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


class CheckRequest(BaseModel):
    """Content to look at; without channels or networks: the workspace's default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread", "networks": ["sandbox"]}]},
    )

    text: Text
    title: Text = ""
    kind: Kind = Kind.POST
    parts: Parts = []
    options: Options = {}
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


@router.post("/posts/check", responses=problems(400, 401, 403, 404))
async def check_content(what: CheckRequest, by: Reads, db: Reading) -> CheckOut:
    """Say what each network would refuse, without saving or sending anything."""
    wanted = [what.media_ids, *(part.media_ids for part in what.parts)]
    found = await media_rows.some(db, by.workspace_id, {i for ids in wanted for i in ids})
    known = {media_id: contents.as_media(asset) for media_id, asset in found.items()}
    unknown = [str(i) for ids in wanted for i in ids if i not in known]
    if unknown:
        message = f"There is no media with the id {', '.join(unknown)}."
        raise Rejected(Problem("media_unknown", message, "media_ids"))
    content = Content(
        texts.normalised(what.text),
        tuple(known[i] for i in what.media_ids),
        tuple(
            Part(texts.normalised(part.text), tuple(known[i] for i in part.media_ids))
            for part in what.parts
        ),
        what.options,
        what.kind,
        what.title,
    )
    return await _check(db, by, Written(content), what.channel_ids, what.networks)


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


@router.post("/posts/{post_id}/check", responses=problems(400, 401, 403, 404))
async def check_post(post_id: Id, by: Reads, db: Reading) -> CheckOut:
    """Say what each of its channels would refuse."""
    post = await rows.get(db, by.workspace_id, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    written = await contents.written(db, [post_id])
    return await _check(db, by, written[post_id], post.channel_ids, [])


async def _check(
    db: AsyncSession, by: Member, written: Written, channel_ids: list[int], networks: list[str]
) -> CheckOut:
    there = {c.id: c for c in await channels.of_workspace(db, by.workspace_id)}
    for channel_id in channel_ids:
        if channel_id not in there:
            raise NotFound(f"There is no channel with the id {channel_id}.")
    chosen = [there[i] for i in channel_ids]
    if not chosen and not networks:
        chosen = [c for c in there.values() if c.is_default]
    results = [_result(c.provider, c.id, posts.check(written, c)) for c in chosen]
    return CheckOut(results=results + [_of_network(written, network) for network in networks])


def _of_network(written: Written, network: str) -> CheckResult:
    """Check by the rules of a network, whether or not a channel is connected to it."""
    try:
        name, can = providers.rules(network)
    except KeyError as error:
        message = f"There are no rules for a network called {network!r}."
        raise Rejected(Problem("network_unknown", message, "networks")) from error
    return _result(network, None, checks.check(written.to(0, can, {}), can, network=name))


def _result(network: str, channel_id: int | None, verdict: Verdict) -> CheckResult:
    return CheckResult(
        network=network,
        channel_id=channel_id,
        ok=verdict.is_ok,
        count=verdict.count,
        limit=verdict.limit,
        unit=verdict.unit,
        problems=[ProblemFound(**vars(problem)) for problem in verdict.problems],
    )
