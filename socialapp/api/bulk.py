"""Many schedules in one request: made, moved, shifted, published, cancelled, tried again."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from socialapp.api import errors
from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Publishes, transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.schedules import OneSchedule, When, Zone, moment_of
from socialapp.api.writing import AnyId
from socialapp.clock import utc_now
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.services import bulk
from socialapp.services.bulk import Action, Deed, Outcome, Plan

router = APIRouter(prefix="/api", tags=["Schedules"], route_class=Guarded)

_TEN_YEARS_DAYS = 3660
_A_WEEK_MINUTES = 10080


class MoveIn(BaseModel):
    """A schedule, and where it is moved."""

    model_config = ConfigDict(extra="forbid")

    id: AnyId
    scheduled_at: When
    timezone: Zone | None = None


class BulkIn(BaseModel):
    """What is done, and to which: `items` to create or move, `ids` for the rest."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"action": "shift", "ids": [21, 22], "minutes": 60}]},
    )

    action: Literal["create", "move", "shift", "publish_now", "cancel", "retry"] = "create"
    items: Annotated[list[OneSchedule | MoveIn], Field(max_length=bulk.AT_MOST)] = []
    ids: Annotated[list[AnyId], Field(max_length=bulk.AT_MOST)] = []
    days: Annotated[StrictInt, Field(ge=-_TEN_YEARS_DAYS, le=_TEN_YEARS_DAYS)] = Field(
        default=0, description="To shift by, on the wall clock: 09:00 stays 09:00."
    )
    minutes: Annotated[StrictInt, Field(ge=-_A_WEEK_MINUTES, le=_A_WEEK_MINUTES)] = Field(
        default=0, description="To shift by, after the days."
    )
    atomic: StrictBool = Field(default=False, description="All of them, or none.")
    dry_run: StrictBool = Field(default=False, description="Say what would happen; do nothing.")


class OutcomeOut(BaseModel):
    """What became of one of them."""

    index: int = Field(description="Its place in `items` or `ids`, from 0.")
    id: int | None = Field(description="Of the schedule; null when none was made.")
    ok: bool
    status: str
    scheduled_at: str | None
    was_at: str | None = Field(description="Where it was before: moved there, it is undone.")
    code: str
    detail: str


class BulkOut(BaseModel):
    """What became of each, in their order."""

    model_config = example(
        {"done": 1, "refused": 0, "dry_run": False, "summary": "1 moved.",
         "results": [{"index": 0, "id": 21, "ok": True, "status": "queued", "scheduled_at": AT,
                      "was_at": AT, "code": "", "detail": ""}]}
    )  # fmt: skip

    done: int
    refused: int
    dry_run: bool
    summary: str
    results: list[OutcomeOut]


@router.post(
    "/schedules/bulk",
    response_model=BulkOut,
    responses=problems(400, 401, 403, 409),
)
async def many_schedules(asked: BulkIn, by: Publishes, request: Request) -> BulkOut | JSONResponse:
    """Create, move, shift, publish, cancel or retry many schedules: an outcome for each.

    One that is refused does not hinder the others, and the answer is 200. With `atomic` nothing is
    done unless all can be: else 400, or 409 when the state of one does not allow it, with `errors`
    that name the places of those that were refused.
    """
    found = await bulk.run(
        lambda: transaction(request),
        by,
        _wanted(asked, by),
        is_preview=asked.dry_run,
        is_atomic=asked.atomic,
        now=utc_now(),
    )
    refused = [each for each in found if not each.is_done]
    if asked.atomic and refused and not asked.dry_run:
        return _nothing_done(asked, found)
    # What a dry run would make has no id yet: the next one made gets that number.
    is_made = not (asked.dry_run and asked.action == "create")
    say = bulk.foretold if asked.dry_run else bulk.told
    return BulkOut(
        done=len(found) - len(refused),
        refused=len(refused),
        dry_run=asked.dry_run,
        summary=say(asked.action, found),
        results=[_outcome(i, each, is_made=is_made) for i, each in enumerate(found)],
    )


def _wanted(asked: BulkIn, by: Member) -> Sequence[Deed | Plan]:
    if asked.action in {"create", "move"}:
        if asked.ids or not asked.items:
            raise Rejected(Problem("missing", "Give `items`, not `ids`.", "items"))
        shape = OneSchedule if asked.action == "create" else MoveIn
        for place, item in enumerate(asked.items):
            if not isinstance(item, shape):
                message = f"This is not something to {asked.action}. Nothing was done."
                raise Rejected(Problem("invalid", message, f"items.{place}"))
        return [_item(item, by, place) for place, item in enumerate(asked.items)]
    if asked.items or not asked.ids:
        raise Rejected(Problem("missing", "Give `ids`, not `items`.", "ids"))
    action = Action(asked.action)
    if action is Action.SHIFT and not (asked.days or asked.minutes):
        raise Rejected(Problem("missing", "Say by how much: `days` or `minutes`.", "minutes"))
    return [Deed(each, action, days=asked.days, minutes=asked.minutes) for each in asked.ids]


def _item(item: OneSchedule | MoveIn, by: Member, place: int) -> Deed | Plan:
    try:
        at = moment_of(item.scheduled_at, item.timezone, by)
        if isinstance(item, MoveIn):
            return Deed(item.id, Action.MOVE, at=at)
        item.refuse_contradictions()
        return Plan(
            **item.chosen(),
            at=at,
            takes_slot=item.slot is not None,
            channel_ids=item.channel_ids,
            priority=item.priority,
        )
    except Rejected as no:
        first = no.problems[0]
        raise Rejected(Problem(first.code, first.message, f"items.{place}.{first.field}")) from no


def _outcome(index: int, found: Outcome, *, is_made: bool) -> OutcomeOut:
    was = found.before
    return OutcomeOut(
        index=index,
        id=found.schedule_id if found.schedule_id and is_made else None,
        ok=found.is_done,
        status=found.status,
        scheduled_at=iso(found.at) if found.at else None,
        was_at=iso(was.at) if was and was.put_at else None,
        code=found.code,
        detail=found.detail,
    )


def _nothing_done(asked: BulkIn, found: Sequence[Outcome]) -> JSONResponse:
    where = "ids" if asked.ids else "items"
    refused = [
        {"field": f"{where}.{place}", "code": each.code, "message": each.detail}
        for place, each in enumerate(found)
        if each.code and each.code != "not_done"
    ]
    status = 409 if any(each["code"] == "conflict" for each in refused) else 400
    detail = f"{len(refused)} of {len(found)} cannot be done, so nothing was."
    return errors.answer(status, detail, "not_done", fields=refused)
