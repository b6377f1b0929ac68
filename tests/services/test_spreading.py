"""Drafts at suggested times: foreseen, kept, taken back, and no two get the same."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import spreading as rules
from socialapp.domain.approval import Rule
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Rejected
from socialapp.domain.people import Member, Role
from socialapp.domain.spreading import Span
from socialapp.domain.suggesting import APART
from socialapp.services import bulk_posts, channels, posts, schedules
from socialapp.services.bulk_posts import Action, Line, Outcome, Wish
from socialapp.services.spreading import Seen
from socialapp.store import people
from socialapp.store import results as result_rows
from socialapp.store.session import AsyncSession, Database
from tests.people import colleague
from tests.services.desk import channel_of, write
from tests.services.test_bulk_posts import goes_to, planned, post_of, run, second, take_back


def wish(seen: Mapping[int, Seen] | None = None, **span: int) -> Wish:
    return Wish(Action.SPREAD, span=Span(**span), seen=seen)


async def lines_of(
    database: Database, by: Member, number: int, *, what: str = "Loaf", **more: object
) -> list[Line]:
    made = [await write(database, by, f"{what} {n}", **more) for n in range(number)]
    return [Line(each.id or 0) for each in made]


def ats(outcomes: Sequence[Outcome]) -> list[datetime]:
    return [each.time.moment.at for each in outcomes if each.time]


async def test_the_preview_is_what_becomes_of_them_and_an_undo_takes_it_back(
    database: Database, alice: Member
) -> None:
    lines = await lines_of(database, alice, 27)  # more than one transaction has

    foreseen = await run(database, alice, lines, wish(days=30), is_preview=True)
    assert await planned(database, lines[0].post_id) == []
    done = await run(database, alice, lines, wish(days=30))

    assert [each.words for each in done] == [each.words for each in foreseen]
    assert ats(done) == ats(foreseen) == sorted(set(ats(done)))
    assert len(ats(done)) == 27
    assert done[0].words.endswith("Europe/Berlin · Sandbox · a common hour, not yours")
    for line, each in zip(lines, done, strict=True):
        (schedule,) = await planned(database, line.post_id)
        assert each.time
        assert schedule.scheduled_at == each.time.moment.at
        assert schedule.timezone == "Europe/Berlin"
    assert bulk_posts.told(Action.SPREAD, done) == "27 planned."
    assert await take_back(database, alice, done) == []
    assert (await post_of(database, alice, lines[0].post_id)).status == Shown.DRAFT
    assert ats(await run(database, alice, lines, wish(days=30), is_preview=True)) == ats(foreseen)


async def test_what_cannot_be_planned_says_why_and_hinders_no_other(
    database: Database, alice: Member
) -> None:
    good, long = await write(database, alice, "Rye"), await write(database, alice, "x" * 90_000)
    again, late = await write(database, alice, "Rye"), await write(database, alice, "Wheat")
    out = await write(database, alice, "Out")
    async with database.transaction() as db:
        await schedules.create(db, alice, post_id=out.id or 0, now=utc_now())
    lines = [Line(each.id or 0) for each in (long, out, good, again, late)] + [Line(987654)]

    done = await run(database, alice, lines, wish(days=5))

    assert [each.code for each in done[:2]] == ["text_too_long", "conflict"]
    assert [each.code for each in done[2:]] == ["", "same_text", "", "not_found"]
    more = await run(database, alice, await lines_of(database, alice, 4), wish(days=2))
    assert more[-1].code == "no_free_time"
    assert "stays a draft" in more[-1].detail


async def test_a_workspace_without_a_channel_says_so(database: Database, alice: Member) -> None:
    line = await lines_of(database, alice, 1)
    async with database.transaction() as db:
        channel = await channel_of(database, alice)
        await channels.remove(db, alice, channel.id or 0, now=utc_now())

    (refused,) = await run(database, alice, line, wish())

    assert refused.code == "channel_required"
    assert "Connect one first" in refused.detail


async def test_what_was_shown_is_what_is_kept_or_it_stays_a_draft(
    database: Database, alice: Member
) -> None:
    lines = await lines_of(database, alice, 3)
    foreseen = await run(database, alice, lines, wish(), is_preview=True)
    seen = bulk_posts.seen(foreseen)
    other = await write(database, alice, "Somebody else's")
    async with database.transaction() as db:
        time = foreseen[1].time
        assert time
        await schedules.create(db, alice, post_id=other.id or 0, at=time.moment, now=utc_now())

    done = await run(database, alice, lines, wish(seen))

    assert [each.code for each in done] == ["", "taken", ""]
    assert "was taken meanwhile" in done[1].detail
    assert ats(done) == [ats(foreseen)[0], ats(foreseen)[2]]
    assert await planned(database, lines[1].post_id) == []


async def test_people_who_do_it_at_once_never_get_the_same(
    database: Database, alice: Member
) -> None:
    two = (await second(database, alice)).id or 0
    one = (await channel_of(database, alice)).id or 0
    channels_ = [[one], [one, two], [two], [one]]
    some = [
        await lines_of(database, alice, 3, what=f"Loaf {n}", channel_ids=to)
        for n, to in enumerate(channels_)
    ]

    found = await asyncio.gather(
        *(run(database, alice, lines, wish(days=14, per_day=2)) for lines in some)
    )

    assert all(each.is_done for outcomes in found for each in outcomes)
    for channel_id in (one, two):
        mine = sorted(
            each.time.moment.at
            for outcomes, to in zip(found, channels_, strict=True)
            for each in outcomes
            if channel_id in to and each.time
        )
        assert all(b - a >= APART for a, b in pairwise(mine))


async def test_one_draft_goes_to_all_of_its_channels_at_once_and_waits_for_its_approval(
    database: Database, alice: Member
) -> None:
    ids = [(await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0]
    async with database.transaction() as db:
        (await people.workspace(db, alice.workspace_id)).approval_rule = Rule.ONE
    editor = await colleague(database, alice, Role.EDITOR)
    lines = await lines_of(database, editor, 1, channel_ids=ids)

    (done,) = await run(database, editor, lines, wish())

    assert done.words.endswith(" · waits for approval")
    (schedule,) = await planned(database, lines[0].post_id)
    assert await goes_to(database, schedule.id or 0) == dict.fromkeys(ids, Status.NEEDS_APPROVAL)
    now = utc_now()
    assert now < schedule.scheduled_at < now + timedelta(days=7)


async def spread_while(
    database: Database,
    by: Member,
    lines: Sequence[Line],
    what: Wish,
    meanwhile: Callable[[], Awaitable[object]],
) -> list[Outcome]:
    """Spread them; before what is done last somebody else does something."""
    left = 0

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        nonlocal left
        left -= 1
        if left == 0:
            await meanwhile()
        async with database.transaction() as db:
            yield db

    await bulk_posts.run(begin, by, lines, what, is_preview=True, now=utc_now())
    left = -left  # as often as in the preview
    return await bulk_posts.run(begin, by, lines, what, now=utc_now())


async def test_what_somebody_plans_or_deletes_meanwhile_is_not_planned_again(
    database: Database, alice: Member
) -> None:
    lines = await lines_of(database, alice, 27)  # in two parts
    deleted, late = (each.post_id for each in lines[25:])

    async def meanwhile() -> None:
        at = moments.shifted(utc_now() + timedelta(days=40), "UTC")
        async with database.transaction() as db:
            await schedules.create(db, alice, post_id=late, at=at, now=utc_now())
            await posts.delete(db, alice, deleted, kind=None, now=utc_now())

    done = await spread_while(database, alice, lines, wish(days=60), meanwhile)

    assert [each.code for each in done[24:]] == ["", "not_found", "conflict"]
    assert "queued already" in done[26].detail
    assert len(await planned(database, late)) == 1


async def test_two_who_spread_the_same_drafts_plan_each_once(
    database: Database, alice: Member
) -> None:
    lines = await lines_of(database, alice, 27)

    first, second_ = await asyncio.gather(
        run(database, alice, lines, wish(days=60)),
        run(database, alice, [*lines[20:], *lines[:20]], wish(days=60)),
    )

    assert sum(each.is_done for each in (*first, *second_)) == 27
    assert {len(await planned(database, each.post_id)) for each in lines} == {1}


@pytest.mark.parametrize("is_seen", [False, True])
async def test_where_a_draft_goes_is_not_what_it_was_before_somebody_changed_it(
    database: Database, alice: Member, is_seen: bool
) -> None:
    other = (await second(database, alice)).id or 0
    lines = await lines_of(database, alice, 26)  # in two parts
    what = wish(days=30)
    if is_seen:
        foreseen = await run(database, alice, lines, what, is_preview=True)
        what = wish(bulk_posts.seen(foreseen), days=30)

    async def meanwhile() -> None:
        async with database.transaction() as db:
            await posts.edit(
                db, alice, lines[25].post_id, kind=None, revision=None,
                channel_ids=[other], now=utc_now(),
            )  # fmt: skip

    if is_seen:
        await meanwhile()
        done = await run(database, alice, lines, what)
    else:
        done = await spread_while(database, alice, lines, what, meanwhile)

    assert [each.code for each in done] == [""] * 25 + ["conflict"]
    assert "changed meanwhile" in done[25].detail
    assert await planned(database, lines[25].post_id) == []


async def test_times_are_sought_in_a_thread_with_nothing_locked_and_results_are_read_once(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [(await channel_of(database, alice)).id or 0, (await second(database, alice)).id or 0]
    lines = [
        line
        for n, to in enumerate(([ids[0]], [ids[1]], ids))
        for line in await lines_of(database, alice, 1, what=f"Loaf {n}", channel_ids=to)
    ]
    open_now, while_sought, read = 0, list[tuple[int, bool]](), list[list[int]]()
    sought, lately = rules.spread, result_rows.lately

    def seeking(*what: Any, **more: Any) -> Any:
        while_sought.append((open_now, threading.current_thread() is threading.main_thread()))
        return sought(*what, **more)

    async def reading(db: Any, workspace_id: int, channel_ids: Any, **more: Any) -> Any:
        read.append(list(channel_ids))
        return await lately(db, workspace_id, channel_ids, **more)

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        nonlocal open_now
        async with database.transaction() as db:
            open_now += 1
            try:
                yield db
            finally:
                open_now -= 1

    monkeypatch.setattr(rules, "spread", seeking)
    monkeypatch.setattr(result_rows, "lately", reading)
    done = await bulk_posts.run(begin, alice, lines, wish(), now=utc_now())

    assert [each.code for each in done] == ["", "", ""]
    assert while_sought == [(0, False)]
    assert read == [ids]


async def test_too_many_combinations_of_channels_are_refused_with_nothing_planned(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "COMBINATIONS_AT_MOST", 1)
    other = (await second(database, alice)).id or 0
    lines = await lines_of(database, alice, 1)
    lines += await lines_of(database, alice, 1, what="Roll", channel_ids=[other])

    with pytest.raises(Rejected, match="Nothing was planned"):
        await run(database, alice, lines, wish())

    assert await planned(database, lines[0].post_id) == []
