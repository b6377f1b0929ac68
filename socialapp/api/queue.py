"""Publishing now, the queue's state and its sweep."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp import live
from socialapp.api.channel_views import example
from socialapp.api.deps import Admins, Publishes, Reading, Reads, Transaction, transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.views import LogOut
from socialapp.api.writing import Chosen
from socialapp.clock import monotonic, utc_now
from socialapp.domain.delivery import IN_FLIGHT, UNSENT, Shown, Status
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.services import pauses, schedules, sweep
from socialapp.store import channels as channel_rows
from socialapp.store import deliveries, knobs, overview
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession, database
from socialapp.store.tables import Delivery, PublishLog

router = APIRouter(prefix="/api", tags=["Publishing"], route_class=Guarded)
WAITS_S = 40.0
LOOKS_EVERY_S = 0.25
_UNDER_WAY = UNSENT | IN_FLIGHT


class WhatToPublish(Chosen):
    """A post or page to publish at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"post_id": 12}]})


@router.post("/providers/{provider}/publish", responses=problems(400, 401, 403, 404, 409))
async def publish_now(
    provider: Annotated[Words, Path(max_length=50)],
    what: WhatToPublish,
    by: Publishes,
    request: Request,
) -> LogOut:
    """Publish a post or page at once, by the same engine as a due schedule, and say how it went.

    `default` is the workspace's default channel. When no outcome is known after 40 seconds the
    status is `queued` or `publishing`; it goes on by itself.
    """
    chosen = what.chosen()
    async with transaction(request) as db:
        channel_ids = await _channels_of(db, by, provider)
        schedule = await schedules.create(db, by, **chosen, channel_ids=channel_ids, now=utc_now())
    return await _outcome(by, schedule.id or 0, provider)


async def _channels_of(db: AsyncSession, by: Member, provider: str) -> list[int]:
    there = await channel_rows.of_workspace(db, by.workspace_id)
    if provider == "default":
        return [c.id or 0 for c in there if c.is_default]
    found = [c.id or 0 for c in there if c.provider == provider]
    if not found:
        raise NotFound(f"No channel is connected to a network called {provider!r}.")
    return found[:1]


async def _outcome(by: Member, schedule_id: int, provider: str) -> LogOut:
    """Wait for the worker to settle a delivery, and return its last attempt."""
    until = monotonic() + WAITS_S
    while True:
        async with database().reading() as db:
            delivery = (await rows.deliveries_of(db, [schedule_id]))[schedule_id][0]
            is_stopped = not await knobs.is_running(db)
            if _is_known(delivery) or _waits(delivery, is_stopped) or monotonic() > until:
                log = await deliveries.log_of(db, by.workspace_id, [delivery.id or 0])
                return LogOut.of(log[-1]) if log else _unsent(delivery, provider, is_stopped)
        await live.changed(LOOKS_EVERY_S)


def _is_known(delivery: Delivery) -> bool:
    """Whether an attempt has come to something: also that it is to be tried again later."""
    status = Status(delivery.status)
    return status not in _UNDER_WAY or (status in UNSENT and delivery.tries > 0)


def _waits(delivery: Delivery, is_stopped: bool) -> bool:
    return is_stopped and Status(delivery.status) in UNSENT


def _unsent(delivery: Delivery, provider: str, is_stopped: bool) -> LogOut:
    """Return what is known of a delivery that no worker has sent yet."""
    why = "No worker has taken it yet; it goes out as soon as one runs."
    if is_stopped:
        why = "Publishing is stopped for this installation; it waits, and is not lost."
    elif delivery.status == Status.PAUSED:
        why = "It is on hold: publishing is paused. It waits until you resume, and is not lost."
    elif delivery.status == Status.NEEDS_APPROVAL:
        why = "It waits for approval, and does not go out before."
    log = PublishLog(
        id=0,
        workspace_id=delivery.workspace_id,
        schedule_id=delivery.schedule_id,
        delivery_id=delivery.id or 0,
        provider=provider,
        attempt=0,
        status=Shown.QUEUED,
        error=why,
        started_at=delivery.due_at,
    )
    return LogOut.of(log)


