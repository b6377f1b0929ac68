"""Access is lost: what is planned waits until the channel is connected again, and no longer."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.services import connections
from socialapp.store.tables import Channel, Delivery, Schedule, Workspace
from tests.servers.village import VillageServer
from tests.world import World, until


async def connect(world: World, village: VillageServer, channel_id: int | None = None) -> int:
    given = {"address": village.address, "token": village.give_token(), "quarter": "north"}
    channel = await connections.connect(
        world.database,
        world.alice,
        provider="village",
        given=given,
        channel_id=channel_id,
        now=utc_now(),
    )
    return channel.id or 0


async def channel_of(world: World, channel_id: int) -> Channel:
    async with world.database.reading() as db:
        found = await db.get(Channel, channel_id)
    assert found
    return found


@pytest.fixture
async def home(world: World, village: VillageServer, tmp_path: Path) -> int:
    """A channel in the village; no worker runs yet."""
    return await connect(world, village)


async def test_what_comes_after_a_lost_access_waits_and_goes_out_once_it_is_back(
    world: World, village: VillageServer, home: int
) -> None:
    village.revoke_all()
    async with world.worker():
        refused = await world.schedule("refused", channel_ids=[home])
        await world.reaches(refused, "failed")
        held = await world.schedule("held", channel_ids=[home])

        async def waits() -> bool:
            return (await world.delivery(held)).action == "reconnect"

        await until(waits)
        lost = await channel_of(world, home)
        waiting = await world.delivery(held)

        await connect(world, village, channel_id=home)
        await world.reaches(held, "posted")

    assert (lost.needs_reconnect, "does not accept our access" in lost.trouble) == (True, True)
    assert (waiting.status, waiting.attempt) == ("queued", 0)
    assert "connect it again" in waiting.reason
    assert (await world.delivery(refused)).action == "reconnect"
    assert village.posts == ["held"]
    assert len(await world.log(held)) == 1


async def test_what_is_ready_at_the_same_moment_waits_too(
    world: World, village: VillageServer, home: int
) -> None:
    village.revoke_all()
    together = [await world.schedule(f"n{i}", in_s=2.0, channel_ids=[home]) for i in range(4)]
    async with world.worker():

        async def one_failed_and_the_rest_waits() -> bool:
            found = [await world.delivery(schedule) for schedule in together]
            return sorted(d.action for d in found) == ["reconnect"] * 4

        await until(one_failed_and_the_rest_waits)
        statuses = sorted([await world.status_of(schedule) for schedule in together])
        assert statuses == ["failed", "queued", "queued", "queued"]

        await connect(world, village, channel_id=home)

        async def the_rest_is_out() -> bool:
            return len(village.posts) == 3

        await until(the_rest_is_out)


async def test_what_is_planned_for_later_goes_out_at_its_moment(
    world: World, village: VillageServer, home: int
) -> None:
    await _lose(world, home)
    async with world.worker():
        soon = await world.schedule("soon", in_s=3.0, channel_ids=[home])
        await connect(world, village, channel_id=home)

        await world.reaches(soon, "posted")

    delivery = await world.delivery(soon)
    assert delivery.late_ms is not None
    assert 0 <= delivery.late_ms < 2_000


async def test_what_waited_for_longer_than_the_missed_rule_is_missed(
    world: World, village: VillageServer, home: int
) -> None:
    await _lose(world, home)
    async with world.database.transaction() as db:
        await db.execute(update(Workspace).values(missed_after_minutes=1))
    schedule = await world.schedule("too long", channel_ids=[home])
    await _plan_earlier(world, schedule, by=timedelta(seconds=58))

    async with world.worker():
        await world.reaches(schedule, "missed")
        await connect(world, village, channel_id=home)
        await world.reaches(schedule, "missed")

    delivery = await world.delivery(schedule)
    assert (delivery.action, delivery.attempt) == ("retry", 0)
    assert "Nothing was posted" in delivery.reason
    assert village.posts == []


async def test_a_wake_that_got_lost_is_made_up_for(
    world: World, village: VillageServer, home: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialapp.domain.delivery.ACCESS_LOOK", timedelta(seconds=1))
    await _lose(world, home)
    async with world.worker():
        schedule = await world.schedule("woken", channel_ids=[home])

        async def waits() -> bool:
            return (await world.delivery(schedule)).action == "reconnect"

        await until(waits)
        async with world.database.transaction() as db:
            await db.execute(update(Channel).values(needs_reconnect=False))

        await world.reaches(schedule, "posted")


async def test_what_left_with_the_old_access_is_sent_with_the_new_one(
    world: World, village: VillageServer, home: int
) -> None:
    """The channel is connected again while the request with the old access is under way."""
    village.revoke_all()
    village.waits_before_refusing.clear()
    async with world.worker():
        schedule = await world.schedule("between", channel_ids=[home])
        await village.refuses.wait()
        await connect(world, village, channel_id=home)
        village.waits_before_refusing.set()

        await world.reaches(schedule, "posted")

    assert village.posts == ["between"]
    assert not (await channel_of(world, home)).needs_reconnect


async def _lose(world: World, channel_id: int) -> None:
    async with world.database.transaction() as db:
        mine = col(Channel.id) == channel_id
        await db.execute(update(Channel).where(mine).values(needs_reconnect=True))


async def _plan_earlier(world: World, schedule: Schedule, *, by: timedelta) -> None:
    at = utc_now() - by
    async with world.database.transaction() as db:
        await db.execute(update(Delivery).values(planned_at=at, due_at=at))
        await db.execute(update(Schedule).values(scheduled_at=at))
