"""Series: a schedule that repeats by a rule. Make, pause, resume, end, and skip one of it.

Its pattern is a copy of the post that it was made with; each occurrence is a schedule of its own,
with a post of its own. Changes to many of them are in `series_changes`.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from socialapp.domain import moments, recurrence
from socialapp.domain.content import Kind
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import ahead, approvals, copies, making, moves, posts, schedules
from socialapp.services.ahead import working
from socialapp.store import channels, deliveries, people
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Occurrence, Schedule, Series

SHOWN_AHEAD = 5


@dataclass(frozen=True)
class Coming:
    """One of the next moments of a series."""

    at: datetime
    is_skipped: bool = False
    post_id: int | None = None
    """None: it is not made yet."""


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at series here, not change them.")


async def create(
    db: AsyncSession,
    by: Member,
    *,
    post_id: int,
    repeat: str,
    kind: Kind | None = Kind.POST,
    at: Moment | None = None,
    channel_ids: Sequence[int] = (),
    priority: int = 0,
    now: datetime,
) -> tuple[Series, list[Schedule]]:
    """Repeat a post by a rule (RRULE) from a moment on. Its first occurrence is the post itself.

    Returns the series, and what of it is planned by now, soonest first.
    """
    _allow(by)
    await people.keep_workspace(db, by.workspace_id)
    post = await posts.get(db, by, post_id, kind=kind, lock=True)
    at = at or moments.read(moments.iso(now), zone=by.zone)
    start = at.local.replace(tzinfo=None, microsecond=0)
    rule = recurrence.read(repeat, zone=at.zone)
    first = next(recurrence.coming(rule, start, at.zone), None)
    if first is None:
        raise _never()
    to = await schedules.channels_for(db, by, channel_ids or post.channel_ids)
    ids = [channel.id or 0 for channel in to]
    series = Series(
        workspace_id=by.workspace_id,
        post_id=await copies.copy(db, post, channel_ids=ids, is_aside=True, now=now),
        rule=str(rule),
        starts=start.isoformat(),
        timezone=at.zone,
        priority=priority,
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )
    db.add(series)
    await db.flush()
    made = [await making.plan(db, by, series, post_id, first, now=now)]
    made += await making.make(db, working(by), series, now=now)
    return series, made


def _never() -> Rejected:
    message = "By this rule it never happens. Nothing was scheduled."
    return Rejected(Problem("never_happens", message, "repeat"))


async def get(db: AsyncSession, by: Member, series_id: int, *, lock: bool = False) -> Series:
    """Return a series of the workspace. Raises NotFound when it has none of that id."""
    if lock:
        await people.keep_workspace(db, by.workspace_id)
    series = await rows.get(db, by.workspace_id, series_id, lock=lock)
    if series is None:
        raise NotFound("There is no such series.")
    return series


async def to_change(db: AsyncSession, by: Member, series_id: int) -> Series:
    """Return a locked series for whoever may change it. Raises Conflict when it was ended."""
    _allow(by)
    series = await get(db, by, series_id, lock=True)
    if series.ended_at:
        raise Conflict("This series was ended. Start a new one.")
    return series


def coming(series: Series, made: Sequence[Occurrence], *, now: datetime) -> list[Coming]:
    """Return the next moments of a series; `made` are its occurrences from now on."""
    if series.ended_at:
        return []
    known = {each.nominal_at: each for each in made if each.series_id == series.id}
    return [
        Coming(
            each.at,
            is_skipped=each.at in known and known[each.at].post_id is None,
            post_id=known[each.at].post_id if each.at in known else None,
        )
        for each in islice(making.coming(series, after=now), SHOWN_AHEAD)
    ]


async def pause(db: AsyncSession, by: Member, series_id: int, *, now: datetime) -> Series:
    """Take what is planned of a series out of the queue, and make no more. Twice is harmless."""
    series = await to_change(db, by, series_id)
    if series.paused_at:
        return series
    series.paused_at, series.updated_at, series.look_at = now, now, None
    for _, schedule in await unsent(db, series):
        if schedule.scheduled_at <= now:
            continue  # on hold or unapproved since its time: it stays in view
        try:
            await _put_aside(db, by, schedule, now=now)
        except Conflict:
            continue  # it has just left
    return await _kept(db, series)


async def _put_aside(db: AsyncSession, by: Member, schedule: Schedule, *, now: datetime) -> None:
    """Cancel an occurrence, and keep where it was to go. One that is out in part stays in view."""
    key = schedule.id or 0
    before = (await deliveries.by_channel(db, [key]))[key]
    await schedules.cancel(db, by, key, now=now)
    if set((await deliveries.by_channel(db, [key]))[key].values()) != {Status.CANCELLED}:
        return
    post = await posts.get(db, by, schedule.post_id, kind=None)
    kept = post.channel_ids if post.is_aside else []  # of another schedule of it
    to = [c for c, status in before.items() if status is not Status.CANCELLED]
    post.is_aside, post.channel_ids = True, list(dict.fromkeys([*kept, *to]))
    db.add(post)


async def resume(db: AsyncSession, by: Member, series_id: int, *, now: datetime) -> Series:
    """Go on with a series: what has passed meanwhile is left out.

    Whoever resumes it approves nothing by that: what was approved is, the rest waits.
    """
    series = await to_change(db, by, series_id)
    if not series.paused_at:
        return series
    series.paused_at, series.updated_at = None, now
    maker = await making.maker(db, series)
    mine = set((await making.pattern_of(db, series)).channel_ids)
    there = {channel.id or 0 for channel in await channels.of_workspace(db, by.workspace_id)}
    for occurrence in await rows.aside(db, series.id or 0):
        is_left = await _bring_back(db, maker, occurrence.post_id or 0, there, now=now)
        if not is_left and not mine & there:
            await db.delete(occurrence)  # it is made anew when other channels are chosen
    await making.make(db, maker, series, now=now)
    return await _kept(db, series)


async def _bring_back(
    db: AsyncSession, maker: Member, post_id: int, there: Set[int], *, now: datetime
) -> bool:
    """Plan what was put aside where it was to go, of the channels that are still there.

    What can not go any more is put in the trash; then it returns False.
    """
    await rows.set_aside(db, [post_id], is_aside=False)
    post = await post_rows.get(db, maker.workspace_id, post_id, kind=None)
    if post is None:
        return True  # somebody put it in the trash meanwhile
    last = (await schedule_rows.of_post(db, post_id))[-1]
    was = (await deliveries.by_channel(db, [last.id or 0]))[last.id or 0]
    taken = await posts.planned_for(db, post)  # or out
    to = [c for c in was if c in there and c in post.channel_ids and c not in taken]
    if to and last.scheduled_at > now:
        waited = await approvals.waits_for_answer(db, post)
        await schedules.create(
            db,
            moves.without_approval(maker) if waited else maker,
            post_id=post_id,
            kind=None,
            at=moments.shifted(last.scheduled_at, last.timezone),
            channel_ids=to,
            priority=last.priority,
            now=now,
        )
    elif not taken:
        await posts.delete(db, maker, post_id, kind=None, now=now)
        return False
    return True


async def end(db: AsyncSession, by: Member, series_id: int, *, now: datetime) -> Series:
    """End a series for good: what is planned of it is cancelled. Twice is harmless.

    The text of the next one is a draft again; the others, which say the same, go to the trash.
    """
    _allow(by)
    series = await get(db, by, series_id, lock=True)
    if series.ended_at:
        return series
    is_next = True
    for occurrence, schedule in await unsent(db, series):
        is_late = schedule.scheduled_at <= now  # on hold or unapproved since: it stays in view
        is_kept = is_late or is_next
        if is_kept or not await ahead.drop(db, by, occurrence.post_id or 0, now=now):
            await _cancel(db, by, schedule, now=now)  # of one that is out in part: the rest
        is_next = is_next and is_late
    for occurrence in await rows.aside(db, series.id or 0):
        await ahead.drop(db, by, occurrence.post_id or 0, now=now)
    series.ended_at, series.updated_at, series.look_at, series.trouble = now, now, None, ""
    return await _kept(db, series)


async def _cancel(db: AsyncSession, by: Member, schedule: Schedule, *, now: datetime) -> None:
    try:
        await schedules.cancel(db, by, schedule.id or 0, now=now)
    except Conflict:
        return  # it has just left


async def skip(
    db: AsyncSession, by: Member, series_id: int, *, at: datetime, now: datetime
) -> Series:
    """Leave out the occurrence of a moment: what was made of it goes to the trash.

    Raises Rejected when the series has none then, Conflict when it is out. Twice is harmless.
    """
    series = await to_change(db, by, series_id)
    if at <= now or all(each.at != at for each in _up_to(series, at, now=now)):
        message = "The series has nothing to come at that time. Nothing was skipped."
        raise Rejected(Problem("no_occurrence", message, "at"))
    made = await rows.occurrences(db, [series_id], since=at)
    mine = next((each for each in made if each.nominal_at == at), None)
    if mine is None:
        mine = Occurrence(workspace_id=series.workspace_id, series_id=series_id, nominal_at=at)
        db.add(mine)
    elif mine.post_id is not None:
        await posts.delete(db, working(by), mine.post_id, kind=None, now=now)
        mine.post_id = None
    series.updated_at = now
    return await _kept(db, series)


def _up_to(series: Series, at: datetime, *, now: datetime) -> list[Moment]:
    found = []
    for each in making.coming(series, after=now):
        if each.at > at:
            break
        found.append(each)
    return found


async def unsent(
    db: AsyncSession, series: Series, *, since: datetime | None = None
) -> list[tuple[Occurrence, Schedule]]:
    """Return what of a series has not left, locked; from the moment `since` on, by the rule."""
    found = await rows.waiting(db, series.id or 0, since=since)
    await schedule_rows.lock(db, [schedule.id or 0 for _, schedule in found])
    return await rows.waiting(db, series.id or 0, since=since)


async def _kept(db: AsyncSession, series: Series) -> Series:
    db.add(series)
    await db.flush()
    aftermath(db).workspaces.add(series.workspace_id)
    return series
