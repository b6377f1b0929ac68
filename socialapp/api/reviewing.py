"""What is behind a review link: for whoever has its secret, without a session."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.responses import FileResponse

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Id
from socialapp.api.door import Bounded, Words
from socialapp.api.errors import problems
from socialapp.api.media import MEDIA_BYTES
from socialapp.api.sessions import Short
from socialapp.api.stored import stored
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import review as rules
from socialapp.domain.approval import Said
from socialapp.domain.content import Content, Kind, Media
from socialapp.domain.delivery import LABELS
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.services import reviews
from socialapp.services.reviews import AtChannel, Review, Reviewed
from socialapp.store.files import PREVIEW, files
from socialapp.store.session import database
from socialapp.store.tables import PostComment

router = APIRouter(prefix="/api", tags=["Review links"], route_class=Bounded)
Sayable = Literal[Said.COMMENT, Said.LOOKS_GOOD, Said.WANTS_CHANGES]


class Opening(BaseModel):
    """What stands behind the # of a link."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"secret": "kN3v…"}]})

    secret: Short


class PlannedOut(BaseModel):
    """When it goes out, or went."""

    at: str
    zone: str
    words: str = Field(description="As people of that zone say it.")


class SaidOut(BaseModel):
    """What was said through this link."""

    model_config = example(
        {"id": 3, "kind": "comment", "author": "Bo", "text": "The price is wrong.",
         "created_at": AT}
    )  # fmt: skip

    id: int
    kind: Sayable
    author: str
    text: str
    created_at: str

    @classmethod
    def of(cls, said: PostComment) -> "SaidOut":
        """Return what its readers see of it."""
        return cls(
            id=said.id or 0,
            kind=said.kind,
            author=said.author_name,
            text=said.text,
            created_at=iso(said.created_at),
        )


class ReviewedChannelOut(BaseModel):
    """A channel, and what it will show."""

    id: int
    name: str
    handle: str
    network: str
    can: dict[str, Any] = Field(description="How the network shows a post: `look`, `options`.")
    content: dict[str, Any]


class ReviewedPostOut(BaseModel):
    """One post."""

    id: int
    kind: Kind
    revision: int
    status: str
    status_words: str
    planned: list[PlannedOut]
    content: dict[str, Any] | None = Field(
        description="Of a post that goes to no channel yet: what holds for all."
    )
    channels: list[ReviewedChannelOut]
    said: list[SaidOut]


class ReviewOut(BaseModel):
    """All that a link shows."""

    model_config = example(
        {"workspace_name": "Bakery", "made_by": "Anna", "expires_at": AT, "takes_advice": False,
         "posts": []}
    )  # fmt: skip

    workspace_name: str
    made_by: str
    expires_at: str
    takes_advice: bool
    posts: list[ReviewedPostOut]

    @classmethod
    def of(cls, review: Review) -> "ReviewOut":
        """Return what the reader is given."""
        return cls(
            workspace_name=review.workspace_name,
            made_by=review.made_by,
            expires_at=iso(review.link.expires_at),
            takes_advice=review.link.takes_advice,
            posts=[_post(each, review) for each in review.posts],
        )


def _post(it: Reviewed, review: Review) -> ReviewedPostOut:
    now = utc_now()
    return ReviewedPostOut(
        id=it.post.id or 0,
        kind=it.post.kind,
        revision=it.post.revision,
        status=it.status,
        status_words=LABELS[it.status],
        planned=[
            PlannedOut(at=iso(at), zone=zone, words=moments.spoken(at, zone, now=now))
            for at, zone in it.planned
        ],
        content=None if it.channels else _content(it.shared, review),
        channels=[_channel(each, review) for each in it.channels],
        said=[SaidOut.of(each) for each in it.said],
    )


def _channel(at: AtChannel, review: Review) -> ReviewedChannelOut:
    can = at.can.as_data()
    return ReviewedChannelOut(
        id=at.channel_id,
        name=at.name,
        handle=at.handle,
        network=at.network,
        can={name: can[name] for name in ("look", "options")},
        content=_content(at.content, review),
    )


