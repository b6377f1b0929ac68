"""Series: made ahead, each exactly once; and what becomes of them when people change their mind."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from socialapp import jobs
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.services import (
    ahead,
    assigning,
    clashes,
    making,
    moves,
    posts,
    schedules,
    series,
    series_changes,
)
from socialapp.services import channels as channel_services
from socialapp.services.assigning import How
from socialapp.services.series_changes import Change
from socialapp.store import channels
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Delivery, Notification, Occurrence, Post, Schedule, Series
from tests.services.desk import become, write

WEEKLY = "FREQ=WEEKLY"


def in_days(days: int, clock: str = "09:00") -> Moment:
    day = moments.in_zone(utc_now() + timedelta(days=days), "Europe/Berlin").date()
    return moments.read(f"{day}T{clock}", zone="Europe/Berlin")


async def begin(
    database: Database,
    by: Member,
    repeat: str = WEEKLY,
    text: str = "Fresh bread",
    at: Moment | None = None,
) -> Series:
    post = await write(database, by, text)
    async with database.transaction() as db:
        made, _ = await series.create(
            db, by, post_id=post.id or 0, repeat=repeat, at=at or in_days(1), now=utc_now()
        )
        return made


async def plans(database: Database, of: Series) -> list[tuple[str, Schedule, Post]]:
    """Return what waits of a series: the wall-clock time, its schedule and its post."""
    async with database.reading() as db:
        query = (
            select(Schedule, Post)
            .join(Occurrence, col(Occurrence.post_id) == Schedule.post_id)
            .join(Post, col(Post.id) == Schedule.post_id)
            .where(Occurrence.series_id == of.id, Schedule.status == Shown.QUEUED)
            .order_by(col(Schedule.scheduled_at))
        )
        found = (await db.execute(query)).all()
    return [
        (f"{moments.in_zone(s.scheduled_at, s.timezone):%Y-%m-%dT%H:%M}", s, p) for s, p in found
    ]


async def times(database: Database, of: Series) -> list[str]:
    return [when for when, _, _ in await plans(database, of)]


async def fresh(database: Database, of: Series) -> Series:
    async with database.reading() as db:
        found = await rows.get(db, of.workspace_id, of.id or 0)
    assert found
    return found


def weeks(first: int, count: int, clock: str = "09:00", every: int = 7) -> list[str]:
    return [f"{in_days(first + every * n, clock).local:%Y-%m-%dT%H:%M}" for n in range(count)]


async def test_it_is_made_ahead_for_sixty_days_or_fifty_times_and_the_post_itself_is_the_first(
    database: Database, alice: Member
) -> None:
    weekly = await begin(database, alice)
    often = await begin(database, alice, "FREQ=DAILY;BYHOUR=9,12,15;BYMINUTE=0", "Fresh rolls")
    thrice = await begin(database, alice, "FREQ=WEEKLY;COUNT=3", "Fresh cake")

    assert await times(database, weekly) == weeks(1, 9)
    assert len(await plans(database, often)) == ahead.AT_ONCE
    assert await times(database, thrice) == weeks(1, 3)
    assert len({p.id for _, _, p in await plans(database, weekly)}) == 9
    async with database.reading() as db:
        drafts = await post_rows.page(db, alice.workspace_id, status="draft")
        assert not drafts.items  # the pattern is in no list


async def test_two_makers_at_once_and_again_make_each_occurrence_once(
    database: Database, alice: Member
) -> None:
    made = [await begin(database, alice, WEEKLY, f"Bread {n}") for n in range(3)]
    async with database.transaction() as db:
        for each in made:  # as if the horizon had moved: all but the first are still to be made
            mine = await rows.waiting(db, each.id or 0, since=utc_now())
            for occurrence, schedule in mine[1:]:
                await schedules.cancel(db, alice, schedule.id or 0, now=utc_now())
                await db.delete(occurrence)
            stored = await rows.get(db, each.workspace_id, each.id or 0)
            assert stored
            stored.look_at = utc_now()
            db.add(stored)

    done = await asyncio.gather(*(jobs.make_series(database) for _ in range(4)))
    again = await jobs.make_series(database)

    assert (sum(done), again) == (3 * 8, 0)
    for each in made:
        assert await times(database, each) == weeks(1, 9)


async def test_the_horizon_moves_on_and_a_skipped_or_cancelled_one_is_not_made_again(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    (_, second, _), (third_at, _, _) = (await plans(database, made))[1:3]
    third = moments.read(third_at, zone="Europe/Berlin").at
    far = in_days(1 + 7 * 10).at
    async with database.transaction() as db:
        await schedules.cancel(db, alice, second.id or 0, now=utc_now())
        await series.skip(db, alice, made.id or 0, at=third, now=utc_now())
        await series.skip(db, alice, made.id or 0, at=third, now=utc_now())
        await series.skip(db, alice, made.id or 0, at=far, now=utc_now())

    assert await _later(database, made, days=20) == 2

    kept = weeks(1, 12)
    assert await times(database, made) == [kept[0], *kept[3:10], kept[11]]


async def _later(database: Database, of: Series, *, days: int) -> int:
    now = utc_now() + timedelta(days=days)
    async with database.transaction() as db:
        return await making.make_one(db, of.workspace_id, of.id or 0, now=now)


async def test_what_a_channel_refuses_by_now_is_said_and_made_when_it_can_be(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    async with database.transaction() as db:
        pattern = await db.get_one(Post, made.post_id)
        pattern.text = "x" * 100_000
        db.add(pattern)

    assert await _later(database, made, days=20) == 0
    assert "Sandbox" in (await fresh(database, made)).trouble
    async with database.transaction() as db:
        pattern = await db.get_one(Post, made.post_id)
        pattern.text = "Short"
        db.add(pattern)

    assert await _later(database, made, days=21) > 0
    assert (await fresh(database, made)).trouble == ""


async def test_a_trouble_is_told_once_and_again_when_it_comes_back(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    for days, text in ((20, "x" * 100_000), (21, "x" * 100_000), (22, "Short"), (40, "x" * 90_000)):
        async with database.transaction() as db:
            pattern = await db.get_one(Post, made.post_id)
            pattern.text = text
            db.add(pattern)
        await _later(database, made, days=days)
        await _later(database, made, days=days)  # nothing is due yet: not told either

    async with database.reading() as db:
        query = select(Notification).where(Notification.event == "series")
        told = list((await db.execute(query.order_by(col(Notification.id)))).scalars())
    assert [each.title[:25] for each in told] == ["A series has trouble: xxx"] * 2
    assert "Sandbox" in told[0].text
    assert told[0].text.endswith("No more of it is planned until that is put right.")


async def test_this_and_the_following_part_the_series_and_what_was_before_stays(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=6")
    since = (await plans(database, made))[2][1].scheduled_at
    other = await write(database, alice, "Fresh rolls")

    async with database.transaction() as db:
        rest = await series_changes.edit(
            db,
            alice,
            made.id or 0,
            Change(clock="10:30", post_id=other.id),
            since=since,
            now=utc_now(),
        )

    assert rest.id != made.id
    assert await times(database, made) == weeks(1, 2)
    assert await times(database, rest) == weeks(15, 4, "10:30")
    assert {p.text for _, _, p in await plans(database, made)} == {"Fresh bread"}
    assert {p.text for _, _, p in await plans(database, rest)} == {"Fresh rolls"}
    assert making.rule_of(rest).count == 4
    assert await jobs.make_series(database) == 0


async def test_all_that_is_to_come_gets_another_rule_and_what_is_left_over_goes(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=DAILY")
    before = await plans(database, made)

    async with database.transaction() as db:
        same = await series_changes.edit(
            db, alice, made.id or 0, Change(repeat="FREQ=DAILY;INTERVAL=10;COUNT=4"), now=utc_now()
        )

    after = await plans(database, made)
    assert same.id == made.id
    assert [when for when, _, _ in after] == weeks(1, 4, every=10)
    assert [s.id for _, s, _ in after] == [s.id for _, s, _ in before][:4]


async def test_another_hour_moves_each_and_keeps_what_was_skipped(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=4")
    second = (await plans(database, made))[1][1].scheduled_at
    async with database.transaction() as db:
        await series.skip(db, alice, made.id or 0, at=second, now=utc_now())
        await series_changes.edit(db, alice, made.id or 0, Change(clock="17:15"), now=utc_now())

    kept = weeks(1, 4, "17:15")
    assert await times(database, made) == [kept[0], *kept[2:]]


async def test_pause_takes_it_out_of_the_queue_and_resume_puts_back_what_is_still_to_come(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=3")
    (_, _, changed), (_, moved, _) = (await plans(database, made))[1:]
    async with database.transaction() as db:
        await posts.edit(
            db, alice, changed.id or 0, revision=None, text="Only today", now=utc_now()
        )
        await schedules.move(db, alice, moved.id or 0, at=in_days(20, "11:00"), now=utc_now())
        await series.pause(db, alice, made.id or 0, now=utc_now())
        await series.pause(db, alice, made.id or 0, now=utc_now())

    assert await times(database, made) == []
    assert await jobs.make_series(database) == 0
    async with database.reading() as db:
        assert not (await post_rows.page(db, alice.workspace_id)).items

    async with database.transaction() as db:
        await series.resume(db, alice, made.id or 0, now=utc_now() + timedelta(days=2))

    assert await times(database, made) == [
        weeks(8, 1)[0],
        f"{in_days(20, '11:00').local:%Y-%m-%dT%H:%M}",
    ]
    assert (await plans(database, made))[0][2].text == "Only today"


async def test_a_cancel_is_not_taken_back_when_the_series_was_paused_since(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=3")
    first = (await plans(database, made))[0][1].id or 0
    async with database.transaction() as db:
        was = (await moves.before(db, alice, [first]))[first]
        await schedules.cancel(db, alice, first, now=utc_now())
        await series.pause(db, alice, made.id or 0, now=utc_now())

    async with database.transaction() as db:
        with pytest.raises(Conflict, match="paused or ended"):
            await moves.undo(db, alice, [was], now=utc_now())
    assert await times(database, made) == []


@pytest.mark.parametrize(
    "change", [Change(repeat="FREQ=DAILY"), Change(clock="17:15"), Change(repeat="FREQ=MONTHLY")]
)
async def test_a_cancel_is_not_taken_back_when_the_series_has_another_rule_since(
    database: Database, alice: Member, change: Change
) -> None:
    made = await begin(database, alice)
    first = (await plans(database, made))[0][1].id or 0
    async with database.transaction() as db:
        was = (await moves.before(db, alice, [first]))[first]
        await schedules.cancel(db, alice, first, now=utc_now())
        await series_changes.edit(db, alice, made.id or 0, change, now=utc_now())
    before = await times(database, made)

    async with database.transaction() as db:
        with pytest.raises(Conflict, match="series was changed since"):
            await moves.undo(db, alice, [was], now=utc_now())

    async with database.reading() as db:
        queued = select(Schedule.scheduled_at).where(Schedule.status == Shown.QUEUED)
        assert len((await db.execute(queued)).all()) == len(before)


async def test_a_cancel_is_taken_back_when_the_series_was_parted_or_says_something_else_since(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    third = (await plans(database, made))[2][1].id or 0
    before = await times(database, made)
    other = await write(database, alice, "Fresh rolls")
    async with database.transaction() as db:
        was = (await moves.before(db, alice, [third]))[third]
        await schedules.cancel(db, alice, third, now=utc_now())
        rest = await series_changes.edit(
            db,
            alice,
            made.id or 0,
            Change(post_id=other.id),
            since=in_days(8).at,
            now=utc_now(),
        )
        await moves.undo(db, alice, [was], now=utc_now())

    assert [*await times(database, made), *await times(database, rest)] == before


async def test_the_end_cancels_what_waits_leaves_what_is_out_and_gives_the_text_back(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    first = (await plans(database, made))[0][1]
    await become(database, first, Status.POSTED)

    async with database.transaction() as db:
        await series.end(db, alice, made.id or 0, now=utc_now())

    assert await times(database, made) == []
    assert await _later(database, made, days=90) == 0
    async with database.reading() as db:
        left = (await post_rows.page(db, alice.workspace_id)).items
        assert [(p.status, p.text) for p in left] == [
            ("draft", "Fresh bread"),
            ("posted", "Fresh bread"),
        ]
        assert series.coming(await fresh(database, made), [], now=utc_now()) == []
    async with database.transaction() as db:
        with pytest.raises(Conflict):
            await series.resume(db, alice, made.id or 0, now=utc_now())


@pytest.mark.parametrize(("repeat", "said"), [("FREQ=DAILY", ["repeats_soon"]), (WEEKLY, [])])
async def test_its_own_occurrences_are_no_clash_but_soon_is_said_once(
    database: Database, alice: Member, repeat: str, said: list[str]
) -> None:
    made = await begin(database, alice, repeat)
    (_, first, _) = (await plans(database, made))[0]

    async with database.reading() as db:
        warned = await clashes.warnings(db, alice, first)
        marked = await clashes.among(db, alice, since=utc_now(), until=in_days(60).at)

    assert [w.code for w in warned] == said
    assert marked == {}


async def test_others_with_the_same_words_are_a_clash_still(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    again = await begin(database, alice, at=in_days(3))
    (_, first, _) = (await plans(database, made))[0]

    async with database.reading() as db:
        assert [w.code for w in await clashes.warnings(db, alice, first)] == ["same_text"]
        marked = await clashes.among(db, alice, since=utc_now(), until=in_days(60).at)
    assert len(marked) == len(await plans(database, made)) + len(await plans(database, again))


async def test_other_channels_get_what_is_planned_and_what_is_made_later(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=4")
    since = (await plans(database, made))[2][1].scheduled_at
    async with database.transaction() as db:
        first, second = await _two_channels(db, alice)

    async with database.transaction() as db:
        change = Change(channel_ids=[second])
        rest = await series_changes.edit(
            db, alice, made.id or 0, change, since=since, now=utc_now()
        )
        nowhere = Change(channel_ids=[])
        with pytest.raises(Rejected):
            await series_changes.edit(db, alice, rest.id or 0, nowhere, now=utc_now())

    assert await _targets(database, made) == [[first], [first]]
    assert await _targets(database, rest) == [[second], [second]]
    async with database.reading() as db:
        pattern = await db.get_one(Post, rest.post_id)
        assert pattern.channel_ids == [second]


async def _two_channels(db: AsyncSession, by: Member) -> tuple[int, int]:
    await channels.add_channel(
        db, by.workspace_id, provider="sandbox", name="Second", is_default=False, now=utc_now()
    )
    one, two = (c.id or 0 for c in await channels.of_workspace(db, by.workspace_id))
    return one, two


async def _targets(database: Database, of: Series) -> list[list[int]]:
    planned = await plans(database, of)
    async with database.reading() as db:
        there = await schedule_rows.deliveries_of(db, [s.id or 0 for _, s, _ in planned])
    return [
        [d.channel_id for d in there[s.id or 0] if d.status == Status.QUEUED] for _, s, _ in planned
    ]


async def test_bob_may_look_carol_sees_nothing_and_what_never_happens_is_refused(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    made = await begin(database, alice)
    async with database.transaction() as db:
        with pytest.raises(NotAllowed):
            await series.pause(db, bob, made.id or 0, now=utc_now())
        with pytest.raises(NotFound):
            await series.pause(db, carol, made.id or 0, now=utc_now())
        with pytest.raises(Rejected):
            await series.skip(
                db, alice, made.id or 0, at=utc_now() + timedelta(hours=1), now=utc_now()
            )
        with pytest.raises(Rejected):
            await series_changes.edit(
                db,
                alice,
                made.id or 0,
                Change(clock="10:00"),
                since=utc_now() + timedelta(days=3),
                now=utc_now(),
            )
    assert await times(database, made) == weeks(1, 9)


LATER = timedelta(days=2)


async def _moved_past_its_day(database: Database, by: Member) -> Series:
    """Begin a series whose first one, of tomorrow, was moved to a day after `LATER`."""
    made = await begin(database, by)
    first = (await plans(database, made))[0][1].id or 0
    async with database.transaction() as db:
        await schedules.move(db, by, first, at=in_days(4, "10:00"), now=utc_now())
    return made


async def test_the_end_and_a_pause_reach_one_that_was_moved_past_its_day(
    database: Database, alice: Member
) -> None:
    ended = await _moved_past_its_day(database, alice)
    paused = await _moved_past_its_day(database, alice)
    before = await times(database, paused)

    async with database.transaction() as db:
        await series.end(db, alice, ended.id or 0, now=utc_now() + LATER)
        await series.pause(db, alice, paused.id or 0, now=utc_now() + LATER)

    assert await times(database, ended) == []
    assert await times(database, paused) == []
    async with database.transaction() as db:
        await series.resume(db, alice, paused.id or 0, now=utc_now() + LATER)
    assert await times(database, paused) == before


async def test_the_end_reaches_what_is_on_hold_of_one_that_is_out_elsewhere(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    second = (await plans(database, made))[1][1]
    async with database.transaction() as db:
        await _two_channels(db, alice)
    await become(database, second, Status.POSTED)
    waits = await _beside(database, alice, second)

    async with database.transaction() as db:
        await series.end(db, alice, made.id or 0, now=utc_now())

    async with database.reading() as db:
        assert (await db.get_one(Delivery, waits)).status == Status.CANCELLED


async def _beside(database: Database, by: Member, schedule: Schedule) -> int:
    """Let a schedule wait at the second channel, too."""
    async with database.transaction() as db:
        one = schedules.delivery(
            schedule, (await channels.of_workspace(db, by.workspace_id))[1], is_held=True
        )
        db.add(one)
        await db.flush()
        await schedule_rows.refresh_status(db, [schedule.id or 0], now=utc_now())
        return one.id or 0


async def test_other_words_and_channels_reach_one_that_was_moved_past_its_day_but_not_another_hour(
    database: Database, alice: Member
) -> None:
    made = await _moved_past_its_day(database, alice)
    moved = (await times(database, made))[0]
    other = await write(database, alice, "Fresh rolls")
    async with database.transaction() as db:
        _, second = await _two_channels(db, alice)

    async with database.transaction() as db:
        change = Change(clock="17:00", post_id=other.id, channel_ids=[second])
        await series_changes.edit(db, alice, made.id or 0, change, now=utc_now() + LATER)

    after = await plans(database, made)
    assert [when for when, _, _ in after[:3]] == [moved, *weeks(8, 2, "17:00")]
    assert {p.text for _, _, p in after} == {"Fresh rolls"}
    assert set(map(tuple, await _targets(database, made))) == {(second,)}


async def test_the_following_are_changed_from_one_on_that_was_moved_past_its_day(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=4")
    second = (await plans(database, made))[1][1].id or 0
    other = await write(database, alice, "Fresh rolls")
    async with database.transaction() as db:
        await schedules.move(db, alice, second, at=in_days(12, "10:00"), now=utc_now())

    async with database.transaction() as db:
        rest = await series_changes.edit(
            db,
            alice,
            made.id or 0,
            Change(post_id=other.id),
            since=in_days(8).at,
            now=utc_now() + timedelta(days=10),
        )

    assert await times(database, made) == weeks(1, 1)
    assert await times(database, rest) == [*weeks(12, 1, "10:00"), *weeks(15, 2)]
    assert {p.text for _, _, p in await plans(database, rest)} == {"Fresh rolls"}


async def _to_both(database: Database, by: Member, repeat: str = WEEKLY) -> tuple[Series, int, int]:
    """Begin a series that goes to two channels; return it with them."""
    async with database.transaction() as db:
        first, second = await _two_channels(db, by)
    post = await write(database, by)
    async with database.transaction() as db:
        made, _ = await series.create(
            db,
            by,
            post_id=post.id or 0,
            repeat=repeat,
            at=in_days(1),
            channel_ids=[first, second],
            now=utc_now(),
        )
    return made, first, second


async def _pause(database: Database, by: Member, of: Series) -> None:
    async with database.transaction() as db:
        await series.pause(db, by, of.id or 0, now=utc_now())


async def _resume(database: Database, by: Member, of: Series) -> None:
    async with database.transaction() as db:
        await series.resume(db, by, of.id or 0, now=utc_now())


async def test_a_resume_leaves_out_the_channel_that_one_was_taken_from(
    database: Database, alice: Member
) -> None:
    made, first, second = await _to_both(database, alice, "FREQ=WEEKLY;COUNT=3")
    one = (await plans(database, made))[1][2].id or 0
    async with database.transaction() as db:
        await assigning.assign(db, alice, one, how=How.REMOVE, channel_ids=[second], now=utc_now())

    await _pause(database, alice, made)
    await _resume(database, alice, made)

    assert await _targets(database, made) == [[first, second], [first], [first, second]]


async def test_a_resume_goes_on_without_a_channel_that_was_removed_meanwhile(
    database: Database, alice: Member
) -> None:
    made, first, second = await _to_both(database, alice)
    await _pause(database, alice, made)
    async with database.transaction() as db:
        await channel_services.remove(db, alice, second, now=utc_now())

    await _resume(database, alice, made)

    assert await times(database, made) == weeks(1, 9)
    assert await _later(database, made, days=20) > 0
    assert set(map(tuple, await _targets(database, made))) == {(first,)}
    assert (await fresh(database, made)).trouble == ""
    await _change(database, alice, made, post_id=(await write(database, alice, "Rolls")).id)


async def _change(database: Database, by: Member, of: Series, **what: Any) -> None:
    async with database.transaction() as db:
        await series_changes.edit(db, by, of.id or 0, Change(**what), now=utc_now())


async def test_a_series_whose_channels_are_all_gone_says_so_and_goes_on_with_others(
    database: Database, alice: Member
) -> None:
    made, first, second = await _to_both(database, alice)
    await _change(database, alice, made, channel_ids=[second])
    await _pause(database, alice, made)
    async with database.transaction() as db:
        await channel_services.remove(db, alice, second, now=utc_now())

    await _resume(database, alice, made)
    assert await times(database, made) == []
    assert "No channel" in (await fresh(database, made)).trouble

    await _change(database, alice, made, channel_ids=[first])
    assert await times(database, made) == weeks(1, 9)
    assert set(map(tuple, await _targets(database, made))) == {(first,)}


async def test_a_series_is_resumed_after_one_of_it_was_out_in_part(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=3")
    async with database.transaction() as db:
        await _two_channels(db, alice)
    (_, early, out), *_ = await plans(database, made)
    await become(database, early, Status.POSTED)
    waits = await _beside(database, alice, early)

    await _pause(database, alice, made)
    async with database.reading() as db:
        assert (await db.get_one(Delivery, waits)).status == Status.CANCELLED
        listed = (await post_rows.page(db, alice.workspace_id)).items
    assert [(each.id, each.status) for each in listed] == [(out.id, "posted")]

    async with database.transaction() as db:  # as a pause has left it until now
        await rows.set_aside(db, [out.id or 0], is_aside=True)
    await _resume(database, alice, made)

    assert await times(database, made) == weeks(8, 2)
    async with database.reading() as db:
        back = await db.get_one(Post, out.id or 0)
        assert (back.is_aside, back.deleted_at) == (False, None)


async def test_a_pattern_and_what_is_paused_are_not_planned_by_themselves(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice)
    one = (await plans(database, made))[1][2].id or 0
    await _pause(database, alice, made)

    for post_id in (made.post_id, one):
        what: dict[str, Any] = {"post_id": post_id, "now": utc_now()}
        for plan, more in (
            (schedules.create, {"at": in_days(3)}),
            (series.create, {"at": in_days(3), "repeat": WEEKLY}),
            (assigning.assign, {"how": How.REPLACE, "channel_ids": [1]}),
        ):
            async with database.transaction() as db:
                with pytest.raises(Conflict) as refusal:
                    await plan(db, alice, **what, **more)
            assert refusal.value.code == "belongs_elsewhere"
    assert await times(database, made) == []


@pytest.mark.parametrize("status", [Status.QUEUED, Status.POSTED, Status.FAILED])
async def test_a_resume_leaves_alone_what_was_planned_or_posted_while_it_was_paused(
    database: Database, alice: Member, status: Status
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=3")
    one = (await plans(database, made))[1][2].id or 0
    await _pause(database, alice, made)
    async with database.transaction() as db:  # as programs could until now
        await rows.set_aside(db, [one], is_aside=False)
        own = await schedules.create(db, alice, post_id=one, at=in_days(3), now=utc_now())
        await rows.set_aside(db, [one], is_aside=True)
    await become(database, own, status)

    await _resume(database, alice, made)

    async with database.reading() as db:
        there = await schedule_rows.of_post(db, one)
        post = await db.get_one(Post, one)
    assert [each.status for each in there] == ["cancelled", status]
    assert (post.is_aside, post.deleted_at) == (False, None)
    others = [when for when, s, _ in await plans(database, made) if s.id != own.id]
    assert others == [weeks(1, 1)[0], weeks(15, 1)[0]]


async def test_a_resume_leaves_in_the_trash_what_was_put_there_while_it_was_paused(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY;COUNT=3")
    one = (await plans(database, made))[1][2].id or 0
    await _pause(database, alice, made)
    async with database.transaction() as db:
        await posts.delete(db, alice, one, now=utc_now())

    await _resume(database, alice, made)

    assert await times(database, made) == [weeks(1, 1)[0], weeks(15, 1)[0]]


async def _on_hold_since_its_time(database: Database, by: Member) -> tuple[Series, Schedule]:
    """Begin a series whose first one, of tomorrow, is held beyond its time."""
    made = await begin(database, by)
    first = (await plans(database, made))[0][1]
    await become(database, first, Status.PAUSED)
    return made, first


async def _of(database: Database, schedule: Schedule) -> list[tuple[int, str]]:
    async with database.reading() as db:
        found = await schedule_rows.deliveries_of(db, [schedule.id or 0])
    return [(each.channel_id, each.status) for each in found[schedule.id or 0]]


async def test_other_channels_do_not_get_what_was_on_hold_since_its_time(
    database: Database, alice: Member
) -> None:
    made, first = await _on_hold_since_its_time(database, alice)
    async with database.transaction() as db:
        one, two = await _two_channels(db, alice)
        what = Change(channel_ids=[two])
        await series_changes.edit(db, alice, made.id or 0, what, now=utc_now() + LATER)

    assert await _of(database, first) == [(one, Status.PAUSED)]
    assert all(to == [two] for to in await _targets(database, made))


async def test_a_pause_leaves_in_view_what_was_on_hold_since_its_time(
    database: Database, alice: Member
) -> None:
    made, first = await _on_hold_since_its_time(database, alice)
    later = utc_now() + LATER

    async with database.transaction() as db:
        await series.pause(db, alice, made.id or 0, now=later)
        await series.resume(db, alice, made.id or 0, now=later)

    assert [status for _, status in await _of(database, first)] == [Status.PAUSED]
    async with database.reading() as db:
        kept = await db.get_one(Post, first.post_id)
    assert (kept.deleted_at, kept.is_aside) == (None, False)


async def test_the_end_gives_the_next_one_back_and_keeps_what_was_on_hold_since_its_time(
    database: Database, alice: Member
) -> None:
    made, first = await _on_hold_since_its_time(database, alice)
    (_, _, following), (_, _, last), *_ = await plans(database, made)

    async with database.transaction() as db:
        await series.end(db, alice, made.id or 0, now=utc_now() + LATER)

    assert [status for _, status in await _of(database, first)] == [Status.CANCELLED]
    async with database.reading() as db:
        posts = [await db.get(Post, i) for i in (first.post_id, following.id, last.id)]
    assert [post is not None and post.deleted_at is None for post in posts] == [True, True, False]
