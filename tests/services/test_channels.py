"""Channels: added, paused, resumed, taken away."""

from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member
from socialapp.services import channels
from socialapp.store import sandbox
from socialapp.store.session import Database
from socialapp.store.tables import Channel
from tests.services.desk import become, channel_of, delivery_of, plan, status_of


async def pause(database: Database, by: Member) -> Channel:
    channel = await channel_of(database, by)
    async with database.transaction() as db:
        return await channels.pause(db, by, channel.id or 0, now=utc_now())


async def resume(database: Database, by: Member) -> Channel:
    channel = await channel_of(database, by)
    async with database.transaction() as db:
        return await channels.resume(db, by, channel.id or 0)


@pytest.mark.parametrize("status", [Status.QUEUED, Status.CLAIMED, Status.READY])
async def test_a_pause_holds_what_has_not_left(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3)

    await pause(database, alice)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner, delivery.fence) == (Status.PAUSED, None, 4)
    assert await status_of(database, schedule) == "paused"


@pytest.mark.parametrize("status", [Status.SENDING, Status.POSTED, Status.FAILED])
async def test_a_pause_leaves_the_rest_alone(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status)

    await pause(database, alice)
    await resume(database, alice)

    assert (await delivery_of(database, schedule)).status == status


async def test_what_is_planned_during_a_pause_waits_for_its_end(
    database: Database, alice: Member
) -> None:
    await pause(database, alice)
    schedule = await plan(database, alice)
    held = (await delivery_of(database, schedule)).status

    resumed = await resume(database, alice)

    assert (held, resumed.paused_at) == (Status.PAUSED, None)
    assert (await delivery_of(database, schedule)).status == Status.QUEUED
    assert await status_of(database, schedule) == "queued"


async def test_a_second_pause_keeps_the_moment_of_the_first(
    database: Database, alice: Member
) -> None:
    first = (await pause(database, alice)).paused_at

    assert (await pause(database, alice)).paused_at == first


async def test_a_paused_channel_pauses_nobody_else_s(database: Database, alice: Member) -> None:
    async with database.transaction() as db:
        second = await channels.add_sandbox(db, alice, name="Second shop", now=utc_now())
    schedule = await plan(database, alice, channel_ids=[second.id])

    await pause(database, alice)

    assert (await delivery_of(database, schedule)).status == Status.QUEUED


async def test_one_channel_is_the_default(database: Database, alice: Member) -> None:
    first = await channel_of(database, alice)
    async with database.transaction() as db:
        second = await channels.add_sandbox(db, alice, name="Second shop", now=utc_now())
        await channels.make_default(db, alice, second.id or 0)

    schedule = await plan(database, alice)

    assert (await delivery_of(database, schedule)).channel_id == second.id
    assert not (await channel_of(database, alice)).is_default
    assert first.handle != second.handle


async def test_a_channel_with_something_planned_is_not_taken_away(
    database: Database, alice: Member
) -> None:
    schedule = await plan(database, alice)
    channel = await channel_of(database, alice)

    for status in (Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.PAUSED):
        await become(database, schedule, status)
        with pytest.raises(Conflict):
            async with database.transaction() as db:
                await channels.remove(db, alice, channel.id or 0, now=utc_now())
    await become(database, schedule, Status.POSTED)
    async with database.transaction() as db:
        await channels.remove(db, alice, channel.id or 0, now=utc_now())

    with pytest.raises(Rejected) as refusal:
        await plan(database, alice, away=timedelta(hours=1))
    assert refusal.value.code == "channel_required"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
async def test_a_channel_has_a_name(database: Database, alice: Member, name: str) -> None:
    channel = await channel_of(database, alice)

    with pytest.raises(Rejected):
        async with database.transaction() as db:
            await channels.rename(db, alice, channel.id or 0, name=name)


async def test_a_sandbox_account_is_told_how_to_behave(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    async with database.transaction() as db:
        await channels.set_behaviour(
            db, alice, channel.id or 0, behaviour="refuse", requests=3, delay_ms=10
        )
        told = await sandbox.rules_of(db, alice.workspace_id)
        await channels.set_behaviour(db, alice, channel.id or 0, behaviour="normal")
        after = await sandbox.rules_of(db, alice.workspace_id)

    rule = told[channel.handle]
    assert (rule.behaviour, rule.requests_left, rule.delay_ms) == ("refuse", 3, 10)
    assert after == {}


@pytest.mark.parametrize(
    "told",
    [
        {"behaviour": "dance"},
        {"behaviour": "slow", "delay_ms": 120_001},
        {"behaviour": "slow", "delay_ms": -1},
        {"behaviour": "slow", "requests": -2},
        {"behaviour": "slow", "requests": 10_001},
    ],
)
async def test_a_behaviour_that_is_none_is_refused(
    database: Database, alice: Member, told: dict[str, object]
) -> None:
    channel = await channel_of(database, alice)

    with pytest.raises(Rejected):
        async with database.transaction() as db:
            await channels.set_behaviour(db, alice, channel.id or 0, **told)  # type: ignore[arg-type]


async def test_bob_and_carol_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    channel_id = (await channel_of(database, alice)).id or 0
    now = utc_now()
    verbs = [
        lambda db, by: channels.rename(db, by, channel_id, name="Mine"),
        lambda db, by: channels.make_default(db, by, channel_id),
        lambda db, by: channels.pause(db, by, channel_id, now=now),
        lambda db, by: channels.resume(db, by, channel_id),
        lambda db, by: channels.remove(db, by, channel_id, now=now),
        lambda db, by: channels.set_behaviour(db, by, channel_id, behaviour="refuse"),
    ]

    for verb in verbs:
        for by, refusal in ((bob, NotAllowed), (carol, NotFound)):
            with pytest.raises(refusal):
                async with database.transaction() as db:
                    await verb(db, by)
    with pytest.raises(NotAllowed):
        async with database.transaction() as db:
            await channels.add_sandbox(db, bob, name="Bob's", now=now)

    channel = await channel_of(database, alice)
    assert (channel.name, channel.paused_at, channel.is_default) == ("Sandbox", None, True)
