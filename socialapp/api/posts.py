"""Posts: create, read, list, edit, delete."""

from fastapi import APIRouter
from pydantic import ConfigDict

from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Asked
from socialapp.api.post_views import PostOut, PostPage, post_out, posts_out
from socialapp.api.writing import Change, Ids, IfMatch, New, Parts, Variants
from socialapp.clock import utc_now
from socialapp.services import posts
from socialapp.store import posts as rows

router = APIRouter(prefix="/api", tags=["Posts"], route_class=Guarded)


class NewPost(New):
    """A post to keep as a draft."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Fresh bread from six.", "media_ids": []}]}
    )

    media_ids: Ids = []
    variants: Variants = []
    parts: Parts = []


class PostChange(Change):
    """What to change; what is not given stays. `revision` is the one that was read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"revision": 1, "text": "Fresh bread from seven."}]}
    )

    media_ids: Ids | None = None
    variants: Variants | None = None
    parts: Parts | None = None


@router.post("/posts", status_code=201, responses=problems(400, 401, 403, 409))
async def create_post(new: NewPost, by: Writes, db: Transaction) -> PostOut:
    """Keep a new post as a draft."""
    return await post_out(db, await posts.create(db, by, **new.given(), now=utc_now()))


@router.get("/posts", responses=problems(400, 401, 403))
async def list_posts(by: Reads, db: Reading, asked: Asked) -> PostPage:
    """List posts, the newest first."""
    page = await rows.page(db, by.workspace_id, **asked.given())
    items = await posts_out(db, page.items)
    return PostPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/posts/{post_id}", responses=problems(400, 401, 403, 404))
async def get_post(post_id: Id, by: Reads, db: Reading) -> PostOut:
    """Return a post with its media."""
    return await post_out(db, await posts.get(db, by, post_id))


@router.patch("/posts/{post_id}", responses=problems(400, 401, 403, 404, 409, 412))
async def edit_post(
    post_id: Id, change: PostChange, by: Writes, db: Transaction, if_match: IfMatch = ""
) -> PostOut:
    """Change a post that is not out. 412: somebody was faster, and nothing was overwritten."""
    revision = change.based_on(if_match)
    post = await posts.edit(db, by, post_id, revision=revision, **change.given(), now=utc_now())
    return await post_out(db, post)


@router.delete("/posts/{post_id}", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def delete_post(post_id: Id, by: Writes, db: Transaction) -> None:
    """Put a post in the trash; what it had queued is cancelled. 409 when it is out."""
    await posts.delete(db, by, post_id, now=utc_now())
