"""People who change their mind at the very moment: what they were told is what happens.

`AT_THE_INSTANT=1000 pytest tests/publishing/test_at_the_instant.py` tries it more often.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Conflict
from socialapp.services import posts, schedules
from socialapp.store.tables import Delivery, Schedule
from tests.world import World, until

POSTS = int(os.environ.get("AT_THE_INSTANT", "99"))
APART = timedelta(milliseconds=30)
WITHIN = timedelta(milliseconds=50)
MOVED_BY = timedelta(seconds=1.5)


@dataclass
class Told:
    """What somebody asked for, and the answer."""

    schedule: Schedule
    number: int
    name: str
    is_done: bool


async def edits(world: World, schedule: Schedule, number: int) -> None:
    async with world.database.transaction() as db:
        await posts.edit(
            db, world.alice, schedule.post_id, revision=None, text=_new(number), now=utc_now()
        )


async def cancels(world: World, schedule: Schedule, number: int) -> None:
    async with world.database.transaction() as db:
        await schedules.cancel(db, world.alice, schedule.id or 0, now=utc_now())


async def moves(world: World, schedule: Schedule, number: int) -> None:
    at = moments.read((schedule.scheduled_at + MOVED_BY).isoformat(), zone="UTC")
    async with world.database.transaction() as db:
        await schedules.move(db, world.alice, schedule.id or 0, at=at, now=utc_now())


ASKS = (edits, cancels, moves)


def _old(number: int) -> str:
    return f"marker-{number} as it was"


def _new(number: int) -> str:
    return f"marker-{number} in other words"


async def planned(world: World) -> list[Schedule]:
    """Plan the posts for one instant after the other, the first far enough ahead."""
    async with world.database.transaction() as db:
        drafts = [
            await posts.create(db, world.alice, text=_old(number), now=utc_now())
            for number in range(POSTS)
        ]
    first = utc_now() + timedelta(seconds=3) + timedelta(milliseconds=20) * POSTS
    async with world.database.transaction() as db:
        return [
            await schedules.create(
                db,
                world.alice,
                post_id=draft.id or 0,
                at=moments.read((first + number * APART).isoformat(), zone="UTC"),
                now=utc_now(),
            )
            for number, draft in enumerate(drafts)
        ]


async def asked(world: World, schedule: Schedule, number: int) -> Told:
    """Ask a little before or after the instant, each time another little."""
    ask = ASKS[number % len(ASKS)]
    off = WITHIN * (2 * (number * 0.618 % 1) - 1)
    await asyncio.sleep((schedule.scheduled_at + off - utc_now()).total_seconds())
    try:
        await ask(world, schedule, number)
    except Conflict:
        return Told(schedule, number, ask.__name__, is_done=False)
    return Told(schedule, number, ask.__name__, is_done=True)


async def has_ended(world: World) -> bool:
    return set(await world.counts()) <= {"posted", "cancelled"}


async def test_what_is_asked_for_at_the_instant_happens_or_is_refused(world: World) -> None:
    async with world.worker():
        made = await planned(world)
        answers = await asyncio.gather(
            *(asked(world, schedule, number) for number, schedule in enumerate(made))
        )
        await until(lambda: has_ended(world), within_s=60)

    there = Counter(await world.timeline())
    for told in answers:
        assert _found(there, told.number) == _expected(told)
    assert sum(there.values()) == sum(len(_expected(told)) for told in answers)
    await _nothing_was_early(world, answers)


def _found(there: Counter[str], number: int) -> list[str]:
    return [text for text in (_old(number), _new(number)) for _ in range(there[text])]


def _expected(told: Told) -> list[str]:
    if told.is_done and told.name == "cancels":
        return []
    if told.is_done and told.name == "edits":
        return [_new(told.number)]
    return [_old(told.number)]


async def _nothing_was_early(world: World, answers: list[Told]) -> None:
    async with world.database.reading() as db:
        rows = (await db.execute(select(Delivery.schedule_id, Delivery.sent_at))).all()
    sent = {row[0]: row[1] for row in rows}
    for told in answers:
        due = told.schedule.scheduled_at
        if told.is_done and told.name == "moves":
            due += MOVED_BY
        if _expected(told):
            assert sent[told.schedule.id] >= due - timedelta(milliseconds=1)
