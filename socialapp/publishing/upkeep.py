"""The sweep's other work: taking over from workers that are gone, and forgetting what is old."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialapp.clock import monotonic
from socialapp.domain.delivery import HELD
from socialapp.publishing.heartbeat import LEASE_SENDING_S, LEASE_UNSENT_S
from socialapp.store import answers, claims, notifications, people, workers
from socialapp.store.session import Database
from socialapp.store.tables import WorkerBeat

KEEP_ANSWERS = timedelta(hours=24)
GAP_S = 10.0
KEEP_BEATS = timedelta(days=1)
KEEP_NEWS = timedelta(days=90)


@dataclass
class Watch:
    """What this worker has seen of the others, on its own clock that never jumps."""

    me: str
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """The beat of each, and since when it has stood still."""

    looked_at: float = 0.0

    def begin(self) -> None:
        """Note a look at the beats. After a gap of our own nobody's silence proves anything."""
        now = monotonic()
        if now - self.looked_at > GAP_S:
            self.seen.clear()
        self.looked_at = now

    def still_s(self, name: str, beat: int) -> float:
        """Return for how many seconds that worker's beat has not moved."""
        now = monotonic()
        last = self.seen.get(name)
        if last is None or last[0] != beat:
            self.seen[name] = (beat, now)
            return 0.0
        return now - last[1]


async def take_over(database: Database, watch: Watch, *, now: datetime) -> int:
    """Hand back what workers hold that are surely gone, or silent for the whole lease."""
    async with database.reading() as db:
        others = await claims.owners(db) - {watch.me}
        if not others:
            return 0
        beats = await workers.beats(db)
    watch.begin()
    taken = 0
    for name in others:
        unsent, sending = _is_gone(watch, name, beats.get(name))
        if not unsent:
            continue
        async with database.transaction() as db:
            only = None if sending else HELD
            taken += await claims.hand_back(db, worker=name, now=now, only=only)
    return taken


def _is_gone(watch: Watch, name: str, beat: WorkerBeat | None) -> tuple[bool, bool]:
    """Whether what it holds unsent, and what it is sending, may be taken from it."""
    if (beat and beat.stopped_at) or workers.is_surely_gone(name):
        return True, True
    still_s = watch.still_s(name, beat.beat if beat else -1)
    return still_s > LEASE_UNSENT_S, still_s > LEASE_SENDING_S


async def forget_old(database: Database, *, now: datetime) -> None:
    """Forget answers, workers, notifications and failed sign-ins that no longer matter."""
    async with database.transaction() as db:
        await answers.forget(db, before=now - KEEP_ANSWERS)
        await workers.forget(db, before=now - KEEP_BEATS)
        await notifications.forget(db, before=now - KEEP_NEWS)
        await people.forget_tries(db, before=now - KEEP_ANSWERS)
