"""Posts with the same words to one account: what is found is one delivery's, never two's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp import providers
from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.outcome import Unknown
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.publishing import lookup
from socialapp.store import attempts, channels, claims, others
from socialapp.store.attempts import Finish
from socialapp.store.claims import Claim
from socialapp.store.tables import Delivery, PublishLog, Schedule
from tests.networks.adapters import ADAPTERS, ServerKey
from tests.networks.judge import Judge
from tests.networks.mischief import Mischief
from tests.networks.stand import Stand, take_stand
from tests.world import World

KIND = ServerKey.key


@pytest.fixture
async def stand(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    """An account on each kind of network."""
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, *ADAPTERS))
    judge = Judge()
    await judge.start()
    yield await take_stand(world, judge)
    await judge.stop()


async def left(stand: Stand, status: Status, *, ago_s: float = 0.0, **more: object) -> Schedule:
    """Leave a delivery as a worker does after an attempt that may be out."""
    schedule = await stand.world.schedule("Hello", channel_ids=[stand.ids[KIND]])
    delivery = await stand.world.delivery(schedule)
    at = utc_now() - timedelta(seconds=ago_s)
    intent = Intent("Hello", (), "").frozen()
    async with stand.world.database.transaction() as db:
        await db.execute(
            update(Delivery)
            .where(col(Delivery.id) == delivery.id)
            .values(status=status, intent=intent, sent_at=at, attempt=1, due_at=at, **more)
        )
        db.add(
            PublishLog(
                workspace_id=delivery.workspace_id,
                schedule_id=delivery.schedule_id,
                delivery_id=delivery.id,
                provider=KIND,
                attempt=1,
                status="unknown",
                started_at=at,
            )
        )
    return schedule


async def claimed(stand: Stand) -> list[Claim]:
    async with stand.world.database.transaction() as db:
        return await claims.claim_unknown(db, worker="w", now=utc_now(), limit=9)


async def seen(stand: Stand, claim: Claim) -> others.Others:
    async with stand.world.database.reading() as db:
        about = (await claims.subjects(db, [claim]))[claim.id]
        return await lookup.others_of(db, claim, about, ServerKey(Http()))


async def test_a_lost_post_does_not_pass_for_its_twin_that_is_out(stand: Stand) -> None:
    world = stand.world
    async with world.worker():
        first = await world.schedule("Hello", channel_ids=[stand.ids[KIND]])
        await world.reaches(first, "posted")
        stand.judge.disturb(KIND, stand.account(KIND), Mischief.REQUEST_LOST)
        second = await world.schedule("Hello", channel_ids=[stand.ids[KIND]])
        await world.reaches(second, "posted", within_s=30)

    ids = {(await world.delivery(schedule)).remote_id for schedule in (first, second)}
    assert stand.judge.texts(KIND) == ["Hello", "Hello"]
    assert ids == {post.id for post in stand.judge.posts}


async def test_what_is_known_and_what_is_open_is_told_of_the_whole_account(stand: Stand) -> None:
    world = stand.world
    async with world.database.transaction() as db:
        mine = await channels.by_id(db, world.alice.workspace_id, [stand.ids[KIND]])
        mine[stand.ids[KIND]].remote_id = "7"
        shared = await channels.add_channel(
            db, world.alice.workspace_id, provider=KIND, name="again", now=utc_now()
        )
        shared.address, shared.remote_id = mine[stand.ids[KIND]].address, "7"
        await db.flush()
        shared_id = shared.id
    await left(stand, Status.POSTED, remote_id="p1", url="https://x/p1")
    await left(stand, Status.POSTED, url="https://x/told", ago_s=5)
    told = await left(stand, Status.POSTED, ago_s=5)
    shares = await left(stand, Status.NEEDS_CHECK, ago_s=9)
    await left(stand, Status.POSTED, remote_id="old", ago_s=9000)
    await left(stand, Status.QUEUED)
    await left(stand, Status.UNKNOWN)
    async with world.database.transaction() as db:
        theirs = col(Delivery.schedule_id) == shares.id
        await db.execute(update(Delivery).where(theirs).values(channel_id=shared_id))
    (claim,) = await claimed(stand)

    there = await seen(stand, claim)

    assert there.known == {"p1", "https://x/p1", "https://x/told"}
    open_ = {(await world.delivery(schedule)).id for schedule in (told, shares)}
    assert {twin.delivery_id for twin in there.open} == open_
    assert there.sent_at


async def test_a_finding_counts_only_while_no_other_may_be_it(stand: Stand) -> None:
    await left(stand, Status.UNKNOWN)
    (claim,) = await claimed(stand)
    before = await seen(stand, claim)

    assert await becomes(stand, claim, before) is Status.POSTED
    await left(stand, Status.SENDING)
    assert await becomes(stand, claim, before) is Status.UNKNOWN
    assert await becomes(stand, claim, await seen(stand, claim)) is Status.POSTED
    await left(stand, Status.POSTED, remote_id="p1")
    assert await becomes(stand, claim, await seen(stand, claim)) is Status.UNKNOWN


def found(claim: Claim) -> Finish:
    posted = Settlement(Status.POSTED, remote_id="p1", url="https://x/p1")
    return Finish(claim, posted, looks=1)


async def confirmed(
    stand: Stand, claim: Claim, before: others.Others, *, finishes: bool = False
) -> Finish:
    async with stand.world.database.transaction() as db:
        about = (await claims.subjects(db, [claim]))[claim.id]
        end = await lookup.confirmed(
            db, found(claim), about, ServerKey(Http()), before=before, now=utc_now()
        )
        if finishes:
            await attempts.finish(db, [end], now=utc_now())
    return end


async def becomes(stand: Stand, claim: Claim, before: others.Others) -> Status:
    return (await confirmed(stand, claim, before)).settlement.status


async def test_two_that_find_the_same_post_at_once_do_not_both_take_it(stand: Stand) -> None:
    await left(stand, Status.UNKNOWN)
    await left(stand, Status.UNKNOWN)
    taken = await claimed(stand)
    before = [await seen(stand, claim) for claim in taken]

    await asyncio.gather(
        *(confirmed(stand, c, b, finishes=True) for c, b in zip(taken, before, strict=True))
    )

    async with stand.world.database.reading() as db:
        rows = [await db.get(Delivery, claim.id) for claim in taken]
    assert sorted(row.remote_id for row in rows if row) == ["", "p1"]


async def test_a_network_is_asked_since_it_was_sent_and_not_since_it_was_planned(
    stand: Stand,
) -> None:
    asked = []

    class Asked(ServerKey):
        async def find(self, intent, access, *, once, since):  # type: ignore[no-untyped-def]
            asked.append(since)
            return Unknown("")

    await left(stand, Status.UNKNOWN, planned_at=utc_now() - timedelta(minutes=10))
    (claim,) = await claimed(stand)
    there = await seen(stand, claim)
    async with stand.world.database.reading() as db:
        about = (await claims.subjects(db, [claim]))[claim.id]

    provider, keyring = Asked(Http()), Keyring(stand.world.database)
    await lookup.look(claim, about, provider, keyring, there=there, now=utc_now())

    assert there.sent_at
    assert asked == [there.sent_at - lookup.CLOCKS_DIFFER]
