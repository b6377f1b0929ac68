"""Results are read in time, within bounds, past nobody's limits, and never in a post's way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.outcome import Disconnected, TryLater
from socialapp.domain.results import Measurement, Metric
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.publishing.measuring import Measuring
from socialapp.services import results as deeds
from socialapp.store import limits, measuring, results
from socialapp.store.limits import Limit
from socialapp.store.tables import Channel, Delivery, Result
from tests.services.desk import become
from tests.world import World, until


class Told(Sandbox):
    """The sandbox, answering what it is told."""

    metrics = (Metric("likes", "like", "likes"),)
    measured_at_once = 10

    def __init__(self) -> None:
        self.likes: dict[str, int] = {}
        self.gone: set[str] = set()
        self.fails: PublishFailed | None = None
        self.asked: list[list[str]] = []

    async def measure(
        self, posted: Sequence[Mapping[str, Any]], access: Access
    ) -> Mapping[str, Measurement]:
        ids = [str(each["remote_id"]) for each in posted]
        self.asked.append(ids)
        if self.fails:
            raise self.fails
        told = {i: Measurement({"likes": n}) for i, n in self.likes.items() if i in ids}
        return told | {i: Measurement(is_gone=True) for i in self.gone if i in ids}


@dataclass
class Desk:
    """A worker's asking, with a clock that is set."""

    world: World
    network: Told = field(default_factory=Told)
    now: datetime = field(default_factory=utc_now)
    silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asking = Measuring(
            self.world.database,
            {"sandbox": self.network},
            Keyring(self.world.database),
            silent=lambda: self.silent,
            now=lambda: self.now,
        )

    async def posted(self, remote_id: str, *, ago: timedelta = timedelta(0)) -> int:
        """Something that is out; return its delivery."""
        schedule = await self.world.schedule(remote_id, in_s=3600)
        at = self.now - ago
        kept = {"remote_id": remote_id, "posted_at": at, "due_at": at}
        await become(self.world.database, schedule, Status.POSTED, **kept)
        return (await self.world.delivery(schedule)).id or 0

    async def later(self, wait: timedelta) -> int:
        self.now += wait
        return await self.asking.once()

    async def result(self, delivery_id: int) -> Result:
        async with self.world.database.reading() as db:
            found = await results.of_deliveries(db, self.world.alice.workspace_id, [delivery_id])
        return found[delivery_id]

    async def series(self, delivery_id: int) -> list[tuple[dict[str, int], bool]]:
        async with self.world.database.reading() as db:
            found = await results.series(db, self.world.alice.workspace_id, [delivery_id])
        return [(each.counts, each.is_gone) for each in found.get(delivery_id, [])]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


async def test_only_what_changed_is_kept_and_it_is_asked_ever_less_often(desk: Desk) -> None:
    one = await desk.posted("1")
    desk.network.likes = {"1": 0}
    assert await desk.later(timedelta(0)) == 0  # just out: nobody has seen it
    waits = []
    for likes in (0, 0, 0, 5, 5):
        desk.network.likes["1"] = likes
        result = await desk.result(one)
        assert result.due_at
        waits.append(result.due_at - desk.now)
        assert await desk.later(waits[-1]) == 1

    assert waits == sorted(waits)
    assert await desk.series(one) == [({"likes": 0}, False), ({"likes": 5}, False)]
    assert (await desk.result(one)).counts == {"likes": 5}


async def test_what_is_gone_is_noted_keeps_its_counts_and_is_asked_for_once_more(
    desk: Desk,
) -> None:
    one = await desk.posted("1", ago=timedelta(minutes=5))
    desk.network.likes = {"1": 3}
    await desk.later(timedelta(0))
    desk.network.likes, desk.network.gone = {}, {"1"}

    await desk.later(timedelta(hours=1))
    gone = await desk.result(one)
    await desk.later(timedelta(days=1))

    assert (gone.counts, gone.gone_at) == ({"likes": 3}, gone.read_at)
    assert (await desk.result(one)).due_at is None
    assert await desk.series(one) == [({"likes": 3}, False), ({"likes": 3}, True)]


async def test_a_minute_has_a_bound_for_each_channel_whoever_asks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "PER_CHANNEL", 12)
    for number in range(20):
        await desk.posted(str(number), ago=timedelta(hours=1))
    desk.network.likes = {str(n): n for n in range(20)}
    other = Desk(desk.world, desk.network, desk.now)

    counts = [await desk.later(timedelta(0)), await other.later(timedelta(0))]
    next_minute = await desk.later(timedelta(seconds=61))

    assert counts == [12, 0]
    assert next_minute == 8
    assert [len(ids) for ids in desk.network.asked] == [10, 2, 8]


async def test_nothing_is_asked_where_posts_have_to_wait(desk: Desk) -> None:
    one = await desk.posted("1", ago=timedelta(hours=1))
    channel_id = await desk.world.channel_id()
    closed = desk.now + timedelta(minutes=30)
    async with desk.world.database.transaction() as db:
        await limits.learn(db, [Limit(limits.channel(channel_id), closed)], now=desk.now)

    await desk.later(timedelta(0))
    assert (await desk.result(one)).due_at == closed
    desk.now, desk.silent = closed, ["network:sandbox:"]
    await desk.later(timedelta(seconds=1))
    assert desk.network.asked == []
    desk.silent = []
    await desk.later(timedelta(hours=1))

    assert desk.network.asked == [["1"]]


async def test_what_a_network_says_to_asking_holds_up_no_post(desk: Desk) -> None:
    one = await desk.posted("1", ago=timedelta(hours=1))
    desk.network.fails = PublishFailed(TryLater("Wait.", timedelta(hours=2)))

    await desk.later(timedelta(0))
    await desk.later(timedelta(hours=1))
    limited = await desk.result(one)
    desk.network.fails = PublishFailed(Disconnected("No."))
    await desk.later(timedelta(hours=2))

    assert len(desk.network.asked) == 2
    assert limited.trouble == "Sandbox did not answer."
    assert (await desk.result(one)).trouble == "Sandbox does not let us read it."
    async with desk.world.database.reading() as db:
        (channel,) = (await db.execute(select(Channel))).scalars()
        assert not channel.needs_reconnect
        assert await limits.of_channels(db, [channel], now=desk.now) == {}


async def test_of_a_removed_channel_nothing_is_asked_any_more(desk: Desk) -> None:
    one = await desk.posted("1", ago=timedelta(hours=1))
    await desk.later(timedelta(0))
    async with desk.world.database.transaction() as db:
        (channel,) = (await db.execute(select(Channel))).scalars()
        channel.removed_at = desk.now

    await desk.later(timedelta(hours=1))

    assert len(desk.network.asked) == 1
    assert (await desk.result(one)).due_at is None


async def test_a_reaction_on_the_sandbox_arrives_over_a_whole_worker(world: World) -> None:
    schedule = await world.schedule("React to me")
    async with world.worker():
        await world.reaches(schedule, "posted")
        (post,) = await world.public()
        async with world.database.transaction() as db:
            await deeds.react(db, world.alice, post.id or 0, "likes", now=utc_now())

        async def arrived() -> dict[str, int]:
            async with world.database.reading() as db:
                its = select(Result).join(Delivery, col(Delivery.id) == Result.delivery_id)
                found = (await db.execute(its)).scalars().first()
            return dict(found.counts) if found and found.counts.get("likes") else {}

        assert await until(arrived) == {"likes": 1, "reposts": 0}
