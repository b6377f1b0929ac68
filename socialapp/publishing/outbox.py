"""What is ready waits here for its instant, then leaves: many in one commit, each in its turn."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialapp.domain import delivery as rules
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.outcome import Trouble, TryLater, Unknown
from socialapp.publishing.engine import TOO_LATE, Engine
from socialapp.publishing.gates import Gates
from socialapp.publishing.lanes import Lanes
from socialapp.publishing.ready import Ready, Sent
from socialapp.publishing.recorder import Recorder
from socialapp.publishing.timekeeper import Timekeeper
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim

COMMIT_AT_MOST = 200
GATHER_S = 0.03
SHOW_AFTER_S = 0.15
"""Sooner than this most networks have answered; then people never see that it is under way."""
LOOK_AGAIN = timedelta(milliseconds=300)
"""For a channel at which another worker is sending."""
_log = logging.getLogger(__name__)


@dataclass(order=True)
class _Timed:
    due_at: datetime
    ticket: tuple[int, int]
    ready: Ready = field(compare=False)


class Outbox:
    """One worker's timers and what it is sending."""

    def __init__(
        self,
        engine: Engine,
        recorder: Recorder,
        time: Timekeeper,
        *,
        at_once: int,
        on_start: Callable[[int], None],
        on_lost: Callable[[Claim], None],
        on_answers_again: Callable[[Ready], Coroutine[Any, Any, None]],
        on_given_up: Callable[[Ready], Coroutine[Any, Any, None]],
    ) -> None:
        self._engine = engine
        self._recorder = recorder
        self._time = time
        self._on_start = on_start
        self._on_lost = on_lost
        self._on_answers_again = on_answers_again
        self._on_given_up = on_given_up
        self._timers: list[_Timed] = []
        self._lanes = Lanes(at_once)
        self._sending: dict[tuple[int, int], Ready] = {}
        self._unrecorded: dict[tuple[int, int], Ready] = {}
        self.gates = Gates()
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_stopping = False

    def add(self, ready: Iterable[Ready]) -> None:
        """Keep them until their instants."""
        for item in ready:
            self._set_timer(item, item.claim.due_at)
        self._news.set()

    def _set_timer(self, item: Ready, at: datetime) -> None:
        heapq.heappush(self._timers, _Timed(at, item.claim.ticket, item))

    def forget(self) -> list[Ready]:
        """Let go of all that has not left."""
        out = [timed.ready for timed in self._timers] + self._lanes.clear()
        self._timers.clear()
        return out

    def stop(self) -> None:
        """Begin nothing new."""
        self.is_stopping = True
        self.forget()
        self._news.set()

    async def finished(self) -> None:
        """Wait until what has left is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def cancel(self) -> None:
        """Wait for no answer any more."""
        for task in self._tasks:
            task.cancel()

    async def run(self) -> None:
        """Send what is due and has a free place, until stop()."""
        while not self.is_stopping:
            self._news.clear()
            batch = self._take_due()
            if batch:
                await self._start(batch)
                if self._lanes.waiting:
                    # More waits than there are places: a commit for each place that gets free
                    # would cost more than the posts.
                    await asyncio.sleep(GATHER_S)
                continue
            await self._wait_for_due()

    async def _wait_for_due(self) -> None:
        left_s = self._time.seconds_until(self._timers[0].due_at) if self._timers else 1.0
        # At most a second: the database's clock may have been corrected meanwhile.
        try:
            async with asyncio.timeout(min(max(left_s, 0.0), 1.0)):
                await self._news.wait()
        except TimeoutError:
            pass

    def _take_due(self) -> list[Ready]:
        """Take what is due and has a free place, and put off what may not go now."""
        now = self._time.now()
        while self._timers and self._timers[0].due_at <= now:
            self._lanes.add(heapq.heappop(self._timers).ready)
        batch: list[Ready] = []
        stopped: list[Finish] = []
        while len(batch) < COMMIT_AT_MOST and (
            taken := self._lanes.take(COMMIT_AT_MOST - len(batch))
        ):
            for item in taken:
                if (settlement := self._stopped(item, now)) is None:
                    batch.append(item)
                else:
                    self._lanes.free(item)
                    stopped.append(Finish(item.claim, settlement))
        self._recorder.add(stopped)
        return batch

    def _stopped(self, item: Ready, now: datetime) -> Settlement | None:
        if now > item.latest:
            return TOO_LATE
        closed = self.gates.closed(item.account, item.network, name=item.channel.name, now=now)
        if closed is None:
            return None
        return rules.wait(closed.reason, until=closed.until, latest=item.latest)

    async def _start(self, batch: list[Ready]) -> None:
        leave_by = self._engine.leave_by()
        try:
            started = await self._engine.start(batch)
        except BaseException:
            # The commit may have happened all the same. Nothing was sent: if it did, say so.
            later = Settlement(Status.QUEUED, due_at=self._time.now() + timedelta(seconds=1))
            self._recorder.add(Finish(item.claim, later) for item in batch)
            for item in batch:
                self._lanes.free(item)
            raise
        self._on_start(max(started.log_ids.values(), default=0))
        self._spawn(self._show(started.log_ids.keys()))
        for item in batch:
            log_id = started.log_ids.get(item.claim.ticket)
            if log_id is not None:
                self._spawn(self._send(item, log_id, leave_by))
                continue
            self._lanes.free(item)
            if item.claim.channel_id in started.busy:
                self._set_timer(item, self._time.now() + LOOK_AGAIN)
            else:  # moved, cancelled or taken over meanwhile
                self._on_lost(item.claim)

    async def _show(self, tickets: Collection[tuple[int, int]]) -> None:
        """Make people see what takes longer than a moment."""
        await asyncio.sleep(SHOW_AFTER_S)
        under_way = [self._sending[t] for t in tickets if t in self._sending]
        if not under_way:
            return
        try:
            await self._engine.show(under_way)
        except Exception:  # its outcome will be recorded, and shown
            _log.warning("What is under way could not be shown.", exc_info=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, item: Ready, log_id: int, leave_by: float) -> None:
        self._unrecorded[item.claim.ticket] = self._sending[item.claim.ticket] = item
        try:
            sent = await self._engine.send(item, log_id, leave_by=leave_by)
        except BaseException:
            self._free([item.claim.ticket])
            raise
        finally:
            del self._sending[item.claim.ticket]
        if item.capabilities.at_once_per_channel > 1:
            self._free([item.claim.ticket])
        self._recorder.add([sent.finish])
        await self._learn(item, sent)

    def recorded(self, ends: Iterable[Finish]) -> None:
        """Give the next of a channel its turn: only now does nobody see this one under way."""
        self._free(end.claim.ticket for end in ends)

    def _free(self, tickets: Iterable[tuple[int, int]]) -> None:
        for ticket in tickets:
            if item := self._unrecorded.pop(ticket, None):
                self._lanes.free(item)
                self._news.set()

    async def _learn(self, item: Ready, sent: Sent) -> None:
        """Let others wait for what this answer was about."""
        for limit in sent.finish.limits:
            if limit.closed_until:
                self.gates.close(limit.scope, limit.closed_until)
        if _is_fault(sent):
            if self.gates.failed(item.network):
                await self._on_given_up(item)
        elif self.gates.answered(item.network):
            await self._on_answers_again(item)


def _is_fault(sent: Sent) -> bool:
    """Whether the network failed as a whole, rather than said no to this post."""
    match sent.outcome:
        case Unknown():
            return True
        case TryLater(trouble=trouble):
            return trouble is Trouble.NETWORK
    return False
