"""Recycling: the rule by which an evergreen list fills itself, and what it found."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction, transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit
from socialapp.clock import utc_now
from socialapp.domain import recycling as rules
from socialapp.domain.moments import iso
from socialapp.domain.recycling import Measure, Rule, State
from socialapp.services import evergreen, recycling
from socialapp.services.recycling_finds import Find, Finds
from socialapp.store import posts
from socialapp.store import recycling as rows
from socialapp.store.session import AsyncSession, database
from socialapp.store.tables import Post, RecycledPost, RecyclingRule

router = APIRouter(
    prefix="/api/evergreen/{list_id}/recycling", tags=["Evergreen lists"], route_class=Guarded
)
_RULE: dict[str, Any] = {
    "measure": "likes", "best_percent": 10, "at_least": 5, "from_days": 30, "to_days": 365,
    "per_week": 2, "asks": True,
}  # fmt: skip
_WHY = "12 likes within 7 days, better than 18 of 19 other posts of Shop"
_FIND = {"post_id": 5, "text": "Fresh bread", "channel_id": 1, "number": 12, "why": _WHY,
         "posted_at": AT}  # fmt: skip
Days = Annotated[int, Field(ge=rules.AGE.days, le=rules.DAYS_AT_MOST)]


class RuleIO(BaseModel):
    """Which posts that went out from the list's channels it gets."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_RULE]})

    measure: Measure = Field(default=Measure.LIKES, description="One of them, never mixed.")
    best_percent: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10,
        description="Only posts that are better than all others of their channel but so many "
        f"percent, by what each had within {rules.AGE.days} days.",
    )
    at_least: Annotated[int, Field(ge=1, le=rules.AT_LEAST_AT_MOST)] = 1
    from_days: Days = Field(default=30, description="Posts are at least so many days old.")
    to_days: Days = Field(default=365, description="Posts are at most so many days old.")
    per_week: Annotated[int, Field(ge=1, le=rules.PER_WEEK_AT_MOST)] = 2
    asks: StrictBool = Field(
        default=True, description="Each waits for `accept`; false: it is added at once."
    )

    def rule(self) -> Rule:
        """Return it as the services take it."""
        return Rule(**self.model_dump())


class RuleOut(BaseModel):
    """The rule of a list, and how it is with it."""

    model_config = example(
        {**_RULE, "words": "Posts of its channels that are 30 to 365 days old, …",
         "said": "1 post proposed.", "looked_at": AT, "look_at": AT, "created_at": AT,
         "updated_at": AT}
    )  # fmt: skip

    measure: str
    best_percent: int
    at_least: int
    from_days: int
    to_days: int
    per_week: int
    asks: bool
    words: str = Field(description="The rule, for people.")
    said: str = Field(description="What the last look came to, for people.")
    looked_at: str | None
    look_at: str | None = Field(description="When it looks again.")
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, kept: RecyclingRule) -> "RuleOut":
        """Return it as programs see it."""
        rule = recycling.rule_of(kept)
        return cls(
            **vars(rule),
            words=rule.spoken(),
            said=kept.said,
            looked_at=iso(kept.looked_at) if kept.looked_at else None,
            look_at=iso(kept.look_at) if kept.look_at else None,
            created_at=iso(kept.created_at),
            updated_at=iso(kept.updated_at),
        )


class FindOut(BaseModel):
    """A post that would be added or proposed."""

    model_config = example(_FIND)

    post_id: int
    text: str
    channel_id: int = Field(description="Where it did best.")
    number: int = Field(description=f"What it had within {rules.AGE.days} days.")
    why: str
    posted_at: str

    @classmethod
    def of(cls, find: Find) -> "FindOut":
        """Return it as programs see it."""
        return cls(
            post_id=find.post.id or 0,
            text=find.post.text,
            channel_id=find.channel_id,
            number=find.number,
            why=find.why,
            posted_at=iso(find.posted_at),
        )


class PreviewOut(BaseModel):
    """What a rule would find now."""

    model_config = example(
        {"items": [_FIND], "matching": 4, "left": 1,
         "notes": ["Shop: not enough data: 6 of 20 posts with results."]}
    )  # fmt: skip

    items: list[FindOut] = Field(description="The best, as many as the week has room for.")
    matching: int = Field(description="All that fit, those of later weeks included.")
    left: int = Field(description="For so many more this week, and the list, have room.")
    notes: list[str] = Field(description="Channels that nothing can be concluded from.")

    @classmethod
    def of(cls, finds: Finds) -> "PreviewOut":
        """Return it as programs see it."""
        items = [FindOut.of(each) for each in finds.now]
        return cls(items=items, matching=finds.matching, left=finds.left, notes=finds.notes)


