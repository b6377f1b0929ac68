"""Moves by somebody who sees where a schedule is, and the way back from moves and cancels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialapp.domain import moments
from socialapp.domain.delivery import AWAITING, Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import approvals, schedules
from socialapp.store import (
    autopilot,
    comparisons,
    deliveries,
    evergreen,
    many,
    people,
    series,
    slots,
)
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Schedule, TakenSlot


@dataclass(frozen=True)
class Before:
    """Where a schedule was, and what was done to it."""

    schedule_id: int
    at: datetime
    zone: str
    slots: tuple[tuple[int, datetime], ...]
    """The slots that it had: channel and instant."""
    put_at: datetime | None = None
    """Where it was moved to; None: it was cancelled."""
    channel_ids: tuple[int, ...] = ()
    """Where it was to go."""
    was_held: bool = False
    """Whether it waited for an approval."""
    nominal_at: datetime | None = None
    """Its moment by the rule of its series; None: it is of none."""


async def before(db: AsyncSession, by: Member, schedule_ids: Iterable[int]) -> dict[int, Before]:
    """Return where these schedules of the workspace are now."""
    ids = set(schedule_ids)
    held = await slots.of_schedules(db, by.workspace_id, ids)
    to = await deliveries.by_channel(db, ids)
    there = await rows.some(db, by.workspace_id, ids)
    nominal = await series.moments_of(db, {each.post_id for each in there})
    return {
        each.id or 0: Before(
            each.id or 0,
            each.scheduled_at,
            each.timezone,
            tuple((taken.channel_id, taken.slot_at) for taken in held.get(each.id or 0, ())),
            channel_ids=tuple(
                channel_id
                for channel_id, status in to[each.id or 0].items()
                if status is not Status.CANCELLED
            ),
            was_held=any(status in AWAITING for status in to[each.id or 0].values()),
            nominal_at=nominal.get(each.post_id),
        )
        for each in there
    }


MOVABLE = (Shown.QUEUED, Shown.PAUSED)
"""What can be dragged; failed and missed ones would go out again, which is another question."""


async def drag(
    db: AsyncSession, by: Member, schedule_id: int, *, at: Moment, seen: datetime, now: datetime
) -> Before:
    """Give a queued schedule another moment; `seen` is where it was when somebody took hold of it.

    Raises Conflict when it is elsewhere by now, or is not waiting any more.
    """
    schedule = await schedules.get(db, by, schedule_id, now=now)
    if schedule.status not in MOVABLE:
        raise Conflict(f"It is {schedules.status_words(schedule.status)} and was not moved.")
    if schedule.scheduled_at != seen:
        when = moments.spoken(schedule.scheduled_at, by.zone, now=now)
        raise Conflict(f"Somebody moved it to {when} meanwhile. Your move was not made.")
    was = (await before(db, by, [schedule_id]))[schedule_id]
    await schedules.move(db, by, schedule_id, at=at, now=now)
    return replace(was, put_at=at.at)


async def together(
    db: AsyncSession, by: Member, to: Mapping[int, Moment], *, now: datetime
) -> None:
    """Do to many what `schedules.move` does to one, where nothing has to be approved.

    One by one a thousand would keep the writers of SQLite waiting for a minute. They are locked,
    and were seen to wait. Raises Conflict when one has left.
    """
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not publish them.")
    for at in to.values():
        schedules.check_time(at, now=now)
    caught = await deliveries.replan_many(db, {key: at.at for key, at in to.items()})
    if set(caught) != set(to):
        raise Conflict("One of them has left meanwhile. Look again; nothing was moved.")
    await deliveries.hold_back_many(db, to)
    await slots.give_back(db, to)
    await rows.put(
        db,
        [
            {
                "id": key,
                "scheduled_at": at.at,
                "local_time": at.local.isoformat(timespec="seconds"),
                "timezone": at.zone,
            }
            for key, at in to.items()
        ],
        now=now,
    )
    await rows.refresh_status(db, to, now=now)
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.is_due_soon |= any(at.at - now < schedules.SOON for at in to.values())


async def undo(
    db: AsyncSession,
    by: Member,
    done: Sequence[Before],
    *,
    ours: set[int] | None = None,
    now: datetime,
) -> list[Schedule]:
    """Put schedules back where they were, all of them or none; each gets its slot if it is free.

    One that was cancelled stays so, for that was promised: its post is planned anew, for the same
    moment, and waits for the approval that it waited for. Raises Conflict when somebody has touched
    one or planned its post since, or its time has passed. `ours` holds the schedules that the same
    way back has made, and gets those of this one.
    """
    ours = set() if ours is None else ours
    await people.keep_workspace(db, by.workspace_id)
    await rows.lock(db, [each.schedule_id for each in done])
    moved = [each.schedule_id for each in done if each.put_at is not None]
    if len(moved) > 1 and await approvals.is_cleared(db, by.workspace_id, moved):
        back = await _put_back_together(db, by, done, ours, now=now)
    else:
        back = [await _put_back(db, by, each, ours, now=now) for each in done]
    wanted = {channel_id for each in done for channel_id, _ in each.slots}
    await slots.lock(db, wanted)
    held = await slots.held(db, by.workspace_id, wanted, after=now)
    free = [
        TakenSlot(
            workspace_id=by.workspace_id,
            channel_id=channel_id,
            slot_at=slot_at,
            schedule_id=schedule.id or 0,
        )
        for each, schedule in zip(done, back, strict=True)
        for channel_id, slot_at in each.slots
        if slot_at > now and slot_at not in held[channel_id]
    ]
    await many.add_all(db, free)
    return back


async def _put_back_together(
    db: AsyncSession, by: Member, done: Sequence[Before], ours: set[int], *, now: datetime
) -> list[Schedule]:
    """Put back those that were moved, all at once, and the others one by one."""
    moved = [each for each in done if each.put_at is not None]
    for each in moved:
        await _check_untouched(db, by, each, now=now)
    to = {each.schedule_id: moments.shifted(each.at, each.zone) for each in moved}
    await together(db, by, to, now=now)
    there = {each.id: each for each in await rows.some(db, by.workspace_id, to)}
    return [
        there[each.schedule_id]
        if each.schedule_id in to
        else await _put_back(db, by, each, ours, now=now)
        for each in done
    ]


async def _put_back(
    db: AsyncSession, by: Member, was: Before, ours: set[int], *, now: datetime
) -> Schedule:
    schedule = await _check_untouched(db, by, was, now=now)
    at = moments.shifted(was.at, was.zone)
    if was.put_at is not None:
        return await schedules.move(db, by, was.schedule_id, at=at, now=now)
    if schedule.status != Shown.CANCELLED:
        raise Conflict("Some of it has gone out since then. Nothing was put back.")
    await _check_may_come_back(db, was, schedule, ours)
    stopped = (await deliveries.by_channel(db, [was.schedule_id]))[was.schedule_id]
    made = await schedules.create(
        db,
        without_approval(by) if was.was_held else by,
        post_id=schedule.post_id,
        kind=None,
        at=at,
        channel_ids=[c for c in was.channel_ids if stopped.get(c) is Status.CANCELLED],
        priority=schedule.priority,
        now=now,
    )
    ours.add(made.id or 0)
    return made


def without_approval(by: Member) -> Member:
    """Return a member whose planning approves nothing: taking a deed back is no approval."""
    return replace(by, rights=by.rights - {Right.APPROVE})


async def _check_may_come_back(
    db: AsyncSession, was: Before, schedule: Schedule, ours: set[int]
) -> None:
    """Raise Conflict when its post would go out twice, or what was to stop it came after."""
    planned = [
        each.id or 0
        for each in await rows.of_post(db, schedule.post_id)
        if each.status != Shown.CANCELLED and (each.id or 0) > was.schedule_id
    ]
    there = await deliveries.by_channel(db, set(planned) - ours)
    if any(
        channel_id in was.channel_ids and status is not Status.CANCELLED
        for some in there.values()
        for channel_id, status in some.items()
    ):
        raise Conflict("It was planned again since then. Nothing was put back.")
    await check_not_autopilots(db, was.schedule_id)
    if await series.is_stopped(db, schedule.workspace_id, schedule.post_id):
        raise Conflict("Its series was paused or ended since then. Nothing was put back.")
    nominal = await series.moments_of(db, [schedule.post_id])
    if nominal.get(schedule.post_id) != was.nominal_at:  # another one may say the same at that time
        raise Conflict("Its series was changed since then. Nothing was put back.")
    if await comparisons.is_stopped(db, schedule.post_id):
        raise Conflict("Its comparison was stopped since then. Nothing was put back.")
    if await evergreen.has_chosen(db, schedule.post_id):
        message = "Its evergreen list may have chosen the same words again. It stays cancelled."
        raise Conflict(message)


async def check_not_autopilots(db: AsyncSession, schedule_id: int) -> None:
    """Raise Conflict for what autopilot posts: only itself may plan a picture anew."""
    if await autopilot.is_posting(db, schedule_id):
        message = "It is autopilot's. Release the picture there, and it may be chosen again."
        raise Conflict(message)


async def _check_untouched(db: AsyncSession, by: Member, was: Before, *, now: datetime) -> Schedule:
    """Return it. Raises Conflict when its time has passed, or somebody moved it since."""
    schedule = await rows.get(db, by.workspace_id, was.schedule_id)
    if schedule is None:
        raise NotFound("There is no such schedule.")
    await db.refresh(schedule)
    when = moments.spoken(was.at, was.zone, now=now)
    if was.at <= now:
        raise Conflict(f"{when} has passed by now. Nothing was put back.")
    if was.put_at is not None and schedule.scheduled_at != was.put_at:
        raise Conflict(f"Somebody moved it since then; it was not put back to {when}.")
    return schedule
