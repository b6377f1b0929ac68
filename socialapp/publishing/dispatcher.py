"""Keeps the instant: looks ahead, holds a timer, sends, and sweeps for what was missed."""

import asyncio
import heapq
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DataError

from socialapp.clock import monotonic
from socialapp.domain.delivery import MAX_TRIES, Settlement, Status
from socialapp.publishing import upkeep
from socialapp.publishing.engine import Engine, Ready
from socialapp.publishing.timekeeper import RENEW_S, Timekeeper
from socialapp.store import claims
from socialapp.store.claims import Claim, Finish
from socialapp.store.session import Database

AHEAD = timedelta(seconds=15)
CLAIM_AT_MOST = 500
COMMIT_AT_MOST = 200
GRACE_S = 35.0
CALM_S = 30.0
"""A loop that ran for so long has got over its last stumble."""
_log = logging.getLogger(__name__)


@dataclass(order=True)
class _Timed:
    due: float
    id: int
    ready: Ready = field(compare=False)


@dataclass
class Sweep:
    """How the sweep runs; changeable while it does."""

    every_s: float = 1.0
    is_running: bool = True


class Dispatcher:
    """One worker's clock. Any number of them share the work: the database settles every race."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        time: Timekeeper,
        *,
        worker: str,
        at_once: int = 200,
        read_sweep: Callable[[], Awaitable[Sweep]] | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._time = time
        self._worker = worker
        self._at_once = at_once
        self._read_sweep = read_sweep
        self._sweep = Sweep()
        self._watch = upkeep.Watch(worker)
        self._woken = asyncio.Event()
        self._pumped = asyncio.Event()
        self._settled = asyncio.Event()
        self._timers: list[_Timed] = []
        self._ends: list[Finish] = []
        self._sending: Counter[str] = Counter()
        self._held = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._is_stopping = False

    async def start(self) -> None:
        """Begin to claim and send."""
        await self._time.renew(self._database)
        for loop in (self._claim_for_ever, self._pump_for_ever, self._settle_for_ever):
            self._loops.append(asyncio.create_task(self._never_end(loop)))

    async def stop(self, *, grace_s: float = GRACE_S) -> None:
        """Finish what has left, hand back the rest, and end."""
        self._is_stopping = True
        claiming, pumping, settling = self._loops
        claiming.cancel()
        self._timers.clear()
        self._pumped.set()
        try:
            async with asyncio.timeout(grace_s):
                await asyncio.wait([pumping])  # what it has just committed is sent, too
                while self._tasks:
                    await asyncio.wait(self._tasks)
                while self._ends and not settling.done():
                    self._settled.set()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            _log.warning("Not everything ended in time; the next worker finds out about it.")
        for loop in [*self._loops, *self._tasks]:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        async with self._database.transaction() as db:
            await claims.hand_back(db, worker=self._worker, now=self._time.now())

    def wake(self) -> None:
        """Look at once: something is due, or changed."""
        self._woken.set()

    async def _never_end(self, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a loop again when it fails: the database may be away, and comes back."""
        wait = 0.2
        while True:
            began = monotonic()
            try:
                return await loop()
            except Exception:
                wait = 0.2 if monotonic() - began > CALM_S else wait
                _log.exception("The dispatcher stumbled; it goes on in %.1f s.", wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Claim: on a wake, and at least once an interval. This is the sweep.

    async def _claim_for_ever(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            if self._time.age_s > RENEW_S:
                await self._time.renew(self._database)
            if self._read_sweep:
                self._sweep = await self._read_sweep()
            await upkeep.take_over(self._database, self._watch, now=self._time.now())
            is_full = self._sweep.is_running and await self._claim_once()
            if not is_full:
                await self._wait_for_work()

    async def _wait_for_work(self) -> None:
        try:
            async with asyncio.timeout(self._sweep.every_s):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _claim_once(self) -> bool:
        """Claim what is due soon; True when there may be more that there is room for."""
        room = min(CLAIM_AT_MOST, 4 * self._at_once - self._held)
        if room <= 0:
            return False
        now = self._time.now()
        async with self._database.reading() as db:
            has_due, has_unknown = await claims.has_due(db, until=now + AHEAD, now=now)
        if has_unknown:
            await self._claim_unknown()
        if not has_due:
            return False
        async with self._database.transaction() as db:
            taken = await claims.claim(
                db, worker=self._worker, until=now + AHEAD, now=now, limit=room
            )
        self._held += len(taken)
        for some in _by_urgency(taken, now + timedelta(seconds=1)):
            self._spawn(self._prepare(some))
        return len(taken) == room

    async def _claim_unknown(self) -> None:
        async with self._database.transaction() as db:
            taken = await claims.claim_unknown(
                db, worker=self._worker, now=self._time.now(), limit=20
            )
        for claim in taken:
            self._spawn(self._reconcile(claim))

    async def _reconcile(self, claim: Claim) -> None:
        try:
            await self._engine.reconcile(claim)
        except Exception:
            _log.exception("Delivery %s could not be looked up.", claim.id)
            await self._finish(self._stumbled(claim))

    def _stumbled(self, claim: Claim) -> Finish:
        """Look again later; when that fails again and again, ask a person."""
        if claim.looks + 1 >= MAX_TRIES:
            reason = "The network could not be asked whether the post is there. Look there."
            settlement = Settlement(Status.NEEDS_CHECK, reason=reason, action="check")
        else:
            settlement = Settlement(Status.UNKNOWN, due_at=self._time.now() + AHEAD)
        return Finish(claim, settlement, looks=claim.looks + 1)

    async def _prepare(self, claims: list[Claim]) -> None:
        left = {claim.ticket: claim for claim in claims}
        try:
            async for ready in self._engine.prepare(claims):
                for item in ready:
                    del left[item.claim.ticket]
                self._set_timers(ready)
        except Exception:
            _log.exception("%s deliveries could not be prepared.", len(left))
            await self._give_back(list(left.values()))
        finally:
            self._held -= len(left)

    def _set_timers(self, ready: list[Ready]) -> None:
        if self._is_stopping:
            return
        for item in ready:
            due = asyncio.get_running_loop().time() + self._time.seconds_until(item.claim.due_at)
            heapq.heappush(self._timers, _Timed(due, item.claim.id, item))
        self._pumped.set()

    async def _give_back(self, claims: list[Claim]) -> None:
        later = self._time.now() + timedelta(seconds=5)
        for claim in claims:
            due_at = max(claim.due_at, later)
            await self._finish(Finish(claim, Settlement(Status.QUEUED, due_at=due_at)))

    # Pump: what is due now and has a free place goes out, many in one commit.

    async def _pump_for_ever(self) -> None:
        while not self._is_stopping:
            self._pumped.clear()
            # One reading for both: what comes due between two would be taken for blocked.
            now = asyncio.get_running_loop().time()
            batch = self._take_due(now)
            if batch:
                await self._start(batch)
                continue
            await self._wait_for_due(now)

    async def _wait_for_due(self, now: float) -> None:
        """Wait for the next timer; one that was due at `now` waits for a free place."""
        left_s = self._timers[0].due - now if self._timers else 0.0
        # At most a second: the database's clock may have been corrected meanwhile.
        wait = min(left_s, 1.0) if left_s > 0 else 1.0
        try:
            async with asyncio.timeout(wait):
                await self._pumped.wait()
        except TimeoutError:
            pass

    def _take_due(self, now: float) -> list[Ready]:
        """Take from the timers what is due and has a free place at its network and channel."""
        batch: list[Ready] = []
        waiting: list[_Timed] = []
        while self._timers and self._timers[0].due <= now and len(batch) < COMMIT_AT_MOST:
            if self._sending.total() // 3 >= self._at_once:
                break
            timed = heapq.heappop(self._timers)
            item = timed.ready
            left_s = self._time.seconds_until(item.claim.due_at)
            if left_s > 0:  # the clock was corrected: it is not yet time
                waiting.append(_Timed(now + left_s, timed.id, item))
            elif self._has_place(item):
                self._sending.update(_places(item))
                batch.append(item)
            else:
                waiting.append(timed)
        for timed in waiting:
            heapq.heappush(self._timers, timed)
        return batch

    def _has_place(self, item: Ready) -> bool:
        network, channel, _ = _places(item)
        can = item.capabilities
        return (
            self._sending[network] < can.at_once
            and self._sending[channel] < can.at_once_per_channel
        )

    def _free(self, item: Ready) -> None:
        self._sending.subtract(_places(item))
        for place in _places(item):
            if self._sending[place] <= 0:
                del self._sending[place]
        self._held -= 1
        self._pumped.set()

    async def _start(self, batch: list[Ready]) -> None:
        try:
            started = await self._engine.start(batch)
        except BaseException:
            # The commit may have happened all the same. Nothing was sent: if it did, say so.
            for item in batch:
                self._free(item)
            later = Settlement(Status.QUEUED, due_at=self._time.now() + timedelta(seconds=1))
            self._ends += [Finish(item.claim, later) for item in batch]
            self._settled.set()
            raise
        ours = {item.claim.ticket for item, _ in started}
        for item in batch:
            if item.claim.ticket not in ours:
                self._free(item)
        for item, log_id in started:
            self._spawn(self._send(item, log_id))

    async def _send(self, item: Ready, log_id: int) -> None:
        try:
            end = await self._engine.send(item, log_id)
        finally:
            self._free(item)
        await self._finish(end)

    # Settle: outcomes that come in together are recorded together.

    async def _finish(self, end: Finish) -> None:
        self._ends.append(end)
        self._settled.set()

    async def _settle_for_ever(self) -> None:
        while True:
            await self._settled.wait()
            self._settled.clear()
            while self._ends:
                batch = self._ends[:COMMIT_AT_MOST]
                await self._settle(batch)
                del self._ends[: len(batch)]
            self._woken.set()

    async def _settle(self, batch: list[Finish]) -> None:
        try:
            await self._engine.settle(batch)
            return
        except (DataError, ValueError):
            _log.exception("An outcome could not be recorded; each is tried by itself.")
        for end in batch:
            try:
                await self._engine.settle([end])
            except (DataError, ValueError):
                # Never drop it: it may be out. What it said is unusable; what it did is found out.
                await self._engine.settle([Finish(end.claim, Settlement(Status.UNKNOWN))])


def _places(item: Ready) -> tuple[str, str, str]:
    return item.provider.key, f"channel:{item.claim.channel_id}", "worker"


def _by_urgency(claims: list[Claim], soon: Any) -> list[list[Claim]]:
    """Split claims so that what is due now does not wait for the preparing of what is not."""
    now = [c for c in claims if c.due_at <= soon]
    later = [c for c in claims if c.due_at > soon]
    parts = [now[i : i + 50] for i in range(0, len(now), 50)]
    return parts + [later[i : i + 50] for i in range(0, len(later), 50)]
