"""Which accounts and networks are closed for the moment: by their own word, or by their silence."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialapp.clock import monotonic

FAULTS = 5
WITHIN_S = 60.0
PROBE_EVERY_S = 30.0


@dataclass
class _Breaker:
    """Opens when a network failed again and again without a word between."""

    faults: deque[float] = field(default_factory=lambda: deque(maxlen=FAULTS))
    probe_at: float | None = None

    def failed(self, now: float) -> bool:
        """Note a fault; True when it opens with this one."""
        self.faults.append(now)
        was_open = self.probe_at is not None
        if was_open or (len(self.faults) == FAULTS and now - self.faults[0] <= WITHIN_S):
            self.probe_at = now + PROBE_EVERY_S
        return not was_open and self.probe_at is not None

    def lets_through(self, now: float) -> bool:
        """Whether one may go: while it is open, one every half minute finds out."""
        if self.probe_at is None:
            return True
        if now < self.probe_at:
            return False
        self.probe_at = now + PROBE_EVERY_S
        return True


@dataclass(frozen=True)
class Closed:
    """Nothing goes there now, until when, and why."""

    until: datetime
    reason: str


class Gates:
    """What this worker knows of them; what networks said is shared through the database."""

    def __init__(self) -> None:
        self._closed: dict[str, datetime] = {}
        self._breakers: dict[str, _Breaker] = {}

    def close(self, scope: str, until: datetime) -> None:
        """Note a network's own word."""
        self._closed[scope] = until

    def closed(self, channel: str, network: str, *, name: str, now: datetime) -> Closed | None:
        """Say whether a post may go to this account of this network now."""
        if until := self._until(channel, now):
            return Closed(until, f"{name} has used up what its network allows for now.")
        if until := self._until(network, now):
            return Closed(until, f"The network of {name} asks everybody to wait.")
        breaker = self._breakers.get(network)
        if breaker and not breaker.lets_through(monotonic()):
            left_s = max(0.0, (breaker.probe_at or 0.0) - monotonic())
            return Closed(
                now + timedelta(seconds=left_s), f"The network of {name} does not answer now."
            )
        return None

    def _until(self, scope: str, now: datetime) -> datetime | None:
        until = self._closed.get(scope)
        if until is not None and until <= now:
            del self._closed[scope]
            return None
        return until

    def failed(self, network: str) -> bool:
        """Note that a network did not answer as one that works; True when it is given up now."""
        return self._breakers.setdefault(network, _Breaker()).failed(monotonic())

    def answered(self, network: str) -> bool:
        """Note that it works; True when it had been given up."""
        breaker = self._breakers.pop(network, None)
        return breaker is not None and breaker.probe_at is not None

    def silent(self) -> list[str]:
        """Return the networks that do not answer, for the operator."""
        return sorted(n for n, breaker in self._breakers.items() if breaker.probe_at is not None)
