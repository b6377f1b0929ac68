"""Ready and Sent: a delivery in the engine's hands, and what its answer says of limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import delivery as rules
from socialapp.domain.content import Capabilities
from socialapp.domain.delivery import Settlement
from socialapp.domain.outcome import Outcome, Trouble, TryLater
from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Allowance
from socialapp.providers.intent import Intent
from socialapp.store import limits
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim, Subject
from socialapp.store.limits import Limit
from socialapp.store.tables import Channel

LONGEST_WAIT = timedelta(days=1)
FEW = 20
"""Fewer requests left than this are worth a line in the database."""


@dataclass(frozen=True)
class Ready:
    """A delivery with everything at hand: at the moment only the request is left."""

    claim: Claim
    intent: Intent
    access: Access
    provider: Provider
    capabilities: Capabilities
    """What its network can take of this channel."""
    channel: Channel
    latest: datetime
    """After it nothing goes out by itself."""
    must_renew: bool = False
    """Its access ends soon, and another is to be fetched first."""

    @property
    def account(self) -> str:
        """The scope of the limits of its account."""
        return limits.channel(self.claim.channel_id)

    @property
    def network(self) -> str:
        """The scope of the limits of everybody there."""
        return limits.network(self.provider.key, self.channel.address)


@dataclass(frozen=True)
class Prepared:
    """What came of preparing: what is ready, and what is out of the worker's hands."""

    ready: list[Ready]
    settled: list[Claim]


@dataclass(frozen=True)
class Sent:
    """A request that was made: what it led to, and what the network said."""

    finish: Finish
    outcome: Outcome


def latest(claim: Claim, about: Subject) -> datetime:
    """Return until when it may go out by itself."""
    late = timedelta(minutes=about.workspace.missed_after_minutes)
    return rules.latest(claim.planned_at, missed_after=late, tries=claim.tries)


def scopes(claim: Claim, about: Subject) -> tuple[str, str]:
    """Return the scopes of the limits that hold for it."""
    channel = about.channel
    return limits.channel(claim.channel_id), limits.network(channel.provider, channel.address)


def said(
    ready: Ready,
    outcome: Outcome,
    heard: Sequence[Allowance],
    settlement: Settlement,
    *,
    now: datetime,
) -> tuple[Limit, ...]:
    """Return what the network said of limits, where it is worth keeping."""
    trouble = outcome.trouble if isinstance(outcome, TryLater) else Trouble.NOBODY
    if trouble is Trouble.NETWORK and isinstance(outcome, TryLater) and outcome.after:
        return (Limit(ready.network, closed_until=now + outcome.after),)
    last = heard[-1] if heard else None
    closed_until = None
    if trouble is Trouble.CHANNEL and isinstance(outcome, TryLater):
        closed_until = now + outcome.after if outcome.after else settlement.due_at
    if last and last.remaining == 0:
        closed_until = max(closed_until or now, min(last.resets_at, now + LONGEST_WAIT))
    if closed_until is None and (last is None or last.remaining > FEW):
        return ()
    allowed = (last.allowed, last.remaining, last.resets_at) if last else (None, None, None)
    return (Limit(ready.account, closed_until, *allowed),)
