"""Many schedules at once, their preview, the way back, and the order of a queue."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member, Role
from socialapp.services import bulk, members, moves, reorder, schedules
from socialapp.services.bulk import Action, Deed, Outcome
from socialapp.store.session import Database
from socialapp.store.tables import Post, Schedule, TakenSlot
from tests.people import colleague
from tests.services.desk import become, channel_of, plan, status_of
from tests.services.test_queueing import NOON, add, posting_at


async def now_of(database: Database) -> dict[int, Schedule]:
    async with database.reading() as db:
        return {each.id or 0: each for each in (await db.execute(select(Schedule))).scalars()}


def deeds(action: Action, *some: Schedule, **more: object) -> list[Deed]:
    return [Deed(each.id or 0, action, **more) for each in some]  # type: ignore[arg-type]


async def take_back(database: Database, by: Member, outcomes: list[Outcome]) -> list[Schedule]:
    async with database.transaction() as db:
        befores = [each.before for each in outcomes if each.before]
        return await moves.undo(db, by, befores, now=utc_now())


async def test_a_preview_says_what_can_be_done_and_changes_nothing(
    database: Database, alice: Member
) -> None:
    some = [await plan(database, alice) for _ in range(5)]
    await become(database, some[0], Status.SENDING)
    await become(database, some[1], Status.SENDING)
    before = {i: each.scheduled_at for i, each in (await now_of(database)).items()}
    shift = deeds(Action.SHIFT, *some, minutes=90)

    foreseen = await bulk.run(database.transaction, alice, shift, is_preview=True, now=utc_now())

    assert bulk.foretold(Action.SHIFT, foreseen) == "3 of 5 can be moved; 2 are being published."
    assert {i: each.scheduled_at for i, each in (await now_of(database)).items()} == before
    done = await bulk.run(database.transaction, alice, shift, now=utc_now())
    assert [(o.code, o.status, o.at) for o in done] == [(o.code, o.status, o.at) for o in foreseen]
    assert bulk.told(Action.SHIFT, done) == "3 of 5 moved; 2 are being published."


async def test_a_shift_by_days_keeps_the_time_of_the_day_and_is_undone(
    database: Database, alice: Member
) -> None:
    one, two = await plan(database, alice), await plan(database, alice, away=timedelta(days=200))

    done = await bulk.run(
        database.transaction, alice, deeds(Action.SHIFT, one, two, days=180), now=utc_now()
    )
    moved = await now_of(database)
    for was in (one, two):
        assert moved[was.id or 0].local_time[11:] == was.local_time[11:]
        assert moved[was.id or 0].scheduled_at - was.scheduled_at >= timedelta(days=179)
    await take_back(database, alice, done)

    back = await now_of(database)
    assert [back[s.id or 0].scheduled_at for s in (one, two)] == [
        one.scheduled_at,
        two.scheduled_at,
    ]


async def test_all_or_nothing_is_nothing_when_one_is_refused(
    database: Database, alice: Member
) -> None:
    some = [await plan(database, alice) for _ in range(3)]
    await become(database, some[2], Status.POSTED)

    done = await bulk.run(
        database.transaction, alice, deeds(Action.CANCEL, *some), is_atomic=True, now=utc_now()
    )

    assert [each.code for each in done] == ["not_done", "not_done", "conflict"]
    assert [await status_of(database, each) for each in some] == ["queued", "queued", "posted"]


async def test_what_was_cancelled_is_planned_anew_by_undo_and_stays_cancelled_itself(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    (queued,) = await add(database, alice, channel)

    done = await bulk.run(database.transaction, alice, deeds(Action.CANCEL, queued), now=utc_now())
    (again,) = await take_back(database, alice, done)

    assert again.id != queued.id
    assert (again.post_id, again.scheduled_at) == (queued.post_id, queued.scheduled_at)
    assert await status_of(database, queued) == "cancelled"
    (after,) = await add(database, alice, channel)
    assert after.scheduled_at > again.scheduled_at  # it has its slot again


async def test_undo_leaves_alone_what_somebody_moved_since(
    database: Database, alice: Member
) -> None:
    mine = await plan(database, alice)
    done = await bulk.run(
        database.transaction, alice, deeds(Action.SHIFT, mine, minutes=60), now=utc_now()
    )
    await bulk.run(database.transaction, alice, deeds(Action.SHIFT, mine, minutes=5), now=utc_now())

    with pytest.raises(Conflict, match="Somebody moved it"):
        await take_back(database, alice, done)

    now = (await now_of(database))[mine.id or 0]
    assert now.scheduled_at == mine.scheduled_at + timedelta(minutes=65)


async def test_one_that_would_be_in_the_past_is_refused_and_the_rest_is_done(
    database: Database, alice: Member
) -> None:
    near, far = await plan(database, alice), await plan(database, alice, away=timedelta(days=9))

    done = await bulk.run(
        database.transaction, alice, deeds(Action.SHIFT, near, far, days=-3), now=utc_now()
    )

    assert bulk.told(Action.SHIFT, done) == "1 of 2 moved; 1 would be in the past."


async def test_many_at_once_from_two_people_do_not_wait_for_each_other(
    database: Database, alice: Member
) -> None:
    some = [await plan(database, alice) for _ in range(12)]
    there = deeds(Action.SHIFT, *some, minutes=1)

    both = await asyncio.gather(
        bulk.run(database.transaction, alice, there, now=utc_now()),
        bulk.run(database.transaction, alice, there[::-1], now=utc_now()),
    )

    assert all(each.is_done for done in both for each in done)
    after = await now_of(database)
    assert all(after[s.id or 0].scheduled_at - s.scheduled_at == timedelta(minutes=2) for s in some)


async def test_publish_now_and_a_moment_that_is_given(database: Database, alice: Member) -> None:
    one, two = await plan(database, alice), await plan(database, alice)
    at = moments.read("2031-05-14T09:00", zone="Europe/Berlin")

    (out,) = await bulk.run(
        database.transaction, alice, deeds(Action.PUBLISH_NOW, one), now=utc_now()
    )
    (moved,) = await bulk.run(
        database.transaction, alice, deeds(Action.MOVE, two, at=at), now=utc_now()
    )

    assert out.at
    assert out.at <= utc_now()
    assert (out.before, moved.at) == (None, at.at)


async def test_a_queue_is_reordered_while_its_slots_stay(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON, delay=timedelta(minutes=9))
    queue = [(await add(database, alice, channel))[0] for _ in range(4)]
    places = [each.scheduled_at for each in queue]
    first, second, third, fourth = (each.id or 0 for each in queue)

    async def order() -> list[int]:
        there = sorted((await now_of(database)).values(), key=lambda each: each.scheduled_at)
        assert [each.scheduled_at for each in there] == places
        return [each.id or 0 for each in there]

    async with database.transaction() as db:
        done = await reorder.put(db, alice, fourth, target_id=second, now=utc_now())
    assert await order() == [first, fourth, second, third]
    async with database.transaction() as db:
        await reorder.step(db, alice, first, steps=1, now=utc_now())
        await reorder.step(db, alice, first, steps=-1, now=utc_now())
        await reorder.step(db, alice, first, steps=-1, now=utc_now())
        await moves.undo(db, alice, done, now=utc_now())

    assert await order() == [first, second, third, fourth]
    async with database.reading() as db:
        held = (await db.execute(select(TakenSlot))).scalars().all()
    assert len(held) == 4
    (fifth,) = await add(database, alice, channel)
    assert fifth.scheduled_at > places[3]


async def test_what_is_approved_stays_so_when_it_is_reordered(
    database: Database, alice: Member
) -> None:
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    editor = await colleague(database, alice, Role.EDITOR)
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    queue = [(await add(database, alice, channel))[0] for _ in range(3)]
    first, _, third = (each.id or 0 for each in queue)

    async with database.transaction() as db:
        done = await reorder.step(db, editor, third, steps=-reorder.FAR, now=utc_now())
    there = await now_of(database)
    assert min(there.values(), key=lambda each: each.scheduled_at).id == third
    assert {each.status for each in there.values()} == {"queued"}
    async with database.transaction() as db:
        await moves.undo(db, editor, done, now=utc_now())
    there = await now_of(database)
    assert min(there.values(), key=lambda each: each.scheduled_at).id == first
    assert {each.status for each in there.values()} == {"queued"}

    async with database.transaction() as db:
        await db.execute(update(Post).values(approved_revision=None))
        await reorder.step(db, editor, third, steps=-1, now=utc_now())
    assert (await now_of(database))[third].status == "needs_approval"


async def test_two_people_reorder_at_once_and_every_post_keeps_one_slot(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    queue = [(await add(database, alice, channel))[0] for _ in range(5)]
    ids = [each.id or 0 for each in queue]

    async def put(one: int, other: int) -> None:
        async with database.transaction() as db:
            await reorder.put(db, alice, ids[one], target_id=ids[other], now=utc_now())

    crossing = [(0, 4), (4, 0), (2, 0), (1, 3), (3, 1), (0, 2)]
    done = await asyncio.gather(*(put(*each) for each in crossing), return_exceptions=True)

    assert all(each is None or isinstance(each, Conflict) for each in done)
    assert None in done
    after = (await now_of(database)).values()
    assert sorted(s.scheduled_at for s in after) == [s.scheduled_at for s in queue]
    async with database.reading() as db:
        held = (await db.execute(select(TakenSlot))).scalars().all()
    assert {each.schedule_id: each.slot_at for each in held} == {
        each.id: each.scheduled_at for each in after
    }


async def test_only_what_has_a_slot_and_has_not_left_changes_places(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    one, two = [(await add(database, alice, channel))[0] for _ in range(2)]
    by_hand = await plan(database, alice)
    await become(database, two, Status.SENDING)

    for other in (by_hand, two):
        async with database.transaction() as db:
            with pytest.raises(Conflict):
                await reorder.put(db, alice, one.id or 0, target_id=other.id or 0, now=utc_now())


async def test_strangers_and_viewers_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    mine = await plan(database, alice)
    cancel = deeds(Action.CANCEL, mine)
    before = (await bulk.run(database.transaction, alice, cancel, is_preview=True, now=utc_now()))[
        0
    ].before

    with pytest.raises(NotAllowed):
        await bulk.run(database.transaction, bob, cancel, now=utc_now())
    (hers,) = await bulk.run(database.transaction, carol, cancel, now=utc_now())
    assert (hers.code, hers.status) == ("not_found", "")
    assert before
    async with database.transaction() as db:
        with pytest.raises(NotFound):
            await moves.undo(db, carol, [before], now=utc_now())
        with pytest.raises(NotFound):
            await reorder.put(db, carol, mine.id or 0, target_id=mine.id or 0, now=utc_now())
        with pytest.raises(NotAllowed):
            await schedules.move(db, bob, mine.id or 0, now=utc_now())
    with pytest.raises(Rejected):
        await bulk.run(database.transaction, alice, cancel * (bulk.AT_MOST + 1), now=utc_now())
    assert await status_of(database, mine) == "queued"


async def test_a_cancel_is_not_taken_back_when_the_post_was_planned_again(
    database: Database, alice: Member
) -> None:
    mine = await plan(database, alice)
    done = await bulk.run(database.transaction, alice, deeds(Action.CANCEL, mine), now=utc_now())
    at = moments.shifted(utc_now() + timedelta(days=2), "UTC")
    async with database.transaction() as db:
        again = await schedules.create(db, alice, post_id=mine.post_id, at=at, now=utc_now())

    with pytest.raises(Conflict, match="planned again"):
        await take_back(database, alice, done)

    live = [s.id for s in (await now_of(database)).values() if s.status != "cancelled"]
    assert live == [again.id]


async def test_taking_a_cancel_back_approves_nothing(database: Database, alice: Member) -> None:
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    held = await plan(database, await colleague(database, alice, Role.EDITOR))
    assert held.status == "needs_approval"

    done = await bulk.run(database.transaction, alice, deeds(Action.CANCEL, held), now=utc_now())
    (back,) = await take_back(database, alice, done)

    assert await status_of(database, back) == "needs_approval"
