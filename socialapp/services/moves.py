"""Moves by somebody who sees where a schedule is, and the way back from moves and cancels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialapp.domain import moments
from socialapp.domain.approval import Rule
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import approvals, schedules
from socialapp.store import deliveries, many, people, slots
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


async def before(db: AsyncSession, by: Member, schedule_ids: Iterable[int]) -> dict[int, Before]:
    """Return where these schedules of the workspace are now."""
    ids = set(schedule_ids)
    held = await slots.of_schedules(db, by.workspace_id, ids)
    to = await deliveries.by_channel(db, ids)
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
        )
        for each in await rows.some(db, by.workspace_id, ids)
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
    db: AsyncSession, by: Member, done: Sequence[Before], *, now: datetime
) -> list[Schedule]:
    """Put schedules back where they were, all of them or none; each gets its slot if it is free.

    One that was cancelled stays so, for that was promised: its post is planned anew, for the same
    moment. Raises Conflict when somebody has touched one since, or its time has passed.
    """
    await people.keep_workspace(db, by.workspace_id)
    await rows.lock(db, [each.schedule_id for each in done])
    is_free = await approvals.rule_of(db, by.workspace_id) is Rule.NONE
    moved = [each for each in done if each.put_at is not None] if is_free else []
    if len(moved) > 1:
        back = await _put_back_together(db, by, done, now=now)
    else:
        back = [await _put_back(db, by, each, now=now) for each in done]
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
    db: AsyncSession, by: Member, done: Sequence[Before], *, now: datetime
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
        else await _put_back(db, by, each, now=now)
        for each in done
    ]


async def _put_back(db: AsyncSession, by: Member, was: Before, *, now: datetime) -> Schedule:
    schedule = await _check_untouched(db, by, was, now=now)
    at = moments.shifted(was.at, was.zone)
    if was.put_at is not None:
        return await schedules.move(db, by, was.schedule_id, at=at, now=now)
    if schedule.status != Shown.CANCELLED:
        raise Conflict("Some of it has gone out since then. Nothing was put back.")
    stopped = (await deliveries.by_channel(db, [was.schedule_id]))[was.schedule_id]
    return await schedules.create(
        db,
        by,
        post_id=schedule.post_id,
        kind=None,
        at=at,
        channel_ids=[c for c in was.channel_ids if stopped.get(c) is Status.CANCELLED],
        priority=schedule.priority,
        now=now,
    )


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
