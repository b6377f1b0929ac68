"""How fast programs can save posts and schedules, and do a hundred things at once."""

import argparse
import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from time import monotonic

import aiohttp

from benchmarks import mixed, table
from benchmarks.app import App, options, running
from socialapp.clock import utc_now

_SPAWN = multiprocessing.get_context("spawn")
_WARM_UP_S = 1.0


@dataclass(frozen=True)
class Load:
    """What one client does, for how long."""

    address: str
    authorization: dict[str, str]
    seconds: float
    does: str


async def _post(web: aiohttp.ClientSession, number: int) -> int:
    body = {"text": f"Fresh bread from six. {number}", "media_ids": []}
    async with web.post("/api/posts", json=body) as answer:
        made = await answer.json()
        assert answer.status == 201, made
        return int(made["id"])


async def _pair(web: aiohttp.ClientSession, number: int) -> None:
    post_id = await _post(web, number)
    # An hour ahead and spread over a day: nothing is sent while this runs.
    at = utc_now() + timedelta(hours=1, seconds=number * 37 % 86_400)
    body = {"post_id": post_id, "scheduled_at": at.isoformat()}
    async with web.post("/api/schedules", json=body) as answer:
        assert answer.status == 201, await answer.text()


_DOES: dict[str, Callable[[aiohttp.ClientSession, int], Awaitable[object]]] = {
    "post": _post,
    "post and schedule": _pair,
}


async def _calls(load: Load, start: Barrier) -> list[float]:
    """Do it again and again on one connection; return how long each took after the warm-up, ms."""
    took: list[float] = []
    limit = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(
        load.address, headers=load.authorization, connector=limit
    ) as web:
        await _post(web, 0)
        await asyncio.to_thread(start.wait)
        begun = monotonic()
        number = 0
        while (at := monotonic()) < begun + _WARM_UP_S + load.seconds:
            number += 1
            await _DOES[load.does](web, number)
            if at > begun + _WARM_UP_S:
                took.append((monotonic() - at) * 1000)
    return took


def _client(load: Load, start: Barrier, done: "Queue[list[float]]") -> None:
    done.put(asyncio.run(_calls(load, start)))


def measure(app: App, *, clients: int, seconds: float, does: str) -> list[object]:
    """Run so many clients, each a process with one connection, and return a row of the table."""
    load = Load(app.address, app.authorization, seconds, does)
    start, done = _SPAWN.Barrier(clients), _SPAWN.Queue()
    processes = [_SPAWN.Process(target=_client, args=(load, start, done)) for _ in range(clients)]
    for process in processes:
        process.start()
    took = [ms for _ in processes for ms in done.get(timeout=120)]
    for process in processes:
        process.join()
    p50, p95, p99, longest = table.spread(took)
    return [does, clients, len(took) / seconds, p50, p95, p99, longest]


def main() -> None:
    """Measure and print."""
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 16])
    parser.add_argument("--only", choices=[*_DOES, "at once"], help="one part of it")
    parser.add_argument("--at-once", type=int, default=100, help="operations at one instant")
    parser.add_argument("--rounds", type=int, default=10, help="of these")
    parser.add_argument("--busy", type=int, default=150, help="clients that never pause")
    parser.add_argument("--busy-seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with running(asked.database) as app:
        if asked.only != "at once":
            _save(app, asked)
        if asked.only in {None, "at once"}:
            asyncio.run(mixed.measure(app, asked.database, asked))


def _save(app: App, asked: argparse.Namespace) -> None:
    rows = [
        measure(app, clients=clients, seconds=asked.seconds, does=does)
        for does in ([asked.only] if asked.only else _DOES)
        for clients in asked.clients
    ]
    head = ["what", "clients", "per second", "p50 ms", "p95 ms", "p99 ms", "max ms"]
    table.show(f"Saving over the API ({asked.database})", head, rows)


if __name__ == "__main__":
    main()
