"""Asking a network whether an unknown one is there."""

from datetime import datetime

from socialapp.access import Keyring
from socialapp.domain import delivery as rules
from socialapp.domain.content import Repeats
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.outcome import Absent, Finding, Unknown
from socialapp.providers.contract import Finds, Intent, Provider, PublishFailed
from socialapp.publishing import thread
from socialapp.store import deliveries
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim, Subject
from socialapp.store.session import AsyncSession

_KNOWS_REPEATS = {Repeats.CLIENT_ID, Repeats.PREPARED, Repeats.REFUSED}
"""Sending the same again is the way to find out: it cannot become a second post."""


async def look(
    claim: Claim, about: Subject, provider: Provider | None, keyring: Keyring, *, now: datetime
) -> Finish:
    """Ask, and say what the delivery becomes."""
    if claim.intent is None or provider is None:
        return _ask_a_person(claim, about)
    if not isinstance(provider, Finds):
        if provider.capabilities.repeats not in _KNOWS_REPEATS:
            return _ask_a_person(claim, about)
        return Finish(claim, Settlement(Status.QUEUED, due_at=now, action="wait"))
    intent = Intent.thawed(claim.intent, posted=tuple(claim.progress))
    finding = await _ask(provider, intent, claim, about, keyring)
    can = provider.capabilities
    absences = claim.absences + 1 if isinstance(finding, Absent) else 0
    # Not there may mean not there yet: a repeat now could overtake the first request.
    waits = can.minds_parallel and absences == 1
    settlement = rules.reconcile(
        finding,
        looks=claim.looks + 1,
        absences=absences,
        needed=can.absent_looks + can.minds_parallel,
        now=now,
        settling=can.lingers if waits else can.settling,
        follow=thread.follow(intent),
    )
    return Finish(
        claim,
        thread.as_whole(settlement, intent),
        looks=claim.looks + 1,
        absences=absences,
        progress=thread.progress(claim, intent, finding),
    )


async def _ask(
    provider: Finds, intent: Intent, claim: Claim, about: Subject, keyring: Keyring
) -> Finding:
    try:
        access = await keyring.of(about.channel, provider)  # type: ignore[arg-type]
    except PublishFailed as error:
        return Unknown(str(error))
    once = intent.once(claim.once)
    return await provider.find(intent, access, once=once, since=claim.planned_at)


def _ask_a_person(claim: Claim, about: Subject) -> Finish:
    reason = (
        f"{about.channel.name} did not say whether it took the post, and cannot be asked."
        " It was not sent again. Look there."
    )
    return Finish(claim, Settlement(Status.NEEDS_CHECK, reason=reason, action="check"))


async def note(db: AsyncSession, end: Finish, *, provider: str, now: datetime) -> None:
    """Log what came of it."""
    delivery = await deliveries.get(db, end.claim.workspace_id, end.claim.id)
    if delivery is None:
        return
    words = {
        Status.POSTED: "It was found at the network.",
        Status.QUEUED: "The network does not have it; it is sent again.",
    }
    await deliveries.note(
        db,
        delivery,
        provider=provider,
        kind="look",
        status=end.settlement.status.value,
        remote_id=end.settlement.remote_id,
        url=end.settlement.url,
        error=words.get(end.settlement.status, end.settlement.reason),
        started_at=now,
        finished_at=now,
    )
