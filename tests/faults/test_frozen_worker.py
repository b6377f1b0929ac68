"""A worker that stands still for longer than its lease, and then goes on, changes nothing."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socialapp import providers
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.publishing.heartbeat import LEASE_SENDING_S
from tests.networks.adapters import ADAPTERS
from tests.networks.court import Case, Court
from tests.networks.fleet import Fleet, Forked, fleet
from tests.networks.points import ROOT
from tests.networks.stand import KINDS
from tests.servers.postgresql import Cluster
from tests.world import until

HANGS = 70
"""The status of a worker that ended by itself because it had stood still."""
TAKEN_WITHIN_S = LEASE_SENDING_S + 30


@pytest.fixture
async def frozen_fleet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fleet]:
    """Workers that can stand still at a step."""
    monkeypatch.setattr(providers, "PROVIDERS", (Sandbox, *ADAPTERS))
    async with fleet("points") as opened:
        yield opened


async def test_frozen_while_sending_it_neither_sends_nor_writes_afterwards(
    frozen_fleet: Fleet,
    sqlite_template: Path,
    postgresql: Cluster,
    postgresql_template: str,
    tmp_path: Path,
) -> None:
    sqlite = Court(frozen_fleet, tmp_path, str(sqlite_template))
    other = Court(frozen_fleet, tmp_path, postgresql_template, postgresql)

    # All at once: each waits for a whole lease.
    async with asyncio.TaskGroup() as cases:
        for court in (sqlite, other):
            cases.create_task(_frozen_before_the_request(court))
            cases.create_task(_frozen_after_the_write(court))


async def _frozen_before_the_request(court: Court) -> None:
    """It has committed that it sends, and stands still before a byte has left."""
    async with court.case() as case:
        case.freeze = (await _step_before_publishing(court), 1)
        await case.stand.plan("now", kinds=["client_id"])
        frozen = await case.victim()
        await _stands_still(frozen)
        assert case.judge.arrived == []

        await _goes_on_after_another_has_it(case, frozen)

        assert [(a.kind, a.text) for a in case.judge.arrived] == [("client_id", "now")]


async def _frozen_after_the_write(court: Court) -> None:
    """The network has the posts, and it stands still before it has read an answer."""
    async with court.case() as case:
        case.judge.answer_s = 0.5
        await case.stand.plan("now")
        frozen = await case.victim()
        await _until_all_are_written(case)
        frozen.send(signal.SIGSTOP)
        await _stands_still(frozen)

        await _goes_on_after_another_has_it(case, frozen)

        assert len(case.judge.arrived) == len(KINDS)
        said = {said.kind: said.status for said in await case.stand.said()}
        assert said == dict.fromkeys(KINDS, "posted") | {"nothing": "needs_check"}


async def _until_all_are_written(case: Case) -> None:
    async def written() -> bool:
        return len(case.judge.posts) == len(KINDS)

    await until(written, every_s=0.01)


async def _stands_still(frozen: Forked) -> None:
    async def still() -> bool:
        return _state_of(frozen.pid) == "T"

    await until(still)


def _state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def _goes_on_after_another_has_it(case: Case, frozen: Forked) -> None:
    """Let another worker wait for the lease and settle everything; then wake the first."""
    heir = await case.worker("heir")
    await case.stand.settles(within_s=TAKEN_WITHIN_S)
    before = await case.stand.said()
    assert await case.stand.faults() == []

    frozen.send(signal.SIGCONT)
    await _has_gone_on(frozen)

    assert await case.stand.said() == before
    assert await case.stand.faults() == []
    await heir.end()


async def _has_gone_on(frozen: Forked) -> None:
    """Wait until its late outcome was refused, or it has ended for having stood still."""

    async def told() -> bool:
        return "was taken over" in frozen.out.read_text() or frozen.has_ended

    await until(told)
    status = await frozen.end(signal.SIGTERM)
    assert status in {0, HANGS}, frozen.out.read_text()[-2000:]


async def _step_before_publishing(court: Court) -> str:
    """Find the engine's step at which the provider is asked to publish."""
    async with court.case() as case:
        case.record = case.folder / "steps"
        await case.stand.plan("now", kinds=["client_id"])
        watched = await case.victim()
        await case.stand.settles(within_s=20)
        await watched.end(signal.SIGTERM)
        steps = dict.fromkeys(case.record.read_text().splitlines())
    (found,) = [step for step in steps if _asks_to_publish(step)]
    return found


def _asks_to_publish(step: str) -> bool:
    if not (place := re.fullmatch(r"engine\.py:(\d+):\d+ before", step)):
        return False
    line = (ROOT / "publishing" / "engine.py").read_text().splitlines()[int(place[1]) - 1]
    return "provider.publish(" in line
