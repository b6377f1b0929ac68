"""People and workers at the same deliveries at the same moment."""

import asyncio

import pytest

from socialapp.clock import utc_now
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.errors import Conflict
from socialapp.services import channels, posts, schedules
from socialapp.store import attempts, claims
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim
from socialapp.store.session import Database
from tests.world import World

INTENT = {"text": "old", "media": [], "created_at": "2027-05-14T07:00:00.000Z"}


async def claim_one(world: World, worker: str = "w") -> Claim:
    """Take the only due delivery and freeze it."""
    now = utc_now()
    async with world.database.transaction() as db:
        (mine,) = await claims.claim(db, worker=worker, until=now, now=now, limit=1)
        await attempts.freeze(db, [(mine, INTENT)])
    return mine


async def test_an_edit_between_two_tries_is_what_goes_out(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("limited")
        schedule = await world.schedule("Old words")

        async def has_waited() -> bool:
            return bool((await world.delivery(schedule)).reason)

        from tests.world import until

        await until(has_waited)
        async with world.database.transaction() as db:
            await posts.edit(
                db, world.alice, schedule.post_id, revision=1, text="New words", now=utc_now()
            )

        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["New words"]


async def test_an_edit_under_way_keeps_workers_off_the_old_words(world: World) -> None:
    schedule = await world.schedule("Old words")
    other = Database(world.database.url)

    async with world.database.transaction() as db:
        await posts.edit(
            db, world.alice, schedule.post_id, revision=1, text="New words", now=utc_now()
        )
        taking = asyncio.create_task(_claim_with(other))
        await asyncio.wait([taking], timeout=0.3)
    await taking
    async with world.worker():
        await world.reaches(schedule, "posted", within_s=40)

    assert await world.timeline() == ["New words"]
    await other.close()


async def _claim_with(database: Database) -> int:
    """Claim and freeze, as a worker does that read the post a moment ago."""
    now = utc_now()
    async with database.transaction() as db:
        mine = await claims.claim(db, worker="other", until=now, now=now, limit=1)
        if database.is_sqlite:  # its claim waited for the edit, and read what is new
            await claims.hand_back(db, worker="other", now=now)
            return 0
        await attempts.freeze(db, [(m, INTENT) for m in mine])
    return len(mine)


async def test_outcomes_recorded_at_once_leave_the_schedule_with_the_right_status(
    world: World,
) -> None:
    async with world.database.transaction() as db:
        second = await channels.add_sandbox(db, world.alice, name="Second", now=utc_now())
    for _ in range(8):
        both = [await world.channel_id(), second.id or 0]
        schedule = await world.schedule("Two channels", channel_ids=both)
        now = utc_now()
        async with world.database.transaction() as db:
            mine = await claims.claim(db, worker="w", until=now, now=now, limit=2)
            await attempts.freeze(db, [(m, INTENT) for m in mine])
            await attempts.start(db, mine, providers={m.id: "sandbox" for m in mine}, now=now)

        async def end(claim: Claim) -> None:
            async with world.database.transaction() as db:
                failed = Settlement(Status.FAILED, reason="no")
                await attempts.finish(db, [Finish(claim, failed)], now=utc_now())

        await asyncio.gather(*(end(m) for m in mine))

        assert await world.status_of(schedule) == "failed"


async def test_edits_moves_and_sends_at_once_end_without_a_deadlock(world: World) -> None:
    planned = [await world.schedule(f"Post {i}") for i in range(6)]
    mine = [await claim_one(world) for _ in planned]

    async def send(number: int) -> None:
        async with world.database.transaction() as db:
            batch = mine if number % 2 else list(reversed(mine))
            await attempts.start(
                db, batch, providers={m.id: "sandbox" for m in mine}, now=utc_now()
            )

    async def edit(number: int) -> None:
        try:
            async with world.database.transaction() as db:
                await posts.edit(
                    db,
                    world.alice,
                    planned[number].post_id,
                    revision=None,
                    text=f"Edited {number}",
                    now=utc_now(),
                )
        except Conflict:
            return

    async def cancel(number: int) -> None:
        try:
            async with world.database.transaction() as db:
                await schedules.cancel(db, world.alice, planned[number].id or 0, now=utc_now())
        except Conflict:
            return

    await asyncio.gather(
        *(send(i) for i in range(4)),
        *(edit(i) for i in range(6)),
        *(cancel(i) for i in range(6)),
    )

    left = {(await world.delivery(schedule)).status for schedule in planned}
    assert left <= {Status.CANCELLED, Status.SENDING, Status.QUEUED}


async def test_what_is_out_on_one_channel_is_not_rewritten(world: World) -> None:
    async with world.database.transaction() as db:
        second = await channels.add_sandbox(db, world.alice, name="Second", now=utc_now())
    both = [await world.channel_id(), second.id or 0]
    schedule = await world.schedule("Out on one", channel_ids=both)
    now = utc_now()
    async with world.database.transaction() as db:
        (one,) = await claims.claim(db, worker="w", until=now, now=now, limit=1)
        await attempts.freeze(db, [(one, INTENT)])
        await attempts.start(db, [one], providers={one.id: "sandbox"}, now=now)
        await attempts.finish(db, [Finish(one, Settlement(Status.POSTED, remote_id="1"))], now=now)

    async def rewrite() -> None:
        async with world.database.transaction() as db:
            await posts.edit(
                db, world.alice, schedule.post_id, revision=1, text="Other", now=utc_now()
            )

    with pytest.raises(Conflict):
        await rewrite()


async def test_the_channels_of_a_planned_post_stay(world: World) -> None:
    async with world.database.transaction() as db:
        second = await channels.add_sandbox(db, world.alice, name="Second", now=utc_now())
    schedule = await world.schedule("Planned", in_s=3600)

    async def move_elsewhere() -> None:
        async with world.database.transaction() as db:
            await posts.edit(
                db,
                world.alice,
                schedule.post_id,
                revision=1,
                channel_ids=[second.id or 0],
                now=utc_now(),
            )

    with pytest.raises(Conflict, match="channels"):
        await move_elsewhere()
    async with world.database.transaction() as db:
        await posts.edit(
            db,
            world.alice,
            schedule.post_id,
            revision=1,
            channel_ids=[await world.channel_id()],
            now=utc_now(),
        )


async def test_words_that_no_database_takes_do_not_stop_the_others(world: World) -> None:
    bad = await world.schedule("Bad answer")
    async with world.database.transaction() as db:
        now = utc_now()
        (mine,) = await claims.claim(db, worker="w", until=now, now=now, limit=1)
        await attempts.freeze(db, [(mine, INTENT)])
        await attempts.start(db, [mine], providers={mine.id: "sandbox"}, now=now)
        reason = "half a pair \ud800 and a nul \x00 here"
        await attempts.finish(db, [Finish(mine, Settlement(Status.FAILED, reason=reason))], now=now)

    assert await world.status_of(bad) == "failed"
    assert "half a pair" in (await world.delivery(bad)).reason
