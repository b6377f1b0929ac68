"""prepare -> start -> send -> settle: a claimed delivery becomes one post, or says why not."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialapp.domain import delivery as rules
from socialapp.domain.content import Capabilities, Repeats
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Absent, Outcome, TryLater, Unknown
from socialapp.providers.contract import Access, Finds, Intent, Prepares, Provider, PublishFailed
from socialapp.publishing.timekeeper import Timekeeper
from socialapp.store import claims, deliveries, posts
from socialapp.store.claims import Claim, Finish
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Channel, MediaAsset, Schedule, Workspace

SPARE_S = 35.0
"""The request's limit of 30 s and five more: with less lease left nothing is sent."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A delivery with everything at hand: at the moment only the request is left."""

    claim: Claim
    intent: Intent
    access: Access
    provider: Provider

    @property
    def capabilities(self) -> Capabilities:
        """What its network can take."""
        return self.provider.capabilities


@dataclass(frozen=True)
class About:
    """What a delivery is about, as it stood when it was read."""

    schedule: Schedule
    channel: Channel
    workspace: Workspace


class Engine:
    """Publishes what a worker has claimed."""

    def __init__(
        self,
        database: Database,
        networks: dict[str, Provider],
        *,
        time: Timekeeper,
        media_file: Callable[[MediaAsset], str],
        addresses: dict[str, str],
        lease_left_s: Callable[[], float] = lambda: 1e9,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._networks = networks
        self._time = time
        self._media_file = media_file
        self._addresses = addresses
        self._lease_left_s = lease_left_s
        self._chance = chance

    async def prepare(self, taken: Sequence[Claim]) -> AsyncIterator[list[Ready]]:
        """Freeze what will be sent and do what may be done before the moment.

        Yields what is ready as it becomes so: one slow upload keeps no other post waiting. What is
        too late, or cannot be sent, is settled here and not yielded.
        """
        async with self._database.reading() as db:
            planned, ends = await self._plan(db, taken)
        slow = [r for r in planned if _has_something_to_prepare(r)]
        uploads = {asyncio.create_task(self._prepare_one(ready)) for ready in slow}
        try:
            yield await self._freeze([r for r in planned if r not in slow], ends)
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

    async def _freeze(self, good: Sequence[Ready], ends: Sequence[Finish]) -> list[Ready]:
        async with self._database.transaction() as db:
            await claims.finish(db, ends, now=self._time.now())
            kept = await claims.freeze(db, [(r.claim, r.intent.frozen()) for r in good])
        return [r for r in good if r.claim.ticket in kept]

    async def _plan(
        self, db: AsyncSession, taken: Sequence[Claim]
    ) -> tuple[list[Ready], list[Finish]]:
        rows = await claims.contents(db, [c.id for c in taken])
        post_ids = {schedule.post_id for schedule, _, _ in rows.values()}
        texts = await posts.texts_of(db, post_ids)
        media = await posts.media_of(db, post_ids)
        planned: list[Ready] = []
        ends: list[Finish] = []
        for claim in taken:
            about = About(*rows[claim.id])
            if end := self._stopped(claim, about):
                ends.append(end)
                continue
            post_id = about.schedule.post_id
            planned.append(self._ready(claim, about, texts[post_id], media.get(post_id, [])))
        return planned, ends

    def _stopped(self, claim: Claim, about: About) -> Finish | None:
        """Say why a claimed delivery must not go out, if so."""
        late = timedelta(minutes=about.workspace.missed_after_minutes)
        if rules.is_missed(claim.due_at, now=self._time.now(), missed_after=late):
            reason = "Its time passed while nothing ran. Nothing was posted."
            return Finish(claim, Settlement(Status.MISSED, reason=reason, action="retry"))
        if about.channel.paused_at or about.workspace.is_paused:
            return Finish(claim, Settlement(Status.PAUSED))
        if about.channel.removed_at or about.channel.provider not in self._networks:
            reason = f"{about.channel.name} is no longer connected. Nothing was posted."
            return Finish(claim, Settlement(Status.FAILED, reason=reason, action="reconnect"))
        return None

    def _ready(self, claim: Claim, about: About, text: str, media: list[MediaAsset]) -> Ready:
        channel = about.channel
        intent = Intent(
            text=text,
            media=tuple(posts.as_media(m, file=self._media_file(m)) for m in media),
            created_at=iso(about.schedule.scheduled_at),
        )
        if claim.intent and claim.attempt:
            # Sent before: the same bytes again, so that the network can tell it is a repeat.
            intent = Intent.thawed(claim.intent)
        address = channel.address or self._addresses.get(channel.provider, "")
        access = Access(address, channel.handle)
        return Ready(claim, intent, access, self._networks[channel.provider])

    async def _prepare_one(self, ready: Ready) -> Ready | Finish:
        if not isinstance(ready.provider, Prepares):
            return ready
        try:
            prepared = await ready.provider.prepare(
                ready.intent, ready.access, once=ready.claim.once
            )
        except Exception as error:
            outcome = _failure(error, ready)
            if isinstance(outcome, Unknown):  # of an upload, not of the post: that is not out
                outcome = TryLater(f"{outcome.reason} Nothing was posted; it is tried again.")
            return self._end(ready.claim, outcome, is_prepared_only=True)
        return replace(ready, intent=replace(ready.intent, prepared=prepared))

    async def start(self, batch: Sequence[Ready]) -> list[tuple[Ready, int]]:
        """Commit that these are being sent; only then may a byte leave.

        Returns those that were still ours, with the ids of their log entries.
        """
        async with self._database.transaction() as db:
            logged = await claims.start(
                db,
                [r.claim for r in batch],
                providers={r.claim.id: r.provider.key for r in batch},
                now=self._time.now(),
            )
        return [(r, logged[r.claim.ticket]) for r in batch if r.claim.ticket in logged]

    async def send(self, ready: Ready, log_id: int) -> Finish:
        """Send one request and say what it led to; never raises."""
        left: list[datetime] = []

        def leaving() -> None:
            if self._lease_left_s() < SPARE_S:
                reason = "This worker lost its line to the database just before sending."
                raise PublishFailed(TryLater(reason))
            left.append(self._time.now())

        outcome: Outcome
        try:
            outcome = await ready.provider.publish(
                ready.intent, ready.access, once=ready.claim.once, leaving=leaving
            )
        except Exception as error:
            outcome = _failure(error, ready)
        settlement = self._end(ready.claim, outcome).settlement
        if settlement.status is Status.UNKNOWN:
            # It may still be on its way in: looked for too soon it would seem absent.
            first_look_at = self._time.now() + ready.capabilities.settling
            settlement = replace(settlement, due_at=first_look_at)
        return Finish(
            claim=ready.claim,
            settlement=settlement,
            log_id=log_id,
            sent_at=left[-1] if left else None,
            finished_at=self._time.now(),
        )

    def _end(self, claim: Claim, outcome: Outcome, *, is_prepared_only: bool = False) -> Finish:
        settlement = rules.settle(
            outcome, tries=claim.tries + 1, now=self._time.now(), chance=self._chance()
        )
        return Finish(claim, settlement, counts_as_try=is_prepared_only)

    async def reconcile(self, claim: Claim) -> None:
        """Ask the network whether an unknown one is there, and settle it if that is known."""
        async with self._database.reading() as db:
            rows = await claims.contents(db, [claim.id])
        about = About(*rows[claim.id])
        provider = self._networks.get(about.channel.provider)
        end = await self._look(claim, about, provider)
        async with self._database.transaction() as db:
            now = self._time.now()
            if claim.ticket in await claims.finish(db, [end], now=now):
                await self._log_look(db, end, provider=about.channel.provider, now=now)

    async def _look(self, claim: Claim, about: About, provider: Provider | None) -> Finish:
        if not isinstance(provider, Finds) or claim.intent is None:
            reason = (
                f"{about.channel.name} did not say whether it took the post, and cannot be asked."
                " It was not sent again. Look there."
            )
            return Finish(claim, Settlement(Status.NEEDS_CHECK, reason=reason, action="check"))
        address = about.channel.address or self._addresses.get(about.channel.provider, "")
        finding = await provider.find(
            Intent.thawed(claim.intent),
            Access(address, about.channel.handle),
            once=claim.once,
            since=claim.due_at,
        )
        absences = claim.absences + 1 if isinstance(finding, Absent) else 0
        settlement = rules.reconcile(
            finding,
            looks=claim.looks + 1,
            absences=absences,
            needed=provider.capabilities.absent_looks,
            now=self._time.now(),
            settling=provider.capabilities.settling,
        )
        return Finish(claim, settlement, looks=claim.looks + 1, absences=absences)

    async def _log_look(
        self, db: AsyncSession, end: Finish, *, provider: str, now: datetime
    ) -> None:
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

    async def settle(self, ends: Sequence[Finish]) -> None:
        """Record outcomes; those that were taken over meanwhile are left to their new owner."""
        async with self._database.transaction() as db:
            kept = await claims.finish(db, ends, now=self._time.now())
        for end in ends:
            if end.claim.ticket not in kept:
                _log.warning("Delivery %s was taken over; its outcome is not ours.", end.claim.id)


def _has_something_to_prepare(ready: Ready) -> bool:
    needs = ready.intent.media or ready.capabilities.repeats is Repeats.PREPARED
    return isinstance(ready.provider, Prepares) and bool(needs) and not ready.intent.prepared


def _failure(error: Exception, ready: Ready) -> Outcome:
    if isinstance(error, PublishFailed):
        return error.outcome
    # A bug of ours. The post may be out: say so, and find out.
    _log.exception("Delivery %s: the provider failed.", ready.claim.id, exc_info=error)
    return Unknown("Something unexpected happened while it was being sent.")
