"""A worker killed at any moment loses nothing and posts nothing twice."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from tests.faults.conftest import WorkerProcess
from tests.world import World, until

NewWorker = Callable[..., WorkerProcess]


async def test_killed_while_the_network_thinks_then_found_out_and_posted_once(
    world: World, new_worker: NewWorker
) -> None:
    worker = new_worker()
    await worker.start()
    await world.tell_sandbox("slow", delay_ms=20_000)
    schedule = await world.schedule("Cut off")
    await world.reaches(schedule, "publishing")

    await worker.end(signal.SIGKILL)
    await new_worker().start()

    await world.reaches(schedule, "posted", within_s=30)
    assert await world.timeline() == ["Cut off"]
    log = [(entry.kind, entry.status) for entry in await world.log(schedule)]
    assert log[0] == ("send", "unknown")
    assert log[-1] == ("send", "posted")


async def test_killed_while_a_page_is_sent_it_is_posted_once_with_its_files(
    world: World, new_worker: NewWorker
) -> None:
    worker = new_worker()
    await worker.start()
    await world.tell_sandbox("slow", delay_ms=20_000)
    schedule = await world.schedule_page("Hours", carries=("may.txt", "june.txt"))
    await world.reaches(schedule, "publishing")

    await worker.end(signal.SIGKILL)
    await new_worker().start()

    await world.reaches(schedule, "posted", within_s=30)
    (page,) = await world.public()
    assert (page.kind, page.title) == ("page", "Hours")
    assert [a["filename"] for a in page.attachments] == ["may.txt", "june.txt"]


async def test_killed_with_posts_in_hand_the_next_worker_takes_them(
    world: World, new_worker: NewWorker
) -> None:
    worker = new_worker()
    await worker.start()
    schedule = await world.schedule("In hand", in_s=6.0)

    async def is_ready() -> bool:
        return (await world.delivery(schedule)).status == Status.READY

    await until(is_ready)
    await worker.end(signal.SIGKILL)
    await new_worker().start()

    await world.reaches(schedule, "posted", within_s=30)
    assert await world.timeline() == ["In hand"]


async def test_killed_again_and_again_everything_is_posted_once(
    world: World, new_worker: NewWorker
) -> None:
    chance = random.Random(7)
    for second in range(6):
        await world.plan_more(f"s{second}", 10, at=utc_now() + timedelta(seconds=3 + second))

    for _ in range(5):
        worker = new_worker()
        await worker.start()
        await asyncio.sleep(chance.uniform(0.2, 1.5))  # the moment of the kill is the input
        await worker.end(signal.SIGKILL)
    await new_worker().start()

    async def all_posted() -> bool:
        return await world.counts() == {"posted": 60}

    await until(all_posted, within_s=60)
    assert Counter(await world.timeline()) == Counter(
        f"s{second}-{i}" for second in range(6) for i in range(10)
    )


async def test_sigterm_finishes_what_has_left_and_hands_back_the_rest(
    world: World, new_worker: NewWorker
) -> None:
    worker = new_worker()
    await worker.start()
    await world.tell_sandbox("slow", delay_ms=1500)
    leaving = await world.schedule("Leaving")
    waiting = await world.schedule("Waiting", in_s=10.0)
    await world.reaches(leaving, "publishing")

    status = await worker.end(signal.SIGTERM)

    assert status == 0
    assert await world.status_of(leaving) == "posted"
    delivery = await world.delivery(waiting)
    assert (delivery.status, delivery.owner) == (Status.QUEUED, None)


async def test_a_frozen_worker_that_wakes_up_late_changes_nothing(
    world: World, new_worker: NewWorker, tmp_path: Any
) -> None:
    frozen = new_worker()
    await frozen.start()
    schedule = await world.schedule("Only once", in_s=4.0)

    async def is_ready() -> bool:
        return (await world.delivery(schedule)).status == Status.READY

    await until(is_ready)
    frozen.freeze()
    await new_worker().start()
    await world.reaches(schedule, "posted", within_s=45)

    frozen.thaw()
    after = await world.schedule("After it")
    await world.reaches(after, "posted", within_s=30)

    assert await world.timeline() == ["Only once", "After it"]
    assert len(await world.log(schedule)) == 1
