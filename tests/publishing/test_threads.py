"""Threads: the parts go out one after the other, each once, whatever happens between them."""

from collections.abc import AsyncIterator

import pytest

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict
from socialapp.services import posts, schedules
from socialapp.services.writing import PartGiven
from tests.networks.adapters import ADAPTERS
from tests.networks.judge import Judge
from tests.networks.mischief import Mischief
from tests.networks.stand import KINDS, Stand, take_stand
from tests.world import World

PARTS = [PartGiven("two"), PartGiven("three")]


@pytest.fixture
async def stand(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    """An account on each kind of network."""
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, *ADAPTERS))
    judge = Judge()
    await judge.start()
    yield await take_stand(world, judge)
    await judge.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_parts_go_out_in_order_each_once(stand: Stand, kind: str) -> None:
    world = stand.world
    async with world.worker():
        schedule = await world.schedule("one", parts=PARTS, channel_ids=[stand.ids[kind]])
        await world.reaches(schedule, "posted")

    delivery = await world.delivery(schedule)
    assert stand.judge.texts(kind) == ["one", "two", "three"]
    assert delivery.remote_id == stand.judge.posts[0].id
    assert delivery.url == stand.judge.posts[0].url
    assert [out["remote_id"] for out in delivery.progress] == [p.id for p in stand.judge.posts]
    log = await world.log(schedule)
    assert [(entry.part, entry.status) for entry in log] == [(n, "posted") for n in range(3)]
    assert len({request.once for request in stand.judge.arrived if request.once}) in {0, 3}


@pytest.mark.parametrize("how", [Mischief.ANSWER_LOST, Mischief.REQUEST_LOST, Mischief.LIMITED])
@pytest.mark.parametrize("kind", [k for k in KINDS if k != "nothing"])
async def test_trouble_at_the_second_part_doubles_nothing_and_the_rest_follows(
    stand: Stand, kind: str, how: Mischief
) -> None:
    world = stand.world

    def at_the_second(request: object) -> None:
        if len(stand.judge.arrived) == 2:
            stand.judge.disturb(kind, stand.account(kind), how)

    stand.judge.on_arrival = at_the_second
    async with world.worker():
        schedule = await world.schedule("one", parts=PARTS, channel_ids=[stand.ids[kind]])
        await world.reaches(schedule, "posted", within_s=40)

    assert stand.judge.texts(kind) == ["one", "two", "three"]


async def test_a_refused_part_says_how_far_it_came_and_a_retry_goes_on_from_there(
    stand: Stand,
) -> None:
    world = stand.world

    def at_the_second(request: object) -> None:
        if len(stand.judge.arrived) == 2:
            stand.judge.disturb("client_id", stand.account("client_id"), Mischief.REFUSE)

    stand.judge.on_arrival = at_the_second
    async with world.worker():
        schedule = await world.schedule("one", parts=PARTS, channel_ids=[stand.ids["client_id"]])
        await world.reaches(schedule, "failed")
        reason = (await world.delivery(schedule)).reason
        assert "1 of 3 parts of the thread are out" in reason
        assert "Nothing was posted" not in reason
        with pytest.raises(Conflict, match="A part of this thread is out"):
            async with world.database.transaction() as db:
                await posts.edit(
                    db, world.alice, schedule.post_id, revision=None, text="x", now=utc_now()
                )
        async with world.database.transaction() as db:
            await schedules.retry(db, world.alice, schedule.id or 0, now=utc_now())
        await world.reaches(schedule, "posted")

    assert stand.judge.texts("client_id") == ["one", "two", "three"]


async def test_a_lost_answer_at_a_part_that_nobody_can_ask_about_waits_for_a_person(
    stand: Stand,
) -> None:
    world = stand.world

    def at_the_second(request: object) -> None:
        if len(stand.judge.arrived) == 2:
            stand.judge.disturb("nothing", stand.account("nothing"), Mischief.ANSWER_LOST)

    stand.judge.on_arrival = at_the_second
    async with world.worker():
        schedule = await world.schedule("one", parts=PARTS, channel_ids=[stand.ids["nothing"]])
        await world.reaches(schedule, "needs_check")
        delivery = await world.delivery(schedule)
        async with world.database.transaction() as db:
            await schedules.resolve(
                db, world.alice, delivery.id or 0, posted=True, url="", now=utc_now()
            )
        await world.reaches(schedule, "posted")

    assert stand.judge.texts("nothing") == ["one", "two", "three"]
