"""Asking a network whether an unknown one is there."""

from dataclasses import replace
from datetime import datetime, timedelta

from socialapp.access import Keyring
from socialapp.domain import delivery as rules
from socialapp.domain.content import Repeats
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.outcome import Absent, Finding, Outcome, Posted, Unknown
from socialapp.providers.contract import Access, Finds, Provider, PublishFailed, capabilities_of
from socialapp.providers.intent import Intent
from socialapp.publishing import thread
from socialapp.store import deliveries, others
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim, Subject
from socialapp.store.others import Open, Others
from socialapp.store.session import AsyncSession

_KNOWS_REPEATS = {Repeats.CLIENT_ID, Repeats.PREPARED, Repeats.REFUSED}
"""Sending the same again is the way to find out: it cannot become a second post."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""Ours and a network's."""


async def others_of(
    db: AsyncSession, claim: Claim, about: Subject, provider: Provider | None
) -> Others:
    """Return what a network's reading could take for this one."""
    if not _is_known_by_words(provider):
        return Others()
    return await others.at_account(db, claim, about.channel)


def _is_known_by_words(provider: Provider | None) -> bool:
    """Whether a post has no id of ours to be found by."""
    return provider is not None and provider.capabilities.minds_parallel


async def look(
    claim: Claim,
    about: Subject,
    provider: Provider | None,
    keyring: Keyring,
    *,
    there: Others,
    now: datetime,
) -> Finish:
    """Ask, and say what the delivery becomes, unless confirmed() has doubts."""
    if claim.intent is None or provider is None:
        return _ask_a_person(claim, about)
    can = capabilities_of(provider, about.channel.known)
    if not isinstance(provider, Finds) and can.repeats not in _KNOWS_REPEATS:
        return _ask_a_person(claim, about)
    intent = Intent.thawed(claim.intent, posted=tuple(claim.progress))
    finding = await _ask(provider, intent, claim, about, keyring, there)
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
        follow=thread.follow(intent, can),
    )
    return Finish(
        claim,
        thread.as_whole(settlement, intent),
        looks=claim.looks + 1,
        absences=absences,
        progress=thread.progress(claim, intent, finding),
    )


async def _ask(
    provider: Provider,
    intent: Intent,
    claim: Claim,
    about: Subject,
    keyring: Keyring,
    there: Others,
) -> Finding:
    try:
        access = await keyring.of(about.channel, provider)
    except PublishFailed as error:
        return Unknown(str(error))
    twins = tuple((twin.first_at, twin.last_at) for twin in _twins(intent, there))
    intent = replace(intent, elsewhere=there.known, twins=twins)
    since = claim.planned_at
    if there.sent_at:
        since = max(since, there.sent_at - CLOCKS_DIFFER)
    once = intent.once(claim.once)
    if isinstance(provider, Finds):
        return await provider.find(intent, access, once=once, since=since)
    if isinstance(sent := await _repeated(provider, intent, access, once=once), Posted):
        return sent
    reason = f"{about.channel.name} did not confirm the post, also when it was sent again."
    return Unknown(f"{reason} Look there.")


def _twins(intent: Intent, there: Others) -> list[Open]:
    """Return those that cannot be told from it by their words."""
    return [twin for twin in there.open if _words(twin) == intent.part.text]


def _words(other: Open) -> str | None:
    thread = Intent.thawed(other.intent).content.thread
    return thread[other.part].text if other.part < len(thread) else None


async def confirmed(
    db: AsyncSession,
    end: Finish,
    about: Subject,
    provider: Provider | None,
    *,
    before: Others,
    now: datetime,
) -> Finish:
    """Return what a look led to, unless what was sent to the account meanwhile makes it doubtful.

    One post is one delivery's: until this transaction ends nobody else settles one of the account.
    """
    found = _found(end)
    if not found or provider is None or not _is_known_by_words(provider):
        return end
    await others.lock_account(db, about.channel)
    there = await others.at_account(db, end.claim, about.channel)
    intent = Intent.thawed(end.claim.intent or {}, posted=tuple(end.claim.progress))
    if not found & there.known and all(t in before.open for t in _twins(intent, there)):
        return end
    settlement = rules.reconcile(
        Unknown(f"{about.channel.name} has a post with these words that may be another."),
        looks=end.looks,
        absences=0,
        needed=0,
        now=now,
        settling=provider.capabilities.settling,
    )
    return Finish(end.claim, thread.as_whole(settlement, intent), looks=end.looks)


def _found(end: Finish) -> set[str]:
    """Return the id and the address of the post that was found; none when none was."""
    if end.progress:
        return {end.progress[-1]["remote_id"], end.progress[-1]["url"]} - {""}
    return {end.settlement.remote_id, end.settlement.url} - {""}


async def _repeated(provider: Provider, intent: Intent, access: Access, *, once: str) -> Outcome:
    """Send the same again; a refusal of it says nothing of what was sent before.

    Meanwhile the delivery stays unknown: what may be out can be neither edited nor cancelled.
    """
    try:
        return await provider.publish(intent, access, once=once)
    except PublishFailed as error:
        return error.outcome


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
        Status.POSTED: "The network says that it is there.",
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
