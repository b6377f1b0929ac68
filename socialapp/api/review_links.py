"""Review links: made, listed and revoked."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api import address
from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Id, Reading, Transaction, Writes
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.writing import AnyId
from socialapp.clock import utc_now
from socialapp.domain import review as rules
from socialapp.domain.moments import iso
from socialapp.services import reviews
from socialapp.store.reviews import Listed

router = APIRouter(prefix="/api", tags=["Review links"], route_class=Guarded)
PAGE = "/review/"
"""Where a link leads. Its secret stands behind a #, which browsers send to nobody."""
_LINK: dict[str, object] = {
    "id": 3, "post_ids": [12], "takes_advice": True, "made_by": "Anna", "created_at": AT,
    "expires_at": AT, "last_opened_at": None,
}  # fmt: skip


class NewReviewLink(BaseModel):
    """What a new link shows, and for how long."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"post_ids": [12], "days": 7, "takes_advice": True}]},
    )

    post_ids: Annotated[list[AnyId], Field(min_length=1, max_length=rules.POSTS_AT_MOST)] = Field(
        description="Posts and pages, in the order in which they are shown."
    )
    days: int = Field(
        default=rules.LASTS_AT_FIRST,
        json_schema_extra={"enum": list(rules.LASTS_DAYS)},
        description="How long it opens.",
    )
    takes_advice: StrictBool = Field(
        default=False,
        description="Whether its readers may say that a post looks good, or ask for changes. It is"
        " advice: an approval is given by the workspace's own people.",
    )


class ReviewLinkOut(BaseModel):
    """A link that still opens; its address is not kept."""

    model_config = example(_LINK)

    id: int
    post_ids: list[int]
    takes_advice: bool
    made_by: str
    created_at: str
    expires_at: str
    last_opened_at: str | None

    @classmethod
    def of(cls, listed: Listed) -> "ReviewLinkOut":
        """Return what programs see of it."""
        link = listed.link
        return cls(
            id=link.id or 0,
            post_ids=list(listed.post_ids),
            takes_advice=link.takes_advice,
            made_by=listed.made_by,
            created_at=iso(link.created_at),
            expires_at=iso(link.expires_at),
            last_opened_at=iso(link.last_opened_at) if link.last_opened_at else None,
        )


class ShownLink(BaseModel):
    """What is shown once and kept nowhere; empty in an answer that is given again."""

    url: str = Field(default="", description="The link to send to whoever shall look.")


class NewReviewLinkOut(ReviewLinkOut):
    """A new link, with its address."""

    model_config = example(_LINK | {"shown": {"url": "https://social.example.org/review/#kN3v…"}})

    shown: ShownLink


class ReviewLinksOut(BaseModel):
    """All links that still open."""

    model_config = example({"items": [_LINK]})

    items: list[ReviewLinkOut]


@router.get("/review-links", responses=problems(400, 401, 403))
async def list_review_links(
    by: Writes,
    db: Reading,
    post_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None,
) -> ReviewLinksOut:
    """List the links that still open, newest first; only those to one post."""
    wanted = [post_id] if post_id is not None else []
    found = await reviews.of_workspace(db, by, post_ids=wanted, now=utc_now())
    return ReviewLinksOut(items=[ReviewLinkOut.of(each) for each in found])


@router.post("/review-links", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def make_review_link(
    new: NewReviewLink, by: Writes, db: Transaction, request: Request
) -> NewReviewLinkOut:
    """Make a link by which somebody without an account sees posts, and comments on them.

    It shows them as each channel will, and nothing else of the workspace. Its address is shown
    this once.
    """
    made, secret = await reviews.create(
        db, by, new.post_ids, days=new.days, takes_advice=new.takes_advice, now=utc_now()
    )
    listed = Listed(made, by.name if by.person_id else "", tuple(dict.fromkeys(new.post_ids)))
    link = f"{address.of(request)}{PAGE}#{secret}"
    return NewReviewLinkOut(**ReviewLinkOut.of(listed).model_dump(), shown=ShownLink(url=link))


@router.delete("/review-links/{link_id}", status_code=204, responses=problems(400, 401, 403, 404))
async def revoke_review_link(link_id: Id, by: Writes, db: Transaction) -> None:
    """End a link, at once. What was said through it stays."""
    await reviews.revoke(db, by, link_id, now=utc_now())
