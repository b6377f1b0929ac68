"""Approval of posts and pages, and what is said about them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Approves, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.post_views import approval_of
from socialapp.clock import utc_now
from socialapp.domain.approval import Said
from socialapp.domain.content import Kind
from socialapp.domain.moments import iso
from socialapp.services import approvals
from socialapp.services.approvals import TEXT_AT_MOST
from socialapp.store.tables import Post, PostComment

router = APIRouter(prefix="/api", tags=["Approval"], route_class=Guarded)
Comment = Annotated[Words, Field(max_length=TEXT_AT_MOST)]


class Submitting(BaseModel):
    """A word for those who approve."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"comment": "The price is right now."}]}
    )

    comment: Comment = ""


class Approving(BaseModel):
    """Which revision is approved."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"revision": 1, "comment": "Good."}]}
    )

    revision: Annotated[StrictInt, Field(ge=1, lt=2**31)] | None = Field(
        default=None, description="The one that was read; 412 when it was edited since."
    )
    comment: Comment = ""


class Commenting(BaseModel):
    """What is to be said."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"comment": "The price is wrong."}]}
    )

    comment: Comment


class ApprovalOut(BaseModel):
    """How a post or page stands."""

    model_config = example(
        {"id": 12, "kind": "post", "status": "queued", "revision": 1,
         "approval": {"state": "approved", "revision": 1}}
    )  # fmt: skip

    id: int
    kind: Kind
    status: str
    revision: int
    approval: dict[str, Any] | None = Field(
        description="`state`: approved, needs_approval or changes_requested, of which `revision`."
    )

    @classmethod
    def of(cls, post: Post) -> "ApprovalOut":
        """Return what programs see of it."""
        return cls(
            id=post.id or 0,
            kind=post.kind,
            status=post.status,
            revision=post.revision,
            approval=approval_of(post),
        )


class CommentOut(BaseModel):
    """What somebody said, or did."""

    model_config = example(
        {"id": 3, "kind": "changes_requested", "author": "Anna", "text": "The price is wrong.",
         "revision": 1, "created_at": AT, "is_outside": False}
    )  # fmt: skip

    id: int
    kind: Said
    author: str
    text: str
    revision: int
    created_at: str
    is_outside: bool = Field(
        description="Said through a review link; `looks_good` and `wants_changes` are advice."
    )

    @classmethod
    def of(cls, said: PostComment) -> "CommentOut":
        """Return what programs see of it."""
        return cls(
            id=said.id or 0,
            kind=Said(said.kind),
            author=said.author_name,
            text=said.text,
            revision=said.revision,
            created_at=iso(said.created_at),
            is_outside=said.link_id is not None,
        )


class CommentsOut(BaseModel):
    """All that was said, oldest first."""

    items: list[CommentOut]


def _serve(kind: Kind, place: str, name: str) -> None:
    """Give a kind its addresses: what holds for posts holds for pages."""
    which = Annotated[int, Path(alias=name, ge=1, le=ID_AT_MOST)]
    here = f"/{place}/{{{name}}}"

    @router.post(
        f"{here}/submit",
        name=f"submit_{kind}",
        responses=problems(400, 401, 403, 404, 409),
    )
    async def submit(
        given: Submitting,
        by: Publishes,
        db: Transaction,
        at: which,
    ) -> ApprovalOut:
        """Ask for approval again, after changes. What is scheduled under a rule asks by itself."""
        post = await approvals.submit(db, by, at, kind=kind, text=given.comment, now=utc_now())
        return ApprovalOut.of(post)

    @router.post(
        f"{here}/approve",
        name=f"approve_{kind}",
        responses=problems(400, 401, 403, 404, 409, 412),
    )
    async def approve(
        given: Approving,
        by: Approves,
        db: Transaction,
        at: which,
    ) -> ApprovalOut:
        """Approve one revision: what is planned for later is queued, what is late is missed."""
        post = await approvals.approve(
            db, by, at, kind=kind, revision=given.revision, text=given.comment, now=utc_now()
        )
        return ApprovalOut.of(post)

    @router.post(
        f"{here}/request-changes",
        name=f"request_changes_{kind}",
        responses=problems(400, 401, 403, 404, 409),
    )
    async def request_changes(
        given: Commenting,
        by: Approves,
        db: Transaction,
        at: which,
    ) -> ApprovalOut:
        """Give it back to its author, with the reason."""
        post = await approvals.request_changes(
            db, by, at, kind=kind, text=given.comment, now=utc_now()
        )
        return ApprovalOut.of(post)

    @router.get(
        f"{here}/comments", name=f"list_comments_{kind}", responses=problems(400, 401, 403, 404)
    )
    async def list_comments(
        by: Reads,
        db: Reading,
        at: which,
    ) -> CommentsOut:
        """List what was said about it, oldest first."""
        found = await approvals.comments_of(db, by, at, kind=kind)
        return CommentsOut(items=[CommentOut.of(each) for each in found])

    @router.post(
        f"{here}/comments",
        name=f"comment_{kind}",
        status_code=201,
        responses=problems(400, 401, 403, 404),
    )
    async def comment(
        given: Commenting,
        by: Reads,
        db: Transaction,
        at: which,
    ) -> CommentOut:
        """Say something about it."""
        said = await approvals.comment(db, by, at, kind=kind, text=given.comment, now=utc_now())
        return CommentOut.of(said)


_serve(Kind.POST, "posts", "post_id")
_serve(Kind.PAGE, "pages", "page_id")
