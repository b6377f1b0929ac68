"""Evergreen lists on real databases: made ahead once, rested, stopped, and taken back."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from socialapp import jobs
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import NotAllowed, NotFound, Rejected
from socialapp.domain.evergreen import Rhythm
from socialapp.domain.people import Member, Role
from socialapp.domain.slots import WeeklyTime
from socialapp.services import ahead, evergreen, going_round, members, schedules, slots
from socialapp.services import evergreen_entries as entries
from socialapp.services.evergreen import Settings
from socialapp.services.evergreen_entries import Content, Limits
from socialapp.store import channels
from socialapp.store import evergreen as rows
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import (
    Delivery,
    EvergreenList,
    EvergreenTurn,
    Notification,
    Post,
    Schedule,
    Workspace,
)
from tests.people import colleague
from tests.services.desk import become, channel_of, write

ZONE = "Europe/Berlin"


def every_day(clock: int = 540, days: int = 7) -> Rhythm:
    return Rhythm(tuple(WeeklyTime(day, clock) for day in range(days)))


async def begin(
    database: Database, by: Member, *texts: str, start: bool = True, **more: Any
) -> EvergreenList:
    """Make a list with these entries: daily at 09:00 unless said otherwise."""
    to = ((await channel_of(database, by)).id or 0,)
    what = {"rhythm": every_day(), "timezone": ZONE, "rest_days": 7, "channel_ids": to} | more
    async with database.transaction() as db:
        settings = Settings("Classics", **what)
        made = await evergreen.create(db, by, settings, now=utc_now())
        for text in texts:
            await entries.add(db, by, made.id or 0, Content(text), now=utc_now())
        if start:
            made = await evergreen.start(db, by, made.id or 0, now=utc_now())
        return made


async def planned(database: Database, of: EvergreenList) -> list[tuple[datetime, str]]:
    async with database.reading() as db:
        query = (
            select(col(Schedule.scheduled_at), col(Post.text))
            .join(EvergreenTurn, col(EvergreenTurn.post_id) == Schedule.post_id)
            .join(Post, col(Post.id) == Schedule.post_id)
            .where(EvergreenTurn.list_id == of.id, col(Schedule.status).in_(rows.WAITS))
            .order_by(col(Schedule.scheduled_at))
        )
        return [(at, text) for at, text in (await db.execute(query)).all()]


async def fresh(database: Database, of: EvergreenList) -> EvergreenList:
    async with database.reading() as db:
        found = await rows.get(db, of.workspace_id, of.id or 0)
    assert found
    return found


async def look(database: Database, of: EvergreenList, **later: float) -> int:
    """Let a worker look at a list, as if it were later."""
    now = utc_now() + timedelta(**later)
    async with database.transaction() as db:
        await db.execute(update(EvergreenList).values(look_at=now))
        return await going_round.make_one(db, of.workspace_id, of.id or 0, now=now)


async def told(database: Database) -> list[str]:
    async with database.reading() as db:
        found = await db.execute(
            select(Notification.text).where(Notification.event == "list_stopped")
        )
        return list(found.scalars())


async def upcoming(database: Database, by: Member, of: EvergreenList) -> list[evergreen.Next]:
    async with database.reading() as db:
        return await evergreen.upcoming(db, by, await fresh(database, of), now=utc_now())


async def test_it_is_seen_before_it_is_started_and_made_as_it_was_seen(
    database: Database, alice: Member
) -> None:
    texts = [f"Bread {n}" for n in range(7)]
    made = await begin(database, alice, *texts, start=False)
    seen = await upcoming(database, alice, made)
    assert await planned(database, made) == []

    async with database.transaction() as db:
        await evergreen.start(db, alice, made.id or 0, now=utc_now())

    there = await planned(database, made)
    assert [at for at, _ in there] == [each.at for each in seen]
    assert [text for _, text in there] == [*texts, *texts][: len(there)]
    assert len(there) in (13, 14)
    again = await upcoming(database, alice, made)
    assert [(e.at, e.wording_id, e.why) for e in again] == [
        (e.at, e.wording_id, e.why) for e in seen
    ]
    assert seen[0].why == "Not used yet."
    assert all(e.post_id and e.status == "queued" for e in again)


async def test_two_makers_at_once_and_again_make_each_turn_once(
    database: Database, alice: Member
) -> None:
    lists = [await begin(database, alice, f"Bread {n}", rhythm=every_day(days=1)) for n in (1, 2)]
    async with database.transaction() as db:
        for each in lists:
            await going_round.take_back(db, alice, each, now=utc_now())
        await db.execute(update(EvergreenList).values(look_at=utc_now()))

    done = await asyncio.gather(*(jobs.make_evergreen(database) for _ in range(4)))

    assert (sum(done), await jobs.make_evergreen(database)) == (4, 0)
    assert [len(await planned(database, each)) for each in lists] == [2, 2]


async def test_what_is_killed_between_choosing_and_writing_leaves_nothing_half(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await begin(database, alice, "Bread", start=False)
    before = await _count(database)

    async def killed(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(schedules, "create", killed)
        with pytest.raises(asyncio.CancelledError):
            async with database.transaction() as db:
                await evergreen.start(db, alice, made.id or 0, now=utc_now())
    assert await _count(database) == before
    assert (await fresh(database, made)).paused_at

    async with database.transaction() as db:
        await evergreen.start(db, alice, made.id or 0, now=utc_now())
    assert len(await planned(database, made)) >= 1


async def _count(database: Database) -> list[int]:
    async with database.reading() as db:
        return [
            (await db.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (Post, Schedule, EvergreenTurn)
        ]


async def test_the_same_text_by_hand_rests_too_and_wordings_take_turns(
    database: Database, alice: Member
) -> None:
    post = await write(database, alice, "Bread")
    async with database.transaction() as db:
        await schedules.create(db, alice, post_id=post.id or 0, now=utc_now())
    made = await begin(database, alice, "Bread", "Rolls", start=False, rhythm=every_day(days=1))
    async with database.transaction() as db:
        (_, rolls) = await rows.entries(db, [made.id or 0])
        what = Content("Rolls again")
        await entries.add_wording(db, alice, made.id or 0, rolls.id or 0, what, now=utc_now())
        await evergreen.start(db, alice, made.id or 0, now=utc_now())

    assert (await planned(database, made))[0][1] == "Rolls"
    assert await look(database, made, days=21) >= 2
    texts = [text for _, text in await planned(database, made)]
    assert texts[:4] == ["Rolls", "Bread", "Rolls again", "Bread"]


async def test_nothing_may_go_is_said_ahead_and_stops_it_when_the_turn_is_near(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "Bread", "Rolls")
    there = await planned(database, made)
    gap = (await upcoming(database, alice, made))[-1]

    assert len(there) == 2
    assert gap.entry_id is None
    assert "every wording is out within 7 days" in (await fresh(database, made)).trouble
    async with database.reading() as db:
        waits = [schedule for _, schedule in await rows.waiting(db, made.id or 0)]
    for schedule in waits:
        await become(database, schedule, Status.POSTED)
    hours = (gap.at - utc_now()).total_seconds() / 3600
    await look(database, made, hours=hours - 2)
    assert await told(database) == []
    await look(database, made, hours=hours - 0.5)
    await look(database, made, hours=hours)

    stopped = await fresh(database, made)
    assert stopped.paused_at
    assert "Nothing may go on" in stopped.stopped
    (words,) = await told(database)
    assert words.startswith(stopped.stopped)


async def test_three_failures_in_a_row_stop_it_and_take_back_what_is_planned(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, *(f"Bread {n}" for n in range(8)))
    async with database.reading() as db:
        waits = [schedule for _, schedule in await rows.waiting(db, made.id or 0)]
    for schedule in waits[:2]:
        await become(database, schedule, Status.FAILED)
    await look(database, made)
    assert await told(database) == []

    await become(database, waits[2], Status.FAILED)
    await look(database, made)

    assert await planned(database, made) == []
    assert "The last 3 posts of it failed" in (await fresh(database, made)).stopped
    assert len(await told(database)) == 1
    later = utc_now() + timedelta(days=4)
    async with database.transaction() as db:
        await evergreen.start(db, alice, made.id or 0, now=later)
    assert len(await planned(database, made)) > 0


@pytest.mark.parametrize("rule", ["rounds", "at_most", "ends_at", "until"])
async def test_the_stop_rules(database: Database, alice: Member, rule: str) -> None:
    soon = utc_now() + timedelta(days=2, minutes=1)
    more: dict[str, Any] = {"rounds": 1} if rule == "rounds" else {}
    more |= {"ends_at": soon} if rule == "ends_at" else {}
    made = await begin(database, alice, "Bread", "Rolls", start=False, **more)
    limits = Limits(1 if rule == "at_most" else None, soon if rule == "until" else None)
    async with database.transaction() as db:
        for each in await rows.entries(db, [made.id or 0]):
            await entries.limit(db, alice, made.id or 0, each.id or 0, limits, now=utc_now())
        await evergreen.start(db, alice, made.id or 0, now=utc_now())

    assert [text for _, text in await planned(database, made)] == ["Bread", "Rolls"]
    await look(database, made)
    assert not (await fresh(database, made)).paused_at  # they are still to go out
    async with database.reading() as db:
        for _, schedule in await rows.waiting(db, made.id or 0):
            await become(database, schedule, Status.POSTED)
    await look(database, made, days=10)
    assert (await fresh(database, made)).paused_at
    assert len(await told(database)) == 1


async def test_pause_skip_remove_and_rewrite_take_back_only_what_they_are_about(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, *(f"Bread {n}" for n in range(7)))
    before, list_id = await planned(database, made), made.id or 0
    async with database.transaction() as db:
        mine = await rows.entries(db, [list_id])
        (wording,) = await rows.wordings(db, [mine[1].id or 0])
        await evergreen.skip(db, alice, list_id, at=before[0][0], now=utc_now())
        await entries.rewrite(
            db, alice, list_id, mine[1].id or 0, wording.id or 0, Content("Rye"), now=utc_now()
        )
        await entries.remove(db, alice, list_id, mine[2].id or 0, now=utc_now())

    there = await planned(database, made)
    assert there[0] == (before[1][0], "Rye")
    assert "Bread 2" not in [text for _, text in there]
    assert (await upcoming(database, alice, made))[0].is_skipped

    async with database.transaction() as db:
        await evergreen.pause(db, alice, list_id, now=utc_now())
    assert await planned(database, made) == []
    assert await jobs.make_evergreen(database) == 0
    async with database.transaction() as db:
        await evergreen.start(db, alice, list_id, now=utc_now())
    assert (await planned(database, made))[0][0] == before[1][0]
    async with database.transaction() as db:
        await evergreen.end(db, alice, list_id, now=utc_now())
    assert await planned(database, made) == []


async def test_so_many_a_week_take_the_next_free_slots(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    texts = [f"Bread {n}" for n in range(7)]
    lists = [await begin(database, alice, *texts, start=False, rhythm=Rhythm(per_week=2))]
    async with database.transaction() as db:
        times = [WeeklyTime(day, minute) for day in range(7) for minute in (480, 1080)]
        await slots.change(db, alice, channel.id or 0, times=times, timezone="UTC")
    seen = await upcoming(database, alice, lists[0])
    async with database.transaction() as db:
        await evergreen.start(db, alice, lists[0].id or 0, now=utc_now())
        free = (await slots.next_free(db, alice, [channel.id or 0], now=utc_now())).popitem()[1]

    there = await planned(database, lists[0])
    assert len(there) == 5
    assert {at.hour for at, _ in there} <= {8, 18}
    assert there[0][0] == seen[0].at < free.at  # type: ignore[union-attr]
    assert len({at for at, _ in there}) == 5
    gaps = [later - at for (at, _), (later, _) in pairwise(there)]
    assert all(timedelta(days=3) <= gap <= timedelta(days=4.1) for gap in gaps)


async def test_an_editors_list_waits_for_approval_and_others_see_or_touch_nothing(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    editor = await colleague(database, alice, Role.EDITOR)
    async with database.transaction() as db:
        await db.execute(
            update(Workspace)
            .where(col(Workspace.id) == alice.workspace_id)
            .values(approval_rule="one")
        )
    made = await begin(database, editor, *(f"Bread {n}" for n in range(7)))

    assert {e.status for e in await upcoming(database, alice, made)} == {"needs_approval"}
    async with database.transaction() as db:
        with pytest.raises(NotAllowed):
            await evergreen.pause(db, bob, made.id or 0, now=utc_now())
        with pytest.raises(NotFound):
            await evergreen.pause(db, carol, made.id or 0, now=utc_now())
        with pytest.raises(Rejected):
            await evergreen.skip(db, alice, made.id or 0, at=utc_now(), now=utc_now())
        await _refuses(db, alice, made)


@pytest.mark.parametrize("waits", [Status.PAUSED, Status.NEEDS_APPROVAL])
async def test_what_waits_from_the_past_takes_no_room_and_goes_with_the_list(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch, waits: Status
) -> None:
    monkeypatch.setattr(ahead, "AT_ONCE", 3)
    first = await channel_of(database, alice)
    async with database.transaction() as db:
        held = await channels.add_channel(
            db,
            alice.workspace_id,
            provider="sandbox",
            name="On hold",
            is_default=False,
            now=utc_now(),
        )
    to = (first.id or 0, held.id or 0)
    made = await begin(database, alice, *(f"Bread {n}" for n in range(9)), channel_ids=to)
    there = await planned(database, made)
    is_first = col(Delivery.channel_id) == first.id
    async with database.transaction() as db:
        await db.execute(update(Delivery).where(is_first).values(status=Status.POSTED))
        await db.execute(update(Delivery).where(~is_first).values(status=waits))
        every = await db.execute(select(col(Schedule.id)))
        await schedule_rows.refresh_status(db, every.scalars().all(), now=utc_now())

    assert await look(database, made, days=4) == 3
    assert [at for at, _ in (await planned(database, made))[:3]] == [at for at, _ in there]
    async with database.reading() as db:
        found = await fresh(database, made)
        later = utc_now() + timedelta(days=4)
        assert len(await evergreen.upcoming(db, alice, found, now=later)) > 6

    async with database.transaction() as db:
        await evergreen.end(db, alice, made.id or 0, now=later)
    async with database.reading() as db:
        left = (await db.execute(select(Delivery.status).where(~is_first))).scalars().all()
    assert set(left) <= {Status.CANCELLED}


async def _refuses(db: AsyncSession, by: Member, made: EvergreenList) -> None:
    for wrong in (Content("x" * 100_000), Content(" ")):
        with pytest.raises(Rejected):
            await entries.add(db, by, made.id or 0, wrong, now=utc_now())
    with pytest.raises(NotFound):
        await entries.add(db, by, made.id or 0, Content(post_id=987654), now=utc_now())


async def test_the_same_words_in_two_entries_rest_for_each_other_also_after_a_rewrite(
    database: Database, alice: Member
) -> None:
    rolls = [f"Roll {n}" for n in range(6)]
    made = await begin(database, alice, "Bread", "Bread", *rolls, rest_days=30)
    texts = [text for _, text in await planned(database, made)]
    assert texts.count("Bread") == 1

    list_id = made.id or 0
    async with database.transaction() as db:
        mine = await rows.entries(db, [list_id])
        (wording,) = await rows.wordings(db, [mine[4].id or 0])
        await entries.rewrite(
            db, alice, list_id, mine[4].id or 0, wording.id or 0, Content("Bread"), now=utc_now()
        )

    texts = [text for _, text in await planned(database, made)]
    assert texts.count("Bread") == 1


async def test_what_an_editor_puts_into_the_owners_list_waits_for_approval(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "Bread")
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    editor = await colleague(database, alice, Role.EDITOR)

    async with database.transaction() as db:
        await entries.add(db, editor, made.id or 0, Content("Free beer"), now=utc_now())

    async with database.reading() as db:
        waits = await rows.waiting(db, made.id or 0)
        said = await post_rows.by_id(db, made.workspace_id, [t.post_id or 0 for t, _ in waits])
    assert {s.status for t, s in waits if said[t.post_id or 0].text == "Free beer"} == {
        "needs_approval"
    }