def _content(content: Content, review: Review) -> dict[str, Any]:
    return {
        "title": content.title,
        "text": content.text,
        "media": [_medium(each, review) for each in content.media],
        "parts": [
            {"text": part.text, "media": [_medium(each, review) for each in part.media]}
            for part in content.parts
        ],
        "options": dict(content.options),
        "attachments": [
            {name: value for name, value in asdict(each).items() if name in _OF_ATTACHMENTS}
            for each in content.attachments
        ],
    }


_OF_ATTACHMENTS = {"id", "filename", "description", "size_bytes"}


def _medium(it: Media, review: Review) -> dict[str, Any]:
    tag = rules.tag(review.link.secret_hash, it.id)
    address = f"/api/review/{review.link.id}/media/{it.id}/{tag}"
    return {
        "id": it.id,
        "kind": it.kind,
        "width": it.width,
        "height": it.height,
        "alt_text": it.alt_text,
        "focus": list(it.focus) if it.focus else None,
        "url": f"{address}/file",
        "preview_url": f"{address}/preview",
    }


class Commenting(Opening):
    """What somebody says about one of the posts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"secret": "kN3v…", "post_id": 12, "name": "Bo", "text": "The price is wrong."}
            ]
        },
    )

    post_id: Annotated[StrictInt, Field(ge=1, le=ID_AT_MOST)]
    name: Annotated[Words, Field(max_length=rules.NAME_AT_MOST)]
    text: Annotated[Words, Field(max_length=rules.TEXT_AT_MOST)] = ""
    kind: Sayable = Field(
        default=Said.COMMENT, description="Advice, where the link takes it, or only a comment."
    )
    revision: Annotated[StrictInt, Field(ge=1, lt=2**31)] | None = Field(
        default=None, description="Of advice: the one that was read; 412 when it is another by now."
    )


@router.post("/review/look", responses=problems(400, 404))
async def look_at_review(given: Opening, response: Response) -> ReviewOut:
    """Return the posts that a link shows, each as its channels will show it."""
    review = await reviews.look(database(), given.secret, now=utc_now())
    response.headers["Cache-Control"] = "no-store"
    return ReviewOut.of(review)


@router.post("/review/comments", status_code=201, responses=problems(400, 403, 404, 412, 429))
async def comment_on_review(given: Commenting) -> SaidOut:
    """Say something about a post. The workspace's people read it beside their own comments.

    It is no approval: nothing goes out by it, and nothing is held.
    """
    async with database().transaction() as db:
        said = await reviews.comment(
            db,
            given.secret,
            given.post_id,
            name=given.name,
            text=given.text,
            said=given.kind,
            revision=given.revision,
            now=utc_now(),
        )
    return SaidOut.of(said)


@router.get(
    "/review/{link_id}/media/{media_id}/{tag}/{size}",
    response_class=FileResponse,
    responses=MEDIA_BYTES | problems(400, 404),
)
async def review_media(
    link_id: Id,
    media_id: Id,
    tag: Annotated[str, Path(max_length=100)],
    size: Literal["file", "preview"],
    request: Request,
) -> Response:
    """Return a picture or video of a post that a link shows, as long as it opens."""
    async with database().reading() as db:
        asset = await reviews.medium(db, link_id, media_id, tag, now=utc_now())
    is_small = size == "preview" and asset.has_thumbnail and asset.kind == "image"
    if size == "preview" and asset.kind == "video":
        raise NotFound("There is nothing here.")
    path = files().sized(asset.key, PREVIEW) if is_small else files().path(asset.key)
    answer = stored(
        request,
        path,
        "image/webp" if is_small else asset.mime_type,
        "preview.webp" if is_small else asset.filename,
        asset.sha256 + (PREVIEW[1:4] if is_small else ""),
        cached="private, no-cache",
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