class Lateness(BaseModel):
    """Due instant -> the request leaves, in milliseconds, over the last 24 hours."""

    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    deliveries: int


class QueueOut(BaseModel):
    """What waits, what is wrong, and whether somebody works on it."""

    model_config = example(
        {"counts": {"queued": 3, "posted": 12}, "oldest_overdue_at": None, "overdue": 0,
         "workers": 1, "lateness": {"p50_ms": 4.0, "p95_ms": 9.0, "p99_ms": 21.0,
         "deliveries": 12}, "redis": True, "database": True, "is_paused": False,
         "is_running": True, "troubles": []}
    )  # fmt: skip

    counts: dict[str, int]
    oldest_overdue_at: str | None
    overdue: int
    workers: int
    lateness: Lateness
    redis: bool
    database: bool
    is_paused: bool = Field(description="The workspace is paused: see `POST /api/queue/pause`.")
    is_running: bool = Field(description="False: publishing is stopped for this installation.")
    troubles: list[str] = Field(description="What keeps workers from their work.")


@router.get("/queue", responses=problems(401, 403))
async def queue_state(by: Reads, db: Reading) -> QueueOut:
    """Say what waits, how late things went out, and whether everything runs."""
    now = utc_now()
    health = await overview.health(db, by.workspace_id, now=now)
    late = await overview.lateness(db, by.workspace_id, since=now - timedelta(days=1))
    oldest = await deliveries.oldest_overdue(db, by.workspace_id, now=now)
    line = live.current()
    return QueueOut(
        counts=await overview.counts(db, by.workspace_id),
        oldest_overdue_at=iso(oldest) if oldest else None,
        overdue=health.overdue,
        workers=health.workers,
        lateness=Lateness(
            p50_ms=_percentile(late, 50),
            p95_ms=_percentile(late, 95),
            p99_ms=_percentile(late, 99),
            deliveries=len(late),
        ),
        redis=bool(line and await line.is_up()),
        database=True,
        is_paused=health.is_paused,
        is_running=health.is_running,
        troubles=list(health.troubles),
    )


def _percentile(sorted_values: list[float], percent: int) -> float | None:
    if not sorted_values:
        return None
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * percent // 100)]


class SchedulerOut(BaseModel):
    """How the sweep runs."""

    model_config = example({"interval_s": 1.0, "running": True, "workers": 1})

    interval_s: float
    running: bool
    workers: int


class SchedulerChange(BaseModel):
    """Another interval, or whether it runs at all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"interval_s": 2}]})

    interval_s: (
        Annotated[
            float,
            Field(ge=sweep.SECONDS_AT_LEAST, le=sweep.SECONDS_AT_MOST, allow_inf_nan=False),
        ]
        | None
    ) = None
    running: StrictBool | None = None


async def _scheduler(db: AsyncSession) -> SchedulerOut:
    set_to = await knobs.read_all(db)
    return SchedulerOut(
        interval_s=float(set_to.get(knobs.SWEEP_SECONDS, knobs.default_sweep_seconds())),
        running=set_to.get(knobs.SWEEP_RUNNING, "yes") != "no",
        workers=await overview.workers_alive(db, now=utc_now()),
    )


@router.get("/scheduler", responses=problems(401, 403))
async def scheduler(by: Reads, db: Reading) -> SchedulerOut:
    """Say how the sweep runs that finds whatever a timer missed."""
    return await _scheduler(db)


@router.patch("/scheduler", responses=problems(400, 401, 403))
async def change_scheduler(change: SchedulerChange, by: Admins, db: Transaction) -> SchedulerOut:
    """Change the sweep while it runs; `running: false` stops all publishing here."""
    if change.interval_s is not None:
        await sweep.set_interval(db, by, seconds=change.interval_s)
    if change.running is not None:
        await (pauses.start_everything if change.running else pauses.stop_everything)(db)
    await db.flush()
    return await _scheduler(db)


@router.post("/scheduler/check", responses=problems(401, 403, 409))
async def check_now(by: Publishes, db: Reading) -> SchedulerOut:
    """Make the workers look for what is due now."""
    await live.wake()
    return await _scheduler(db)
