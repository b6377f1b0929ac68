"""One at a time at a channel, whoever sends; and what a network asks for is kept by all."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.publishing.engine import Engine
from socialapp.publishing.gates import FAULTS
from socialapp.store import limits
from socialapp.store.channels import add_channel
from socialapp.store.tables import Channel, Delivery, RateLimit
from tests.networks import adapters
from tests.networks.judge import Arrived, Judge
from tests.networks.mischief import Mischief
from tests.world import World, until

KINDS = (adapters.ClientId, adapters.Nothing, adapters.Prepared)


@pytest.fixture
async def judge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Judge]:
    """Networks that all workers of this process can publish to."""
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, *KINDS))
    judge = Judge()
    await judge.start()
    yield judge
    await judge.stop()


async def channel_at(world: World, judge: Judge, provider: str, address: str = "") -> int:
    """Connect an account."""
    async with world.database.transaction() as db:
        channel = await add_channel(
            db, world.alice.workspace_id, provider=provider, name="Shop", now=utc_now()
        )
        channel.address = address or f"{judge.address}/{provider}"
        await db.flush()
        return channel.id or 0


async def test_one_attempt_at_a_time_at_a_channel_whichever_worker_makes_it(
    world: World, judge: Judge
) -> None:
    judge.think_s = judge.answer_s = 0.05
    under_way: list[str] = []
    most: list[int] = []

    def arrives(request: Arrived) -> None:
        under_way.append(request.text)
        most.append(len(under_way) - len(judge.posts))

    judge.on_arrival = arrives
    channel = await channel_at(world, judge, "nothing")
    for number in range(12):
        await world.schedule(f"n{number}", in_s=2.0, channel_ids=[channel])

    async with world.worker(), world.worker(), world.worker():

        async def all_posted() -> bool:
            return await world.counts() == {"posted": 12}

        await until(all_posted, within_s=30)

    assert sorted(judge.texts("nothing")) == sorted(f"n{number}" for number in range(12))
    assert max(most) == 1


async def test_a_wait_asked_of_one_post_is_kept_by_all_of_its_channel(
    world: World, judge: Judge
) -> None:
    limited = await channel_at(world, judge, "nothing")
    other = await channel_at(world, judge, "nothing")
    judge.disturb("nothing", f"nothing-{limited}", Mischief.LIMITED)
    first = await world.schedule("first", channel_ids=[limited])

    async with world.worker():
        await until(lambda: _is_closed(world, limited))
        second = await world.schedule("second", channel_ids=[limited])
        free = await world.schedule("free", channel_ids=[other])
        await world.reaches(free, "posted")
        await world.reaches(first, "posted")
        await world.reaches(second, "posted")

    posts = {post.text: post.at for post in judge.posts}
    assert posts["free"] < min(posts["first"], posts["second"])
    assert len(judge.arrived) == 4  # the refused one, and one for each post
    asked_at = judge.arrived[0].at
    assert min(posts["first"], posts["second"]) - asked_at > timedelta(seconds=2)
    late = (await world.delivery(second)).late_ms
    assert late
    assert late > 500


async def _is_closed(world: World, channel_id: int) -> bool:
    async with world.database.reading() as db:
        scope = limits.channel(channel_id)
        return bool(await limits.closed(db, [scope], now=utc_now()))


async def test_a_network_that_does_not_answer_is_left_alone_until_it_does(
    world: World, judge: Judge
) -> None:
    silent = "http://127.0.0.1:1"
    channel = await channel_at(world, judge, "client_id", silent)
    healthy = await channel_at(world, judge, "client_id")
    for number in range(FAULTS + 3):
        await world.schedule(f"s{number}", channel_ids=[channel])

    async with world.worker():
        await until(lambda: _reason(world, channel, "does not answer now"))
        fine = await world.schedule("fine", channel_ids=[healthy])
        await world.reaches(fine, "posted")

    async with world.database.reading() as db:
        query = select(Delivery).where(Delivery.channel_id == channel)
        waiting = list((await db.execute(query)).scalars())
    assert {d.status for d in waiting} == {"queued"}
    assert all(d.due_at > d.planned_at for d in waiting)


async def _reason(world: World, channel_id: int, words: str) -> bool:
    async with world.database.reading() as db:
        query = select(Delivery.reason).where(Delivery.channel_id == channel_id)
        return any(words in reason for reason in (await db.execute(query)).scalars())


async def test_tries_last_as_long_as_the_missed_rule_and_then_a_person_decides(
    world: World, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first wait is longer than what is left of the rule, however slowly the worker starts.
    monkeypatch.setattr("socialapp.domain.backoff.FIRST", timedelta(minutes=3))
    monkeypatch.setitem(Engine.__init__.__kwdefaults__, "chance", lambda: 0.99)
    channel = await channel_at(world, judge, "client_id", "http://127.0.0.1:1")
    schedule = await world.schedule("Never in", channel_ids=[channel])
    late = utc_now() - timedelta(minutes=13)
    async with world.database.transaction() as db:
        await db.execute(
            update(Delivery).where(col(Delivery.schedule_id) == schedule.id).values(planned_at=late)
        )

    async with world.worker():
        await world.reaches(schedule, "failed")

    delivery = await world.delivery(schedule)
    assert delivery.action == "retry"
    assert "too late, so it waits for you" in delivery.reason


async def test_what_a_network_says_is_left_is_remembered(world: World, judge: Judge) -> None:
    channel = await channel_at(world, judge, "client_id")
    resets_at = (utc_now() + timedelta(minutes=5)).replace(microsecond=0)
    judge.headers = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": resets_at.isoformat(),
    }

    async with world.worker():
        await world.reaches(await world.schedule("last", channel_ids=[channel]), "posted")
        over = await world.schedule("over", channel_ids=[channel])
        await until(lambda: _reason(world, channel, "used up what its network allows"))

    async with world.database.reading() as db:
        (said,) = (await db.execute(select(RateLimit))).scalars()
    assert (said.allowed, said.remaining, said.closed_until) == (300, 0, resets_at)
    delivery = await world.delivery(over)
    assert delivery.status == "queued"
    assert resets_at <= delivery.due_at < resets_at + timedelta(seconds=2)
    assert [post.text for post in judge.posts] == ["last"]


async def test_a_draft_is_made_ahead_of_the_moment_and_used_then(
    world: World, judge: Judge
) -> None:
    channel = await channel_at(world, judge, "prepared")
    soon = await world.schedule("Drafted", in_s=120, channel_ids=[channel])

    async with world.worker():
        await until(lambda: _is_prepared(world, soon.id or 0))
        delivery = await world.delivery(soon)
        assert (delivery.status, delivery.owner) == ("queued", None)
        assert judge.posts == []
        container = (delivery.intent or {})["prepared"]["containers"][0]
        async with world.database.transaction() as db:
            now = utc_now()
            await db.execute(update(Delivery).values(planned_at=now, due_at=now))

        await world.reaches(soon, "posted")

    assert [request.once for request in judge.arrived] == [container]


async def test_an_edit_makes_another_draft(world: World, judge: Judge) -> None:
    from socialapp.services import posts

    channel = await channel_at(world, judge, "prepared")
    soon = await world.schedule("Old words", in_s=120, channel_ids=[channel])
    async with world.worker():
        await until(lambda: _is_prepared(world, soon.id or 0))
        async with world.database.transaction() as db:
            await posts.edit(
                db, world.alice, soon.post_id, revision=1, text="New words", now=utc_now()
            )
            now = utc_now()
            await db.execute(update(Delivery).values(planned_at=now, due_at=now))
        await world.reaches(soon, "posted")

    assert judge.texts("prepared") == ["New words"]


async def _is_prepared(world: World, schedule_id: int) -> bool:
    async with world.database.reading() as db:
        query = select(Delivery.intent).where(Delivery.schedule_id == schedule_id)
        intent = (await db.execute(query)).scalar_one()
    return bool(intent and intent["prepared"])


async def test_a_delivery_that_slipped_from_a_workers_hands_is_found_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialapp.publishing.hands.AUDIT_EVERY_S", 0.3)
    schedule = await world.schedule("Forgotten", in_s=4.0)
    async with world.worker() as tools:
        assert tools.dispatcher
        dispatcher = tools.dispatcher

        async def is_ready() -> bool:
            return (await world.delivery(schedule)).status == "ready"

        await until(is_ready)
        for item in dispatcher._outbox.forget():
            dispatcher._hands.drop(item.claim)

        await world.reaches(schedule, "posted", within_s=15)
    assert await world.timeline() == ["Forgotten"]


async def test_publishing_that_is_stopped_lets_go_of_what_has_not_left(world: World) -> None:
    from socialapp.store import knobs

    schedule = await world.schedule("Held back", in_s=3.0)
    async with world.worker():

        async def is_ready() -> bool:
            return (await world.delivery(schedule)).status == "ready"

        await until(is_ready)
        async with world.database.transaction() as db:
            await knobs.turn(db, knobs.SWEEP_RUNNING, "no")

        async def is_free() -> bool:
            delivery = await world.delivery(schedule)
            return (delivery.status, delivery.owner) == ("queued", None)

        await until(is_free)
        await asyncio.sleep(3)  # nothing may happen: there is no event to wait for
        assert await world.timeline() == []
        async with world.database.transaction() as db:
            await knobs.turn(db, knobs.SWEEP_RUNNING, "yes")
        await world.reaches(schedule, "posted")


async def test_channels_have_their_own_limits_only(world: World) -> None:
    now = utc_now()
    async with world.database.transaction() as db:
        await limits.learn(db, [limits.Limit("channel:1", now + timedelta(minutes=1))], now=now)
        await limits.learn(db, [limits.Limit("channel:1", now + timedelta(minutes=2))], now=now)
        closed = await limits.closed(db, ["channel:1", "channel:2"], now=now)
        mine = (await db.execute(select(Channel).limit(1))).scalar_one()
        known = await limits.of_channels(db, [mine], now=now)

    assert closed == {"channel:1": now + timedelta(minutes=2)}
    assert known[1].closed_until == now + timedelta(minutes=2)
