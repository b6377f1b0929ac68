"""Comparisons whose posts people touched: what is out counts, and what is stopped stays so."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.comparing import Stage, Wording
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Conflict
from socialapp.domain.paired import find
from socialapp.domain.people import Member
from socialapp.services import assigning, comparing, comparisons, moves, schedules
from socialapp.services.assigning import How
from socialapp.store import channels
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Comparison, Delivery, Post, Schedule
from tests.services.compared import begin, come_in, look, seen, sent
from tests.services.desk import become

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def assign(
    db: AsyncSession, by: Member, each: comparing.Sent, how: How, *, name: str = "Other"
) -> int:
    """Give a post of a comparison another channel, beside its own or instead of it."""
    other = await channels.add_channel(
        db, by.workspace_id, provider="sandbox", name=name, now=utc_now()
    )
    ids = [other.id or 0]
    await assigning.assign(db, by, each.post_id, how=how, channel_ids=ids, now=utc_now())
    return ids[0]


async def statuses(db: AsyncSession, each: comparing.Sent) -> dict[int, str]:
    """Return where the deliveries of a post are, by channel."""
    query = (
        select(col(Delivery.channel_id), col(Delivery.status))
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .where(Schedule.post_id == each.post_id)
    )
    return {channel_id: str(status) for channel_id, status in (await db.execute(query)).all()}


@pytest.mark.parametrize("other", [Status.QUEUED, Status.FAILED])
async def test_what_is_out_in_its_channel_counts_whatever_became_of_another(
    database: Database, alice: Member, other: Status
) -> None:
    made = await begin(database, alice, pairs=2)
    first = (await seen(database, made)).pairs[0].first
    async with database.transaction() as db:
        await sent(db, first, 10)
        added = await _beside(db, alice, first, other)
    found = (await seen(database, made)).pairs[0].first

    await look(database, made, first.planned_at + timedelta(days=7, minutes=10))

    counted = (await seen(database, made)).pairs[0].first
    assert found.status == Shown.POSTED
    assert (counted.value, counted.lost) == (10, "")
    async with database.reading() as db:
        assert (await statuses(db, first))[added] == other


async def _beside(db: AsyncSession, by: Member, each: comparing.Sent, status: Status) -> int:
    """Let a post that is out in its channel wait, or have failed, in another one."""
    other = await channels.add_channel(
        db, by.workspace_id, provider="sandbox", name="Other", now=utc_now()
    )
    db.add(
        Delivery(
            workspace_id=by.workspace_id,
            schedule_id=each.schedule_id or 0,
            channel_id=other.id or 0,
            status=status,
            planned_at=each.planned_at,
            due_at=each.planned_at,
            once=f"{each.post_id}",
        )
    )
    await db.flush()
    await schedule_rows.refresh_status(db, [each.schedule_id or 0], now=utc_now())
    return other.id or 0


async def test_a_stop_cancels_what_waits_beside_what_is_out(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    first = (await seen(database, made)).pairs[0].first
    async with database.transaction() as db:
        await sent(db, first, 10)
        added = await _beside(db, alice, first, Status.QUEUED)

    async with database.transaction() as db:
        await comparisons.stop(db, alice, made.id or 0, now=utc_now())

    async with database.reading() as db:
        now = await statuses(db, first)
        queued = select(col(Delivery.id)).where(col(Delivery.status) == Status.QUEUED)
        assert (await db.execute(queued)).all() == []
    assert now == {first_channel(made): Status.POSTED, added: Status.CANCELLED}
    assert (await seen(database, made)).pairs[0].first.status == Shown.POSTED


async def test_a_stop_takes_back_what_was_given_to_another_channel_and_leaves_checks_to_people(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    one, other = (await seen(database, made)).pairs
    async with database.transaction() as db:
        await assign(db, alice, one.second, How.REPLACE)
        unclear = await db.get(Schedule, other.first.schedule_id)
        assert unclear
    await become(database, unclear, Status.NEEDS_CHECK)

    async with database.transaction() as db:
        await comparisons.stop(db, alice, made.id or 0, now=utc_now())

    async with database.reading() as db:
        assert set((await statuses(db, one.second)).values()) == {Status.CANCELLED}
        assert set((await statuses(db, other.first)).values()) == {Status.NEEDS_CHECK}


async def test_it_does_not_end_while_something_waits_and_is_stopped_whenever_something_does(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    every = [each for couple in (await seen(database, made)).pairs for each in couple.both]
    last = max(each.planned_at for each in every)
    for each in every:
        at = moments.read(moments.iso(each.planned_at + timedelta(days=100)), zone="UTC")
        async with database.transaction() as db:
            await schedules.move(db, alice, each.schedule_id or 0, at=at, now=utc_now())

    late = last + timedelta(days=2)
    await look(database, made, late)

    found = await seen(database, made)
    assert (found.stage, found.lost) == (Stage.RUNNING, 2)
    async with database.transaction() as db:
        await db.execute(update(Comparison).values(ended_at=late))  # as one that ended before
        await comparisons.stop(db, alice, made.id or 0, now=late)
    found = await seen(database, made)
    assert found.stage is Stage.ENDED
    assert {each.status for couple in found.pairs for each in couple.both} == {Shown.CANCELLED}
    async with database.transaction() as db:
        with pytest.raises(Conflict, match="ended by itself"):
            await comparisons.stop(db, alice, made.id or 0, now=late)


async def test_when_the_last_that_waited_is_gone_it_ends(database: Database, alice: Member) -> None:
    made = await begin(database, alice, pairs=2)
    every = [each for couple in (await seen(database, made)).pairs for each in couple.both]
    late = max(each.planned_at for each in every) + timedelta(days=2)
    await look(database, made, late)
    assert (await seen(database, made)).stage is Stage.RUNNING
    for each in every:
        async with database.transaction() as db:
            await schedules.cancel(db, alice, each.schedule_id or 0, now=utc_now())

    await look(database, made, late + timedelta(hours=1))

    assert (await seen(database, made)).stage is Stage.ENDED


async def test_what_was_cancelled_before_a_stop_does_not_come_back_after_it(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    one = (await seen(database, made)).pairs[0]
    ids = [each.schedule_id or 0 for each in one.both]
    async with database.transaction() as db:
        was = await moves.before(db, alice, ids)
        for schedule_id in ids:
            await schedules.cancel(db, alice, schedule_id, now=utc_now())
        await comparisons.stop(db, alice, made.id or 0, now=utc_now())

    for schedule_id in ids:
        with pytest.raises(Conflict, match="Its comparison was stopped since then"):
            async with database.transaction() as db:
                await moves.undo(db, alice, [was[schedule_id]], now=utc_now())

    async with database.reading() as db:
        for each in one.both:
            post = await db.get(Post, each.post_id)
            assert post
            assert post.deleted_at
            assert set((await statuses(db, each)).values()) == {Status.CANCELLED}


async def test_it_is_not_judged_when_people_touched_more_than_a_third(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=12)
    pairs = (await seen(database, made)).pairs
    async with database.transaction() as db:
        for couple in pairs[:5]:
            await schedules.cancel(db, alice, couple.second.schedule_id or 0, now=utc_now())
            await sent(db, couple.first, 10)
        for couple in pairs[5:]:
            for each in couple.both:
                await sent(db, each, 80 if each.wording == "a" else 10)

    await look(database, made, made.ends_at + timedelta(days=2))

    found = await seen(database, made)
    assert (found.stage, found.measured, found.finding) == (Stage.ENDED, 7, None)
    assert found.statement.startswith("Cannot tell: people changed, moved or cancelled 5 of 12")


async def test_one_that_is_stopped_while_it_is_judged_stays_without_a_verdict(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=7)
    await come_in(database, made, {Wording.A: 40, Wording.B: 12})
    late = made.ends_at + timedelta(minutes=10)
    which = (alice.workspace_id, made.id or 0)
    async with database.transaction() as db:
        await db.execute(update(Comparison).values(look_at=late))
        decided, judged = await comparing.measure(db, *which, now=late)
    assert (decided, len(judged or ())) == (14, 7)
    assert judged

    async with database.transaction() as db:
        await comparisons.stop(db, alice, made.id or 0, now=late)
    async with database.transaction() as db:
        await comparing.end(db, *which, judged, find(judged), now=late)

    found = await seen(database, made)
    assert (found.stage, found.finding) == (Stage.STOPPED, None)


def first_channel(made: Comparison) -> int:
    """Return the only channel of a comparison."""
    (channel_id,) = made.channel_ids
    return channel_id
