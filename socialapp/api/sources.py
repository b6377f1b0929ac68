"""Sources: feeds whose new items become posts. Listed, made, tried, changed, looked at, deleted."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import FieldProblem, problems
from socialapp.api.writing import ChannelIds
from socialapp.clock import utc_now
from socialapp.domain import sources as rules
from socialapp.domain.moments import iso
from socialapp.domain.sources import Becomes, ItemState
from socialapp.services import source_looks, source_posts, sources
from socialapp.services.source_looks import Looked, Sample
from socialapp.services.sources import Given
from socialapp.store import sources as rows
from socialapp.store.session import database
from socialapp.store.tables import Source

router = APIRouter(prefix="/api", tags=["Sources"], route_class=Guarded)

_GIVEN: dict[str, Any] = {
    "url": "https://bakery.example.org/feed.xml", "channel_ids": [3], "becomes": "queue",
    "template": "{title} {link}", "must_have": ["bread"], "must_not_have": [], "per_day": 5,
}  # fmt: skip
_SOURCE = {
    "id": 2, **_GIVEN, "feed_url": _GIVEN["url"], "title": "The bakery", "is_paused": False,
    "is_gone": False, "looked_at": AT, "look_at": AT, "new": 1, "known": 20, "waiting": 0,
    "made": 4, "trouble": "", "created_at": AT, "updated_at": AT,
}  # fmt: skip
Wanted = Annotated[list[Annotated[Words, Field(max_length=100)]], Field(max_length=50)]
PerDay = Annotated[int, Field(ge=1, le=rules.PER_DAY_AT_MOST)]
_URL = "Of a feed (RSS, Atom, JSON Feed), or of a page that names one."
_TEMPLATE = "{title}, {link}, {summary}, {author} and {date} stand for what the item says."


class NewSource(BaseModel):
    """A feed, and what becomes of its new items."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_GIVEN]})

    url: Annotated[Words, Field(min_length=1, max_length=1000)] = Field(description=_URL)
    channel_ids: ChannelIds
    becomes: Becomes = Field(
        default=Becomes.DRAFT, description="`queue`: the next free slot of each channel."
    )
    template: Annotated[Words, Field(max_length=rules.TEMPLATE_LENGTH)] = Field(
        default=rules.TEMPLATE, description=_TEMPLATE
    )
    must_have: Wanted = Field(default=[], description="Only items with one of these words.")
    must_not_have: Wanted = Field(default=[], description="No items with any of these words.")
    per_day: PerDay = Field(default=5, description="So many posts in 24 hours at most.")

    def given(self) -> Given:
        """Return it as the services take it."""
        return Given(**self.model_dump())


class SourceChange(BaseModel):
    """What becomes different; another address begins anew."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"template": "{title}\n{link}"}]}
    )

    url: Annotated[Words, Field(min_length=1, max_length=1000)] | None = None
    channel_ids: ChannelIds | None = None
    becomes: Becomes | None = None
    template: Annotated[Words, Field(max_length=rules.TEMPLATE_LENGTH)] | None = None
    must_have: Wanted | None = None
    must_not_have: Wanted | None = None
    per_day: PerDay | None = None
    is_paused: StrictBool | None = Field(
        default=None, description="What comes while it is paused is left out."
    )


class SourceOut(BaseModel):
    """A source, and how it is with it."""

    model_config = example(_SOURCE)

    id: int
    url: str
    feed_url: str
    title: str
    channel_ids: list[int]
    becomes: str
    template: str
    must_have: list[str]
    must_not_have: list[str]
    per_day: int
    is_paused: bool
    is_gone: bool = Field(description="Its server says that there will never be a feed again.")
    looked_at: str | None
    look_at: str | None = Field(description="When it is read again; null: never.")
    new: int = Field(description="How many new items the last look found.")
    known: int = Field(description="Items that were there first, and became nothing.")
    waiting: int = Field(description="Items that will become posts.")
    made: int = Field(description="Posts that were made of the items that are still known.")
    trouble: str = Field(description="What is wrong, for people; empty when all is well.")
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, source: Source, counts: Mapping[str, int]) -> "SourceOut":
        """Return what programs see of a source."""
        return cls(
            id=source.id or 0,
            url=source.url,
            feed_url=source.feed_url,
            title=source.title,
            channel_ids=source.channel_ids,
            becomes=source.becomes,
            template=source.template,
            must_have=source.must_have,
            must_not_have=source.must_not_have,
            per_day=source.per_day,
            is_paused=source.paused_at is not None,
            is_gone=source.is_gone,
            looked_at=iso(source.looked_at) if source.looked_at else None,
            look_at=iso(source.look_at) if source.look_at else None,
            new=source.found_new,
            known=counts.get(ItemState.KNOWN, 0),
            waiting=counts.get(ItemState.WAITING, 0),
            made=counts.get(ItemState.MADE, 0),
            trouble=source.trouble,
            created_at=iso(source.created_at),
            updated_at=iso(source.updated_at),
        )


class SourcesOut(BaseModel):
    """All sources of the workspace."""

    model_config = example({"items": [_SOURCE]})

    items: list[SourceOut]


class LookOut(BaseModel):
    """What a look came to."""

    model_config = example({"ok": True, "detail": "Looked: 2 new.", "new": 2})

    ok: bool
    detail: str
    new: int


class ChannelSample(BaseModel):
    """What would go out to a channel."""

    channel_id: int
    text: str
    problems: list[FieldProblem]


class SampleOut(BaseModel):
    """An item as it would be posted."""

    title: str
    link: str
    is_wanted: bool = Field(description="Whether its words are those that were asked for.")
    channels: list[ChannelSample]

    @classmethod
    def of(cls, sample: Sample) -> "SampleOut":
        """Return what programs see of it."""
        return cls(
            title=sample.item.title,
            link=sample.item.link,
            is_wanted=sample.is_wanted,
            channels=[
                ChannelSample(
                    channel_id=each.channel.id or 0,
                    text=each.text,
                    problems=[
                        FieldProblem(field=p.field, code=p.code, message=p.message)
                        for p in each.problems
                    ],
                )
                for each in sample.channels
            ],
        )


class TrialOut(BaseModel):
    """What is at an address; nothing of it was kept."""

    model_config = example(
        {"feed_url": _GIVEN["url"], "title": "The bakery", "items": 20, "newest": [
            {"title": "Rye bread", "link": "https://bakery.example.org/rye", "is_wanted": True,
             "channels": [{"channel_id": 3, "text": "Rye bread https://bakery.example.org/rye",
                           "problems": []}]}]}
    )  # fmt: skip

    feed_url: str
    title: str
    items: int
    newest: list[SampleOut]


class Take(BaseModel):
    """How many of what was there first become drafts."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"number": 3}]})

    number: Annotated[int, Field(ge=1, le=sources.TAKEN_AT_MOST)] = 3


