"""Looks ahead and claims, sweeps for what was missed, and keeps the outbox and recorder running."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from socialapp.clock import monotonic
from socialapp.domain.delivery import HELD, MAX_LOOKS, Settlement, Status
from socialapp.publishing import upkeep
from socialapp.publishing.engine import Engine
from socialapp.publishing.hands import Hands
from socialapp.publishing.memory import Memory
from socialapp.publishing.outbox import Outbox
from socialapp.publishing.ready import Ready
from socialapp.publishing.recorder import Recorder
from socialapp.publishing.timekeeper import RENEW_S, Timekeeper
from socialapp.store import claims, notifications
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim
from socialapp.store.session import Database

AHEAD = timedelta(seconds=15)
EARLY = timedelta(minutes=10)
LOOK_ROUND_EVERY_S = 0.5
EARLY_EVERY_S = 5.0
EARLY_AT_MOST = 20
CLAIM_AT_MOST = 500
LOOKS_AT_MOST = 200
LOOKS_AT_ONCE = 40
"""Of the unknown; after a crash under load there may be thousands."""
TOGETHER = 250
"""Prepared in one go."""
GRACE_S = 35.0
CALM_S = 30.0
"""A loop that ran for so long has got over its last stumble."""
_SOON_AGAIN = {Status.QUEUED, Status.UNKNOWN}
_log = logging.getLogger(__name__)


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
        folder: Path,
        at_once: int = 200,
        read_sweep: Callable[[], Awaitable[Sweep]] | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._time = time
        self._worker = worker
        self._how_far = Memory(folder)
        self._read_sweep = read_sweep
        self._sweep = Sweep()
        self._watch = upkeep.Watch(worker)
        self._woken = asyncio.Event()
        self._hands = Hands()
        self._recorder = Recorder(engine, on_end=self._ended)
        self._outbox = Outbox(
            engine,
            self._recorder,
            time,
            at_once=at_once,
            on_start=self._how_far.started,
            on_lost=self._hands.drop,
            on_answers_again=self._answers_again,
            on_given_up=self._given_up,
        )
        self._looking = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._looks = 0
        self._looked_round_at = 0.0
        self._early_at = 0.0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._is_stopping = False

    async def start(self) -> None:
        """Begin to claim and send. Raises ClockIsWrong."""
        await self._time.set(self._database)
        await self._how_far.begin(self._database, now=self._time.now())
        for loop in (self._claim_for_ever, self._outbox.run, self._recorder.run):
            self._loops.append(asyncio.create_task(self._never_end(loop)))

    async def stop(self, *, grace_s: float = GRACE_S) -> None:
        """Finish what has left, hand back the rest, and end."""
        self._is_stopping = True
        claiming, sending, _ = self._loops
        claiming.cancel()
        self._outbox.stop()
        try:
            async with asyncio.timeout(grace_s):
                await asyncio.wait([sending])  # what it has just committed is sent, too
                await self._outbox.finished()
                while self._tasks:
                    await asyncio.wait(self._tasks)
                await self._recorder.emptied()
        except TimeoutError:
            _log.warning("Not everything ended in time; the next worker finds out about it.")
        self._outbox.cancel()
        for loop in [*self._loops, *self._tasks]:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        async with self._database.transaction() as db:
            await claims.hand_back(db, worker=self._worker, now=self._time.now())

    def wake(self) -> None:
        """Look at once: something is due, or changed, or all is to stop."""
        self._looked_round_at = 0.0
        self._woken.set()

    def trouble(self) -> str:
        """Say what the operator has to know; empty when all is well."""
        if self._time.jump_s:
            return (
                f"The clock jumped by {self._time.jump_s:+.0f} s. Posts keep their moments;"
                " look whether the clock is right."
            )
        return ""

    def silent(self) -> list[str]:
        """Return the scopes of the networks that do not answer now."""
        return self._outbox.gates.silent()

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

    def _ended(self, ends: Iterable[Finish]) -> None:
        ends = list(ends)
        self._outbox.recorded(ends)
        were_full = bool(self._hands.full) or self._hands.room < CLAIM_AT_MOST
        for end in ends:
            self._hands.drop(end.claim)
        if were_full or any(end.settlement.status in _SOON_AGAIN for end in ends):
            self._woken.set()

    # Claim: on a wake, and at least once an interval. This is the sweep.

    async def _claim_for_ever(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            try:
                is_full = await self._claim_or_let_go()
            except Exception:
                self._hands.doubt()
                # It may be another database that comes back: an older copy.
                self._looked_round_at = 0.0
                raise
            if not is_full:
                await self._wait_for_work()

    async def _claim_or_let_go(self) -> bool:
        """Take what is due; True when there may be more that there is room for."""
        if monotonic() - self._looked_round_at >= LOOK_ROUND_EVERY_S:
            await self._look_round()
        if not self._sweep.is_running:
            await self._let_go()
            return False
        if await self._claim_once():
            return True
        await self._claim_early()
        return False

    async def _look_round(self) -> None:
        """Do what needs no haste: the clock, the sweep's settings, the other workers."""
        if self._time.age_s > RENEW_S:
            await self._time.renew(self._database)
        await self._how_far.look(self._database, now=self._time.now())
        if self._read_sweep:
            self._sweep = await self._read_sweep()
        await upkeep.take_over(self._database, self._watch, now=self._time.now())
        await self._audit()
        self._looked_round_at = monotonic()

    async def _wait_for_work(self) -> None:
        try:
            async with asyncio.timeout(self._sweep.every_s):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _let_go(self) -> None:
        """Leave what has not left to wait in the database: publishing was stopped."""
        if not self._hands.holds:
            return
        async with self._database.transaction() as db:
            await claims.hand_back(db, worker=self._worker, now=self._time.now(), only=HELD)
        for item in self._outbox.forget():
            self._hands.drop(item.claim)

    async def _audit(self) -> None:
        """Hand back what the database says is ours and no hand here holds."""
        if not self._hands.is_audit_due():
            return
        async with self._database.reading() as db:
            lost = self._hands.audit(await claims.held_by(db, self._worker))
        if lost:
            _log.error("%s deliveries had slipped from this worker's hands.", len(lost))
            async with self._database.transaction() as db:
                now = self._time.now()
                await claims.hand_back(db, worker=self._worker, now=now, tickets=lost)

    async def _claim_once(self) -> bool:
        """Claim what is due soon; True when there may be more that there is room for."""
        room = min(CLAIM_AT_MOST, self._hands.room)
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
                db,
                worker=self._worker,
                until=now + AHEAD,
                now=now,
                limit=room,
                full=self._hands.full,
            )
        self._hands.take(taken)
        for some in _by_urgency(taken, now + timedelta(seconds=1)):
            self._spawn(self._prepare(some))
        return len(taken) == room

    async def _claim_unknown(self) -> None:
        room = LOOKS_AT_MOST - self._looks
        if room <= 0:
            return
        async with self._database.transaction() as db:
            taken = await claims.claim_unknown(
                db, worker=self._worker, now=self._time.now(), limit=room
            )
        self._hands.take(taken)
        self._looks += len(taken)
        for claim in taken:
            self._spawn(self._reconcile(claim))

    async def _reconcile(self, claim: Claim) -> None:
        try:
            async with self._looking:
                await self._engine.reconcile(claim)
        except Exception:
            _log.exception("Delivery %s could not be looked up.", claim.id)
            self._recorder.add([self._stumbled(claim)])
        else:
            self._hands.drop(claim)
        finally:
            self._looks -= 1
            if self._looks == LOOKS_AT_MOST - LOOKS_AT_ONCE:
                self._woken.set()  # there is room again, and more may wait

    def _stumbled(self, claim: Claim) -> Finish:
        """Look again later; when that fails again and again, ask a person."""
        if claim.looks + 1 >= MAX_LOOKS:
            reason = "The network could not be asked whether the post is there. Look there."
            settlement = Settlement(Status.NEEDS_CHECK, reason=reason, action="check")
        else:
            settlement = Settlement(Status.UNKNOWN, due_at=self._time.now() + AHEAD)
        return Finish(claim, settlement, looks=claim.looks + 1)

    async def _prepare(self, taken: list[Claim]) -> None:
        left = {claim.ticket: claim for claim in taken}
        try:
            async for prepared in self._engine.prepare(taken):
                for claim in prepared.settled:
                    del left[claim.ticket]
                    self._hands.drop(claim)
                for item in prepared.ready:
                    del left[item.claim.ticket]
                if not self._is_stopping:
                    self._outbox.add(prepared.ready)
        except Exception:
            _log.exception("%s deliveries could not be prepared.", len(left))
            self._give_back(left.values())

    def _give_back(self, taken: Iterable[Claim]) -> None:
        later = self._time.now() + timedelta(seconds=5)
        self._recorder.add(
            Finish(c, Settlement(Status.QUEUED, due_at=max(c.due_at, later))) for c in taken
        )

    async def _claim_early(self) -> None:
        """Prepare what is due in some minutes: uploads should not wait for the moment."""
        if monotonic() - self._early_at < EARLY_EVERY_S:
            return
        self._early_at = monotonic()
        now = self._time.now()
        async with self._database.transaction() as db:
            taken = await claims.claim_early(
                db,
                worker=self._worker,
                after=now + AHEAD,
                until=now + EARLY,
                now=now,
                uploading=self._engine.uploading,
                drafting=self._engine.drafting,
                limit=EARLY_AT_MOST,
            )
        self._hands.take(taken)
        if taken:
            self._spawn(self._prepare_early(taken))

    async def _prepare_early(self, taken: list[Claim]) -> None:
        try:
            async for ends in self._engine.prepare_early(taken):
                self._recorder.add(ends)
        except Exception:
            _log.exception("%s deliveries could not be prepared early.", len(taken))
            self._give_back(taken)

    async def _answers_again(self, item: Ready) -> None:
        """Send what waited for a network that is back."""
        async with self._database.transaction() as db:
            await claims.hasten(
                db,
                provider=item.provider.key,
                address=item.channel.address,
                now=self._time.now(),
            )
        self._woken.set()

    async def _given_up(self, item: Ready) -> None:
        """Tell people that a network is left alone for now."""
        async with self._database.transaction() as db:
            await notifications.tell_of_network(
                db, item.channel.provider, item.channel.address, now=self._time.now()
            )


def _by_urgency(taken: list[Claim], soon: datetime) -> list[list[Claim]]:
    """Split claims so that what is due now does not wait for the preparing of what is not."""
    now = [c for c in taken if c.due_at <= soon]
    later = [c for c in taken if c.due_at > soon]
    return [part[i : i + TOGETHER] for part in (now, later) for i in range(0, len(part), TOGETHER)]
