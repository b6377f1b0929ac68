"""prepare -> start -> send -> settle: a claimed delivery becomes one post, or says why not."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from socialapp.access import Keyring, ends_soon
from socialapp.clock import awake_or_asleep
from socialapp.domain import delivery as rules
from socialapp.domain.content import Repeats
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Outcome, TryLater, Unknown
from socialapp.providers.contract import (
    Prepares,
    Provider,
    PublishFailed,
    Refreshes,
    capabilities_of,
)
from socialapp.providers.http import hearing
from socialapp.providers.intent import Intent
from socialapp.publishing import fitting, lookup, thread
from socialapp.publishing.ready import Prepared, Ready, Sent, latest, said, scopes
from socialapp.publishing.timekeeper import Timekeeper
from socialapp.store import attempts, claims, contents, limits, secrets
from socialapp.store.attempts import Finish, Started
from socialapp.store.claims import Claim, Subject
from socialapp.store.contents import WhereIs, Written
from socialapp.store.secrets import Secret
from socialapp.store.session import AsyncSession, Database

SPARE_S = 35.0
"""The request's limit of 30 s and five more: with less lease left nothing is sent."""
_log = logging.getLogger(__name__)


TOO_LATE = Settlement(
    Status.MISSED,
    reason="Its time passed before it could be sent. Nothing was posted.",
    action="retry",
)


