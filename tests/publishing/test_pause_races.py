"""Paused and resumed while somebody plans: nothing is left on hold for ever, nothing slips out."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.services import channels, pauses, posts, schedules
from socialapp.store.session import Database
from socialapp.store.tables import Schedule
from tests.world import World


async def resume(world: World, database: Database) -> None:
    async with database.transaction() as db:
        await channels.resume(db, world.alice, await world.channel_id())


async def pause(world: World, database: Database) -> None:
    async with database.transaction() as db:
        await channels.pause(db, world.alice, await world.channel_id(), now=utc_now())


async def pause_all(world: World, database: Database) -> None:
    async with database.transaction() as db:
        await pauses.pause(db, world.alice)


async def resume_all(world: World, database: Database) -> None:
    async with database.transaction() as db:
        await pauses.resume(db, world.alice, now=utc_now())


Act = Callable[[World, Database], Coroutine[None, None, None]]


async def plan_meanwhile(world: World, database: Database, act: Act) -> Schedule:
    """Plan a post; before its commit somebody else acts."""
    now = utc_now()
    async with world.database.transaction() as db:
        post = await posts.create(db, world.alice, text="Hello", now=now)
        schedule = await schedules.create(db, world.alice, post_id=post.id or 0, now=now)
        other = asyncio.create_task(act(world, database))
        await asyncio.wait([other], timeout=0.5)
    await other
    return schedule


async def test_what_was_planned_while_a_channel_was_resumed_is_not_left_on_hold(
    world: World,
) -> None:
    database = Database(world.database.url)
    await pause(world, database)

    schedule = await plan_meanwhile(world, database, resume)

    assert (await world.delivery(schedule)).status == Status.QUEUED
    await database.close()


@pytest.mark.parametrize(
    ("before", "meanwhile", "status"),
    [(resume_all, pause_all, Status.PAUSED), (pause_all, resume_all, Status.QUEUED)],
)
async def test_what_is_planned_while_its_workspace_is_paused_or_resumed_stands_as_the_rest(
    world: World, before: Act, meanwhile: Act, status: Status
) -> None:
    database = Database(world.database.url)
    await before(world, database)

    schedule = await plan_meanwhile(world, database, meanwhile)

    assert (await world.delivery(schedule)).status == status
    assert await world.status_of(schedule) == status
    await database.close()
