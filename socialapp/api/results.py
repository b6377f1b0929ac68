"""What people did with posts, as their networks say; and suggested times that rest on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from socialapp.api.channel_views import AT, CHANNEL, ChannelOut, example
from socialapp.api.deps import ID_AT_MOST, Id, Reading, Reads
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit
from socialapp.clock import utc_now
from socialapp.domain import moments, suggesting
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.services import results, slots
from socialapp.store import channels, deliveries
from socialapp.store import results as rows
from socialapp.store.results import Row
from socialapp.store.session import AsyncSession, database

router = APIRouter(prefix="/api", tags=["Results"], route_class=Guarded)
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


class ResultOut(BaseModel):
    """What is known of one delivery that is out."""

    model_config = example(
        {"delivery_id": 9, "schedule_id": 7, "post_id": 5, "provider": "mastodon",
         "channel": CHANNEL, "text": "Fresh bread", "url": "https://example.org/@shop/1",
         "campaign": "spring", "tags": ["bread"], "posted_at": AT,
         "counts": {"favourites": 12, "boosts": 3, "replies": 0}, "read_at": AT, "gone_at": None,
         "next_reading_at": AT, "trouble": ""}
    )  # fmt: skip

    delivery_id: int
    schedule_id: int
    post_id: int
    provider: str
    channel: ChannelOut
    text: str
    url: str
    campaign: str
    tags: list[str]
    posted_at: str
    counts: dict[str, int] = Field(
        description="By the network's own words. What is missing is unknown, not zero."
    )
    read_at: str | None = Field(description="When it was so; null: nothing is known yet.")
    gone_at: str | None = Field(
        description="Since when the network says that the post is not there any more."
    )
    next_reading_at: str | None = Field(description="Null: the network is not asked any more.")
    trouble: str = Field(description="Why it could not be read the last time.")


class ResultPage(BaseModel):
    """Some results, the newest posts first."""

    items: list[ResultOut]
    next_cursor: str | None
    total: int | None


@dataclass(frozen=True)
class _Which:
    """Of which posts."""

    channel_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None
    provider: Annotated[Words, Query(max_length=50)] = ""
    campaign: Annotated[Words, Query(max_length=200)] = ""
    tag: Annotated[Words, Query(max_length=100)] = ""
    since: Annotated[
        Words | None, Query(alias="from", max_length=64, description="Posted at or after it.")
    ] = None
    until: Annotated[
        Words | None, Query(alias="to", max_length=64, description="Posted before it.")
    ] = None

    def given(self, by: Member) -> dict[str, Any]:
        """Return it as the store takes it."""
        return vars(self) | {"since": _at(self.since, by), "until": _at(self.until, by)}


def _at(words: str | None, by: Member) -> datetime | None:
    return moments.read(words, zone=by.zone).at if words else None


Which = Annotated[_Which, Depends()]


@router.get("/results", responses=problems(400, 401, 403))
async def list_results(
    by: Reads, db: Reading, which: Which, limit: Limit = 50, cursor: Cursor = ""
) -> ResultPage:
    """List what is out at networks that say what people did with it, and what they said last."""
    page = await rows.page(db, by.workspace_id, limit=limit, cursor=cursor, **which.given(by))
    return ResultPage(
        items=await _views(db, by, page.items),
        next_cursor=page.next_cursor or None,
        total=page.total,
    )


async def _views(db: AsyncSession, by: Member, some: Sequence[Row]) -> list[ResultOut]:
    there = await channels.by_id(db, by.workspace_id, {row.result.channel_id for row in some})
    return [
        ResultOut(
            delivery_id=row.result.delivery_id,
            schedule_id=row.delivery.schedule_id,
            post_id=row.post.id or 0,
            provider=row.result.provider,
            channel=ChannelOut.of(there[row.result.channel_id]),
            text=row.post.title or row.post.text,
            url=row.delivery.url,
            campaign=row.post.campaign,
            tags=row.post.tags,
            posted_at=iso(row.result.posted_at),
            counts=row.result.counts,
            read_at=_iso(row.result.read_at),
            gone_at=_iso(row.result.gone_at),
            next_reading_at=_iso(row.result.due_at),
            trouble=row.result.trouble,
        )
        for row in some
    ]


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None


@router.get("/results.csv", response_class=Response, responses=_TABLE | problems(400, 401, 403))
async def export_results(by: Reads, which: Which) -> StreamingResponse:
    """Return the same as a CSV file, all of it; a column for each network and what it counts.

    What is unknown is an empty cell. A cell that a spreadsheet would run as a formula has an
    apostrophe before it.
    """
    lines = results.table(database().reading, by, **which.given(by))
    name = 'attachment; filename="results.csv"'
    return StreamingResponse(lines, media_type="text/csv", headers={"Content-Disposition": name})


class ReadingOut(BaseModel):
    """What a network said at an instant."""

    read_at: str
    counts: dict[str, int]
    is_gone: bool


class SeriesOfReadings(BaseModel):
    """How a result came to be; only what differs from what was said before is kept."""

    model_config = example(
        {"items": [{"read_at": AT, "counts": {"favourites": 12}, "is_gone": False}]}
    )

    items: list[ReadingOut]


@router.get("/deliveries/{delivery_id}/results", responses=problems(400, 401, 403, 404))
async def get_readings(delivery_id: Id, by: Reads, db: Reading) -> SeriesOfReadings:
    """Return what a network said of a delivery, the oldest first; nothing when it was not asked."""
    if await deliveries.get(db, by.workspace_id, delivery_id) is None:
        raise NotFound("There is no such delivery.")
    found = (await rows.series(db, by.workspace_id, [delivery_id])).get(delivery_id, [])
    return SeriesOfReadings(
        items=[
            ReadingOut(read_at=iso(each.read_at), counts=each.counts, is_gone=each.is_gone)
            for each in found
        ]
    )


class SuggestedTime(BaseModel):
    """A moment at which a post may do well."""

    at: str
    local: str = Field(description="The same on the wall clock of `timezone`.")
    day: str
    time: str
    basis: Literal["own", "guess"] = Field(
        description="The channel's own results at that hour of the week; or an hour at which many"
        " people look, and nothing is known of this channel."
    )
    posts: int = Field(description="The channel's own posts at that hour of the week.")
    words: str


class SuggestedTimes(BaseModel):
    """Moments to come, and what they rest on."""

    model_config = example(
        {"channel_id": 3, "timezone": "Europe/Berlin", "is_enough": True, "posts": 104,
         "posts_needed": 20, "words": "Rests on 104 posts with results.",
         "items": [{"at": AT, "local": "2027-05-14T09:00", "day": "friday", "time": "09:00",
                    "basis": "own", "posts": 14, "words": "Fri 09:00 · 14 posts"}]}
    )  # fmt: skip

    channel_id: int
    timezone: str
    is_enough: bool = Field(description="False: all of them are guesses.")
    posts: int = Field(description="The channel's posts with results that are two days old.")
    posts_needed: int
    words: str
    items: list[SuggestedTime]


@router.get("/channels/{channel_id}/suggested-times", responses=problems(400, 401, 403, 404))
async def suggest_times(
    channel_id: Id,
    by: Reads,
    db: Reading,
    count: Annotated[int, Query(ge=1, le=8, description="At most so many.")] = 3,
) -> SuggestedTimes:
    """Suggest moments of the coming eight days, an hour away from what the channel has planned."""
    await slots.of_channel(db, by, channel_id)
    said = await results.suggested(db, by, [channel_id], count=count, now=utc_now())
    return SuggestedTimes(
        channel_id=channel_id,
        timezone=said.zone,
        is_enough=said.found.is_enough,
        posts=said.found.posts,
        posts_needed=suggesting.AT_LEAST,
        words=results.how_much_is_known(said.found.posts),
        items=[
            SuggestedTime(
                at=iso(each.at),
                local=f"{each.local:%Y-%m-%dT%H:%M}",
                day=f"{each.local:%A}".lower(),
                time=f"{each.local:%H:%M}",
                basis=each.rated.basis.value,
                posts=each.rated.posts,
                words=f"{each.local:%a %H:%M} · {results.rests_on(each.rated)}",
            )
            for each in said.found.moments
        ],
    )
