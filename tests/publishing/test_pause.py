"""Paused and stopped while a worker works: what has left is finished, the rest waits."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from socialapp import live
from socialapp.clock import monotonic, utc_now
from socialapp.domain.delivery import HELD, Status
from socialapp.services import pauses
from socialapp.store import knobs
from socialapp.store.session import Aftermath
from socialapp.store.tables import Delivery, Schedule
from tests.world import World, settings_for, until

LETS_GO_WITHIN_S = 1.0
LONG_S = 8.0
"""Within a worker's sight, and far enough away to be stopped before."""


async def stop(world: World) -> None:
    async with world.database.transaction() as db:
        await pauses.stop_everything(db)


async def start(world: World) -> None:
    async with world.database.transaction() as db:
        await pauses.start_everything(db)


async def is_in(world: World, schedule: Schedule, *statuses: Status, within_s: float = 20) -> None:
    async def found() -> bool:
        return (await world.delivery(schedule)).status in statuses

    await until(found, within_s=within_s)


async def owners(world: World) -> set[str | None]:
    async with world.database.reading() as db:
        return set((await db.execute(select(Delivery.owner))).scalars())


async def test_a_stop_lets_go_of_what_is_in_hand_within_a_second(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("Waits", in_s=LONG_S)
        await is_in(world, schedule, *HELD)

        await stop(world)
        await is_in(world, schedule, Status.QUEUED, within_s=LETS_GO_WITHIN_S + 0.5)
        assert await owners(world) == {None}
        at_once = await world.schedule("Due during the stop")

        await start(world)
        await world.reaches(at_once, "posted")
        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["Due during the stop", "Waits"]


async def test_while_everything_is_stopped_nothing_goes_out(world: World) -> None:
    await stop(world)
    async with world.worker():
        schedule = await world.schedule("Waits")
        until_s = monotonic() + 2.5

        async def has_waited() -> bool:
            assert (await world.delivery(schedule)).status == Status.QUEUED
            return monotonic() > until_s

        await until(has_waited)
        assert await world.timeline() == []
        await start(world)
        await world.reaches(schedule, "posted")


async def test_what_has_left_is_finished_by_a_stop_and_by_a_pause(world: World) -> None:
    for hold, go_on in ((stop, start), (pause, resume)):
        await world.tell_sandbox("slow", delay_ms=2000)
        async with world.worker():
            leaving = await world.schedule("On its way")
            await is_in(world, leaving, Status.SENDING)

            await hold(world)

            await world.reaches(leaving, "posted")
        await go_on(world)
    assert await world.timeline() == ["On its way"] * 2


async def pause(world: World) -> None:
    async with world.database.transaction() as db:
        await pauses.pause(db, world.alice)


async def resume(world: World) -> None:
    async with world.database.transaction() as db:
        await pauses.resume(db, world.alice, now=utc_now())


async def test_a_pause_takes_what_is_in_hand_and_a_resume_sends_it(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("Held", in_s=3.0)
        await is_in(world, schedule, *HELD)

        await pause(world)
        planned = (await world.delivery(schedule)).planned_at

        async def has_passed() -> bool:
            assert (await world.delivery(schedule)).status == Status.PAUSED
            return utc_now() > planned + timedelta(seconds=1)

        await until(has_passed)
        assert await world.timeline() == []
        await resume(world)

        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["Held"]
    assert ((await world.delivery(schedule)).late_ms or 0) >= 1000


async def test_what_is_too_late_at_the_resume_is_missed(world: World) -> None:
    schedule = await world.schedule("Too late")
    await pause(world)
    async with world.database.transaction() as db:
        long_ago = utc_now() - timedelta(minutes=16)
        mine = col(Delivery.schedule_id) == schedule.id
        await db.execute(update(Delivery).where(mine).values(planned_at=long_ago, due_at=long_ago))

    async with world.worker():
        await resume(world)

        await world.reaches(schedule, "missed")
    assert await world.timeline() == []


async def test_a_stop_is_obeyed_within_a_second_however_rarely_a_worker_looks(
    world: World, valkey: str
) -> None:
    """With an interval of a minute only the message of the stop makes a worker look."""
    world = replace(
        world, settings=settings_for(world.database.url, world.settings.data_dir, valkey)
    )
    world.database.after_commit = tell
    async with world.database.transaction() as db:
        await knobs.turn(db, knobs.SWEEP_SECONDS, "60")
    await stop(world)
    async with world.worker():
        schedule = await world.schedule("Waits", in_s=LONG_S)
        await start(world)
        await is_in(world, schedule, *HELD, within_s=LONG_S)

        await stop(world)

        await is_in(world, schedule, Status.QUEUED, within_s=LETS_GO_WITHIN_S + 0.5)


def tell(noted: Aftermath) -> None:
    """Send what was noted over the worker's own line."""
    if line := live.current():
        line.tell_of(noted)