class RecycledOut(BaseModel):
    """A post that the rule has found, and what became of it."""

    model_config = example(
        {"id": 4, "post_id": 5, "text": "Fresh bread", "channel_id": 1, "state": "proposed",
         "why": _WHY, "entry_id": None, "found_at": AT, "decided_at": None, "decided_by": None}
    )  # fmt: skip

    id: int
    post_id: int
    text: str
    channel_id: int
    state: str = Field(description="proposed, added, dismissed or withdrawn.")
    why: str
    entry_id: int | None = Field(description="The entry that was made of it.")
    found_at: str
    decided_at: str | None
    decided_by: int | None = Field(description="The person who said yes or no; null: nobody.")

    @classmethod
    def of(cls, found: RecycledPost, post: Post) -> "RecycledOut":
        """Return it as programs see it."""
        return cls(
            id=found.id or 0,
            post_id=found.post_id,
            text=post.text,
            channel_id=found.channel_id,
            state=found.state,
            why=found.why,
            entry_id=found.entry_id,
            found_at=iso(found.found_at),
            decided_at=iso(found.decided_at) if found.decided_at else None,
            decided_by=found.decided_by,
        )


class RecycledPage(BaseModel):
    """Some of what was found, the newest first."""

    items: list[RecycledOut]
    next_cursor: str | None
    total: int | None


async def _view(db: AsyncSession, found: RecycledPost) -> RecycledOut:
    original = (await posts.by_id(db, found.workspace_id, [found.post_id]))[found.post_id]
    return RecycledOut.of(found, original)


@router.get("", responses=problems(400, 401, 403, 404))
async def get_recycling_rule(list_id: Id, by: Reads, db: Reading) -> RuleOut:
    """Return the rule by which a list fills itself; 404 when it has none."""
    return RuleOut.of(await recycling.get(db, by, list_id))


@router.put("", responses=problems(400, 401, 403, 404, 409))
async def set_recycling_rule(list_id: Id, new: RuleIO, by: Publishes, request: Request) -> RuleOut:
    """Give a list a rule, in place of the one it has, and do at once what it finds.

    What waited for an answer is withdrawn. Afterwards the rule looks once a day.
    """
    now, rule = utc_now(), new.rule()
    async with database().reading() as db:  # nobody waits while it looks
        finds = await recycling.preview(db, by, list_id, rule, now=now)
    async with transaction(request) as db:
        return RuleOut.of(await recycling.save(db, by, list_id, rule, finds, now=now))


@router.delete("", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def remove_recycling_rule(list_id: Id, by: Publishes, db: Transaction) -> None:
    """Take the rule away: what it added stays, what waits for an answer is withdrawn."""
    await recycling.remove(db, by, list_id, now=utc_now())


@router.post("/preview", responses=problems(400, 401, 403, 404, 409))
async def preview_recycling_rule(
    list_id: Id, new: RuleIO, by: Publishes, db: Reading
) -> PreviewOut:
    """Say what a rule would add or propose now. Nothing is changed."""
    return PreviewOut.of(await recycling.preview(db, by, list_id, new.rule(), now=utc_now()))


@router.get("/posts", responses=problems(400, 401, 403, 404))
async def recycled_posts(
    list_id: Id,
    by: Reads,
    db: Reading,
    state: Annotated[State | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> RecycledPage:
    """List what was found for a list, the newest first; with `state` what waits, say."""
    await evergreen.get(db, by, list_id)
    page = await rows.page(
        db, by.workspace_id, list_id, state=state or "", limit=limit, cursor=cursor
    )
    items = [RecycledOut.of(found, post) for found, post in page.items]
    return RecycledPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.post("/posts/{recycled_id}/accept", responses=problems(400, 401, 403, 404, 409))
async def accept_recycled_post(
    list_id: Id, recycled_id: Id, by: Publishes, db: Transaction
) -> RecycledOut:
    """Add what was proposed to the list. Again is harmless."""
    return await _view(db, await recycling.accept(db, by, list_id, recycled_id, now=utc_now()))


@router.post("/posts/{recycled_id}/dismiss", responses=problems(400, 401, 403, 404, 409))
async def dismiss_recycled_post(
    list_id: Id, recycled_id: Id, by: Publishes, db: Transaction
) -> RecycledOut:
    """Say no: the post is never proposed to this list again. Again is harmless."""
    return await _view(db, await recycling.dismiss(db, by, list_id, recycled_id, now=utc_now()))
