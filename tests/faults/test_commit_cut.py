"""A line to PostgreSQL breaks in the middle of a COMMIT: nobody knows whether it was taken."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from tests.faults.conftest import ROUNDS, WorkerProcess
from tests.faults.ends import all_posted, open_attempts
from tests.servers.network import CountingNetwork
from tests.servers.postgresql import Cluster
from tests.servers.proxy import CommitCutter, Cut
from tests.world import World

GOES_ON_WITHIN_S = 5.0
KINDS = {
    b"\x06posted": "settle",
    b'"publishing"': "start",
    b'"text"': "freeze",
    b"\x05ready": "hand back",
    b"\x07claimed": "claim",
}
"""Values that tell what a transaction of the worker does: the first that is in it."""


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """The address of a database that can be reached through a proxy."""
    return postgresql_url


class CutInTurn:
    """Cuts every second COMMIT of each kind, before the server has it and after, in turn."""

    def __init__(self, kinds: set[str], rounds: int) -> None:
        self.kinds = kinds
        self.rounds = rounds
        self.commits: Counter[str] = Counter()
        self.cuts: Counter[tuple[str, Cut]] = Counter()

    def __call__(self, said: bytes) -> Cut:
        """Decide about the COMMIT of what was said."""
        kind = next((kind for value, kind in KINDS.items() if value in said), "")
        self.commits[kind] += 1
        cut = (Cut.BEFORE, Cut.NOT, Cut.AFTER, Cut.NOT)[self.commits[kind] % 4]
        if kind not in self.kinds or cut is Cut.NOT or self.sides[cut] >= self.rounds:
            return Cut.NOT
        self.cuts[kind, cut] += 1
        return cut

    @property
    def is_done(self) -> bool:
        """Whether enough lines were cut on both sides."""
        return self.sides == {Cut.BEFORE: self.rounds, Cut.AFTER: self.rounds}

    @property
    def sides(self) -> Counter[Cut]:
        """How many lines were cut on each side of a COMMIT."""
        return Counter(side for _, side in self.cuts.elements())


@dataclass
class Run:
    """A worker behind a proxy, with a post due four times a second."""

    world: World
    new_worker: Callable[..., WorkerProcess]
    network: CountingNetwork
    server: Cluster
    due: dict[str, float] = field(default_factory=dict)

    async def through(self, cutter: CutInTurn) -> None:
        """Publish through the cutter until it has cut enough: everything is out, exactly once."""
        async with CommitCutter(self.server.port, decide=cutter) as proxy:
            url = self.world.settings.database
            url = url.replace(f":{self.server.port}/", f":{proxy.own_port}/")
            await self.new_worker(DATABASE_URL=url).start()
            async with asyncio.timeout(30 + cutter.rounds * 10):
                while not cutter.is_done:
                    await self._plan_one()
            await all_posted(self.world, len(self.due), within_s=60)

        assert self.network.requests == Counter(dict.fromkeys(self.due, 1))
        assert {kind for kind, _ in cutter.cuts} == cutter.kinds

    async def _plan_one(self) -> None:
        at = utc_now() + timedelta(seconds=0.5)
        name = f"p{len(self.due)}"
        self.due[f"{name}-0"] = at.timestamp()
        await self.world.plan_more(name, 1, at=at)
        await asyncio.sleep(0.2)  # a post due some times a second

    @property
    def latest_s(self) -> float:
        """How late the latest came."""
        return max(arrival.at - self.due[arrival.text] for arrival in self.network.arrivals)


@pytest.fixture
def run(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    network: CountingNetwork,
    postgresql: Cluster,
) -> Run:
    """A worker that has not begun."""
    return Run(world, new_worker, network, postgresql)


async def test_a_commit_cut_on_the_way_to_a_post_loses_and_doubles_nothing(run: Run) -> None:
    await run.through(CutInTurn({"freeze", "start", "settle", "hand back"}, ROUNDS or 15))


async def test_a_claim_whose_commit_was_cut_is_not_forgotten(run: Run) -> None:
    await run.through(CutInTurn({"claim"}, ROUNDS or 4))


async def test_a_claim_whose_commit_was_cut_costs_five_seconds(run: Run) -> None:
    await run.through(CutInTurn({"claim"}, 1))

    assert run.latest_s <= GOES_ON_WITHIN_S


async def test_an_attempt_that_never_left_has_an_end_in_the_log(run: Run) -> None:
    await run.through(CutInTurn({"start"}, 3))

    assert await open_attempts(run.world) == []
