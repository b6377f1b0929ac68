"""Schedules: create, move, cancel, retry, publish now, and what a person says of an unknown one."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.delivery import RETRYABLE, Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import approvals
from socialapp.services import posts as post_services
from socialapp.store import channels, deliveries, people, schedules, slots
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Delivery, Schedule

PAST_TOLERANCE = timedelta(seconds=5)
"""A request takes a moment to arrive."""
SOON = timedelta(seconds=20)
"""Nearer than this, a worker is woken: its own look may come too late."""
FARTHEST = timedelta(days=366 * 10)


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not publish them.")


async def create(
    db: AsyncSession,
    by: Member,
    *,
    post_id: int,
    kind: Kind | None = Kind.POST,
    at: Moment | None = None,
    channel_ids: Sequence[int] = (),
    priority: int = 0,
    now: datetime,
) -> Schedule:
    """Queue a post for a moment, or for now. Raises Rejected with what a channel would refuse.

    Raises Conflict for a post aside: copies of a pattern go out, and what is paused is resumed.
    """
    _allow(by)
    workspace = await people.keep_workspace(db, by.workspace_id)
    post = await post_services.get(db, by, post_id, kind=kind, lock=True)
    if post.is_aside:
        message = (
            "It belongs to a paused series, or to a list, comparison or template, and is not"
            " published by itself. Nothing was scheduled."
        )
        raise Conflict(message, code="belongs_elsewhere")
    at = at or moments.read(moments.iso(now), zone=by.zone)
    check_time(at, now=now)
    to = await channels_for(db, by, channel_ids or post.channel_ids)
    await post_services.check_channels(db, post, to)
    if not post.channel_ids:  # who opens it sees where it goes
        post.channel_ids = [channel.id or 0 for channel in to]
    schedule = new(post_id, at, by, priority=priority, now=now)
    db.add(schedule)
    await db.flush()
    db.add_all(
        delivery(schedule, channel, is_held=workspace.is_paused or channel.paused_at is not None)
        for channel in to
    )
    await db.flush()
    await approvals.on_plan(db, by, post, now=now)
    await _changed(db, schedule, due_at=at.at, now=now)
    await db.refresh(schedule)
    return schedule


def new(post_id: int, at: Moment, by: Member, *, priority: int = 0, now: datetime) -> Schedule:
    """Return a schedule, to be added."""
    return Schedule(
        workspace_id=by.workspace_id,
        post_id=post_id,
        scheduled_at=at.at,
        local_time=at.local.isoformat(timespec="seconds"),
        timezone=at.zone,
        priority=priority,
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )


async def _check_approved(db: AsyncSession, by: Member, schedule: Schedule, now: datetime) -> None:
    """Hold what was queued anew of a post that is not approved."""
    post = await post_services.get(db, by, schedule.post_id, kind=None, lock=True)
    if schedule.status in approvals.WAITS:
        # The rest of it went on waiting; to move or retry it is not to approve it.
        await approvals.hold_with_the_rest(db, post, schedule.id or 0)
    else:
        await approvals.on_plan(db, by, post, now=now)


def delivery(schedule: Schedule, channel: Channel, *, is_held: bool) -> Delivery:
    """Return a schedule's delivery to a channel, to be added."""
    return Delivery(
        workspace_id=schedule.workspace_id,
        schedule_id=schedule.id or 0,
        channel_id=channel.id or 0,
        status=Status.PAUSED if is_held else Status.QUEUED,
        planned_at=schedule.scheduled_at,
        due_at=schedule.scheduled_at,
        priority=schedule.priority,
        once=secrets.token_hex(16),
    )


def check_time(at: Moment, *, now: datetime) -> None:
    """Raise Rejected for a moment that has passed, or is too far away."""
    if at.at < now - PAST_TOLERANCE:
        message = (
            f"{moments.spoken(at.at, at.zone, now=now)} has passed. Nothing was scheduled;"
            " choose a later time, or publish now."
        )
        raise Rejected(Problem("in_the_past", message, "scheduled_at"))
    if at.at > now + FARTHEST:
        message = "That is more than ten years ahead. Nothing was scheduled."
        raise Rejected(Problem("too_far", message, "scheduled_at"))


