"""A worker is killed at every step of the protocol, and each post is at its network once.

Nobody lists the steps: a worker that is not killed writes down every await that it passes, and then
a worker is killed at each of them. Another takes over, and the judge counts. A run does each step
once, on SQLite and PostgreSQL by turns; `FAULT_ROUNDS=20` does all of it twenty times, each time
with other posts at the step, in another order, and on the other database.
"""

import asyncio
import itertools
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.publishing.heartbeat import LEASE_SENDING_S
from tests.networks.adapters import ADAPTERS
from tests.networks.court import Case, Court
from tests.networks.fleet import Forked, fleet
from tests.networks.judge import Arrived, There
from tests.networks.mischief import Mischief
from tests.networks.stand import KINDS
from tests.servers.postgresql import Cluster

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
AT_ONCE = 8
"""A case mostly waits: for a dead worker's request to settle, for a second look."""
STUCK_AFTER_S = LEASE_SENDING_S + 10
UNREACHED = "not reached again"
"""A step that is there by chance: a connection that was opened because others were in use."""
LATER = timedelta(seconds=3)


# What the victim is in the middle of.


async def publishing(case: Case) -> Forked:
    """Posts due at once, threads in a moment; two outcomes are lost, and have to be found out."""
    await case.stand.plan("now", kinds=case.order)
    soon = utc_now() + timedelta(seconds=0.8)
    await case.stand.plan("soon", at=soon, kinds=case.order, parts=2)
    account = case.stand.account
    case.judge.disturb("server_key", account("server_key"), Mischief.ANSWER_LOST)
    case.judge.disturb("client_id", account("client_id"), Mischief.REQUEST_LOST)
    return await case.victim()


async def taking_over(case: Case) -> Forked:
    """Another worker has died with posts in its hands: sent, being sent, and waiting."""
    await case.stand.plan("now", kinds=case.order)
    await case.stand.plan("later", at=utc_now() + LATER, kinds=case.order)
    first = await case.worker("first")
    await case.at_first_request(lambda: first.send(signal.SIGKILL))
    await first.ended()
    return await case.victim()


async def stopping(case: Case) -> Forked:
    """It was told to stop while posts are on their way, and others wait in its hands."""
    await case.stand.plan("now", kinds=case.order)
    await case.stand.plan("later", at=utc_now() + LATER, kinds=case.order)
    for kind in KINDS:
        case.judge.disturb(kind, case.stand.account(kind), Mischief.SLOW)
    victim = await case.victim()
    await case.at_first_request(lambda: victim.send(signal.SIGTERM))
    return victim


Scene = Callable[[Case], Awaitable[Forked]]
SCENES: tuple[Scene, ...] = (publishing, taking_over, stopping)


@dataclass(frozen=True)
class Step:
    """A point of the protocol, in which scene it is passed, and how often."""

    court: Court
    scene: Scene
    point: str
    passed: int

    def __str__(self) -> str:
        return f"{self.court.name}, {self.scene.__name__}, {self.point}"


async def _steps(court: Court) -> dict[str, Step]:
    """Watch a worker in each scene; a step counts where it is seen first."""
    known: dict[str, Step] = {}
    for scene in SCENES:
        for point, passed in (await _watch(court, scene)).items():
            known.setdefault(point, Step(court, scene, point, passed))
    return known


async def _watch(court: Court, scene: Scene) -> Counter[str]:
    async with court.case() as case:
        case.record = case.folder / "steps"
        victim = await scene(case)
        if scene is not stopping:
            await case.stand.settles(within_s=STUCK_AFTER_S)
            assert await case.stand.faults() == []
        assert await victim.end(signal.SIGTERM) == 0
        return Counter(case.record.read_text().splitlines())


async def _kill_at(step: Step, times: int, order: Iterable[str]) -> list[str] | None:
    """Kill a worker at a step and return what is wrong then; None if it never came there."""
    async with step.court.case() as case:
        case.crash, case.order = (step.point, times), tuple(order)
        victim = await step.scene(case)
        if await _end_of(victim, case) != -signal.SIGKILL:
            return None
        return await _inherited(case)


async def _end_of(victim: Forked, case: Case) -> int:
    """Wait until it dies, or has done everything without coming to its point."""
    done = asyncio.create_task(case.stand.settles(within_s=STUCK_AFTER_S))
    died = asyncio.create_task(victim.ended())
    await asyncio.wait({done, died}, return_when=asyncio.FIRST_COMPLETED)
    victim.send(signal.SIGTERM)
    done.cancel()
    return await died


