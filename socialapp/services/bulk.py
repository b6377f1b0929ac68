"""Many schedules at once: each has an outcome of its own, unless it is all or nothing."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import moves, queueing, schedules
from socialapp.services.moves import Before
from socialapp.services.together import TOGETHER, Begin, TakeBack, taken_back
from socialapp.store import channels, people, posts, slots
from socialapp.store import schedules as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule

AT_MOST = 500


class Action(StrEnum):
    """What is done to each of them."""

    PUBLISH_NOW = "publish_now"
    MOVE = "move"
    SHIFT = "shift"
    CANCEL = "cancel"
    RETRY = "retry"


@dataclass(frozen=True)
class Deed:
    """One schedule, and what is done to it."""

    schedule_id: int
    action: Action
    at: Moment | None = None
    """For `move`: where to."""
    days: int = 0
    """For `shift`: on the wall clock of its zone, so that 09:00 stays 09:00."""
    minutes: int = 0
    """For `shift`, after the days."""


@dataclass(frozen=True)
class Plan:
    """A post or page, and the schedule that is made of it."""

    post_id: int
    kind: Kind
    at: Moment | None = None
    """None: now, or with `takes_slot` the next free slots."""
    takes_slot: bool = False
    channel_ids: Sequence[int] = ()
    priority: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one of them."""

    schedule_id: int
    """0: it was to be made, and was not."""
    status: str = ""
    """Its status now; empty when there is no such schedule."""
    at: datetime | None = None
    code: str = ""
    """Why it was refused; empty: it was done."""
    detail: str = ""
    before: Before | None = None
    """The way back; None where there is none."""

    @property
    def is_done(self) -> bool:
        """Whether it was done, or in a preview, can be."""
        return not self.code


async def run(
    begin: Begin,
    by: Member,
    deeds: Sequence[Deed | Plan],
    *,
    is_preview: bool = False,
    is_atomic: bool = False,
    now: datetime,
) -> list[Outcome]:
    """Do them in their order, and say of each what became of it; `begin` opens a transaction.

    A preview does the same and takes it back, so the two cannot differ in their rules. All or
    nothing: when one is refused nothing is done, and all the others say `not_done`.
    """
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not publish them.")
    if len(deeds) > AT_MOST:
        message = f"At most {AT_MOST} at once. Nothing was done."
        raise Rejected(Problem("too_many", message, "ids"))
    found: list[Outcome] = []
    step = max(1, len(deeds)) if is_atomic else TOGETHER
    for some in (deeds[i : i + step] for i in range(0, len(deeds), step)):
        async with taken_back(begin) as db:
            outcomes = await _do(db, by, some, now=now)
            is_refused = is_atomic and not all(each.is_done for each in outcomes)
            if is_preview or is_refused:
                raise TakeBack
        if is_refused and not is_preview:
            outcomes = [_undone(each) for each in outcomes]
        found += outcomes
    return found


def _undone(outcome: Outcome) -> Outcome:
    if not outcome.is_done:
        return outcome
    return replace(
        outcome, code="not_done", detail="Another was refused; nothing was done.", before=None
    )


async def together(
    db: AsyncSession, by: Member, schedule_ids: Sequence[int], at: Moment
) -> list[Deed]:
    """Return what moves the soonest of them to a moment, and the others as far as it."""
    there = {each.id: each for each in await rows.some(db, by.workspace_id, schedule_ids)}
    soonest = min((each.scheduled_at for each in there.values()), default=at.at)
    return [
        Deed(
            each,
            Action.MOVE,
            at=moments.shifted(at.at + (there[each].scheduled_at - soonest), at.zone)
            if each in there
            else at,
        )
        for each in schedule_ids
    ]


async def _do(
    db: AsyncSession, by: Member, deeds: Sequence[Deed | Plan], *, now: datetime
) -> list[Outcome]:
    await _lock_for_plans(db, by, [each for each in deeds if isinstance(each, Plan)])
    ids = {each.schedule_id for each in deeds if isinstance(each, Deed)}
    there = {each.id or 0 for each in await rows.some(db, by.workspace_id, ids)}
    await rows.lock(db, there)  # all at once and in order: two such requests must not cross
    return [
        await _made(db, by, each, now=now)
        if isinstance(each, Plan)
        else await _done(db, by, each, now=now)
        for each in deeds
    ]


async def _lock_for_plans(db: AsyncSession, by: Member, plans: Sequence[Plan]) -> None:
    """Lock all that new schedules need, in the order in which everybody does."""
    if not plans:
        return
    await people.keep_workspace(db, by.workspace_id)
    for post_id in sorted({plan.post_id for plan in plans}):
        await posts.get(db, by.workspace_id, post_id, kind=None, lock=True)
    if any(plan.takes_slot for plan in plans):
        there = await channels.of_workspace(db, by.workspace_id)
        await slots.lock(db, [channel.id or 0 for channel in there])


