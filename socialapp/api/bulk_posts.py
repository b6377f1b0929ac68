"""Many posts in one request: channels, tags, the next free slots, a check, the trash."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import example
from socialapp.api.deps import Writes, transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.writing import AnyId, ChannelIds, Tags
from socialapp.clock import utc_now
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Right
from socialapp.services import bulk, bulk_posts
from socialapp.services.assigning import How
from socialapp.services.bulk_posts import Action, Line, Wish

router = APIRouter(prefix="/api", tags=["Posts"], route_class=Guarded)


class PostsIn(BaseModel):
    """What is done, and to which posts or pages."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "action": "tags",
                    "ids": [12, 13],
                    "how": "add",
                    "tags": ["bread"],
                    "dry_run": True,
                }
            ]
        },
    )

    action: Literal["channels", "tags", "queue", "check", "delete"]
    ids: Annotated[list[AnyId], Field(min_length=1, max_length=bulk.AT_MOST)]
    how: Literal["add", "remove", "replace"] = Field(
        default="add", description="What is done with the channels or tags that are given."
    )
    channel_ids: ChannelIds = []
    tags: Tags = []
    dry_run: StrictBool = Field(default=False, description="Say what would happen; do nothing.")


class PostOutcome(BaseModel):
    """What became of one of them."""

    id: int
    ok: bool
    words: str = Field(description="What was done to it, or would be.")
    code: str
    detail: str


class PostsOut(BaseModel):
    """What became of each, in their order; an id that is given twice is one."""

    model_config = example(
        {"done": 1, "refused": 1, "dry_run": False, "summary": "1 of 2 changed; 1 already so.",
         "results": [{"id": 12, "ok": True, "words": "Tagged bread.", "code": "", "detail": ""}]}
    )  # fmt: skip

    done: int
    refused: int
    dry_run: bool
    summary: str
    results: list[PostOutcome]


@router.post("/posts/bulk", responses=problems(400, 401, 403, 409))
async def many_posts(asked: PostsIn, by: Writes, request: Request) -> PostsOut:
    """Change the channels or tags of many posts, queue, check or delete them.

    One that is refused does not hinder the others, and the answer is 200. `channels` also changes
    where a planned post goes that has not left: a channel that is added gets it at the same moment.
    `queue` gives each draft the next free slot of its channels; `delete` puts posts in the trash
    and cancels what is planned of them.
    """
    if asked.action == "queue" and not by.may(Right.PUBLISH):
        raise NotAllowed("This key or role lacks the right to publish.")
    wish = Wish(Action(asked.action), How(asked.how), tuple(asked.channel_ids), tuple(asked.tags))
    found = await bulk_posts.run(
        lambda: transaction(request),
        by,
        [Line(each) for each in dict.fromkeys(asked.ids)],
        wish,
        is_preview=asked.dry_run,
        now=utc_now(),
    )
    say = bulk_posts.foretold if asked.dry_run else bulk_posts.told
    done = sum(each.is_done for each in found)
    return PostsOut(
        done=done,
        refused=len(found) - done,
        dry_run=asked.dry_run,
        summary=say(wish.action, found),
        results=[
            PostOutcome(
                id=each.line.post_id,
                ok=each.is_done,
                words=each.words,
                code=each.code,
                detail=each.detail,
            )
            for each in found
        ],
    )
