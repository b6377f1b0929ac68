"""Schedules: planned, moved, cancelled, tried again, judged by a person."""

from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member
from socialapp.services import channels, schedules
from socialapp.store.session import Database, aftermath
from socialapp.store.tables import Schedule
from tests.services.desk import become, channel_of, delivery_of, plan, status_of, write

HOUR = timedelta(hours=1)


async def move(database: Database, by: Member, schedule: Schedule, **what: object) -> Schedule:
    async with database.transaction() as db:
        return await schedules.move(db, by, schedule.id or 0, now=utc_now(), **what)  # type: ignore[arg-type]


def later(by: Member) -> moments.Moment:
    return moments.read(moments.iso(utc_now() + 2 * HOUR), zone=by.zone)


async def test_what_is_due_soon_wakes_a_worker(database: Database, alice: Member) -> None:
    post_ids = [(await write(database, alice)).id or 0 for _ in range(2)]
    async with database.transaction() as db:
        await schedules.create(db, alice, post_id=post_ids[0], at=later(alice), now=utc_now())
        far = aftermath(db).is_due_soon
        await schedules.create(db, alice, post_id=post_ids[1], now=utc_now())

        assert (far, aftermath(db).is_due_soon) == (False, True)


async def test_each_delivery_has_a_name_of_its_own_for_repeats(
    database: Database, alice: Member
) -> None:
    one = await delivery_of(database, await plan(database, alice))
    two = await delivery_of(database, await plan(database, alice))

    assert len(one.once) == 32
    assert one.once != two.once


async def test_a_few_seconds_in_the_past_are_a_slow_request(
    database: Database, alice: Member
) -> None:
    await plan(database, alice, away=-timedelta(seconds=4))

    with pytest.raises(Rejected) as refusal:
        await plan(database, alice, away=-timedelta(seconds=6))
    assert refusal.value.code == "in_the_past"
    with pytest.raises(Rejected) as refusal:
        await plan(database, alice, away=timedelta(days=366 * 10 + 1))
    assert refusal.value.code == "too_far"


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.READY])
async def test_a_move_takes_it_out_of_a_worker_s_hands(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3, intent={"text": "old"})
    at = later(alice)

    moved = await move(database, alice, schedule, at=at)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner, delivery.intent) == (Status.QUEUED, None, None)
    assert (delivery.fence, delivery.due_at, moved.scheduled_at) == (4, at.at, at.at)


@pytest.mark.parametrize("status", [Status.FAILED, Status.MISSED])
async def test_another_time_gives_what_failed_another_chance(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, tries=5, reason="It rained.", action="retry")

    await move(database, alice, schedule, at=later(alice))

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.tries, delivery.reason) == (Status.QUEUED, 0, "")


@pytest.mark.parametrize("status", [Status.FAILED, Status.MISSED])
async def test_a_priority_alone_sends_nothing_again(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, reason="It rained.")

    await move(database, alice, schedule, priority=7)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.reason) == (status, "It rained.")


async def test_a_priority_alone_keeps_the_wait_a_network_asked_for(
    database: Database, alice: Member
) -> None:
    schedule = await plan(database, alice)
    until = utc_now() + 30 * HOUR
    await become(database, schedule, Status.QUEUED, due_at=until, tries=2, attempt=2)

    await move(database, alice, schedule, priority=7)

    delivery = await delivery_of(database, schedule)
    assert (delivery.due_at, delivery.tries, delivery.priority) == (until, 2, 7)


@pytest.mark.parametrize(
    "status",
    [Status.QUEUED, Status.CLAIMED, Status.READY, Status.PAUSED, Status.FAILED, Status.NEEDS_CHECK],
)
async def test_what_has_not_left_is_cancelled_for_good(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3)

    async with database.transaction() as db:
        cancelled = await schedules.cancel(db, alice, schedule.id or 0, now=utc_now())

    delivery = await delivery_of(database, schedule)
    assert (cancelled.status, delivery.status) == ("cancelled", Status.CANCELLED)
    assert (delivery.owner, delivery.fence) == (None, 4)


@pytest.mark.parametrize(
    "status", [Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.POSTED]
)
async def test_what_may_be_out_is_not_said_to_be_cancelled(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status)

    with pytest.raises(Conflict):
        async with database.transaction() as db:
            await schedules.cancel(db, alice, schedule.id or 0, now=utc_now())
    with pytest.raises(Conflict):
        await move(database, alice, schedule, at=later(alice))


async def test_a_retry_touches_only_what_is_surely_not_posted(
    database: Database, alice: Member
) -> None:
    async with database.transaction() as db:
        second = await channels.add_sandbox(db, alice, name="Second shop", now=utc_now())
    first = await channel_of(database, alice)
    schedule = await plan(database, alice, channel_ids=[first.id, second.id])
    await become(database, schedule, Status.FAILED)
    posted = await delivery_of(database, schedule)
    async with database.transaction() as db:
        (await db.merge(posted)).status = Status.POSTED

    async with database.transaction() as db:
        again = await schedules.retry(db, alice, schedule.id or 0, now=utc_now())

    assert again.status == "queued"
    assert (await delivery_of(database, schedule)).status == Status.POSTED


async def test_a_retry_of_what_is_queued_or_posted_is_refused(
    database: Database, alice: Member
) -> None:
    schedule = await plan(database, alice)

    for status in (Status.QUEUED, Status.SENDING, Status.POSTED, Status.NEEDS_CHECK):
        await become(database, schedule, status)
        with pytest.raises(Conflict):
            async with database.transaction() as db:
                await schedules.retry(db, alice, schedule.id or 0, now=utc_now())


async def test_publishing_now_makes_a_planned_one_due(database: Database, alice: Member) -> None:
    schedule = await plan(database, alice)
    now = utc_now()

    async with database.transaction() as db:
        moved = await schedules.publish_now(db, alice, schedule.id or 0, now=now)

    assert now - moved.scheduled_at < timedelta(milliseconds=1)
    assert (await delivery_of(database, schedule)).due_at == moved.scheduled_at


async def test_bob_and_carol_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    schedule = await plan(database, alice)
    delivery = await delivery_of(database, schedule)
    now = utc_now()
    verbs = [
        lambda db, by: schedules.create(db, by, post_id=schedule.post_id, now=now),
        lambda db, by: schedules.move(db, by, schedule.id or 0, priority=1, now=now),
        lambda db, by: schedules.cancel(db, by, schedule.id or 0, now=now),
        lambda db, by: schedules.retry(db, by, schedule.id or 0, now=now),
        lambda db, by: schedules.publish_now(db, by, schedule.id or 0, now=now),
        lambda db, by: schedules.retry_delivery(db, by, delivery.id or 0, now=now),
        lambda db, by: schedules.resolve(db, by, delivery.id or 0, posted=True, now=now),
    ]

    for verb in verbs:
        for by, refusal in ((bob, NotAllowed), (carol, NotFound)):
            with pytest.raises(refusal):
                async with database.transaction() as db:
                    await verb(db, by)

    assert await status_of(database, schedule) == "queued"


async def test_a_post_can_not_be_planned_for_another_s_channel(
    database: Database, alice: Member, carol: Member
) -> None:
    hers = await channel_of(database, carol)

    with pytest.raises(Rejected) as refusal:
        await plan(database, alice, channel_ids=[hers.id])

    assert refusal.value.code == "channel_unknown"
