"""To which channels a post goes: of a draft, or of what is planned and has not left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from socialapp.domain import moments
from socialapp.domain.delivery import AWAITING, Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import approvals, moves, posts, schedules, versions
from socialapp.store import channels, deliveries, people, slots
from socialapp.store import posts as post_rows
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Post, Schedule

_Any = TypeVar("_Any")
_ENDED = (Status.FAILED, Status.MISSED)
_WAITS = (Shown.QUEUED, Shown.PAUSED, *approvals.WAITS)


class How(StrEnum):
    """What is done with those that are there."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


def applied(how: How, there: Sequence[_Any], given: Sequence[_Any]) -> list[_Any]:
    """Return what is there afterwards, each once, in its order."""
    match how:
        case How.ADD:
            return list(dict.fromkeys([*there, *given]))
        case How.REMOVE:
            return [each for each in there if each not in given]
        case How.REPLACE:
            return list(dict.fromkeys(given))


@dataclass(frozen=True)
class Assigned:
    """What became of it, and of whose channels they were before."""

    post: Post
    names: tuple[str, ...]
    """Of the channels that it goes to now."""
    before: tuple[tuple[int | None, tuple[int, ...]], ...]
    """By the schedule; of a draft, which has none, by None."""


async def assign(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    how: How,
    channel_ids: Sequence[int],
    schedule_id: int | None = None,
    now: datetime,
) -> Assigned:
    """Have a post go to more, fewer or other channels; of a planned one only `schedule_id`'s.

    A channel that is added gets it at the same moment, one that is taken away does not get it.
    Raises Conflict when something of it has left, or would stay without a channel.
    """
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at posts here, not change them.")
    await people.keep_workspace(db, by.workspace_id)
    post = await posts.get(db, by, post_id, kind=None, lock=True)
    posts.check_not_aside(post)
    known = {each.id or 0: each for each in await channels.of_workspace(db, by.workspace_id)}
    if unknown := [str(each) for each in channel_ids if each not in known]:
        message = f"There is no channel with the id {', '.join(unknown)}. Nothing was changed."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))
    planned = [s for s in await rows.of_post(db, post_id) if s.status != Shown.CANCELLED]
    if not planned:
        return await _of_draft(db, by, post, known, how, channel_ids, now)
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may write posts here, not change what is planned.")
    await posts.take_back(db, post)
    mine = [each for each in planned if schedule_id in (None, each.id)]
    closed = [each for each in mine if each.status not in _WAITS]
    if closed or not mine:
        words = schedules.status_words(closed[0].status) if closed else "cancelled"
        raise Conflict(f"It is {words}, and its channels stay.")
    return await _of_planned(db, by, post, planned, mine, known, how, channel_ids, now)


async def _of_draft(
    db: AsyncSession,
    by: Member,
    post: Post,
    known: dict[int, Channel],
    how: How,
    channel_ids: Sequence[int],
    now: datetime,
) -> Assigned:
    there = [each for each in post.channel_ids if each in known]
    wanted = applied(how, there, channel_ids)
    _check_changed(there, wanted)
    await _keep(db, by, post, wanted, now)
    return Assigned(post, _names(known, wanted), ((None, tuple(there)),))


async def _of_planned(
    db: AsyncSession,
    by: Member,
    post: Post,
    planned: Sequence[Schedule],
    mine: Sequence[Schedule],
    known: dict[int, Channel],
    how: How,
    channel_ids: Sequence[int],
    now: datetime,
) -> Assigned:
    there = await _live(db, planned)
    wanted = {each.id or 0: applied(how, there[each.id or 0], channel_ids) for each in mine}
    _check_changed({key: there[key] for key in wanted}, wanted)
    if not all(wanted.values()):
        message = "No channel would be left. Cancel it instead; nothing was changed."
        raise Conflict(message, code="no_channel_left")
    after = there | wanted
    await _keep(db, by, post, list(dict.fromkeys(c for some in after.values() for c in some)), now)
    added = {c for key, some in wanted.items() for c in some if c not in there[key]}
    await posts.check_channels(db, post, [known[each] for each in sorted(added)])
    before = []
    for each in mine:
        was = there[each.id or 0]
        kept = await _apply(db, by, each, known, was, wanted[each.id or 0], now)
        before.append((kept, tuple(was)))
    names = _names(known, dict.fromkeys(c for some in wanted.values() for c in some))
    return Assigned(post, names, tuple(before))


