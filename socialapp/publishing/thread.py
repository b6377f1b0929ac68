"""Threads: a delivery whose parts go out one after the other, each an attempt of its own."""

from dataclasses import replace
from typing import Any

from socialapp.domain.content import Capabilities
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.outcome import Finding, Outcome, Posted
from socialapp.providers.intent import Intent
from socialapp.store.claims import Claim


def follow(intent: Intent, can: Capabilities) -> int:
    """Return how many parts are still to be sent after the one that is next."""
    return 0 if can.takes_threads_whole else len(intent.parts) - intent.index


def progress(
    claim: Claim, intent: Intent, outcome: Outcome | Finding
) -> list[dict[str, Any]] | None:
    """Return the parts that are out by now; None when none came to it, or nothing of it is kept."""
    if not isinstance(outcome, Posted) or not (intent.parts or outcome.kept):
        return None
    out = {"remote_id": outcome.remote_id, "url": outcome.url, "kept": dict(outcome.kept)}
    return [*claim.progress, out]


def as_whole(settlement: Settlement, intent: Intent) -> Settlement:
    """Say of a thread what holds for all of it: its link is that of its first part."""
    if not intent.index:
        return settlement
    if settlement.status is Status.POSTED:
        first = intent.posted[0]
        return replace(settlement, remote_id=first["remote_id"], url=first["url"])
    if settlement.status in {Status.FAILED, Status.NEEDS_CHECK}:
        reason = settlement.reason.replace("Nothing was posted.", "This part was not posted.")
        words = f"{intent.index} of {len(intent.parts) + 1} parts of the thread are out."
        return replace(settlement, reason=f"{reason} {words}")
    return settlement