async def _inherited(case: Case) -> list[str]:
    """Let another worker take over, and return the verdict."""
    heir = await case.worker("heir")
    await case.stand.settles(within_s=STUCK_AFTER_S)
    await heir.end(signal.SIGKILL)
    return await case.stand.faults()


async def _kill_at_one(step: Step, chance: random.Random) -> list[str]:
    """Kill a worker at a step, whichever post is there, and return what is wrong then."""
    order = chance.sample(KINDS, len(KINDS))
    # Which post comes first to a step is chance: the later ones may not be there again.
    for times in (chance.randint(1, step.passed), 1, 1):
        if (faults := await _kill_at(step, times, order)) is not None:
            return [f"{step}, time {times}: {fault}" for fault in faults]
    return [f"{UNREACHED}: {step}"]


async def _all(cases: Iterable[Coroutine[Any, Any, list[str]]]) -> list[str]:
    """Hear cases, some at a time, and return all that was wrong."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(case: Coroutine[Any, Any, list[str]]) -> list[str]:
        async with places:
            return await case

    async with asyncio.TaskGroup() as group:
        heard = [group.create_task(one(case)) for case in cases]
    return [fault for task in heard for fault in task.result()]


@pytest.fixture
async def courts(
    sqlite_template: Path,
    postgresql: Cluster,
    postgresql_template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Court, Court]]:
    """A court over each kind of database."""
    monkeypatch.setattr(providers, "PROVIDERS", (Sandbox, *ADAPTERS))
    async with fleet("points") as opened:
        sqlite = Court(opened, tmp_path, str(sqlite_template))
        yield sqlite, Court(opened, tmp_path, postgresql_template, postgresql)


def _by_turns(these: dict[str, Step], those: dict[str, Step]) -> list[Step]:
    """Each step once: by turns where both databases have it, else where it is."""
    turns = (these, those)
    chosen = []
    for i, point in enumerate(sorted(these.keys() | those.keys())):
        step = turns[i % 2].get(point) or turns[(i + 1) % 2][point]
        chosen.append(step)
    return chosen


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_killed_at_every_step_each_post_is_there_once(
    turn: int, courts: tuple[Court, Court], capsys: pytest.CaptureFixture[str]
) -> None:
    found = [await _steps(court) for court in courts]
    steps = _by_turns(found[turn % 2], found[(turn + 1) % 2])
    rooms = Counter(step.point.partition(":")[0] for step in steps)
    with capsys.disabled():
        print(f"\n{len(steps)} crash points: {dict(rooms.most_common())}")

    assert {"dispatcher.py", "engine.py", "session.py", "http.py"} <= rooms.keys()

    faults = await _all(_kill_at_one(s, random.Random(f"{turn} {s}")) for s in steps)

    unreached = [fault for fault in faults if fault.startswith(UNREACHED)]
    assert [fault for fault in faults if fault not in unreached] == []
    assert len(unreached) <= len(steps) // 50, unreached


async def test_killed_while_the_network_has_the_request_each_post_is_there_once(
    courts: tuple[Court, Court],
) -> None:
    moments = itertools.product(courts, KINDS, ("arrival", "write"))
    assert await _all(_kill_when(*moment) for moment in moments) == []


async def _kill_when(court: Court, kind: str, moment: str) -> list[str]:
    """Kill the worker while this network thinks, or while its answer is on the way."""
    async with court.case() as case:
        await case.stand.plan("now", kinds=[kind, *(k for k in KINDS if k != kind)])
        victim = await case.victim()

        def kill(what: Arrived | There) -> None:
            if what.kind == kind:
                victim.send(signal.SIGKILL)

        setattr(case.judge, f"on_{moment}", kill)
        assert await victim.ended() == -signal.SIGKILL
        setattr(case.judge, f"on_{moment}", None)
        faults = await _inherited(case)
        asked = [a for a in case.judge.arrived if a.kind == "nothing"]
        status = {said.status for said in await case.stand.said() if said.kind == "nothing"}
        if len(asked) > 1 or (kind == "nothing" and status != {"needs_check"}):
            faults.append(f"nothing was asked for {len(asked)} times, and is {status}")
        return [f"{court.name}, {kind}, {moment}: {fault}" for fault in faults]
