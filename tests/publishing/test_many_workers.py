"""Several workers on one database share the work, and none posts what another has."""

import asyncio
from datetime import timedelta

from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.delivery import Settlement, Status
from socialapp.store import attempts, claims
from socialapp.store.attempts import Finish
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, PublishLog
from tests.world import World, until


async def test_a_due_delivery_is_claimed_by_one_of_many(world: World) -> None:
    await world.schedule()
    databases = [Database(world.database.url) for _ in range(4)]

    async def claim(number: int) -> int:
        async with databases[number % 4].transaction() as db:
            mine = await claims.claim(
                db, worker=f"w{number}", until=utc_now(), now=utc_now(), limit=10
            )
        return len(mine)

    taken = await asyncio.gather(*(claim(number) for number in range(12)))

    assert sum(taken) == 1
    for database in databases:
        await database.close()


async def test_a_worker_that_was_overtaken_changes_nothing(world: World) -> None:
    schedule = await world.schedule()
    now = utc_now()
    async with world.database.transaction() as db:
        (old,) = await claims.claim(db, worker="slow", until=now, now=now, limit=1)
        await claims.hand_back(db, worker="slow", now=now)
        (new,) = await claims.claim(db, worker="fast", until=now, now=now, limit=1)
        await attempts.freeze(db, [(new, {"text": "", "media": [], "created_at": ""})])

    async with world.database.transaction() as db:
        frozen = await attempts.freeze(db, [(old, {"text": "old"})])
        started = await attempts.start(db, [old], providers={old.id: "sandbox"}, now=now)
        failed = Settlement(Status.FAILED, reason="late")
        finished = await attempts.finish(db, [Finish(old, failed)], now=now)

    assert (frozen, started.log_ids, finished) == (set(), {}, set())
    delivery = await world.delivery(schedule)
    assert (delivery.status, delivery.owner) == (Status.READY, "fast")


async def test_an_old_claim_beside_the_new_one_in_a_batch_is_left_out(world: World) -> None:
    await world.schedule()
    now = utc_now()
    async with world.database.transaction() as db:
        (old,) = await claims.claim(db, worker="me", until=now, now=now, limit=1)
        await claims.hand_back(db, worker="me", now=now)
        (new,) = await claims.claim(db, worker="me", until=now, now=now, limit=1)
        await attempts.freeze(db, [(old, {"text": "old"}), (new, {"text": "new"})])

        started = await attempts.start(db, [old, new], providers={new.id: "sandbox"}, now=now)

    assert set(started.log_ids) == {new.ticket}


async def test_three_workers_post_a_hundred_once_each(world: World) -> None:
    await world.plan(100, at=utc_now() + timedelta(seconds=3))

    async with world.worker(), world.worker(), world.worker():

        async def all_posted() -> bool:
            return await world.counts() == {"posted": 100}

        await until(all_posted, within_s=40)

    assert sorted(await world.timeline()) == sorted(f"marker-{i}" for i in range(100))
    async with world.database.reading() as db:
        attempts = (await db.execute(select(PublishLog.delivery_id))).scalars().all()
        late = (await db.execute(select(Delivery.late_ms))).scalars().all()
    assert len(attempts) == len(set(attempts)) == 100
    assert min(ms for ms in late if ms is not None) >= -1.0


async def test_what_a_stopping_worker_holds_goes_to_the_next(world: World) -> None:
    schedule = await world.schedule("Handed on", in_s=3.0)
    async with world.worker():
        await until(lambda: _has_owner(world))

    assert (await world.delivery(schedule)).owner is None
    async with world.worker():
        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["Handed on"]


async def _has_owner(world: World) -> bool:
    async with world.database.reading() as db:
        return (await db.execute(select(Delivery.owner))).scalar_one() is not None
