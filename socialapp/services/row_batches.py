"""Many rows of a table at once: the same rules as for one, with few statements for all of them.

A statement costs a crossing to the database, whatever is in it; a row by itself takes some twenty.
What would be refused is found before anything is written, so nothing has to be taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from socialapp.domain import moments
from socialapp.domain import text as texts
from socialapp.domain.approval import Rule
from socialapp.domain.checks import AltText
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.domain.utm import UtmRule
from socialapp.services import approvals, clashes, dry_run, posts, rows, schedules, utm
from socialapp.services.free_slots import FreeSlots, Turn
from socialapp.services.rows import QUEUE, Ahead, Made, Reading
from socialapp.services.writing import Given
from socialapp.store import contents, many, people
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Post, Schedule, TakenSlot


@dataclass(frozen=True)
class _Time:
    """One moment of a row, and where it goes out then."""

    at: Moment
    to: tuple[Channel, ...]
    turn: Turn | None = None
    """Of the slot that it takes."""


@dataclass(frozen=True)
class _Wanted:
    """What a row becomes; nothing of it is written yet."""

    post: Post
    times: tuple[_Time, ...]

    def made(self) -> Made:
        """Return it as a check keeps it."""
        return Made(
            self.post.text,
            self.post.id or 0,
            tuple((c.id or 0, each.at.at) for each in self.times for c in each.to),
            tuple(
                (c.id or 0, each.turn.slot.at) for each in self.times if each.turn for c in each.to
            ),
        )


@dataclass(frozen=True)
class _Rules:
    """What the workspace asks of every post."""

    alt_text: AltText
    utm: UtmRule


async def make(
    db: AsyncSession,
    by: Member,
    cells: Sequence[Mapping[str, str]],
    there: Sequence[Channel],
    *,
    reading: Reading,
    ahead: Ahead | None,
    now: datetime,
) -> list[Made | Problem]:
    """Make what rows without media say, in their order, or say what is wrong with which field.

    `there` are the workspace's channels, their slots locked. With `ahead` nothing is written.
    """
    rules = _Rules(await dry_run.alt_text_rule(db, by.workspace_id), await utm.get(db, by))
    free = await FreeSlots.of(db, by, there, now=now)
    if ahead is not None:
        free.also(ahead.taken)
    found: list[_Wanted | Problem] = []
    for each in cells:
        try:
            wanted = _wanted(by, each, there, reading, free, rules, now)
        except Rejected as no:
            problem = no.problems[0]
            found.append(Problem(problem.code, problem.message, rows.field_of(problem)))
        except ForPeople as no:
            found.append(Problem(no.code, no.detail, "text"))
        else:
            free.also({c: {at} for c, at in wanted.made().moments})
            free.also({c: {at} for c, at in wanted.made().places})
            found.append(wanted)
    good = [each for each in found if isinstance(each, _Wanted)]
    if ahead is None:
        await _write(db, by, good, now=now)
        return [each if isinstance(each, Problem) else each.made() for each in found]
    near = await clashes.of_new(db, by, [(w.post.text, w.made().moments) for w in good])
    warned = iter(near)
    return [
        each if isinstance(each, Problem) else _noted(each.made(), next(warned), ahead)
        for each in found
    ]


def _noted(made: Made, near: str, ahead: Ahead) -> Made:
    made = replace(made, warning=ahead.clash(made) or near)
    ahead.add(made)
    return made


def _wanted(
    by: Member,
    cells: Mapping[str, str],
    there: Sequence[Channel],
    reading: Reading,
    free: FreeSlots,
    rules: _Rules,
    now: datetime,
) -> _Wanted:
    said = rows.said(cells, there, reading)
    given = Given(texts.normalised(cells.get("text", "")), channel_ids=said["channel_ids"])
    posts.check_text(given)
    post = posts.new(by, given, now=now, **said)
    when = rows.when(cells, reading)
    if not when:
        return _Wanted(post, ())
    to = schedules.chosen(there, said["channel_ids"])
    if when == QUEUE:
        by_id = {each.id or 0: each for each in to}
        times = tuple(
            _Time(turn.moment(), tuple(by_id[each] for each in ids), turn)
            for turn, ids in sorted(free.turns(to).items(), key=lambda each: each[0].slot.at)
        )
    else:
        zone = cells.get("timezone") or reading.zone
        times = (_Time(moments.read(when, zone=zone), tuple(to)),)
    for each in times:
        schedules.check_time(each.at, now=now)
    posts.check_written(contents.of_text(post, rules.utm), to, alt_text=rules.alt_text)
    post.channel_ids = [each.id or 0 for each in to]
    return _Wanted(post, times)


async def _write(db: AsyncSession, by: Member, wanted: Sequence[_Wanted], *, now: datetime) -> None:
    """Write them all: posts, schedules, deliveries and slots, and what follows of them."""
    await many.add(db, Post, [each.post for each in wanted])
    planned = [
        (_schedule(each.post, time, by, now), time, each.post)
        for each in wanted
        for time in each.times
    ]
    await many.add(db, Schedule, [each for each, _, _ in planned])
    is_paused = (await people.workspace(db, by.workspace_id)).is_paused
    await many.add_all(
        db,
        [
            schedules.delivery(schedule, c, is_held=is_paused or c.paused_at is not None)
            for schedule, time, _ in planned
            for c in time.to
        ],
    )
    await many.add_all(db, [slot for each, time, _ in planned for slot in _taken(each, time)])
    if await approvals.rule_of(db, by.workspace_id) is not Rule.NONE:
        for post in {post.id: post for _, _, post in planned}.values():
            await approvals.on_plan(db, by, post, now=now)
    await schedule_rows.refresh_status(db, [each.id or 0 for each, _, _ in planned], now=now)
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    soon = now + schedules.SOON
    noted.is_due_soon |= any(each.scheduled_at < soon for each, _, _ in planned)


def _schedule(post: Post, time: _Time, by: Member, now: datetime) -> Schedule:
    return schedules.new(post.id or 0, time.at, by, now=now)


def _taken(schedule: Schedule, time: _Time) -> Iterable[Any]:
    if time.turn is None:
        return
    for each in time.to:
        yield TakenSlot(
            workspace_id=schedule.workspace_id,
            channel_id=each.id or 0,
            slot_at=time.turn.slot.at,
            schedule_id=schedule.id or 0,
        )
