"""The other half of the model: workers, what befalls them, the network, time, and the end."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.publishing.model import FINAL
from tests.publishing.model_network import SETTLING, Fate, Request
from tests.publishing.model_people import NUMBER, People
from tests.publishing.model_worker import Worker

A_MOMENT_S = 1.0
WAKING = st.booleans()
FATES = st.sampled_from(list(Fate))


class Publishing(People):
    """People, two workers, and a network that does what it is told."""

    # What workers do, and what befalls them.

    def worker(self, number: int) -> Worker | None:
        able = [worker for worker in self.workers if not worker.is_hung]
        return able[number % len(able)] if able else None

    @rule(number=NUMBER)
    def claims(self, number: int) -> None:
        if worker := self.worker(number):
            self.do(worker.claim())

    @rule(number=NUMBER, piece=NUMBER)
    def begins_a_piece(self, number: int, piece: int) -> None:
        worker = self.worker(number)
        if worker and worker.pieces:
            self.do(worker.begin(piece))

    @rule(number=NUMBER)
    def fires(self, number: int) -> None:
        if worker := self.worker(number):
            self.do(worker.fire())

    @rule(number=NUMBER)
    def records(self, number: int) -> None:
        if worker := self.worker(number):
            self.do(worker.record())

    @rule(number=NUMBER)
    def goes_to_the_network(self, number: int) -> None:
        """Several healthy steps on end."""
        if worker := self.worker(number):
            self.works(worker)

    def works(self, worker: Worker) -> None:
        self.do(worker.claim())
        self.prepares_all(worker)
        self.do(worker.fire())
        self.do(self.model.look(self.database))
        self.begins_all(worker)
        self.do(worker.record())

    def prepares_all(self, worker: Worker) -> None:
        self.begins_all(worker)
        for request in [request for request in self.network.air if request.is_upload]:
            self.decide(request, Fate.ACCEPTED)

    def begins_all(self, worker: Worker) -> None:
        while worker.pieces:
            self.do(worker.begin(0))

    @rule(number=NUMBER, is_seen=st.booleans())
    def crashes(self, number: int, is_seen: bool) -> None:
        number %= len(self.workers)
        worker = self.workers[number]
        self.do(worker.die())
        if is_seen:
            self.gone.add(worker.me.name)
        self.workers[number] = self.new_worker()

    @rule(number=NUMBER, beats_first=WAKING)
    def hangs_or_wakes(self, number: int, beats_first: bool) -> None:
        """A zombie goes on later, with its old claims; its heart is a thread of its own."""
        worker = self.workers[number % len(self.workers)]
        if worker.is_hung:
            self.wakes(worker, beats_first)
        else:
            worker.is_hung = True

    def wakes(self, worker: Worker, beats_first: bool) -> None:
        worker.is_hung = False
        if beats_first:
            self.do(worker.beat())
        else:
            self.begins_all(worker)

    @rule(number=NUMBER, beats_first=WAKING)
    def oversleeps(self, number: int, beats_first: bool) -> None:
        """It stops after its commit and before its request, for longer than its lease."""
        if not (worker := self.worker(number)):
            return
        self.do(worker.claim())
        self.prepares_all(worker)
        self.do(worker.fire())
        worker.is_hung = True
        self.goes_on(90.0, is_taken=False)
        self.wakes(worker, beats_first)

    @rule(number=NUMBER)
    def looks_after_the_others(self, number: int) -> None:
        if worker := self.worker(number):
            self.do(worker.watch())

    # What the network does.

    @precondition(lambda self: self.network.air)
    @rule(number=NUMBER, fate=FATES)
    def answers(self, number: int, fate: Fate) -> None:
        self.decide(self.network.air[number % len(self.network.air)], fate)

    def decide(self, request: Request, fate: Fate) -> None:
        async def decided() -> None:
            self.network.decide(request, fate)
            await self.database.quiet()

        self.do(decided())

    @rule(is_mute=st.booleans(), is_slow=st.booleans())
    def changes_its_manners(self, is_mute: bool, is_slow: bool) -> None:
        self.network.is_mute, self.network.is_slow_to_show = is_mute, is_slow

    # Time.

    @rule(seconds=st.sampled_from([0.3, 1.0, 3.0, 8.0, 30.0, 70.0]), is_taken=st.booleans())
    def time_passes(self, seconds: float, is_taken: bool) -> None:
        self.goes_on(seconds, is_taken)

    def goes_on(self, seconds: float, is_taken: bool) -> None:
        """Workers that are well give signs of life and look after the others."""
        while seconds > 0:
            step = min(seconds, 8.0)
            self.passes(step, Fate.NO_ANSWER if is_taken else Fate.NEVER_THERE)
            for worker in self.workers:
                if not worker.is_hung:
                    self.do(worker.beat())
                    self.do(worker.watch())
            seconds -= step

    @rule(minutes=st.sampled_from([5, 20]))
    def the_machine_sleeps(self, minutes: int) -> None:
        self.passes(60.0 * minutes, Fate.NEVER_THERE)

    def passes(self, seconds: float, fate: Fate) -> None:
        """No request hangs in the air for longer than its network settles.

        And no worker that is well lets its work lie for longer than a moment.
        """
        if seconds > A_MOMENT_S:
            for worker in self.workers:
                if not worker.is_hung:
                    self.begins_all(worker)
        until = self.clock.now() + timedelta(seconds=seconds)
        for request in list(self.network.air):
            if request.left_at + SETTLING < until:
                self.decide(request, fate)
        self.clock.passed_s += seconds

    def teardown(self) -> None:
        try:
            if not self.is_broken:
                self.all_comes_to_an_end()
        finally:
            self.close()

    def all_comes_to_an_end(self) -> None:
        """With a worker and a network that are well nothing due stays without an end."""
        self.network.is_mute = False
        for request in list(self.network.air):
            self.decide(request, Fate.ACCEPTED)
        self.all_is_true()
        for worker in self.workers:
            self.do(worker.die())
            self.gone.add(worker.me.name)
        self.workers = [worker := self.new_worker()]
        for _ in range(60):
            self.runs_well(worker)
            if not (rest := self.model.open()):
                break
            soonest = (min(row.due_at for row in rest) - self.clock.now()).total_seconds()
            self.passes(max(soonest, 5.0), Fate.NEVER_THERE)
        self.is_at_its_end()

    def runs_well(self, worker: Worker) -> None:
        self.do(worker.beat())
        self.do(worker.watch())
        self.works(worker)
        while self.network.air:
            self.decide(self.network.air[0], Fate.ACCEPTED)
            self.do(worker.record())
        self.all_is_true()

    def is_at_its_end(self) -> None:
        for row in self.model.rows.values():
            if row.channel_id not in self.model.paused:
                assert row.status in FINAL, f"delivery {row.id} is still {row.status}"

    def close(self) -> None:
        for worker in self.workers:
            with suppress(Exception):
                self.loop.run(worker.die())
        self.loop.run(self.database.close())
        self.loop.close()
        self.setup.copies.drop(self.url)
