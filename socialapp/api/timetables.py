"""Timetables: weekly posting times under a name, which channels can be given."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import example
from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.slots import DAYS, PostingTimeIO
from socialapp.api.writing import AnyId, ChannelIds
from socialapp.clock import utc_now
from socialapp.domain import slots as rules
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.slots import WeeklyTime
from socialapp.services import slots, timetables
from socialapp.services.timetables import Applied
from socialapp.store import timetables as rows
from socialapp.store.tables import Timetable

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)
_TIMES: list[Any] = [{"day": "monday", "time": "09:00"}]
_TIMETABLE = {"id": 2, "name": "Mornings", "times": _TIMES}
_Name = Annotated[Words, Field(max_length=200)]
_Times = Annotated[list[PostingTimeIO], Field(max_length=slots.TIMES_AT_MOST)]


class TimetableNew(BaseModel):
    """Times to keep under a name: these, or those that a channel has now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Mornings", "times": _TIMES}]}
    )

    name: _Name
    times: _Times | None = None
    channel_id: AnyId | None = Field(default=None, description="In place of `times`.")


class TimetableChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Early mornings"}]}
    )

    name: _Name | None = None
    times: _Times | None = Field(default=None, description="All of them.")


class TimetableOut(BaseModel):
    """Weekly times under a name."""

    model_config = example(_TIMETABLE)

    id: int
    name: str
    times: list[PostingTimeIO]

    @classmethod
    def of(cls, timetable: Timetable) -> "TimetableOut":
        """Return what programs see of a timetable."""
        times = _out(timetables.times_of(timetable))
        return cls(id=timetable.id or 0, name=timetable.name, times=times)


class TimetablesOut(BaseModel):
    """All timetables of the workspace."""

    model_config = example({"items": [_TIMETABLE]})

    items: list[TimetableOut]


class TimetableTo(BaseModel):
    """The channels that are given the times."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"channel_ids": [1], "dry_run": True}]}
    )

    channel_ids: ChannelIds
    dry_run: StrictBool = Field(default=False, description="Say what would change; do nothing.")


class AppliedOut(BaseModel):
    """What changes in one channel."""

    channel_id: int
    added: list[PostingTimeIO]
    removed: list[PostingTimeIO]
    waiting: int = Field(description="Posts that have slots of it: they keep their moments.")


class AllAppliedOut(BaseModel):
    """What changes in each channel, or with `dry_run` would."""

    model_config = example(
        {"dry_run": True,
         "items": [{"channel_id": 1, "added": _TIMES, "removed": [], "waiting": 2}]}
    )  # fmt: skip

    dry_run: bool
    items: list[AppliedOut]


def _out(times: Iterable[WeeklyTime]) -> list[PostingTimeIO]:
    return [PostingTimeIO(day=DAYS[each.weekday], time=each.clock) for each in times]


def _read(times: Iterable[PostingTimeIO]) -> list[WeeklyTime]:
    return [rules.read_time(DAYS.index(each.day), each.time) for each in times]


@router.get("/timetables", responses=problems(401, 403))
async def list_timetables(by: Reads, db: Reading) -> TimetablesOut:
    """List the timetables, by their names."""
    found = await rows.of_workspace(db, by.workspace_id)
    return TimetablesOut(items=[TimetableOut.of(each) for each in found])


@router.post("/timetables", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def save_timetable(new: TimetableNew, by: Publishes, db: Transaction) -> TimetableOut:
    """Keep weekly times under a name. 409: a timetable has that name already."""
    now = utc_now()
    if (new.times is None) == (new.channel_id is None):
        message = "Give `times`, or a `channel_id` whose times are kept. Nothing was saved."
        raise Rejected(Problem("times_required", message, "times"))
    if new.channel_id is not None:
        made = await timetables.save(db, by, name=new.name, channel_id=new.channel_id, now=now)
    else:
        made = await timetables.create(db, by, name=new.name, times=_read(new.times or []), now=now)
    return TimetableOut.of(made)


@router.patch("/timetables/{timetable_id}", responses=problems(400, 401, 403, 404, 409))
async def change_timetable(
    timetable_id: Id, asked: TimetableChange, by: Publishes, db: Transaction
) -> TimetableOut:
    """Give a timetable another name or other times. Channels keep what they were given."""
    times = None if asked.times is None else _read(asked.times)
    return TimetableOut.of(
        await timetables.change(db, by, timetable_id, name=asked.name, times=times)
    )


@router.delete(
    "/timetables/{timetable_id}", status_code=204, responses=problems(400, 401, 403, 404)
)
async def forget_timetable(timetable_id: Id, by: Publishes, db: Transaction) -> None:
    """Forget a timetable; channels keep the times that they were given."""
    await timetables.remove(db, by, timetable_id)


@router.post("/timetables/{timetable_id}/apply", responses=problems(400, 401, 403, 404))
async def apply_timetable(
    timetable_id: Id, to: TimetableTo, by: Publishes, db: Transaction
) -> AllAppliedOut:
    """Give channels these posting times in place of theirs: all of them, or none.

    Their zone and delay stay, and what is planned keeps its moment.
    """
    do = timetables.compare if to.dry_run else timetables.apply
    found = await do(db, by, timetable_id, to.channel_ids, now=utc_now())
    return AllAppliedOut(dry_run=to.dry_run, items=[_applied(each) for each in found])


def _applied(each: Applied) -> AppliedOut:
    return AppliedOut(
        channel_id=each.channel.id or 0,
        added=_out(each.added),
        removed=_out(each.removed),
        waiting=each.waiting,
    )