async def channels_for(db: AsyncSession, by: Member, ids: Sequence[int]) -> list[Channel]:
    """Return these channels; without any the default one. Raises Rejected for unknown ones."""
    return chosen(await channels.of_workspace(db, by.workspace_id), ids)


def chosen(known: Sequence[Channel], ids: Sequence[int]) -> list[Channel]:
    """Return these of the workspace's channels, as `channels_for`."""
    there = {c.id: c for c in known}
    if not ids:
        default = [c for c in there.values() if c.is_default] or list(there.values())[:1]
        if not default:
            message = "There is no channel to post to. Connect one first."
            raise Rejected(Problem("channel_required", message, "channel_ids"))
        return default[:1]
    unknown = [str(i) for i in ids if i not in there]
    if unknown:
        message = f"There is no channel with the id {', '.join(unknown)}. Nothing was scheduled."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))
    return [there[i] for i in dict.fromkeys(ids)]


async def _changed(
    db: AsyncSession, schedule: Schedule, *, due_at: datetime, now: datetime
) -> None:
    await schedules.refresh_status(db, [schedule.id or 0], now=now)
    noted = aftermath(db)
    noted.workspaces.add(schedule.workspace_id)
    noted.is_due_soon |= due_at - now < SOON


async def get(db: AsyncSession, by: Member, schedule_id: int, *, now: datetime) -> Schedule:
    """Return a schedule that nobody else changes until the commit, with its status of now."""
    schedule = await schedules.get(db, by.workspace_id, schedule_id)
    if schedule is None:
        raise NotFound("There is no such schedule.")
    await schedules.lock(db, [schedule_id])
    # What has just left is shown a moment later; who acts has to know it now.
    await schedules.catch_up(db, schedule, now=now)
    await db.refresh(schedule)
    return schedule


async def move(
    db: AsyncSession,
    by: Member,
    schedule_id: int,
    *,
    at: Moment | None = None,
    priority: int | None = None,
    now: datetime,
) -> Schedule:
    """Give a schedule another moment or priority. Raises Conflict once it is publishing.

    Another moment queues again what failed or was missed; another priority alone does not.
    """
    _allow(by)
    schedule = await get(db, by, schedule_id, now=now)
    if at is not None:
        check_time(at, now=now)
        await _replan(db, schedule, at.at)
        await _check_approved(db, by, schedule, now)
        await slots.give_back(db, [schedule_id])
        schedule.scheduled_at = at.at
        schedule.local_time = at.local.isoformat(timespec="seconds")
        schedule.timezone = at.zone
    elif schedule.status not in _UNSENT:
        raise _too_late(schedule)
    if priority is not None:
        schedule.priority = priority
        await deliveries.set_priority(db, schedule_id, priority)
    schedule.updated_at = now
    await db.flush()
    await _changed(db, schedule, due_at=schedule.scheduled_at, now=now)
    await db.refresh(schedule)
    return schedule


_UNSENT = {Shown.QUEUED, Shown.PAUSED, *approvals.WAITS, Shown.FAILED, Shown.MISSED}


async def _replan(db: AsyncSession, schedule: Schedule, due_at: datetime) -> None:
    caught = await deliveries.replan(db, schedule.id or 0, due_at=due_at)
    if not caught:
        raise _too_late(schedule)
    await deliveries.hold_back(db, schedule.id or 0)


def _too_late(schedule: Schedule) -> Conflict:
    return Conflict(
        f"This schedule is {status_words(schedule.status)} and cannot be moved any more."
    )


def status_words(status: str) -> str:
    """Say a status in the middle of a sentence."""
    words = {
        "publishing": "being published",
        "needs_check": "waiting for a check",
        "needs_approval": "waiting for approval",
        "changes_requested": "waiting for changes",
    }
    return words.get(status, status.replace("_", " "))