class Engine:
    """Publishes what a worker has claimed."""

    def __init__(
        self,
        database: Database,
        networks: dict[str, Provider],
        *,
        time: Timekeeper,
        keyring: Keyring,
        where: WhereIs,
        lease_left_s: Callable[[], float] = lambda: 1e9,
        chance: Callable[[], float] = random.random,
        steady: Callable[[], float] = awake_or_asleep,
    ) -> None:
        self._database = database
        self._networks = networks
        self._time = time
        self._keyring = keyring
        self._where = where
        self._lease_left_s = lease_left_s
        self._chance = chance
        self._steady = steady

    @property
    def uploading(self) -> set[str]:
        """The networks that take media before the moment."""
        return {key for key, p in self._networks.items() if isinstance(p, Prepares)}

    @property
    def drafting(self) -> set[str]:
        """The networks at which a post is drafted before the moment."""
        repeats = {key: p.capabilities.repeats for key, p in self._networks.items()}
        return {key for key in self.uploading if repeats[key] is Repeats.PREPARED}

    async def prepare(self, taken: Sequence[Claim]) -> AsyncIterator[Prepared]:
        """Freeze what will be sent and do what may be done before the moment.

        Yields what is ready as it becomes so: one slow upload keeps no other post waiting.
        """
        async with self._database.reading() as db:
            planned, ends = await self._plan(db, taken)
        slow: list[Ready] = []
        quick: list[Ready] = []
        for ready in planned:
            is_slow = ready.must_renew or _has_something_to_prepare(ready) or _has_to_fit(ready)
            (slow if is_slow else quick).append(ready)
        uploads = {asyncio.create_task(self._prepare_one(ready)) for ready in slow}
        try:
            if quick or ends:
                yield await self._freeze(quick, ends)
            while uploads:
                done, uploads = await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED)
                made = [task.result() for task in done]
                yield await self._freeze(
                    [m for m in made if isinstance(m, Ready)],
                    [m for m in made if isinstance(m, Finish)],
                )
        finally:
            for upload in uploads:
                upload.cancel()

    async def prepare_early(self, taken: Sequence[Claim]) -> AsyncIterator[list[Finish]]:
        """Do what may be done long before the moment; yields the deliveries, to wait on."""
        async with self._database.reading() as db:
            planned, ends = await self._plan(db, taken)
        yield ends
        for done in asyncio.as_completed([self._prepare_early(ready) for ready in planned]):
            yield [await done]

    async def _prepare_early(self, ready: Ready) -> Finish:
        made = await self._prepare_one(ready)
        if isinstance(made, Finish) and made.settlement.status is not Status.QUEUED:
            return made
        # What did not work out is kept unprepared, and tried again shortly before the moment.
        kept = made if isinstance(made, Ready) else ready
        waiting = Settlement(Status.QUEUED, due_at=ready.claim.due_at)
        return Finish(ready.claim, waiting, prepared=kept.intent.frozen())

    async def _freeze(self, good: Sequence[Ready], ends: Sequence[Finish]) -> Prepared:
        async with self._database.transaction() as db:
            await attempts.finish(db, ends, now=self._time.now())
            kept = await attempts.freeze(db, [(r.claim, r.intent.frozen()) for r in good])
        ready = [r for r in good if r.claim.ticket in kept]
        lost = [r.claim for r in good if r.claim.ticket not in kept]
        return Prepared(ready, settled=[end.claim for end in ends] + lost)

    async def _plan(
        self, db: AsyncSession, taken: Sequence[Claim]
    ) -> tuple[list[Ready], list[Finish]]:
        subjects = await claims.subjects(db, taken)
        post_ids = {about.post_id for about in subjects.values()}
        written = await contents.written(db, post_ids, where=self._where)
        held = await secrets.of_channels(db, {claim.channel_id for claim in taken})
        asked = {scope for claim in taken for scope in scopes(claim, subjects[claim.id])}
        closed = await limits.closed(db, asked, now=self._time.now())
        planned: list[Ready] = []
        ends: list[Finish] = []
        for claim in taken:
            about = subjects[claim.id]
            stopped = self._stopped(claim, about) or self._closed(claim, about, closed)
            if stopped:
                ends.append(Finish(claim, stopped))
            else:
                secret = held.get(claim.channel_id)
                planned.append(self._ready(claim, about, written[about.post_id], secret))
        return planned, ends

    def _stopped(self, claim: Claim, about: Subject) -> Settlement | None:
        """Say why a claimed delivery must not go out, if so."""
        now = self._time.now()
        if now > latest(claim, about):
            return TOO_LATE
        if about.channel.paused_at or about.workspace.is_paused:
            return Settlement(Status.PAUSED)
        if about.channel.removed_at or about.channel.provider not in self._networks:
            reason = f"{about.channel.name} is no longer connected. Nothing was posted."
            return Settlement(Status.FAILED, reason=reason, action="reconnect")
        if about.channel.needs_reconnect:
            until = latest(claim, about)
            return rules.until_reconnected(about.channel.name, now=now, latest=until)
        return None

    def _closed(
        self, claim: Claim, about: Subject, closed: dict[str, datetime]
    ) -> Settlement | None:
        """Put off what would be refused: the network has said until when."""
        if not closed:
            return None
        theirs = scopes(claim, about)
        until = max((closed[scope] for scope in theirs if scope in closed), default=None)
        if until is None or until <= claim.due_at:
            return None
        reason = f"{about.channel.name} has used up what its network allows for now."
        until += timedelta(seconds=self._chance())
        return rules.wait(reason, until=until, latest=latest(claim, about))

    def _ready(
        self, claim: Claim, about: Subject, written: Written, secret: Secret | None
    ) -> Ready:
        channel = about.channel
        provider = self._networks[channel.provider]
        can = capabilities_of(provider, channel.known)
        content = written.sent(channel, can)
        intent = Intent.of(content, created_at=iso(about.scheduled_at))
        if claim.intent:
            kept = Intent.thawed(claim.intent)
            # Sent before: the same bytes again, so that the network can tell it is a repeat.
            # Prepared before: as it was, unless something has changed since.
            if claim.attempt or kept.is_same(intent):
                intent = kept
        return Ready(
            claim=claim,
            intent=replace(intent, posted=tuple(claim.progress)),
            access=self._keyring.access(channel, secret),
            provider=provider,
            capabilities=can,
            channel=channel,
            latest=latest(claim, about),
            must_renew=isinstance(provider, Refreshes) and ends_soon(secret, self._time.now()),
        )

    async def _prepare_one(self, ready: Ready) -> Ready | Finish:
        try:
            if ready.must_renew:
                ready = await self._renewed(ready) or ready
            if _has_to_fit(ready):
                intent = await fitting.fitted(ready.intent, ready.capabilities)
                ready = replace(ready, intent=intent)
            if not _has_something_to_prepare(ready):
                return ready
            return await self._prepared(ready)
        except Exception as error:
            outcome = _failure(error, ready)
            if isinstance(outcome, Unknown):  # of an upload, not of the post: that is not out
                outcome = TryLater(f"{outcome.reason} Nothing was posted; it is tried again.")
            return self._end(ready, outcome, is_prepared_only=True)

    async def _prepared(self, ready: Ready) -> Ready:
        assert isinstance(ready.provider, Prepares)
        once = ready.claim.once
        try:
            prepared = await ready.provider.prepare(ready.intent, ready.access, once=once)
        except PublishFailed as error:
            renewed = await self._renewed(ready, after=error.outcome)
            if renewed is None:
                raise
            ready = renewed
            prepared = await ready.provider.prepare(ready.intent, ready.access, once=once)  # type: ignore[attr-defined]
        return replace(ready, intent=replace(ready.intent, prepared=prepared))

    async def _renewed(self, ready: Ready, *, after: Outcome | None = None) -> Ready | None:
        """Return it with access that was renewed; None when there is no other.

        `after` an outcome: only when that was for want of access. Raises PublishFailed.
        """
        if after is not None and not isinstance(after, Disconnected):
            return None
        access = await self._keyring.renew(ready.channel, ready.provider, ready.access)
        return replace(ready, access=access, must_renew=False) if access else None

    def leave_by(self) -> float:
        """Return until when, on the steady clock, what is started now may leave.

        Asked before the start. Signs of life that come later do not make it longer: between them
        another worker may have taken over.
        """
        return self._steady() + self._lease_left_s() - SPARE_S

    async def start(self, batch: Sequence[Ready]) -> Started:
        """Commit that these are being sent; only then may a byte leave."""
        alone = {r.claim.channel_id for r in batch if r.capabilities.at_once_per_channel == 1}
        async with self._database.transaction() as db:
            return await attempts.start(
                db,
                [r.claim for r in batch],
                providers={r.claim.id: r.provider.key for r in batch},
                alone=alone,
                now=self._time.now(),
            )

    async def show(self, under_way: Sequence[Ready]) -> None:
        """Make people see that these are being published."""
        async with self._database.transaction() as db:
            await attempts.show(db, [r.claim for r in under_way], now=self._time.now())

    async def send(self, ready: Ready, log_id: int, *, leave_by: float) -> Sent:
        """Send one request and say what it led to; never raises."""
        left: list[datetime] = []

        def leaving() -> None:
            if self._steady() > leave_by:
                reason = "This worker was held up just before sending. Nothing was posted."
                raise PublishFailed(TryLater(reason))
            left.append(self._time.now())

        with hearing() as heard:
            outcome = await self._publish(ready, leaving)
            if isinstance(outcome, Disconnected):
                outcome = await self._publish_renewed(ready, leaving, outcome)
        end = self._end(ready, outcome)
        settlement = end.settlement
        if settlement.status is Status.UNKNOWN:
            # It may still be on its way in: looked for too soon it would seem absent.
            first_look_at = self._time.now() + ready.capabilities.settling
            settlement = replace(settlement, due_at=first_look_at)
        finish = replace(
            end,
            settlement=settlement,
            log_id=log_id,
            sent_at=left[-1] if left else None,
            finished_at=self._time.now(),
            limits=said(ready, outcome, heard, settlement, now=self._time.now()),
        )
        return Sent(finish, outcome)

    async def _publish(self, ready: Ready, leaving: Callable[[], None]) -> Outcome:
        try:
            return await ready.provider.publish(
                ready.intent,
                ready.access,
                once=ready.intent.once(ready.claim.once),
                leaving=leaving,
            )
        except Exception as error:
            return _failure(error, ready)

    async def _publish_renewed(
        self, ready: Ready, leaving: Callable[[], None], refused: Disconnected
    ) -> Outcome:
        """Send it once more with other access, if there is any: it is surely not posted."""
        try:
            renewed = await self._renewed(ready)
        except Exception as error:
            outcome = _failure(error, ready)
            return TryLater(outcome.reason) if isinstance(outcome, Unknown) else outcome
        return await self._publish(renewed, leaving) if renewed else refused

    def _end(self, ready: Ready, outcome: Outcome, *, is_prepared_only: bool = False) -> Finish:
        settlement = rules.settle(
            outcome,
            tries=ready.claim.tries + 1,
            now=self._time.now(),
            chance=self._chance(),
            latest=max(ready.latest, ready.claim.planned_at + rules.PATIENCE),
            follow=thread.follow(ready.intent, ready.capabilities),
        )
        return Finish(
            ready.claim,
            thread.as_whole(settlement, ready.intent),
            counts_as_try=is_prepared_only,
            prepared=_unprepared(ready, outcome),
            progress=thread.progress(ready.claim, ready.intent, outcome),
            disconnects=isinstance(outcome, Disconnected),
        )

    async def reconcile(self, claim: Claim) -> None:
        """Ask the network whether an unknown one is there, and settle it if that is known."""
        async with self._database.reading() as db:
            about = (await claims.subjects(db, [claim]))[claim.id]
            provider = self._networks.get(about.channel.provider)
            there = await lookup.others_of(db, claim, about, provider)
        end = await lookup.look(
            claim, about, provider, self._keyring, there=there, now=self._time.now()
        )
        async with self._database.transaction() as db:
            now = self._time.now()
            end = await lookup.confirmed(db, end, about, provider, before=there, now=now)
            if claim.ticket in await attempts.finish(db, [end], now=now):
                await lookup.note(db, end, provider=about.channel.provider, now=now)

    async def settle(self, ends: Sequence[Finish]) -> None:
        """Record outcomes; those that were taken over meanwhile are left to their new owner."""
        async with self._database.transaction() as db:
            kept = await attempts.finish(db, ends, now=self._time.now())
        for end in ends:
            if end.claim.ticket not in kept:
                _log.warning("Delivery %s was taken over; its outcome is not ours.", end.claim.id)


def _has_something_to_prepare(ready: Ready) -> bool:
    if ready.intent.prepared or not isinstance(ready.provider, Prepares):
        return False
    return ready.provider.has_to_prepare(ready.intent)


def _unprepared(ready: Ready, outcome: Outcome) -> dict[str, Any] | None:
    if not isinstance(outcome, TryLater) or not outcome.unprepares:
        return None
    return replace(ready.intent, prepared={}).frozen()


def _has_to_fit(ready: Ready) -> bool:
    was_sent = bool(ready.claim.attempt and ready.claim.intent)  # it goes out again as it did
    if was_sent or ready.intent.prepared:
        return False
    return fitting.has_to_fit(ready.intent, ready.capabilities)


def _failure(error: Exception, ready: Ready) -> Outcome:
    if isinstance(error, PublishFailed):
        return error.outcome
    # A bug of ours. The post may be out: say so, and find out.
    _log.exception("Delivery %s: the provider failed.", ready.claim.id, exc_info=error)
    return Unknown("Something unexpected happened while it was being sent.")
