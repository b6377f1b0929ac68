"""A database that is older than what was sent from it sends nothing that was due by itself."""

from dataclasses import replace

from socialapp.store import witness
from tests.world import World


async def _seen_later(world: World, *, attempts: int, installation: str = "") -> None:
    async with world.database.transaction() as db:
        await witness.name(db)
        there = await witness.read(db)
    assert there
    seen = replace(there, attempt=there.attempt + attempts)
    if installation:
        seen = replace(seen, installation=installation)
    witness.remember(world.settings.data_dir, seen)


async def test_what_was_due_waits_for_a_person_and_says_why(world: World) -> None:
    due = await world.schedule("Perhaps out already")
    await _seen_later(world, attempts=3)

    async with world.worker():
        await world.reaches(due, "missed")
        later = await world.schedule("New", in_s=0.5)
        await world.reaches(later, "posted")

    delivery = await world.delivery(due)
    assert "older copy of the database" in delivery.reason
    assert delivery.action == "retry"
    assert await world.timeline() == ["New"]


async def test_it_is_held_once_and_a_person_may_send_it(world: World) -> None:
    await world.schedule("Perhaps out already")
    await _seen_later(world, attempts=3)
    async with world.worker():
        pass

    after = await world.schedule("Afterwards")
    async with world.worker():
        await world.reaches(after, "posted")

    assert await world.counts() == {"missed": 1, "posted": 1}


async def test_a_worker_that_was_only_away_sends_what_is_due(world: World) -> None:
    due = await world.schedule("Due while it was away")
    await _seen_later(world, attempts=0)

    async with world.worker():
        await world.reaches(due, "posted")


async def test_another_database_in_the_same_folder_is_no_old_copy(world: World) -> None:
    due = await world.schedule("Due")
    await _seen_later(world, attempts=50, installation="another")

    async with world.worker():
        await world.reaches(due, "posted")


async def test_how_far_it_came_is_noted(world: World) -> None:
    async with world.worker():
        await world.reaches(await world.schedule("One"), "posted")
    async with world.worker():
        pass

    seen = witness.remembered(world.settings.data_dir)
    assert seen
    assert seen.attempt == 1
