"""What this worker holds, claim by claim: how much more it may take, and what slipped away."""

from collections import Counter
from collections.abc import Iterable

from socialapp.clock import monotonic
from socialapp.store.claims import Claim

ROOM = 10_000
"""Claims in hand; some kilobytes each."""
PER_CHANNEL = 200
"""More would only wait here instead of in the database, in the way of other channels."""
SPARE = 100
"""Room for channels of which nothing is in hand, when those with much have filled the rest."""
AUDIT_EVERY_S = 10.0
DOUBT_S = 5.0

Ticket = tuple[int, int]


class Hands:
    """The claims of one worker."""

    def __init__(self) -> None:
        self._claims: dict[Ticket, Claim] = {}
        self._by_channel: Counter[int] = Counter()
        self._suspects: set[Ticket] = set()
        self._audited_at = monotonic()
        self._in_doubt_until = 0.0

    @property
    def holds(self) -> int:
        """How many."""
        return len(self._claims)

    @property
    def room(self) -> int:
        """How many more."""
        return max(ROOM - self.holds, 0) or max(ROOM + SPARE - self.holds, 0)

    @property
    def full(self) -> list[int]:
        """The channels that have had their share."""
        most = PER_CHANNEL if self.holds < ROOM else 1
        return [channel_id for channel_id, n in self._by_channel.items() if n >= most]

    def take(self, claims: Iterable[Claim]) -> None:
        """Hold these."""
        for claim in claims:
            self._claims[claim.ticket] = claim
            self._by_channel[claim.channel_id] += 1

    def drop(self, claim: Claim) -> None:
        """Hold it no more; again is harmless."""
        if self._claims.pop(claim.ticket, None) is None:
            return
        self._by_channel[claim.channel_id] -= 1
        if not self._by_channel[claim.channel_id]:
            del self._by_channel[claim.channel_id]

    def is_audit_due(self) -> bool:
        """Whether it is time to compare with the database."""
        return self._is_in_doubt or monotonic() - self._audited_at >= AUDIT_EVERY_S

    @property
    def _is_in_doubt(self) -> bool:
        return monotonic() < self._in_doubt_until

    def doubt(self) -> None:
        """Note that a claim failed: its commit may have been taken all the same."""
        self._in_doubt_until = monotonic() + DOUBT_S

    def audit(self, recorded: set[Ticket]) -> set[Ticket]:
        """Return what the database says is ours and was in no hand at two looks in a row.

        In doubt, one look is enough.
        """
        self._audited_at = monotonic()
        missing = recorded - self._claims.keys()
        lost = missing if self._is_in_doubt else missing & self._suspects
        self._suspects = missing - lost
        return lost
