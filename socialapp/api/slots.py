"""Posting times of a channel: read and set."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain import slots as rules
from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.services import slots
from socialapp.store.session import AsyncSession
from socialapp.store.slots import Plan

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = Day.__args__  # type: ignore[attr-defined]


class PostingTimeIO(BaseModel):
    """A wall-clock time of each week."""

    model_config = ConfigDict(extra="forbid")

    day: Day
    time: Annotated[Words, Field(max_length=5, description="Like 09:00.")]


class SlotsOut(BaseModel):
    """When a channel posts what is added to its queue."""

    model_config = example(
        {"channel_id": 3, "timezone": "Europe/Berlin", "delay_minutes": 0,
         "times": [{"day": "monday", "time": "09:00"}], "next_free": AT}
    )  # fmt: skip

    channel_id: int
    timezone: str = Field(description="The zone in which the times are read.")
    delay_minutes: int = Field(description="Each post goes out at most so much later.")
    times: list[PostingTimeIO]
    next_free: str | None = Field(description="The slot that the next post would get.")


class SlotsChange(BaseModel):
    """What to change; what is not given stays. What is queued already keeps its moment."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"times": [{"day": "monday", "time": "09:00"}]}]},
    )

    times: Annotated[list[PostingTimeIO], Field(max_length=slots.TIMES_AT_MOST)] | None = Field(
        default=None, description="All of them."
    )
    timezone: Annotated[Words, Field(max_length=64)] | None = Field(
        default=None, description="An IANA name; empty for the workspace's zone."
    )
    delay_minutes: Annotated[StrictInt, Field(ge=0, le=60)] | None = None


@router.get("/channels/{channel_id}/slots", responses=problems(400, 401, 403, 404))
async def get_slots(channel_id: Id, by: Reads, db: Reading) -> SlotsOut:
    """Return the posting times of a channel, and its next free slot."""
    plan = await slots.of_channel(db, by, channel_id)
    return await _out(db, by, channel_id, plan, now=utc_now())


@router.patch("/channels/{channel_id}/slots", responses=problems(400, 401, 403, 404))
async def change_slots(
    channel_id: Id, change: SlotsChange, by: Publishes, db: Transaction
) -> SlotsOut:
    """Change the posting times of a channel."""
    times = change.times
    plan = await slots.change(
        db,
        by,
        channel_id,
        times=None
        if times is None
        else [rules.read_time(DAYS.index(each.day), each.time) for each in times],
        timezone=change.timezone,
        delay=None if change.delay_minutes is None else timedelta(minutes=change.delay_minutes),
    )
    return await _out(db, by, channel_id, plan, now=utc_now())


async def _out(
    db: AsyncSession, by: Member, channel_id: int, plan: Plan, *, now: datetime
) -> SlotsOut:
    free = (await slots.next_free(db, by, [channel_id], now=now))[channel_id]
    return SlotsOut(
        channel_id=channel_id,
        timezone=plan.timezone or by.zone,
        delay_minutes=int(plan.delay / timedelta(minutes=1)),
        times=[PostingTimeIO(day=DAYS[each.weekday], time=each.clock) for each in plan.times],
        next_free=iso(free.at) if free else None,
    )
