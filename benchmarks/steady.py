"""The same load for minutes: whether a worker's memory or its open files grow."""

import argparse
import asyncio
from dataclasses import dataclass
from datetime import timedelta

from benchmarks import rows, sink, table, workers
from benchmarks.workers import Worker
from socialapp.clock import utc_now

_A_SECOND = 20
_WARM_UP_S = 30.0
_MORE_MEMORY = 1.10
_MORE_DESCRIPTORS = 5
"""A connection or two more or less is the pools' breathing."""


@dataclass(frozen=True)
class Sample:
    """What a worker holds at one moment."""

    minute: float
    rss_mib: float
    descriptors: int


def _sample(worker: Worker, minute: float) -> Sample:
    return Sample(minute, worker.rss_mib(), worker.descriptors())


async def run(asked: argparse.Namespace) -> bool:
    """Publish evenly, look at the worker each half minute, print; returns whether it is stable."""
    seconds = asked.minutes * 60
    at_most_s = seconds + _WARM_UP_S + 180
    async with asyncio.timeout(at_most_s), workers.site(asked.database) as site:
        with sink.running(at_most_s=at_most_s) as target:
            member = await rows.owner(site.database)
            channels = await rows.add_channels(
                site.database, member.workspace_id, sink.HOSTS, address=target.host
            )
            worker = site.worker()
            await worker.start()
            number = int(_A_SECOND * (seconds + _WARM_UP_S))
            start = utc_now() + timedelta(seconds=5)
            await rows.plan(
                site.database, "steady", number, at=start, step_s=1 / _A_SECOND, channels=channels
            )
            samples = await _watch(worker, seconds)
            await asyncio.sleep(5)
            came = len(target.arrivals().of("steady"))
            await worker.end()
    _show(asked.database, samples, number, came)
    return came == number and _is_stable(samples)


async def _watch(worker: Worker, seconds: float) -> list[Sample]:
    await asyncio.sleep(5 + _WARM_UP_S)
    samples = [_sample(worker, 0.0)]
    halves = max(1, round(seconds / 30))
    for i in range(1, halves + 1):
        await asyncio.sleep(seconds / halves)
        samples.append(_sample(worker, i * seconds / halves / 60))
    return samples


def _is_stable(samples: list[Sample]) -> bool:
    first, last = samples[0], samples[-1]
    return (
        last.rss_mib <= first.rss_mib * _MORE_MEMORY
        and last.descriptors <= first.descriptors + _MORE_DESCRIPTORS
    )


def _show(kind: str, samples: list[Sample], planned: int, came: int) -> None:
    rows_of_it = [[f"{s.minute:.1f}", s.rss_mib, s.descriptors] for s in samples]
    title = f"One worker, {_A_SECOND} posts a second ({kind})"
    table.show(title, ["minute", "memory MiB", "open files"], rows_of_it)
    growth = 100 * (samples[-1].rss_mib / samples[0].rss_mib - 1)
    table.note(f"\nMemory {growth:+.1f} %. Planned {planned}, at the network {came}.")
