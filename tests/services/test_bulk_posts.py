"""Channels, tags, slots, checks and the trash for many posts: foreseen, done, taken back."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.approval import Rule
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import NotAllowed, Rejected
from socialapp.domain.people import Member, Role
from socialapp.services import bulk, bulk_posts, bulk_undo, schedules
from socialapp.services.assigning import How
from socialapp.services.bulk_posts import Action, Line, Outcome, Wish
from socialapp.store import channels, deliveries, people
from socialapp.store import posts as post_rows
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Delivery, Post, Schedule, TakenSlot
from tests.people import colleague
from tests.services.desk import become, channel_of, plan, write
from tests.services.test_queueing import NOON, add, posting_at


async def second(database: Database, by: Member, name: str = "Shop") -> Channel:
    async with database.transaction() as db:
        return await channels.add_channel(
            db, by.workspace_id, provider="sandbox", name=name, now=utc_now()
        )


async def run(
    database: Database, by: Member, lines: Sequence[Line], wish: Wish, *, is_preview: bool = False
) -> list[Outcome]:
    return await bulk_posts.run(
        database.transaction, by, lines, wish, is_preview=is_preview, now=utc_now()
    )


async def take_back(database: Database, by: Member, done: Sequence[Outcome]) -> list[str]:
    backs = [each.back for each in done if each.back]
    return (await bulk_undo.undo(database.transaction, by, backs, now=utc_now()))[1]


async def post_of(database: Database, by: Member, post_id: int) -> Post:
    async with database.reading() as db:
        return (await post_rows.by_id(db, by.workspace_id, [post_id]))[post_id]


async def goes_to(database: Database, schedule_id: int) -> dict[int, Status]:
    async with database.reading() as db:
        return (await deliveries.by_channel(db, [schedule_id]))[schedule_id]


async def planned(database: Database, post_id: int) -> list[Schedule]:
    async with database.reading() as db:
        query = select(Schedule).where(
            Schedule.post_id == post_id, Schedule.status != Shown.CANCELLED
        )
        return list((await db.execute(query)).scalars())


async def test_drafts_get_more_fewer_and_other_channels_and_go_back(
    database: Database, alice: Member
) -> None:
    one, two = (await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0
    empty = await write(database, alice)
    full = await write(database, alice, channel_ids=[one, two])
    lines = [Line(empty.id or 0), Line(full.id or 0)]
    wish = Wish(Action.CHANNELS, How.ADD, (two,))

    foreseen = await run(database, alice, lines, wish, is_preview=True)
    assert [(each.code, each.words) for each in foreseen] == [
        ("", "Goes to Shop."),
        ("unchanged", ""),
    ]
    assert bulk_posts.foretold(wish.action, foreseen) == "1 of 2 can be changed; 1 already so."
    assert (await post_of(database, alice, empty.id or 0)).channel_ids == []
    done = await run(database, alice, lines, wish)
    assert (await post_of(database, alice, empty.id or 0)).channel_ids == [two]
    less = await run(database, alice, lines, Wish(Action.CHANNELS, How.REMOVE, (two,)))
    assert [each.words for each in less][1].startswith("Goes to ")
    assert (await post_of(database, alice, full.id or 0)).channel_ids == [one]

    assert await take_back(database, alice, less) == []
    assert (await post_of(database, alice, full.id or 0)).channel_ids == [one, two]
    assert await take_back(database, alice, done) != []  # it was changed since


async def test_a_queued_post_goes_to_another_channel_at_its_moment_and_back(
    database: Database, alice: Member
) -> None:
    first = await channel_of(database, alice)
    one, two = first.id or 0, (await second(database, alice)).id or 0
    await posting_at(database, alice, first, NOON)
    (queued,) = await add(database, alice, first)
    line = [Line(queued.post_id, queued.id)]

    more = await run(database, alice, line, Wish(Action.CHANNELS, How.ADD, (two,)))
    assert more[0].is_done
    assert await goes_to(database, queued.id or 0) == {one: Status.QUEUED, two: Status.QUEUED}
    other = await run(database, alice, line, Wish(Action.CHANNELS, How.REPLACE, (two,)))
    assert await goes_to(database, queued.id or 0) == {one: Status.CANCELLED, two: Status.QUEUED}
    assert (await post_of(database, alice, queued.post_id)).channel_ids == [two]
    async with database.reading() as db:
        assert (await db.execute(select(TakenSlot))).scalars().all() == []
    none = await run(database, alice, line, Wish(Action.CHANNELS, How.REMOVE, (two,)))
    assert (none[0].code, none[0].back) == ("no_channel_left", None)

    assert await take_back(database, alice, other) == []
    (again,) = await planned(database, queued.post_id)
    assert again.scheduled_at == queued.scheduled_at
    assert await goes_to(database, again.id or 0) == {one: Status.QUEUED, two: Status.QUEUED}


async def test_an_undo_takes_no_channel_out_of_what_somebody_planned_since(
    database: Database, alice: Member
) -> None:
    one, two = (await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0
    draft = await write(database, alice, channel_ids=[one])
    done = await run(database, alice, [Line(draft.id or 0)], Wish(Action.CHANNELS, How.ADD, (two,)))
    at = moments.shifted(utc_now() + timedelta(days=1), "UTC")
    async with database.transaction() as db:
        made = await schedules.create(db, alice, post_id=draft.id or 0, at=at, now=utc_now())

    (trouble,) = await take_back(database, alice, done)

    assert "planned since" in trouble
    assert await goes_to(database, made.id or 0) == {one: Status.QUEUED, two: Status.QUEUED}


async def test_two_lines_of_one_post_both_go_back(database: Database, alice: Member) -> None:
    one, two = (await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0
    first = await plan(database, alice, channel_ids=[one])
    at = moments.shifted(utc_now() + timedelta(days=3), "UTC")
    async with database.transaction() as db:
        later = await schedules.create(
            db, alice, post_id=first.post_id, at=at, channel_ids=[one], now=utc_now()
        )
    lines = [Line(first.post_id, each.id) for each in (first, later)]
    done = await run(database, alice, lines, Wish(Action.CHANNELS, How.ADD, (two,)))
    assert [each.code for each in done] == ["", ""]

    assert await take_back(database, alice, done) == []

    for each in (first, later):
        assert (await goes_to(database, each.id or 0))[two] is Status.CANCELLED


async def test_a_channel_that_is_added_again_sends_nothing_that_failed(
    database: Database, alice: Member
) -> None:
    ids = [(await channel_of(database, alice)).id or 0]
    ids += [(await second(database, alice, name)).id or 0 for name in ("Shop", "Stall")]
    failed, waits, back = ids
    mine = await plan(database, alice, channel_ids=ids)
    line = [Line(mine.post_id, mine.id)]
    await run(database, alice, line, Wish(Action.CHANNELS, How.REMOVE, (back,)))
    async with database.transaction() as db:
        its = (col(Delivery.schedule_id) == mine.id, col(Delivery.channel_id) == failed)
        await db.execute(update(Delivery).where(*its).values(status=Status.FAILED))

    (done,) = await run(database, alice, line, Wish(Action.CHANNELS, How.ADD, (back,)))

    assert done.is_done
    (again,) = await planned(database, mine.post_id)
    assert await goes_to(database, again.id or 0) == dict.fromkeys((waits, back), Status.QUEUED)


async def test_what_was_taken_from_a_channel_is_not_planned_there_again_by_an_undo(
    database: Database, alice: Member
) -> None:
    one, two = (await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0
    queued = await plan(database, alice, channel_ids=[one, two])
    line = [Line(queued.post_id, queued.id)]
    await run(database, alice, line, Wish(Action.CHANNELS, How.REMOVE, (one,)))

    gone = await run(database, alice, line, Wish(Action.DELETE))
    assert await planned(database, queued.post_id) == []
    assert (await post_of(database, alice, queued.post_id)).deleted_at
    assert await take_back(database, alice, gone) == []

    (again,) = await planned(database, queued.post_id)
    assert await goes_to(database, again.id or 0) == {two: Status.QUEUED}
    assert (await post_of(database, alice, queued.post_id)).deleted_at is None


async def test_what_is_out_or_failed_keeps_its_channels_and_says_why(
    database: Database, alice: Member
) -> None:
    two = (await second(database, alice)).id or 0
    out, failed = await plan(database, alice), await plan(database, alice)
    await become(database, out, Status.POSTED)
    await become(database, failed, Status.FAILED)
    lines = [Line(out.post_id, out.id), Line(failed.post_id, failed.id), Line(987654)]

    done = await run(database, alice, lines, Wish(Action.CHANNELS, How.ADD, (two,)))

    assert [each.code for each in done] == ["conflict", "conflict", "not_found"]
    assert "posted" in done[0].detail
    assert "failed" in done[1].detail
    tagged = await run(database, alice, lines, Wish(Action.TAGS, How.ADD, tags=("rye",)))
    assert [each.code for each in tagged] == ["conflict", "", "not_found"]


async def test_an_editor_cannot_send_what_an_approver_did_not_see(
    database: Database, alice: Member
) -> None:
    two = (await second(database, alice)).id or 0
    async with database.transaction() as db:
        (await people.workspace(db, alice.workspace_id)).approval_rule = Rule.ONE
    editor = await colleague(database, alice, Role.EDITOR)
    approved = await plan(database, alice)
    waits = await plan(database, editor)

    for schedule in (approved, waits):
        line = [Line(schedule.post_id, schedule.id)]
        (done,) = await run(database, editor, line, Wish(Action.CHANNELS, How.ADD, (two,)))
        assert done.is_done
        found = await goes_to(database, schedule.id or 0)
        assert set(found.values()) == {Status.NEEDS_APPROVAL}
    (hers,) = await run(
        database, alice, [Line(waits.post_id, waits.id)], Wish(Action.CHANNELS, How.REMOVE, (two,))
    )
    assert hers.is_done
    assert Status.QUEUED not in (await goes_to(database, waits.id or 0)).values()


async def test_drafts_are_spread_over_the_free_slots_also_in_a_preview_of_many(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    drafts = [await write(database, alice, f"Loaf {n}") for n in range(27)]
    lines = [Line(each.id or 0) for each in drafts]

    foreseen = await run(database, alice, lines, Wish(Action.QUEUE), is_preview=True)
    assert len({each.words for each in foreseen}) == 27
    assert await planned(database, drafts[0].id or 0) == []
    done = await run(database, alice, lines, Wish(Action.QUEUE))
    assert [each.words for each in done] == [each.words for each in foreseen]
    assert (await run(database, alice, lines[:1], Wish(Action.QUEUE)))[0].code == "conflict"

    assert await take_back(database, alice, done) == []
    assert (await post_of(database, alice, drafts[0].id or 0)).status == Shown.DRAFT
    (soonest,) = await run(database, alice, lines[5:6], Wish(Action.QUEUE))
    assert soonest.words == done[0].words


async def test_tags_are_added_taken_away_and_put_back(database: Database, alice: Member) -> None:
    mine = await write(database, alice, tags=["bread", "rye"])
    line = [Line(mine.id or 0)]

    await run(database, alice, line, Wish(Action.TAGS, How.ADD, tags=("new",)))
    done = await run(database, alice, line, Wish(Action.TAGS, How.REMOVE, tags=("rye", "x")))
    assert (await post_of(database, alice, mine.id or 0)).tags == ["bread", "new"]
    assert await take_back(database, alice, done) == []
    assert (await post_of(database, alice, mine.id or 0)).tags == ["bread", "rye", "new"]


async def test_many_are_checked_and_nothing_is_changed(database: Database, alice: Member) -> None:
    good, long = await write(database, alice), await write(database, alice, "x" * 90_000)
    lines = [Line(good.id or 0), Line(long.id or 0), Line(987654)]

    found = await run(database, alice, lines, Wish(Action.CHECK))

    assert [each.code for each in found] == ["", "refused", "not_found"]
    assert found[0].words == "Nothing is wrong."
    assert "character" in found[1].detail
    assert bulk_posts.told(Action.CHECK, found) == "1 of 3 can go out; 2 refused."
    assert (await post_of(database, alice, good.id or 0)).revision == good.revision


async def test_strangers_and_viewers_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    mine = await plan(database, alice, away=timedelta(days=2))
    line, hers = [Line(mine.post_id, mine.id)], await channel_of(database, carol)

    for action in Action:
        wish = Wish(action, How.ADD, (hers.id or 0,), ("x",))
        (outcome,) = await run(database, carol, line, wish)
        assert outcome.code == "not_found"
        if action is not Action.CHECK:
            with pytest.raises(NotAllowed):
                await run(database, bob, line, wish)
    (foreign,) = await run(database, alice, line, Wish(Action.CHANNELS, How.ADD, (hers.id or 0,)))
    assert foreign.code == "channel_unknown"
    (done,) = await run(database, alice, line, Wish(Action.DELETE))
    assert done.back
    assert await take_back(database, carol, [done]) != []
    with pytest.raises(Rejected):
        await run(database, alice, line * (bulk.AT_MOST + 1), Wish(Action.DELETE))
