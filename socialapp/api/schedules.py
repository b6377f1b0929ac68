"""Schedules and deliveries: create, list, move, cancel, retry, resolve, log."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.deps import ID_AT_MOST, Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.views import (
    DeliveryOut,
    LogOut,
    ScheduleOut,
    SchedulePage,
    WarningOut,
    schedules_out,
)
from socialapp.api.writing import AnyId, Chosen
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import clashes, queueing, reorder, schedules, series
from socialapp.services.reorder import FAR
from socialapp.store import channels, deliveries
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Delivery, Schedule

router = APIRouter(prefix="/api", tags=["Schedules"], route_class=Guarded)

When = Annotated[
    Words,
    Field(
        min_length=1,
        max_length=64,
        description="ISO 8601: with an offset it is that instant; without one, wall-clock time"
        " in `timezone`, or in the workspace's zone.",
    ),
]
Zone = Annotated[Words, Field(min_length=1, max_length=64, description="An IANA name.")]
Priority = Annotated[int, Field(ge=-100, le=100)]


class OneSchedule(Chosen):
    """A post or page and its one moment; without `scheduled_at` it is now."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"post_id": 12, "scheduled_at": "2027-05-14T09:00", "timezone": "Europe/Berlin"}
            ]
        },
    )

    scheduled_at: When | None = None
    timezone: Zone | None = None
    channel_ids: Annotated[list[AnyId], Field(max_length=500)] = []
    priority: Priority = 0
    slot: Literal["next_free"] | None = Field(
        default=None,
        description="Instead of `scheduled_at`: the next free slot of each channel.",
    )

    def refuse_contradictions(self) -> None:
        """Raise Rejected for what does not go together."""
        if self.slot is not None and (self.scheduled_at or self.timezone):
            message = "Give `scheduled_at` or `slot`, not both. Nothing was scheduled."
            raise Rejected(Problem("one_of_two", message, "slot"))


class NewSchedule(OneSchedule):
    """A post or page and its moment; with `repeat` the first of many."""

    repeat: Annotated[Words, Field(max_length=500)] | None = Field(
        default=None,
        description="RRULE: makes a series from `scheduled_at` on; the answer is its first.",
        examples=["FREQ=WEEKLY;BYDAY=TU;COUNT=10"],
    )

    def refuse_contradictions(self) -> None:
        """Raise Rejected for what does not go together."""
        if self.repeat is not None and self.slot is not None:
            message = "Give `repeat` or `slot`, not both. Nothing was scheduled."
            raise Rejected(Problem("one_of_two", message, "repeat"))
        super().refuse_contradictions()


class ScheduleChange(BaseModel):
    """Another moment or priority."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"scheduled_at": "2027-05-15T09:00"}]},
    )

    scheduled_at: When | None = None
    timezone: Zone | None = None
    priority: Priority | None = None


class AnotherSlot(BaseModel):
    """Where in the queue something goes; exactly one of these is given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to": "front"}]})

    to: Literal["front", "back"] | None = None
    steps: Annotated[int, Field(ge=-FAR, le=FAR)] | None = Field(
        default=None,
        description="So many slots later, or earlier when negative, as far as there are any.",
    )
    slot_of: AnyId | None = Field(default=None, description="The schedule whose slot it takes.")

    def refuse_contradictions(self) -> None:
        """Raise Rejected unless one is given."""
        if sum(each is not None for each in (self.to, self.steps, self.slot_of)) != 1:
            message = "Give one of `to`, `steps` and `slot_of`. Nothing was moved."
            raise Rejected(Problem("one_of_three", message, "to"))


