"""The half of the model that people drive: plan, edit, move, cancel, retry, resolve, pause."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from socialapp.domain import moments
from socialapp.domain.delivery import IN_FLIGHT, RETRYABLE, Status
from socialapp.domain.errors import Conflict
from socialapp.services import channels, posts, schedules
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Delivery, Post
from tests.publishing.model import STOPPABLE, Model, Planned
from tests.publishing.model_network import Network, put_behind
from tests.publishing.model_setup import Setup
from tests.publishing.model_worker import Watched, Worker

POSTS_AT_MOST = 4
AHEAD = st.sampled_from([0.0, 1.0, 10.0, 120.0, 1800.0])
NUMBER = st.integers(0, 7)


class People(RuleBasedStateMachine):
    """Each rule is one step of somebody; between any two, anybody may step."""

    setup: ClassVar[Setup]

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.gone = self.setup.clock, self.setup.gone
        self.clock.passed_s = 0.0
        self.gone.clear()
        self.url = self.setup.copies.fresh()
        self.loop = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        self.is_broken = False
        self.made = 0
        self.begin()

    def begin(self) -> None:
        async def opened() -> Watched:
            return Watched(self.url)

        self.database = self.do(opened())
        self.network = Network(self.clock.now)
        put_behind(self.network)
        self.model = Model(self.network, self.clock.now)
        self.network.leaves = self.model.leaves
        self.workers = [self.new_worker(), self.new_worker()]

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run one step to its end."""
        try:
            return self.loop.run(work)
        except Conflict:
            raise
        except BaseException:
            self.is_broken = True
            raise

    def new_worker(self) -> Worker:
        self.made += 1

        async def made() -> Worker:
            worker = Worker(self.made, self.database, self.clock)
            await worker.beat()
            return worker

        return self.do(made())

    @invariant()
    def all_is_true(self) -> None:
        self.do(self.model.look(self.database))
        for worker in self.workers:
            self.is_broken |= bool(worker.failures())
            assert not worker.failures()

    def asks(self, work: Callable[[AsyncSession], Coroutine[Any, Any, Any]]) -> Any:
        """Do it in a transaction, as a door does; None when it is refused."""

        async def done() -> Any:
            async with self.database.transaction() as db:
                return await work(db)

        try:
            return self.do(done())
        except Conflict:
            return None

    def at(self, in_s: float) -> datetime:
        return self.clock.now() + timedelta(seconds=in_s)

    def planned_schedule(self, number: int) -> int:
        ids = self.model.schedule_ids
        return ids[number % len(ids)]

    @initialize(in_s=AHEAD, to=st.sets(st.integers(0, 3), min_size=1, max_size=2))
    def begins_with_a_post(self, in_s: float, to: set[int]) -> None:
        self.plans(in_s, to)

    @precondition(lambda self: len(self.model.texts) < POSTS_AT_MOST)
    @rule(in_s=AHEAD, to=st.sets(st.integers(0, 3), min_size=1, max_size=2))
    def plan(self, in_s: float, to: set[int]) -> None:
        self.plans(in_s, to)

    def plans(self, in_s: float, to: set[int]) -> None:
        by, now, at = self.setup.alice, self.clock.now(), self.at(in_s)
        chosen = [self.setup.channels[i] for i in sorted(to)]
        words = f"post {len(self.model.texts)}"

        async def planned(db: AsyncSession) -> tuple[Post, list[Delivery]]:
            post = await posts.create(db, by, text=words, now=now)
            made = await schedules.create(
                db,
                by,
                post_id=post.id or 0,
                at=moments.read(at.isoformat(), zone="UTC"),
                channel_ids=[c.id or 0 for c in chosen],
                now=now,
            )
            rows = await schedule_rows.deliveries_of(db, [made.id or 0])
            return post, rows[made.id or 0]

        post, made = self.asks(planned)
        self.remember(post.id or 0, words, made, at)

    def remember(self, post_id: int, words: str, made: list[Delivery], at: datetime) -> None:
        kinds = {c.id: c.provider for c in self.setup.channels}
        self.model.texts[post_id] = words
        for d in made:
            self.model.planned[d.id or 0] = Planned(
                id=d.id or 0,
                once=d.once,
                kind=kinds[d.channel_id],
                post_id=post_id,
                schedule_id=d.schedule_id,
                channel_id=d.channel_id,
                at=at,
            )

    @rule(number=NUMBER)
    def edit(self, number: int) -> None:
        post_id = sorted(self.model.texts)[number % len(self.model.texts)]
        words = self.model.texts[post_id] + "!"
        rows = [r for r in self.model.rows.values() if self.post_of(r) == post_id]
        closed = IN_FLIGHT | {Status.POSTED, Status.NEEDS_CHECK}

        done = self.asks(
            lambda db: posts.edit(
                db, self.setup.alice, post_id, revision=None, text=words, now=self.clock.now()
            )
        )

        assert bool(done) == all(row.status not in closed for row in rows)
        if done:
            self.model.texts[post_id] = words

    def post_of(self, row: Any) -> int:
        return self.model.planned[row.id].post_id

    @rule(number=NUMBER, in_s=AHEAD)
    def move(self, number: int, in_s: float) -> None:
        schedule_id, at = self.planned_schedule(number), self.at(in_s)
        moment = moments.read(at.isoformat(), zone="UTC")
        self.moved(
            schedule_id,
            at,
            lambda db: schedules.move(
                db, self.setup.alice, schedule_id, at=moment, now=self.clock.now()
            ),
        )

    @rule(number=NUMBER)
    def publish_now(self, number: int) -> None:
        schedule_id = self.planned_schedule(number)
        self.moved(
            schedule_id,
            self.clock.now(),
            lambda db: schedules.publish_now(
                db, self.setup.alice, schedule_id, now=self.clock.now()
            ),
        )

    def moved(
        self, schedule_id: int, at: datetime, work: Callable[[Any], Coroutine[Any, Any, Any]]
    ) -> None:
        rows = self.model.of_schedule(schedule_id)
        done = self.asks(work)
        can = [row for row in rows if row.status in STOPPABLE - {Status.NEEDS_CHECK}]
        assert bool(done) == bool(can)
        self.plan_again(can, at)

    def plan_again(self, rows: list[Any], at: datetime) -> None:
        for row in rows:
            self.model.planned[row.id].at = at

    @rule(number=NUMBER)
    def cancel(self, number: int) -> None:
        schedule_id = self.planned_schedule(number)
        rows = self.model.of_schedule(schedule_id)
        done = self.asks(
            lambda db: schedules.cancel(db, self.setup.alice, schedule_id, now=self.clock.now())
        )
        can = [row for row in rows if row.status in STOPPABLE]
        assert bool(done) == bool(can or all(row.status == Status.CANCELLED for row in rows))
        for row in can:
            self.model.planned[row.id].was_stopped = row.status != Status.NEEDS_CHECK

    @rule(number=NUMBER)
    def retry(self, number: int) -> None:
        schedule_id = self.planned_schedule(number)
        rows = self.model.of_schedule(schedule_id)
        done = self.asks(
            lambda db: schedules.retry(db, self.setup.alice, schedule_id, now=self.clock.now())
        )
        can = [row for row in rows if row.status in RETRYABLE]
        assert bool(done) == bool(can)
        self.plan_again(can, self.clock.now())

    def to_check(self) -> list[Any]:
        return [row for row in self.model.rows.values() if row.status == Status.NEEDS_CHECK]

    @precondition(lambda self: self.to_check())
    @rule(number=NUMBER)
    def resolve(self, number: int) -> None:
        """A person looks, and says what is so."""
        row = self.to_check()[number % len(self.to_check())]
        if any(request.once == row.once for request in self.network.air):
            return  # nobody can know
        is_there = bool(self.network.of(row.once))
        assert self.asks(
            lambda db: schedules.resolve(
                db, self.setup.alice, row.id, posted=is_there, now=self.clock.now()
            )
        )
        if not is_there:
            self.plan_again([row], self.clock.now())

    @rule(number=st.integers(0, 3))
    def pause_or_resume(self, number: int) -> None:
        channel_id = self.setup.channels[number].id or 0
        by = self.setup.alice
        if channel_id in self.model.paused:
            self.asks(lambda db: channels.resume(db, by, channel_id))
            self.model.paused.remove(channel_id)
        else:
            self.asks(lambda db: channels.pause(db, by, channel_id, now=self.clock.now()))
            self.model.paused.add(channel_id)
