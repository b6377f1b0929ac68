"""Many posts due at one instant: how long until the last is out, and what it costs."""

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, time
from typing import Any

import aiohttp
import uvloop
from sqlalchemy import func
from sqlmodel import col, select

from benchmarks import profiled, rows, sink, table, workers
from benchmarks.sink import Sink
from benchmarks.workers import Site, Worker
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Delivery

# Beyond the worker's look-ahead: it finds them waiting, as it finds most posts.
_AHEAD_S = 20.0
_PATIENCE_S = 120.0
_AT_ONCE = 200


@dataclass
class Outcome:
    """What became of one burst."""

    planned: int
    late: list[float]
    """From the due instant until the network has it, ms; the first of each post."""
    doubled: int
    recorded_s: float
    """From the due instant until the database says posted for all."""
    ahead_s: float
    """Processor seconds of the workers before the due instant: claiming and preparing."""
    cpu_s: float
    """And after it."""
    rss_mib: float
    limit_s: float = 0.0

    @property
    def out_s(self) -> float:
        """From the due instant until the last is out."""
        return max(self.late, default=0.0) / 1000

    @property
    def lost(self) -> int:
        """Posts that the network does not have."""
        return self.planned - len(self.late)


async def limit(target: Sink, marker: str, number: int, channels: list[Channel]) -> float:
    """Send the same requests from a bare loop; return the seconds until the last is there."""
    waiting = iter(range(number))

    async def client(web: aiohttp.ClientSession) -> None:
        for i in waiting:
            body = _body(f"{marker} {i}", f"{marker}-{i}", channels[i % len(channels)])
            async with web.post(f"{target.host(i % len(channels))}/posts", json=body) as answer:
                assert answer.status == 201
                await answer.json()

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as web:
        begun = time()
        await asyncio.gather(*(client(web) for _ in range(_AT_ONCE)))
    return max(at for _, _, at in target.arrivals().posts) - begun


def _body(text: str, once: str, channel: Channel) -> dict[str, Any]:
    return {
        "account": channel.handle,
        "once": once,
        "text": text,
        "media": [],
        "created_at": "2027-05-14T07:00:00.000000Z",
    }


async def burst(
    site: Site, target: Sink, number: int, team: list[Worker], channels: list[Channel]
) -> Outcome:
    """Plan, wait until all are out, and read what happened."""
    marker = f"burst{len(team)}x{number}"
    limit_s = await limit(target, marker, number, channels)
    due = utc_now() + timedelta(seconds=_AHEAD_S + number / 2500)
    await rows.plan(site.database, marker, number, at=due, channels=channels)
    begun_s = _used_s(team)
    await asyncio.sleep((due - utc_now()).total_seconds())
    due_s = _used_s(team)
    recorded_s = await _until_recorded(site.database)
    came = target.arrivals().of(marker)
    late = _late(came, due)
    return Outcome(
        planned=number,
        late=late,
        doubled=len(came) - len(late),
        recorded_s=recorded_s,
        ahead_s=due_s - begun_s,
        cpu_s=_used_s(team) - due_s,
        rss_mib=max(worker.rss_mib(peak=True) for worker in team),
        limit_s=limit_s,
    )


def _late(came: list[tuple[str, str, float]], due: datetime) -> list[float]:
    first: dict[str, float] = {}
    for text, _, at in came:
        first.setdefault(text, at)
    return [(at - due.timestamp()) * 1000 for at in first.values()]


def _used_s(team: list[Worker]) -> float:
    return sum(worker.cpu_s() for worker in team)


async def _until_recorded(database: Database) -> float:
    """Wait until nothing is under way; return how many seconds that took."""
    begun = monotonic()
    query = select(func.count()).where(
        col(Delivery.status).not_in([Status.POSTED, Status.CANCELLED])
    )
    while monotonic() < begun + _PATIENCE_S:
        async with database.reading() as db:
            if not (await db.execute(query)).scalar_one():
                break
        await asyncio.sleep(0.1)
    return monotonic() - begun


async def measure(
    kind: str, number: int, team_size: int, *, spread_over: int, profile: Path | None
) -> Outcome:
    """Run one burst on an installation of its own."""
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(workers.site(kind))
        target = stack.enter_context(sink.running(at_most_s=600))
        member = await rows.owner(site.database)
        channels = await rows.add_channels(
            site.database, member.workspace_id, spread_over, address=target.host
        )
        team = [site.worker(profile=profile if i == 0 else None) for i in range(team_size)]
        for worker in team:
            await worker.start()
            stack.push_async_callback(worker.end)
        return await burst(site, target, number, team, channels)


def show(found: dict[tuple[str, int, int], Outcome]) -> None:
    """Print the tables."""
    head = ["database", "posts", "workers", "all out after s", "a second", "bare loop s", "ratio"]
    head += ["recorded after s", "lost", "doubled"]
    table.show("Burst", head, [[*key, *_speed(one)] for key, one in found.items()])
    head = ["database", "posts", "workers", "p50 ms", "p95 ms", "p99 ms", "max ms", "min ms"]
    head += ["CPU s of the workers before", "after", "peak RSS MiB of one"]
    table.show("Lateness and cost", head, [[*key, *_cost(one)] for key, one in found.items()])


def _speed(one: Outcome) -> list[object]:
    out_s = max(one.out_s, 1e-9)
    return [
        *(f"{out_s:.2f}", f"{one.planned / out_s:.0f}", f"{one.limit_s:.2f}"),
        *(f"{one.limit_s / out_s:.2f}", f"{one.recorded_s:.2f}", one.lost, one.doubled),
    ]


def _cost(one: Outcome) -> list[object]:
    late = one.late or [0.0]
    return [*table.spread(late), min(late), one.ahead_s, one.cpu_s, one.rss_mib]


async def run(asked: argparse.Namespace, profile: Path | None) -> None:
    """Measure everything that was asked for, and print."""
    found = {}
    for kind in asked.database:
        for number in asked.numbers:
            for team_size in asked.workers:
                one = await measure(
                    kind, number, team_size, spread_over=asked.channels, profile=profile
                )
                found[kind, number, team_size] = one
                table.note(f"{kind}, {number} posts, {team_size} workers: {one.out_s:.2f} s")
    show(found)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = ["sqlite", "postgresql"]
    parser.add_argument("--database", nargs="+", choices=kinds, default=kinds)
    parser.add_argument("--numbers", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--channels", type=int, default=50, help="that the posts are spread over")
    parser.add_argument("--profile", action="store_true", help="what worker 1 spends its time with")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="socialapp-bench-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        profile = Path(folder) / "profile" if asked.profile else None
        runner.run(run(asked, profile))
        if profile:
            profiled.show(profile)


if __name__ == "__main__":
    main()
