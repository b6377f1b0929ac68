"""Many posts in one request: channels, tags, slots, suggested times, a check, the trash."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from socialapp.api.channel_views import example
from socialapp.api.deps import Writes, transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.writing import AnyId, ChannelIds, Tags
from socialapp.clock import utc_now
from socialapp.domain import spreading
from socialapp.domain.errors import NotAllowed
from socialapp.domain.moments import iso
from socialapp.domain.people import Right
from socialapp.domain.spreading import Span
from socialapp.services import bulk, bulk_posts
from socialapp.services.assigning import How
from socialapp.services.bulk_posts import Action, Line, Outcome, Wish

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

    action: Literal["channels", "tags", "queue", "spread", "check", "delete"]
    ids: Annotated[list[AnyId], Field(min_length=1, max_length=bulk.AT_MOST)]
    how: Literal["add", "remove", "replace"] = Field(
        default="add", description="What is done with the channels or tags that are given."
    )
    channel_ids: ChannelIds = []
    tags: Tags = []
    days: Annotated[StrictInt, Field(ge=1, le=spreading.DAYS_AT_MOST)] = Field(
        default=7, description="To spread over, from now on."
    )
    per_day: Annotated[StrictInt, Field(ge=1, le=spreading.PER_DAY_AT_MOST)] = Field(
        default=1, description="To spread: posts of a channel on a day, planned ones counted in."
    )
    first_hour: Annotated[StrictInt, Field(ge=0, le=23)] = Field(
        default=8, description="To spread: 8 is not before 08:00."
    )
    last_hour: Annotated[StrictInt, Field(ge=0, le=23)] = Field(
        default=20, description="To spread: 20 is not after 20:00."
    )
    dry_run: StrictBool = Field(default=False, description="Say what would happen; do nothing.")


class PostOutcome(BaseModel):
    """What became of one of them."""

    id: int
    ok: bool
    words: str = Field(description="What was done to it, or would be.")
    code: str
    detail: str
    scheduled_at: str | None = Field(default=None, description="Of a spread.")
    timezone: str | None = Field(default=None, description="In which days and hours were read.")
    basis: Literal["own", "guess"] | None = Field(
        default=None,
        description="What the time rests on: the channels' own results at that hour of the week,"
        " or an hour at which many people look.",
    )
    posts: int | None = Field(
        default=None, description="The channels' own posts at that hour of the week."
    )

    @classmethod
    def of(cls, found: Outcome) -> "PostOutcome":
        """Return what programs see of an outcome."""
        time = found.time
        return cls(
            id=found.line.post_id,
            ok=found.is_done,
            words=found.words,
            code=found.code,
            detail=found.detail,
            scheduled_at=iso(time.moment.at) if time else None,
            timezone=time.moment.zone if time else None,
            basis=time.rated.basis.value if time else None,
            posts=time.rated.posts if time else None,
        )


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
    """Change the channels or tags of many posts, plan, check or delete them.

    One that is refused does not hinder the others, and the answer is 200. `channels` also changes
    where a planned post goes that has not left: a channel that is added gets it at the same moment.
    `queue` gives each draft the next free slot of its channels. `spread` gives each a suggested
    time: an hour away from all that its channels post, no more a day than asked for, not near the
    same words; a dry run says which, and what each rests on. `delete` puts posts in the trash
    and cancels what is planned of them.
    """
    if asked.action in {"queue", "spread"} and not by.may(Right.PUBLISH):
        raise NotAllowed("This key or role lacks the right to publish.")
    wish = Wish(
        Action(asked.action),
        How(asked.how),
        tuple(asked.channel_ids),
        tuple(asked.tags),
        Span(asked.days, asked.per_day, asked.first_hour, asked.last_hour),
    )
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
        results=[PostOutcome.of(each) for each in found],
    )