class TakenOut(BaseModel):
    """The drafts that were made."""

    model_config = example({"post_ids": [12, 13, 14]})

    post_ids: list[int]


@router.get("/sources", responses=problems(401, 403))
async def list_sources(by: Reads, db: Reading) -> SourcesOut:
    """List the sources of the workspace, newest first."""
    counts = await rows.counts(db, by.workspace_id)
    found = await rows.of_workspace(db, by.workspace_id)
    return SourcesOut(items=[SourceOut.of(each, counts.get(each.id or 0, {})) for each in found])


@router.post("/sources", status_code=201, responses=problems(400, 401, 403, 409))
async def make_source(new: NewSource, by: Writes, db: Transaction) -> SourceOut:
    """Make posts of the new items of a feed. What is there now becomes nothing by itself."""
    return SourceOut.of(await sources.create(db, by, new.given(), now=utc_now()), {})


@router.post("/sources/preview", responses=problems(400, 401, 403))
async def try_source(new: NewSource, by: Writes) -> TrialOut:
    """Read a feed and show its newest three items as they would be posted. Nothing is kept."""
    trial = await source_looks.attempt(database(), by, new.given(), now=utc_now())
    newest = [SampleOut.of(each) for each in trial.samples]
    return TrialOut(feed_url=trial.url, title=trial.title, items=trial.number, newest=newest)


@router.get("/sources/{source_id}", responses=problems(400, 401, 403, 404))
async def get_source(source_id: Id, by: Reads, db: Reading) -> SourceOut:
    """Return a source."""
    source = await sources.get(db, by, source_id)
    return SourceOut.of(source, (await rows.counts(db, by.workspace_id)).get(source_id, {}))


@router.patch("/sources/{source_id}", responses=problems(400, 401, 403, 404))
async def change_source(
    source_id: Id, change: SourceChange, by: Writes, db: Transaction
) -> SourceOut:
    """Change a source, pause or resume it."""
    now = utc_now()
    source = await sources.get(db, by, source_id)
    told = change.model_dump(exclude_none=True)
    if (is_paused := told.pop("is_paused", None)) is not None:
        source = await sources.pause(db, by, source_id, is_paused=is_paused, now=now)
    if told:
        given = sources.given_of(source, **told)
        source = await sources.edit(db, by, source_id, given, now=now)
    return SourceOut.of(source, (await rows.counts(db, by.workspace_id)).get(source_id, {}))


@router.delete("/sources/{source_id}", status_code=204, responses=problems(400, 401, 403, 404))
async def delete_source(source_id: Id, by: Writes, db: Transaction) -> None:
    """Delete a source; the posts that were made of it stay."""
    await sources.delete(db, by, source_id)


@router.post("/sources/{source_id}/look", responses=problems(400, 401, 403, 404, 409))
async def look_at_source(source_id: Id, by: Writes) -> LookOut:
    """Read the feed now, and make posts of what is new.

    409 when it was looked at within a minute, or its server asked us to wait.
    """
    looked = await source_looks.look(database(), by.workspace_id, source_id, by=by, now=utc_now())
    return LookOut(ok=not (looked and looked.trouble), detail=_said(looked),
                   new=looked.new if looked and not looked.is_first else 0)  # fmt: skip


def _said(looked: Looked | None) -> str:
    if looked is None:
        return "It is being looked at. What is found shows in a moment."
    if looked.trouble:
        return looked.trouble
    if looked.is_first:
        return f"Looked: {looked.new} items are there. What comes from now on is new."
    return f"Looked: {looked.new} new." if looked.new else "Looked: nothing new."


@router.post("/sources/{source_id}/take", responses=problems(400, 401, 403, 404))
async def take_items(source_id: Id, take: Take, by: Writes, db: Transaction) -> TakenOut:
    """Make drafts of the newest items that were there first; of each at most one, ever."""
    made = await source_posts.take(db, by, source_id, take.number, now=utc_now())
    return TakenOut(post_ids=[post.id or 0 for post in made])