class Resolution(BaseModel):
    """What a person found when they looked at the network."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"posted": True, "url": "https://example.org/@shop/1"}]},
    )

    posted: StrictBool
    url: Annotated[str, Field(max_length=2000, pattern=r"^(https?://[^\s\x00]+)?$")] = ""


class LogList(BaseModel):
    """The attempts of a delivery, oldest first."""

    items: list[LogOut]
    next_cursor: str | None = None
    total: int


def moment_of(words: str | None, zone: str | None, by: Member) -> moments.Moment | None:
    """Return the moment that a program names; None when it names none."""
    if words is None:
        if zone is not None:
            moments.zone_info(zone)
        return None
    return moments.read(words, zone=zone or by.zone)


async def _one(
    db: AsyncSession, by: Member, schedule: Schedule, *, warned: bool = False
) -> ScheduleOut:
    found = await clashes.warnings(db, by, schedule) if warned else []
    warnings = [WarningOut(**vars(warning)) for warning in found]
    return (await schedules_out(db, [schedule], warnings=warnings))[0]


@router.post("/schedules", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def create_schedule(new: NewSchedule, by: Publishes, db: Transaction) -> ScheduleOut:
    """Queue a post or page. 400 with the problems when a channel would refuse it.

    With `slot` there may be several schedules, as channels have slots of their own: the answer is
    the soonest, its `others` are the ids of the rest.
    """
    new.refuse_contradictions()
    if new.slot is not None:
        return await _add_to_queue(db, by, new)
    if new.repeat is not None:
        return await _repeat(db, by, new, new.repeat)
    schedule = await schedules.create(
        db,
        by,
        **new.chosen(),
        at=moment_of(new.scheduled_at, new.timezone, by),
        channel_ids=new.channel_ids,
        priority=new.priority,
        now=utc_now(),
    )
    return await _one(db, by, schedule, warned=True)


async def _add_to_queue(db: AsyncSession, by: Member, new: NewSchedule) -> ScheduleOut:
    soonest, *others = await queueing.add(
        db,
        by,
        **new.chosen(),
        channel_ids=new.channel_ids,
        priority=new.priority,
        now=utc_now(),
    )
    answer = await _one(db, by, soonest, warned=True)
    return answer.model_copy(update={"others": [other.id for other in others]})


async def _repeat(db: AsyncSession, by: Member, new: NewSchedule, repeat: str) -> ScheduleOut:
    at = moment_of(new.scheduled_at, new.timezone, by)
    _, (first, *others) = await series.create(
        db,
        by,
        **new.chosen(),
        repeat=repeat,
        at=at,
        channel_ids=new.channel_ids,
        priority=new.priority,
        now=utc_now(),
    )
    answer = await _one(db, by, first, warned=True)
    return answer.model_copy(update={"others": [other.id for other in others]})


@router.get("/schedules", responses=problems(400, 401, 403))
async def list_schedules(
    by: Reads,
    db: Reading,
    status: Annotated[list[Shown], Query(description="Repeat it for several.")] = [],  # noqa: B006
    channel_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None,
    since: Annotated[Words | None, Query(alias="from", max_length=64)] = None,
    until: Annotated[Words | None, Query(alias="to", max_length=64)] = None,
    network: Annotated[Words, Query(max_length=50, description="Its name, `mastodon`.")] = "",
    q: Annotated[Words, Query(max_length=200, description="In titles and texts.")] = "",
    tag: Annotated[Words, Query(max_length=100)] = "",
    campaign: Annotated[Words, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Words, Query(max_length=300)] = "",
) -> SchedulePage:
    """List schedules with their posts and pages, by their time."""
    page = await rows.page(
        db,
        by.workspace_id,
        limit=limit,
        cursor=cursor,
        statuses=[s.value for s in status],
        channel_id=channel_id,
        network=network,
        since=_instant(since, by),
        until=_instant(until, by),
        q=q.strip(),
        tag=tag,
        campaign=campaign,
    )
    items = await schedules_out(db, page.items)
    return SchedulePage(items=items, next_cursor=page.next_cursor or None, total=page.total)


def _instant(words: str | None, by: Member) -> datetime | None:
    return moments.read(words, zone=by.zone).at if words else None


async def _schedule(db: AsyncSession, by: Member, schedule_id: int) -> Schedule:
    schedule = await rows.get(db, by.workspace_id, schedule_id)
    if schedule is None:
        raise NotFound("There is no such schedule.")
    return schedule


@router.get("/schedules/{schedule_id}", responses=problems(400, 401, 403, 404))
async def get_schedule(schedule_id: Id, by: Reads, db: Reading) -> ScheduleOut:
    """Return a schedule with its deliveries and its post or page."""
    return await _one(db, by, await _schedule(db, by, schedule_id), warned=True)


@router.patch("/schedules/{schedule_id}", responses=problems(400, 401, 403, 404, 409))
async def move_schedule(
    schedule_id: Id, change: ScheduleChange, by: Publishes, db: Transaction
) -> ScheduleOut:
    """Move it or change its priority. 409 once it is publishing."""
    words = change.scheduled_at
    if words is None and change.timezone is not None:
        words = (await _schedule(db, by, schedule_id)).local_time
    schedule = await schedules.move(
        db,
        by,
        schedule_id,
        at=moment_of(words, change.timezone, by),
        priority=change.priority,
        now=utc_now(),
    )
    return await _one(db, by, schedule, warned=True)


@router.post("/schedules/{schedule_id}/reorder", responses=problems(400, 401, 403, 404, 409))
async def reorder_schedule(
    schedule_id: Id, place: AnotherSlot, by: Publishes, db: Transaction
) -> ScheduleOut:
    """Give it another slot of its queue: the slots stay, the posts in between move by one each.

    409 when it has no slot, or is not waiting any more.
    """
    place.refuse_contradictions()
    now = utc_now()
    await _schedule(db, by, schedule_id)
    if place.slot_of is not None:
        await reorder.put(db, by, schedule_id, target_id=place.slot_of, now=now)
    else:
        steps = {"front": -FAR, "back": FAR, None: place.steps or 0}[place.to]
        await reorder.step(db, by, schedule_id, steps=steps, now=now)
    return await _one(db, by, await _schedule(db, by, schedule_id), warned=True)


@router.delete("/schedules/{schedule_id}", responses=problems(400, 401, 403, 404, 409))
async def cancel_schedule(schedule_id: Id, by: Publishes, db: Transaction) -> ScheduleOut:
    """Cancel it: what is acknowledged here is never posted. 409 once it is publishing."""
    return await _one(db, by, await schedules.cancel(db, by, schedule_id, now=utc_now()))


@router.post("/schedules/{schedule_id}/retry", responses=problems(400, 401, 403, 404, 409))
async def retry_schedule(schedule_id: Id, by: Publishes, db: Transaction) -> ScheduleOut:
    """Queue again, for now, what failed or was missed."""
    return await _one(db, by, await schedules.retry(db, by, schedule_id, now=utc_now()))


async def _delivery_out(db: AsyncSession, by: Member, delivery: Delivery) -> DeliveryOut:
    known = await channels.by_id(db, by.workspace_id, [delivery.channel_id])
    return DeliveryOut.of(delivery, known[delivery.channel_id])


@router.post("/deliveries/{delivery_id}/retry", responses=problems(400, 401, 403, 404, 409))
async def retry_delivery(delivery_id: Id, by: Publishes, db: Transaction) -> DeliveryOut:
    """Queue one delivery again that failed or was missed."""
    delivery = await schedules.retry_delivery(db, by, delivery_id, now=utc_now())
    return await _delivery_out(db, by, delivery)


@router.post("/deliveries/{delivery_id}/resolve", responses=problems(400, 401, 403, 404, 409))
async def resolve_delivery(
    delivery_id: Id, found: Resolution, by: Publishes, db: Transaction
) -> DeliveryOut:
    """Say what became of one that needs a check: it is there, or it is not and goes out again."""
    delivery = await schedules.resolve(
        db, by, delivery_id, posted=found.posted, url=found.url, now=utc_now()
    )
    return await _delivery_out(db, by, delivery)


@router.get("/deliveries/{delivery_id}/log", responses=problems(400, 401, 403, 404))
async def delivery_log(delivery_id: Id, by: Reads, db: Reading) -> LogList:
    """Return the attempts of a delivery, oldest first."""
    if await deliveries.get(db, by.workspace_id, delivery_id) is None:
        raise NotFound("There is no such delivery.")
    log = await deliveries.log_of(db, by.workspace_id, [delivery_id])
    return LogList(items=[LogOut.of(row) for row in log], total=len(log))
