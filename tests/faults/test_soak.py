"""Workers and Redis are killed, the network loses answers: `make soak`, shortened."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from benchmarks import sink
from benchmarks.app import environment
from benchmarks.soak import Plan, is_whole, soak
from benchmarks.workers import Site
from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from tests.servers.valkey import ValkeyServer

SHORT = Plan(number=300, seconds=15.0, team=3, life_s=(0.2, 5.0), patience_s=90.0)


async def test_three_hundred_posts_under_kills_and_losses_each_arrive_once(
    database: Database,
    own_valkey: Callable[[], ValkeyServer],
    tmp_path: Path,
) -> None:
    valkey = own_valkey()
    env = environment(tmp_path, database.url) | {"REDIS_URL": valkey.url}
    site = Site(database, valkey, env, tmp_path / "log")
    with sink.running(at_most_s=200, answer_lost=0.02, request_lost=0.02, seed=7) as target:
        try:
            async with asyncio.timeout(170):
                found = await soak(site, target, SHORT)
        finally:
            await site.end()

    assert found.done["workers killed"] >= 3, "nothing was tested"
    assert found.cut["answer"] + found.cut["request"] >= 3, "nothing was tested"
    assert (found.lost, found.doubled, found.untrue) == (0, 0, 0)
    assert found.statuses == {Status.POSTED: 300}
    assert min(found.late) > -1.0, "one was early"
    assert await is_whole(database)
