"""Add to queue: each post gets a slot of its own, whoever else asks at the same time."""

import asyncio
from datetime import timedelta
from itertools import islice

import pytest
from sqlalchemy.exc import IntegrityError

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import slots as rules
from socialapp.domain.errors import NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member
from socialapp.domain.slots import WeeklyTime
from socialapp.services import channels, posts, queueing, schedules, slots
from socialapp.store import slots as rows
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Schedule
from tests.services.desk import channel_of, plan, write

NOON = [WeeklyTime(day, 720) for day in range(7)]
EVENING = [WeeklyTime(day, 1080) for day in range(7)]


async def posting_at(
    database: Database, by: Member, channel: Channel, times: list[WeeklyTime], **more: object
) -> None:
    async with database.transaction() as db:
        await slots.change(db, by, channel.id or 0, times=times, **more)  # type: ignore[arg-type]


async def second_channel(database: Database, by: Member) -> Channel:
    async with database.transaction() as db:
        return await channels.add_sandbox(db, by, name="Second", now=utc_now())


async def add(database: Database, by: Member, *to: Channel, **more: object) -> list[Schedule]:
    post = await write(database, by)
    async with database.transaction() as db:
        return await queueing.add(
            db,
            by,
            post_id=post.id or 0,
            channel_ids=[channel.id or 0 for channel in to],
            now=utc_now(),
            **more,  # type: ignore[arg-type]
        )


def ahead(times: list[WeeklyTime], count: int) -> list[object]:
    return [m.at for m in islice(rules.coming(times, "Europe/Berlin", after=utc_now()), count)]


async def test_ten_people_at_once_get_ten_slots(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)

    made = await asyncio.gather(*(add(database, alice, channel) for _ in range(10)))

    assert sorted(s.scheduled_at for (s,) in made) == ahead(NOON, 10)
    assert {s.local_time[11:] for (s,) in made} == {"12:00:00"}


async def test_the_database_itself_gives_a_slot_to_one_only(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    one, two = await plan(database, alice), await plan(database, alice)
    at = utc_now() + timedelta(days=3)

    async def take(schedule: Schedule) -> None:
        async with database.transaction() as db:
            await rows.take(db, schedule, [channel.id or 0], at)

    done = await asyncio.gather(take(one), take(two), return_exceptions=True)

    assert sorted(type(each) is IntegrityError for each in done) == [False, True]


async def test_each_channel_has_its_own_slot_and_the_same_moment_is_shared(
    database: Database, alice: Member
) -> None:
    first, second = await channel_of(database, alice), await second_channel(database, alice)
    await posting_at(database, alice, first, NOON)
    await posting_at(database, alice, second, NOON)
    (together,) = await add(database, alice, first, second)
    await posting_at(database, alice, second, EVENING)

    apart = await add(database, alice, first, second)

    noon, evening = ahead(NOON, 2)[1], ahead(EVENING, 1)[0]
    assert sorted(s.scheduled_at for s in apart) == sorted([noon, evening])
    assert together.scheduled_at == ahead(NOON, 1)[0]
    async with database.reading() as db:
        held = await rows.of_schedules(db, alice.workspace_id, [together.id or 0])
    assert len(held[together.id or 0]) == 2


async def test_what_somebody_planned_by_hand_is_no_free_slot(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    first, second = ahead(NOON, 2)
    await plan(database, alice, away=first - utc_now())  # type: ignore[operator]
    (near,) = await add(database, alice, channel)
    assert near.scheduled_at == first  # a few milliseconds beside it is not it

    async with database.transaction() as db:
        await schedules.move(
            db, alice, near.id or 0, at=moments.shifted(first, "UTC"), now=utc_now()
        )
    (queued,) = await add(database, alice, channel)

    assert queued.scheduled_at == second


@pytest.mark.parametrize("how", ["cancel", "move", "delete"])
async def test_a_slot_is_free_again_when_its_post_leaves_it(
    database: Database, alice: Member, how: str
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    (gone,) = await add(database, alice, channel)

    async with database.transaction() as db:
        if how == "cancel":
            await schedules.cancel(db, alice, gone.id or 0, now=utc_now())
        elif how == "move":
            await schedules.publish_now(db, alice, gone.id or 0, now=utc_now())
        else:
            await posts.delete(db, alice, gone.post_id, now=utc_now())
    (after,) = await add(database, alice, channel)

    assert after.scheduled_at == gone.scheduled_at


async def test_a_natural_delay_is_drawn_once_and_the_slot_stays_taken(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON, delay=timedelta(minutes=30))

    (late,) = await add(database, alice, channel, chance=lambda: 0.99)
    (later,) = await add(database, alice, channel, chance=lambda: 0.0)

    first, second = ahead(NOON, 2)
    assert late.scheduled_at - first == timedelta(minutes=30)  # type: ignore[operator]
    assert later.scheduled_at == second


async def test_a_channel_without_times_is_named_and_nothing_is_queued(
    database: Database, alice: Member
) -> None:
    first, second = await channel_of(database, alice), await second_channel(database, alice)
    await posting_at(database, alice, first, NOON)

    with pytest.raises(Rejected, match="Second has no posting times") as no:
        await add(database, alice, first, second)

    assert no.value.code == "no_slots"
    (untouched,) = await add(database, alice, first)
    assert untouched.scheduled_at == ahead(NOON, 1)[0]


async def test_times_are_added_by_days_dropped_and_copied(
    database: Database, alice: Member
) -> None:
    first, second = await channel_of(database, alice), await second_channel(database, alice)
    mine = first.id or 0

    async with database.transaction() as db:
        await slots.add(db, alice, mine, days=[0, 2], clock="09:00")
        await slots.add(db, alice, mine, days=[0], clock="9:00")
        await slots.add(db, alice, mine, days=[0], clock="17:30")
        await slots.drop(db, alice, mine, time=WeeklyTime(2, 540))
        everywhere = await slots.copy_day(db, alice, mine, day=0)
        await slots.change(db, alice, mine, timezone="Asia/Tokyo", delay=timedelta(minutes=5))
        copied = await slots.copy(db, alice, second.id or 0, source_id=mine)

    assert len(everywhere.times) == 14
    assert copied.times == everywhere.times
    assert (copied.timezone, copied.delay) == ("Asia/Tokyo", timedelta(minutes=5))


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Base"},
        {"delay": timedelta(minutes=61)},
        {"times": [WeeklyTime(day, minute) for day in range(7) for minute in range(0, 1440, 20)]},
    ],
)
async def test_a_plan_that_cannot_be_is_refused(
    database: Database, alice: Member, wrong: dict[str, object]
) -> None:
    channel = await channel_of(database, alice)

    with pytest.raises(Rejected):
        async with database.transaction() as db:
            await slots.change(db, alice, channel.id or 0, **wrong)  # type: ignore[arg-type]


async def test_carol_and_bob_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    channel = await channel_of(database, alice)
    post = await write(database, alice)
    async with database.transaction() as db:
        with pytest.raises(NotFound):
            await slots.change(db, carol, channel.id or 0, times=NOON)
        with pytest.raises(NotAllowed):
            await slots.change(db, bob, channel.id or 0, times=NOON)
        with pytest.raises(NotFound):
            await queueing.add(db, carol, post_id=post.id or 0, now=utc_now())
        with pytest.raises(NotAllowed):
            await queueing.add(db, bob, post_id=post.id or 0, now=utc_now())
