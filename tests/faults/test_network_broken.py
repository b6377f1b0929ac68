"""The network answers wrongly, slowly, halfway or not at all: each post is there once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest
from aiohttp import web

from socialapp.clock import utc_now
from socialapp.providers.http import REQUEST_S, Http
from socialapp.store import channels
from socialapp.store.tables import Schedule
from tests.faults.conftest import WorkerProcess
from tests.faults.ends import all_posted, open_attempts
from tests.servers.network import CountingNetwork
from tests.servers.proxy import Proxy
from tests.world import World, until

LIMIT_S = 1.5
WORDS = "This has to be there once"


@pytest.fixture(params=["postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough: the network is what breaks here."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@dataclass(frozen=True)
class Trouble:
    """What goes wrong once, and what has to follow."""

    name: str
    log: list[str]
    """How each request and each look at the network ended."""
    requests: int
    refuse: Callable[[], web.Response] | None = None
    """An answer in place of keeping the post."""
    answer: Callable[[], web.Response] | None = None
    """An answer although the post was kept."""
    line: dict[str, object] = field(default_factory=dict)
    """What the proxy does meanwhile."""


def status(number: int, **headers: str) -> Callable[[], web.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: web.Response(status=number, headers=named)


FOUND = ["send unknown", "look posted"]
ABSENT = ["send unknown", "look unknown", "look queued", "send posted"]
"""Absence counts when it was seen twice."""
TROUBLES = [
    Trouble("a 500 in place of the post", ABSENT, 2, refuse=status(500)),
    Trouble("a 503 that names no wait", ABSENT, 2, refuse=status(503)),
    Trouble("a 502 after the post was kept", FOUND, 1, answer=status(502)),
    Trouble("a redirect after it was kept", FOUND, 1, answer=status(302, Location="/posts")),
    Trouble("rubbish after it was kept", FOUND, 1, answer=lambda: web.Response(text="<p>Hello")),
    Trouble("an empty answer after it", FOUND, 1, answer=lambda: web.Response(status=201)),
    Trouble("a list for an answer", FOUND, 1, answer=lambda: web.json_response([1, 2])),
    Trouble("ten megabytes", FOUND, 1, answer=lambda: web.Response(body=b"x" * 10_000_000)),
    Trouble("a reset in place of the answer", FOUND, 1, line={"cut_answer_after": 0}),
    Trouble("a reset in the headers", FOUND, 1, line={"cut_answer_after": 40}),
    Trouble("a reset in the body", FOUND, 1, line={"cut_answer_after": 220}),
    Trouble("an answer that drips", FOUND, 1, line={"answer_bytes_per_s": 1.0}),
    Trouble("a line that goes silent", ABSENT, 1, line={"is_silent": True}),
    Trouble("a reset at once", ABSENT, 1, line={"refuses": True}),
    Trouble("a refusal of our access", ["send failed"], 1, refuse=status(401)),
    Trouble("a refusal of the post", ["send failed"], 1, refuse=status(422)),
]


async def _log(world: World, schedule: Schedule) -> list[str]:
    """Return what was done and what came of it; the same again and again is said once."""
    said = [f"{entry.kind} {entry.status}" for entry in await world.log(schedule)]
    return [words for words, _ in groupby(said)]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
async def test_each_trouble_has_its_class_and_the_post_is_there_once(
    world: World,
    network: CountingNetwork,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Trouble,
) -> None:
    monkeypatch.setattr("socialapp.worker.Http", partial(Http, request_s=LIMIT_S))
    network.refuses_with += [trouble.refuse()] if trouble.refuse else []
    network.answers_with += [trouble.answer()] if trouble.answer else []
    async with Proxy(network.port) as proxy, world.worker():
        await network.joins(world.database, through=proxy.own_port)
        for name, value in trouble.line.items():
            setattr(proxy, name, value)
        schedule = await world.schedule(WORDS)

        async def was_sent() -> bool:
            return (await _log(world, schedule))[:1] == trouble.log[:1]

        await until(was_sent, within_s=LIMIT_S + 5)
        proxy.heal()
        await world.reaches(schedule, trouble.log[-1].split()[1], within_s=20)

    assert await _log(world, schedule) == trouble.log
    assert network.requests == {WORDS: trouble.requests}
    assert list(network.posts.values()) == ([] if "failed" in trouble.log[-1] else [WORDS])
    assert await open_attempts(world) == []


async def test_a_refused_access_asks_to_reconnect(world: World, network: CountingNetwork) -> None:
    network.refuses_with.append(web.Response(status=401))
    async with world.worker():
        schedule = await world.schedule(WORDS)
        await world.reaches(schedule, "failed")

    delivery = await world.delivery(schedule)
    assert delivery.action == "reconnect"
    assert "Nothing was posted" in delivery.reason


def _in_seconds() -> tuple[str, float]:
    return "3", time.time() + 3


def _as_a_date() -> tuple[str, float]:
    at = (utc_now() + timedelta(seconds=4)).replace(microsecond=0)
    return format_datetime(at, usegmt=True), at.timestamp()


@pytest.mark.parametrize("number", [429, 503])
@pytest.mark.parametrize("until_when", [_in_seconds, _as_a_date])
async def test_a_wait_that_is_asked_for_is_kept_and_said(
    world: World,
    network: CountingNetwork,
    number: int,
    until_when: Callable[[], tuple[str, float]],
) -> None:
    async with world.worker():
        words, earliest = until_when()
        network.refuses_with.append(web.Response(status=number, headers={"Retry-After": words}))
        schedule = await world.schedule(WORDS)
        await world.reaches(schedule, "posted")

    first, second = network.arrivals
    assert second.at >= earliest - 0.01
    assert second.at < earliest + 5
    assert first.once == second.once
    late_ms = (await world.delivery(schedule)).late_ms
    assert late_ms is not None
    assert late_ms == pytest.approx((second.at - schedule.scheduled_at.timestamp()) * 1000, abs=500)


async def test_an_answer_of_one_byte_a_second_ends_at_the_real_limit(
    world: World, new_worker: Callable[..., WorkerProcess], network: CountingNetwork
) -> None:
    async with Proxy(network.port, answer_bytes_per_s=1.0) as proxy:
        await network.joins(world.database, through=proxy.own_port)
        await new_worker().start()
        schedule = await world.schedule(WORDS)
        await network.has(1, within_s=10)

        async def is_given_up() -> bool:
            return "send unknown" in await _log(world, schedule)

        await until(is_given_up, within_s=35)
        assert time.time() - network.arrivals[0].at > REQUEST_S - 1
        proxy.heal()
        await world.reaches(schedule, "posted", within_s=15)

    assert network.requests == {WORDS: 1}


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def _add_channel(world: World, number: int) -> int:
    async with world.database.transaction() as db:
        channel = await channels.add_channel(
            db,
            world.alice.workspace_id,
            provider="sandbox",
            name=f"Sandbox {number}",
            now=utc_now(),
        )
    return channel.id or 0


async def test_answers_of_ten_megabytes_do_not_fill_the_memory(
    world: World, new_worker: Callable[..., WorkerProcess], network: CountingNetwork
) -> None:
    ids = [await _add_channel(world, number) for number in range(10)]
    await network.joins(world.database)
    worker = new_worker()
    await worker.start()
    await world.schedule("small", channel_ids=ids)
    await all_posted(world, 1, within_s=20)
    before_mb = _peak_mb(worker.pid)

    network.answers_with += [web.Response(body=b"x" * 10_000_000) for _ in ids]
    await world.schedule("big", channel_ids=ids)
    await all_posted(world, 2, within_s=30)

    assert _peak_mb(worker.pid) - before_mb < 50
    assert network.requests == {"small": 10, "big": 10}
    assert network.texts == {"small": 10, "big": 10}
