"""Series: list, look at, change this and the following ones or all, pause, end, skip one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.schedules import When, Zone
from socialapp.api.writing import AnyId, ChannelIds
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import iso
from socialapp.services import making, series, series_changes
from socialapp.services.series import Coming
from socialapp.services.series_changes import Change
from socialapp.store import posts
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Occurrence, Series

router = APIRouter(prefix="/api", tags=["Series"], route_class=Guarded)


class ComingOut(BaseModel):
    """One of the next moments of a series."""

    at: str
    is_skipped: bool
    post_id: int | None = Field(description="Null when it is not made yet, or skipped.")


class SeriesOut(BaseModel):
    """A schedule that repeats by a rule."""

    model_config = example(
        {"id": 5, "repeat": "FREQ=WEEKLY;BYDAY=TU;COUNT=10", "words":
         "Every Tuesday at 09:00 Europe/Berlin, 10 times", "text": "Fresh bread",
         "starts": "2027-05-11T09:00:00", "timezone": "Europe/Berlin", "channel_ids": [3],
         "priority": 0, "is_paused": False, "is_ended": False, "trouble": "",
         "coming": [{"at": AT, "is_skipped": False, "post_id": 12}],
         "created_at": AT, "updated_at": AT}
    )  # fmt: skip

    id: int
    repeat: str
    words: str
    text: str
    starts: str
    timezone: str
    channel_ids: list[int]
    priority: int
    is_paused: bool
    is_ended: bool = Field(description="Ended by somebody, or nothing is to come by its rule.")
    trouble: str = Field(description="Why the next one could not be made; empty when all is well.")
    coming: list[ComingOut] = Field(description="The next five by the rule.")
    created_at: str
    updated_at: str


class SeriesPage(BaseModel):
    """Some series, the newest first."""

    items: list[SeriesOut]
    next_cursor: str | None
    total: int | None


class SeriesChange(BaseModel):
    """What becomes different, of all that is to come or from an occurrence on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"repeat": "FREQ=WEEKLY;BYDAY=TH", "time": "10:00"}]},
    )

    since: When | None = Field(
        default=None,
        alias="from",
        description="The moment of the first occurrence that changes; the others stay, and the rest"
        " becomes a series of its own. Without it, all that are to come change.",
    )
    repeat: Annotated[Words, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="RRULE; without COUNT or UNTIL the end stays as it was."
    )
    time: Annotated[Words, Field(min_length=1, max_length=8)] | None = None
    timezone: Zone | None = None
    post_id: AnyId | None = Field(default=None, description="Take the content of this post.")
    channel_ids: ChannelIds | None = Field(default=None, description="Where they go from now on.")
    is_paused: StrictBool | None = None


class Skip(BaseModel):
    """One occurrence that is left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"at": AT}]})

    at: When


async def _views(db: AsyncSession, some: Sequence[Series], *, now: datetime) -> list[SeriesOut]:
    if not some:
        return []
    patterns = await posts.by_id(db, some[0].workspace_id, {each.post_id for each in some})
    made = await rows.occurrences(db, [each.id or 0 for each in some], since=now)
    return [_view(each, patterns[each.post_id].text, patterns[each.post_id].channel_ids, made,
                  now=now) for each in some]  # fmt: skip


def _view(
    each: Series, text: str, channel_ids: list[int], made: Sequence[Occurrence], *, now: datetime
) -> SeriesOut:
    ahead = series.coming(each, made, now=now)
    return SeriesOut(
        id=each.id or 0,
        repeat=each.rule,
        words=making.spoken(each),
        text=text,
        starts=each.starts,
        timezone=each.timezone,
        channel_ids=channel_ids,
        priority=each.priority,
        is_paused=each.paused_at is not None,
        is_ended=not ahead,
        trouble=each.trouble,
        coming=[_coming(one) for one in ahead],
        created_at=iso(each.created_at),
        updated_at=iso(each.updated_at),
    )


def _coming(one: Coming) -> ComingOut:
    return ComingOut(at=iso(one.at), is_skipped=one.is_skipped, post_id=one.post_id)


async def _one(db: AsyncSession, each: Series) -> SeriesOut:
    return (await _views(db, [each], now=utc_now()))[0]


@router.get("/series", responses=problems(400, 401, 403))
async def list_series(
    by: Reads,
    db: Reading,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Words, Query(max_length=300)] = "",
) -> SeriesPage:
    """List the series, the newest first. One is made with `repeat` of `POST /api/schedules`."""
    page = await rows.page(db, by.workspace_id, limit=limit, cursor=cursor)
    items = await _views(db, page.items, now=utc_now())
    return SeriesPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/series/{series_id}", responses=problems(400, 401, 403, 404))
async def get_series(series_id: Id, by: Reads, db: Reading) -> SeriesOut:
    """Return a series with its next moments."""
    return await _one(db, await series.get(db, by, series_id))


@router.patch("/series/{series_id}", responses=problems(400, 401, 403, 404, 409))
async def change_series(
    series_id: Id, change: SeriesChange, by: Publishes, db: Transaction
) -> SeriesOut:
    """Change all that is to come, or `from` an occurrence on; the answer is the one that has it.

    One occurrence alone is changed as its schedule and its post.
    """
    now = utc_now()
    found = await series.get(db, by, series_id, lock=True)
    what = Change(change.repeat, change.time, change.timezone, change.post_id, change.channel_ids)
    if change.is_paused is not None and (what != Change() or change.since):
        message = "Pause or resume a series for itself. Nothing was changed."
        raise Rejected(Problem("one_of_two", message, "is_paused"))
    if change.is_paused is not None:
        does = series.pause if change.is_paused else series.resume
        found = await does(db, by, series_id, now=now)
    elif what != Change():
        since = moments.read(change.since, zone=found.timezone).at if change.since else None
        found = await series_changes.edit(db, by, series_id, what, since=since, now=now)
    return await _one(db, found)


@router.delete("/series/{series_id}", responses=problems(400, 401, 403, 404, 409))
async def end_series(series_id: Id, by: Publishes, db: Transaction) -> SeriesOut:
    """End a series: what is planned of it is cancelled, the text of the next is a draft again."""
    return await _one(db, await series.end(db, by, series_id, now=utc_now()))


@router.post("/series/{series_id}/skip", responses=problems(400, 401, 403, 404, 409))
async def skip_occurrence(series_id: Id, skip: Skip, by: Publishes, db: Transaction) -> SeriesOut:
    """Leave out the occurrence of a moment, also one that is not made yet."""
    found = await series.get(db, by, series_id, lock=True)
    at = moments.read(skip.at, zone=found.timezone).at
    return await _one(db, await series.skip(db, by, series_id, at=at, now=utc_now()))
