"""A workspace paused and resumed; publishing stopped for the whole installation."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member
from socialapp.services import channels, pauses, schedules
from socialapp.services.pauses import Paused
from socialapp.store import knobs, people
from socialapp.store.session import Database, aftermath
from socialapp.store.tables import Delivery
from tests.services.desk import become, channel_of, delivery_of, plan, status_of


async def pause(database: Database, by: Member) -> Paused:
    async with database.transaction() as db:
        return await pauses.pause(db, by)


async def resume(database: Database, by: Member) -> Paused:
    async with database.transaction() as db:
        return await pauses.resume(db, by, now=utc_now())


async def is_paused(database: Database, by: Member) -> bool:
    async with database.reading() as db:
        return (await people.workspace(db, by.workspace_id)).is_paused


@pytest.mark.parametrize("status", [Status.QUEUED, Status.CLAIMED, Status.PREPARING, Status.READY])
async def test_a_pause_holds_what_has_not_left(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3)

    stands = await pause(database, alice)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner, delivery.fence) == (Status.PAUSED, None, 4)
    assert await status_of(database, schedule) == "paused"
    assert stands == Paused(True, 1)


@pytest.mark.parametrize(
    "status", [Status.SENDING, Status.UNKNOWN, Status.POSTED, Status.FAILED, Status.MISSED]
)
async def test_a_pause_leaves_alone_what_has_left_or_ended(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, fence=3)

    stands = await pause(database, alice)
    await resume(database, alice)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.fence) == (status, 3)
    assert stands == Paused(True, 0)


async def test_what_is_planned_during_a_pause_waits_for_its_end(
    database: Database, alice: Member
) -> None:
    await pause(database, alice)
    schedule = await plan(database, alice)
    held = await status_of(database, schedule)

    stands = await resume(database, alice)

    assert held == "paused"
    assert await status_of(database, schedule) == "queued"
    assert (stands, await is_paused(database, alice)) == (Paused(False, 0), False)


async def test_what_its_own_channel_holds_stays_on_hold(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    async with database.transaction() as db:
        second = await channels.add_sandbox(db, alice, name="Second shop", now=utc_now())
        await channels.pause(db, alice, channel.id or 0, now=utc_now())
    of_first = await plan(database, alice, channel_ids=[channel.id])
    of_second = await plan(database, alice, channel_ids=[second.id])
    await pause(database, alice)

    stands = await resume(database, alice)

    assert await status_of(database, of_first) == "paused"
    assert await status_of(database, of_second) == "queued"
    assert stands == Paused(False, 1)


async def test_a_channel_that_is_resumed_in_a_paused_workspace_waits_for_it(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    schedule = await plan(database, alice)
    async with database.transaction() as db:
        await channels.pause(db, alice, channel.id or 0, now=utc_now())
    await pause(database, alice)

    async with database.transaction() as db:
        await channels.resume(db, alice, channel.id or 0)
    meanwhile = await status_of(database, schedule)
    await resume(database, alice)

    assert meanwhile == "paused"
    assert await status_of(database, schedule) == "queued"


async def test_what_is_retried_or_moved_during_a_pause_is_on_hold_too(
    database: Database, alice: Member
) -> None:
    retried, moved, one = [await plan(database, alice) for _ in range(3)]
    for schedule in (retried, moved, one):
        await become(database, schedule, Status.FAILED)
    delivery = await delivery_of(database, one)
    await pause(database, alice)

    async with database.transaction() as db:
        await schedules.retry(db, alice, retried.id or 0, now=utc_now())
        await schedules.publish_now(db, alice, moved.id or 0, now=utc_now())
        await schedules.retry_delivery(db, alice, delivery.id or 0, now=utc_now())

    assert {await status_of(database, s) for s in (retried, moved, one)} == {"paused"}


async def test_a_resume_says_what_is_too_late_to_go_out_by_itself(
    database: Database, alice: Member
) -> None:
    late, in_time, coming = [await plan(database, alice) for _ in range(3)]
    await pause(database, alice)
    for schedule, minutes in ((late, 16), (in_time, 14)):
        async with database.transaction() as db:
            await db.execute(
                update(Delivery)
                .where(col(Delivery.schedule_id) == schedule.id)
                .values(planned_at=utc_now() - timedelta(minutes=minutes))
            )

    stands = await resume(database, alice)

    assert stands == Paused(False, 0, too_late=1)
    assert await status_of(database, coming) == "queued"


async def test_twice_is_harmless(database: Database, alice: Member) -> None:
    schedule = await plan(database, alice)

    twice = [await pause(database, alice), await pause(database, alice)]
    delivery = await delivery_of(database, schedule)
    back = [await resume(database, alice), await resume(database, alice)]

    assert twice == [Paused(True, 1)] * 2
    assert delivery.fence == 1
    assert back == [Paused(False, 0)] * 2


async def test_the_pages_and_the_workers_are_told(database: Database, alice: Member) -> None:
    await plan(database, alice)

    async with database.transaction() as db:
        await pauses.pause(db, alice)
        paused = aftermath(db)
    async with database.transaction() as db:
        await pauses.resume(db, alice, now=utc_now())
        resumed = aftermath(db)

    assert paused.workspaces == resumed.workspaces == {alice.workspace_id}
    assert (paused.is_due_soon, resumed.is_due_soon) == (False, True)


async def test_another_workspace_goes_on(database: Database, alice: Member, carol: Member) -> None:
    hers = await plan(database, carol)

    await pause(database, alice)

    assert await status_of(database, hers) == "queued"
    assert not await is_paused(database, carol)


async def test_bob_cannot(database: Database, alice: Member, bob: Member) -> None:
    schedule = await plan(database, alice)

    with pytest.raises(NotAllowed):
        await pause(database, bob)
    await pause(database, alice)
    with pytest.raises(NotAllowed):
        await resume(database, bob)

    assert await is_paused(database, alice)
    assert await status_of(database, schedule) == "paused"


async def test_a_stop_of_everything_tells_every_workspace(
    database: Database, alice: Member, carol: Member
) -> None:
    async with database.transaction() as db:
        await pauses.stop_everything(db)
        stopped = aftermath(db)
        is_running = await knobs.is_running(db)
    async with database.transaction() as db:
        await pauses.start_everything(db)
        is_running_again = await knobs.is_running(db)

    assert stopped.workspaces == {alice.workspace_id, carol.workspace_id}
    assert stopped.is_due_soon
    assert (is_running, is_running_again) == (False, True)