async def cancel(db: AsyncSession, by: Member, schedule_id: int, *, now: datetime) -> Schedule:
    """Cancel what has not left. Raises Conflict when nothing of it could be stopped."""
    _allow(by)
    schedule = await get(db, by, schedule_id, now=now)
    if schedule.status == Shown.CANCELLED:
        return schedule
    if not await deliveries.change_unsent(db, schedule_id, Status.CANCELLED):
        await db.refresh(schedule)
        raise Conflict(f"This schedule is {status_words(schedule.status)}; it can't be cancelled.")
    await slots.give_back(db, [schedule_id])
    await _changed(db, schedule, due_at=now + SOON, now=now)
    await db.refresh(schedule)
    return schedule


async def retry(db: AsyncSession, by: Member, schedule_id: int, *, now: datetime) -> Schedule:
    """Queue again, for now, what failed or was missed."""
    _allow(by)
    schedule = await get(db, by, schedule_id, now=now)
    mine = await schedules.deliveries_of(db, [schedule_id])
    ids = [d.id or 0 for d in mine.get(schedule_id, [])]
    if not await deliveries.retry(db, ids, sources=RETRYABLE, now=now):
        raise Conflict(
            f"This schedule is {status_words(schedule.status)}; there is nothing to retry."
        )
    await channels.trust(db, [d.channel_id for d in mine.get(schedule_id, [])])
    await deliveries.hold_back(db, schedule_id)
    await _check_approved(db, by, schedule, now)
    await _changed(db, schedule, due_at=now, now=now)
    await db.refresh(schedule)
    return schedule


async def retry_delivery(
    db: AsyncSession, by: Member, delivery_id: int, *, now: datetime
) -> Delivery:
    """Queue one delivery again that failed or was missed."""
    _allow(by)
    delivery = await _delivery_of(db, by, delivery_id)
    if not await deliveries.retry(db, [delivery_id], sources=RETRYABLE, now=now):
        raise Conflict(
            f"This delivery is {status_words(delivery.status)}; there is nothing to retry."
        )
    await channels.trust(db, [delivery.channel_id])
    await _delivery_changed(db, by, delivery, now=now)
    return delivery


async def publish_now(db: AsyncSession, by: Member, schedule_id: int, *, now: datetime) -> Schedule:
    """Make a queued schedule due at once; its moment becomes now."""
    _allow(by)
    schedule = await get(db, by, schedule_id, now=now)
    if schedule.status in approvals.WAITS:
        message = f"This schedule is {status_words(schedule.status)}; nothing was published."
        raise Conflict(message, code="not_approved")
    at = moments.read(moments.iso(now), zone=by.zone)
    return await move(db, by, schedule_id, at=at, now=now)


async def resolve(
    db: AsyncSession,
    by: Member,
    delivery_id: int,
    *,
    posted: bool,
    url: str = "",
    now: datetime,
) -> Delivery:
    """Take a person's word: the post is there, or it is not and goes out again."""
    _allow(by)
    delivery = await _delivery_of(db, by, delivery_id)
    if posted:
        done = await deliveries.confirm(db, delivery, url=url, now=now)
    else:
        wanted = [Status.NEEDS_CHECK]
        done = bool(await deliveries.retry(db, [delivery_id], sources=wanted, now=now))
    if not done:
        raise Conflict(f"This delivery is {status_words(delivery.status)}; it needs no check.")
    await deliveries.note(
        db,
        delivery,
        provider="",
        kind="person",
        status="posted" if posted else "queued",
        url=url,
        error="" if posted else "A person looked, and it is not there.",
        started_at=now,
        finished_at=now,
    )
    await _delivery_changed(db, by, delivery, now=now)
    return delivery


async def _delivery_of(db: AsyncSession, by: Member, delivery_id: int) -> Delivery:
    delivery = await deliveries.get(db, by.workspace_id, delivery_id)
    if delivery is None:
        raise NotFound("There is no such delivery.")
    await schedules.lock(db, [delivery.schedule_id])
    await db.refresh(delivery)
    return delivery


async def _delivery_changed(
    db: AsyncSession, by: Member, delivery: Delivery, *, now: datetime
) -> None:
    await deliveries.hold_back(db, delivery.schedule_id)
    if schedule := await schedules.get(db, by.workspace_id, delivery.schedule_id):
        await _check_approved(db, by, schedule, now)
    await schedules.refresh_status(db, [delivery.schedule_id], now=now)
    aftermath(db).is_due_soon = True
    await db.refresh(delivery)
