"""PostgreSQL is restarted while posts go out."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from socialapp.clock import utc_now
from socialapp.store.session import Database
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted, open_attempts
from tests.servers.network import CountingNetwork
from tests.servers.postgresql import Cluster, run
from tests.world import World

GOES_ON_WITHIN_S = 5.0


async def _make_tables(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await database.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server that this test may kill."""
    started = Cluster()
    yield started
    started.stop()


@pytest.fixture
def database_url(cluster: Cluster) -> str:
    """The address of a database on that server."""
    url = cluster.url(cluster.fresh())
    run(_make_tables(url))
    return url


async def test_a_restarted_server_costs_five_seconds_and_no_post(
    world: World,
    new_worker: Callable[..., WorkerProcess],
    network: CountingNetwork,
    cluster: Cluster,
) -> None:
    await new_worker().start()
    begin = utc_now() + timedelta(seconds=2)
    for tenth in range(100):
        await world.plan_more(f"t{tenth}", 1, at=begin + timedelta(seconds=tenth / 10))
    await network.has(20, within_s=20)

    await asyncio.to_thread(cluster.restart)
    up_at = time.time()

    await all_posted(world, 100, within_s=30)
    assert network.requests == Counter({f"t{tenth}-0": 1 for tenth in range(100)})
    for arrival in network.arrivals:
        due = begin.timestamp() + int(arrival.text[1:].split("-")[0]) / 10
        assert arrival.at <= max(due + 2, up_at + GOES_ON_WITHIN_S), arrival
    assert await open_attempts(world) == []