def _check_changed(there: object, wanted: object) -> None:
    if there == wanted:
        raise Conflict("It stays as it is.", code="unchanged")


def _names(known: dict[int, Channel], ids: Collection[int]) -> tuple[str, ...]:
    return tuple(known[each].name for each in ids if each in known)


async def _keep(
    db: AsyncSession, by: Member, post: Post, channel_ids: Sequence[int], now: datetime
) -> None:
    ids, was_approved = list(channel_ids), post.approved_revision == post.revision
    await versions.before_edit(db, post)
    await post_rows.edit(db, post.id or 0, revision=None, now=now, channel_ids=ids)
    await db.refresh(post)
    await versions.after_edit(db, by, post, was_approved=was_approved, now=now)
    await approvals.on_edit(db, by, post, before=post.revision - 1, now=now)
    aftermath(db).workspaces.add(by.workspace_id)


async def _live(db: AsyncSession, planned: Sequence[Schedule]) -> dict[int, list[int]]:
    """Return the channels that each schedule still goes to."""
    found = await deliveries.by_channel(db, [each.id or 0 for each in planned])
    return {
        each.id or 0: [c for c, s in found[each.id or 0].items() if s is not Status.CANCELLED]
        for each in planned
    }


async def _apply(
    db: AsyncSession,
    by: Member,
    schedule: Schedule,
    known: dict[int, Channel],
    was: Sequence[int],
    wanted: Sequence[int],
    now: datetime,
) -> int:
    """Write it; returns the schedule that it is now."""
    key = schedule.id or 0
    found = (await deliveries.by_channel(db, [key]))[key]
    added = [each for each in wanted if each not in was]
    gone = [each for each in was if each not in wanted]
    if any(each in found for each in added):
        # What failed there is not sent again by this.
        may_go = [c for c in wanted if c in added or found[c] not in _ENDED]
        return await _anew(db, by, schedule, may_go, now)
    waits = any(status in AWAITING for status in found.values())
    for each in added:
        one = schedules.delivery(schedule, known[each], is_held=False)
        one.status = Status.NEEDS_APPROVAL if waits else Status.QUEUED
        db.add(one)
    await db.flush()
    if gone:
        await deliveries.cancel_at(db, key, gone)
        await slots.give_back(db, [key], channel_ids=gone)
    await deliveries.hold_back(db, key)
    await rows.refresh_status(db, [key], now=now)
    aftermath(db).is_due_soon |= schedule.scheduled_at - now < schedules.SOON
    return key


async def _anew(
    db: AsyncSession, by: Member, schedule: Schedule, wanted: Sequence[int], now: datetime
) -> int:
    """Plan it anew: what was cancelled at a channel stays so, for that was promised."""
    key = schedule.id or 0
    was = (await moves.before(db, by, [key]))[key]
    await moves.check_not_autopilots(db, key)
    await schedules.cancel(db, by, key, now=now)
    made = await schedules.create(
        db,
        moves.without_approval(by) if was.was_held else by,
        post_id=schedule.post_id,
        kind=None,
        at=moments.shifted(was.at, was.zone),
        channel_ids=wanted,
        priority=schedule.priority,
        now=now,
    )
    for channel_id, slot_at in was.slots:
        if channel_id in wanted:
            await slots.take(db, made, [channel_id], slot_at)
    return made.id or 0