async def _made(db: AsyncSession, by: Member, plan: Plan, *, now: datetime) -> Outcome:
    what: dict[str, Any] = {
        "post_id": plan.post_id,
        "kind": plan.kind,
        "channel_ids": plan.channel_ids,
        "priority": plan.priority,
        "now": now,
    }
    try:
        async with db.begin_nested():
            if plan.takes_slot:
                first, *_ = await queueing.add(db, by, **what)
            else:
                first = await schedules.create(db, by, at=plan.at, **what)
    except ForPeople as no:
        return Outcome(0, code=no.code, detail=no.detail)
    return Outcome(first.id or 0, str(first.status), first.scheduled_at)


async def _done(db: AsyncSession, by: Member, deed: Deed, *, now: datetime) -> Outcome:
    was = (await moves.before(db, by, [deed.schedule_id])).get(deed.schedule_id)
    try:
        async with db.begin_nested():
            done = await _DEEDS[deed.action](db, by, deed, now)
    except ForPeople as no:
        now_it_is = await rows.get(db, by.workspace_id, deed.schedule_id)
        if now_it_is is None:
            return Outcome(deed.schedule_id, code=no.code, detail=no.detail)
        await db.refresh(now_it_is)
        status, at = str(now_it_is.status), now_it_is.scheduled_at
        return Outcome(deed.schedule_id, status, at, no.code, no.detail)
    return Outcome(
        deed.schedule_id, str(done.status), done.scheduled_at, before=_way_back(deed, was, done)
    )


def _way_back(deed: Deed, was: Before | None, done: Schedule) -> Before | None:
    match deed.action:
        case Action.MOVE | Action.SHIFT if was:
            return replace(was, put_at=done.scheduled_at)
        case Action.CANCEL:
            return was
    return None


async def _move(db: AsyncSession, by: Member, deed: Deed, now: datetime) -> Schedule:
    if deed.at is None:
        raise Rejected(Problem("missing", "Say where to: a moment is missing.", "scheduled_at"))
    return await schedules.move(db, by, deed.schedule_id, at=deed.at, now=now)


async def _shift(db: AsyncSession, by: Member, deed: Deed, now: datetime) -> Schedule:
    schedule = await schedules.get(db, by, deed.schedule_id, now=now)
    at = moments.shifted(
        schedule.scheduled_at, schedule.timezone, days=deed.days, minutes=deed.minutes
    )
    return await schedules.move(db, by, deed.schedule_id, at=at, now=now)


async def _publish(db: AsyncSession, by: Member, deed: Deed, now: datetime) -> Schedule:
    return await schedules.publish_now(db, by, deed.schedule_id, now=now)


async def _cancel(db: AsyncSession, by: Member, deed: Deed, now: datetime) -> Schedule:
    schedule = await schedules.get(db, by, deed.schedule_id, now=now)
    if schedule.status == "cancelled":
        raise Conflict("This schedule is cancelled already.")
    return await schedules.cancel(db, by, deed.schedule_id, now=now)


async def _retry(db: AsyncSession, by: Member, deed: Deed, now: datetime) -> Schedule:
    return await schedules.retry(db, by, deed.schedule_id, now=now)


_DEEDS: dict[Action, Callable[[AsyncSession, Member, Deed, datetime], Awaitable[Schedule]]] = {
    Action.MOVE: _move,
    Action.SHIFT: _shift,
    Action.PUBLISH_NOW: _publish,
    Action.CANCEL: _cancel,
    Action.RETRY: _retry,
}

_VERBS = {
    "create": ("can be planned", "planned"),
    Action.PUBLISH_NOW: ("can go out now", "on the way"),
    Action.MOVE: ("can be moved", "moved"),
    Action.SHIFT: ("can be moved", "moved"),
    Action.CANCEL: ("can be cancelled", "cancelled"),
    Action.RETRY: ("can be tried again", "tried again"),
}


def foretold(action: str, outcomes: Sequence[Outcome]) -> str:
    """Say what will happen: "3 of 5 can be moved; 2 are being published."."""
    return _sentence(_VERBS[action][0], outcomes)


def told(action: str, outcomes: Sequence[Outcome]) -> str:
    """Say what happened: "3 of 5 moved; 2 are being published."."""
    return _sentence(_VERBS[action][1], outcomes)


def _sentence(verb: str, outcomes: Sequence[Outcome]) -> str:
    done = sum(each.is_done for each in outcomes)
    many = f"{done}" if done == len(outcomes) else f"{done} of {len(outcomes)}"
    reasons = Counter(_reason(each) for each in outcomes if not each.is_done)
    rest = [f"{n} {one if n == 1 else more}" for (one, more), n in reasons.most_common()]
    return "; ".join([f"{many} {verb}", *rest]) + "."


def _reason(outcome: Outcome) -> tuple[str, str]:
    """Return why not, of one and of several."""
    if outcome.code == "in_the_past":
        return "would be in the past", "would be in the past"
    if outcome.code == "not_found":
        return "is gone", "are gone"
    if outcome.code in {"conflict", "not_done"}:
        words = schedules.status_words(outcome.status)
        return f"is {words}", f"are {words}"
    return "is refused: " + outcome.detail, "are refused: " + outcome.detail
