"""Comparisons on real databases: planned as seen, measured at one age, stopped, and judged once."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from socialapp import jobs
from socialapp.clock import utc_now
from socialapp.domain import comparing as rules
from socialapp.domain.approval import Rule
from socialapp.domain.comparing import Stage, Wording
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member, Role
from socialapp.services import clashes, comparing, comparisons, posts, schedules
from socialapp.services.evergreen_entries import Content
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import channels
from socialapp.store import comparisons as rows
from socialapp.store.session import Database
from socialapp.store.tables import (
    Comparison,
    Delivery,
    Notification,
    Post,
    Result,
    Schedule,
    Workspace,
)
from tests.people import colleague
from tests.services.compared import begin, come_in, look, seen, sent, wanted
from tests.services.desk import become, channel_of, plan, write


async def test_what_was_seen_is_what_is_planned_and_nothing_of_a_plan_is_kept(
    database: Database, alice: Member
) -> None:
    new = await wanted(database, alice, pairs=4)
    async with database.transaction() as db:
        before = await comparisons.plan(db, alice, new, now=utc_now())
    async with database.reading() as db:
        assert (await db.execute(select(func.count()).select_from(Post))).scalar_one() == 0

    async with database.transaction() as db:
        made, there = await comparisons.create(db, alice, new, seed=before.seed, now=utc_now())

    assert list(there.slots) == list(before.slots)
    assert made.name == "Fresh bread"
    assert [(fit.wording, fit.count) for fit in there.fits] == [("a", 11), ("b", 12)]
    assert "Of 4 pairs nothing can be told: it takes 7." in before.warnings
    assert any("in a channel again within 7 days" in warned for warned in before.warnings)
    found = await seen(database, made)
    assert [
        (s.wording, s.planned_at) for couple in found.pairs for s in (couple.first, couple.second)
    ] == sorted(
        [(slot.wording, slot.at.at) for slot in there.slots],
        key=lambda pair: pair[1],
    )
    async with database.reading() as db:
        query = (
            select(col(Schedule.scheduled_at), col(Post.text), col(Post.is_aside))
            .join(Post, col(Post.id) == Schedule.post_id)
            .order_by(col(Schedule.scheduled_at))
        )
        planned = [tuple(row) for row in (await db.execute(query)).all()]
        ids = list((await db.execute(select(col(Schedule.id)))).scalars())
        marked = await clashes.among(
            db, alice, since=utc_now(), until=utc_now() + timedelta(days=90)
        )
        schedule = await db.get(Schedule, ids[1])
        assert schedule
        assert await clashes.warnings(db, alice, schedule) == []
    texts = {"a": "Fresh bread", "b": "Bread, fresh"}
    assert planned == [(slot.at.at, texts[slot.wording], False) for slot in there.slots]
    assert marked == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_same_text_elsewhere_is_said_before_it_starts(
    database: Database, alice: Member
) -> None:
    await plan(database, alice, away=timedelta(days=4))
    new = await wanted(database, alice, pairs=8)

    async with database.transaction() as db:
        found = await comparisons.plan(db, alice, new, now=utc_now())

    assert any("The same text is planned or was posted on" in each for each in found.warnings)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_its_results_come_in_and_it_ends_with_a_verdict_that_it_did_not_give_before(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=8)
    last = made.ends_at + timedelta(minutes=10)
    await come_in(database, made, {Wording.A: 40, Wording.B: 12})

    first = (await seen(database, made)).pairs[0].first
    assert await look(database, made, first.planned_at + timedelta(days=7, minutes=10)) == 1
    found = await seen(database, made)
    assert (found.stage, found.finding) == (Stage.RUNNING, None)
    assert found.statement == "Still running: 0 of 8 pairs measured."
    assert await look(database, made, last) == 15
    assert await look(database, made, last) == 0

    found = await seen(database, made)
    assert (found.stage, found.measured, found.lost) == (Stage.ENDED, 8, 0)
    said = r"A got 3.1 times the likes of B \(95 % interval [23]\.\d to 3\.\d; 8 pairs\)\."
    assert re.fullmatch(said, found.statement)
    assert {each.of(Wording.A).value for each in found.pairs} == {40, 41, 42}
    async with database.transaction() as db:
        with pytest.raises(Conflict, match="ended by itself"):
            await comparisons.stop(db, alice, made.id or 0, now=last)
        kept = await rows.get(db, alice.workspace_id, made.id or 0)
        assert kept
        assert kept.look_at is None
        told = select(col(Notification.event), col(Notification.text))
        assert [tuple(row) for row in await db.execute(told)] == [
            ("comparison_ended", found.statement)
        ]


async def test_a_pair_counts_only_when_both_had_the_same_chance(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=8)
    pairs = (await seen(database, made)).pairs
    async with database.transaction() as db:
        for couple in pairs:
            await sent(db, couple.second, 10)
        await sent(db, pairs[0].first, 10)
        await sent(db, pairs[1].first, 10, off=timedelta(hours=2))
        await sent(db, pairs[2].first, None)
        await sent(db, pairs[3].first, 10, read_after=timedelta(days=9))
        await posts.edit(
            db, alice, pairs[4].first.post_id, revision=None, text="Old bread", now=utc_now()
        )
        await schedules.cancel(db, alice, pairs[5].first.schedule_id or 0, now=utc_now())
        await sent(db, pairs[4].first, 10)
        failed = await db.get(Schedule, pairs[6].first.schedule_id)
        missed = await db.get(Schedule, pairs[7].first.schedule_id)
        assert failed
        assert missed
    await become(database, failed, Status.FAILED)
    await become(database, missed, Status.MISSED)

    await look(database, made, made.ends_at + timedelta(days=4))

    found = await seen(database, made)
    lost = [couple.first.lost for couple in found.pairs]
    for words, why in zip(
        ("", "another time", "in time", "another age", "was changed", "cancelled", "not out", "is"),
        lost,
        strict=True,
    ):
        assert words in why
        assert bool(words) == bool(why)
    assert found.stage is Stage.ENDED
    touched = "People changed, moved or cancelled 2 pairs; they do not count."
    assert found.statement == f"Cannot tell: 1 pair is too few. {touched}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_network_is_asked_when_a_post_has_its_age(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    first = (await seen(database, made)).pairs[0].first
    async with database.transaction() as db:
        await sent(db, first, 5, read_after=timedelta(days=5))
    due = first.planned_at + timedelta(days=7, minutes=1)

    assert await look(database, made, due - timedelta(hours=1)) == 0
    async with database.reading() as db:
        assert (await db.execute(select(Result.due_at))).scalar_one() is None
    assert await look(database, made, due) == 0

    async with database.reading() as db:
        assert (await db.execute(select(Result.due_at))).scalar_one() == due
        kept = await rows.get(db, alice.workspace_id, made.id or 0)
        assert kept
        assert kept.look_at == due + comparing.LOOK_AGAIN


async def test_when_it_is_stopped_what_waits_is_cancelled_and_what_is_out_stays(
    database: Database, alice: Member
) -> None:
    made = await begin(database, alice, pairs=7)
    first = (await seen(database, made)).pairs[0].first
    async with database.transaction() as db:
        await sent(db, first, 5)

    for _ in range(2):
        async with database.transaction() as db:
            await comparisons.stop(db, alice, made.id or 0, now=utc_now())

    found = await seen(database, made)
    statuses = [s.status for couple in found.pairs for s in (couple.first, couple.second)]
    assert sorted(statuses) == [*[Shown.CANCELLED] * 13, Shown.POSTED]
    assert found.statement == "Stopped with 0 of 7 pairs measured: no verdict."
    async with database.reading() as db:
        query = select(func.count()).where(col(Delivery.status) == Status.QUEUED)
        assert (await db.execute(query)).scalar_one() == 0
        assert await rows.to_look_at(db, now=utc_now() + timedelta(days=400)) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_has_to_be_approved_waits_for_it(database: Database, alice: Member) -> None:
    dana = await colleague(database, alice, Role.EDITOR)
    async with database.transaction() as db:
        await db.execute(update(Workspace).values(approval_rule=Rule.ONE))

    made = await begin(database, dana, pairs=2)

    found = await seen(database, made)
    assert {c.first.status for c in found.pairs} == {Shown.NEEDS_APPROVAL}


async def test_two_workers_at_once_keep_each_value_once(database: Database, alice: Member) -> None:
    made = await begin(database, alice, pairs=2)
    await come_in(database, made, {Wording.A: 4, Wording.B: 4})
    late = made.ends_at + timedelta(minutes=10)
    async with database.transaction() as db:
        await db.execute(update(Comparison).values(look_at=late))

    async def worker() -> int:
        async with database.transaction() as db:
            decided, _ = await comparing.measure(db, alice.workspace_id, made.id or 0, now=late)
            return decided

    assert sorted(await asyncio.gather(worker(), worker())) == [0, 4]
    assert await jobs.measure_comparisons(database) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_cannot_be_is_refused_and_nothing_is_kept(
    database: Database, alice: Member
) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"pairs": 1}, "pairs_invalid"),
        ({"pairs": 21}, "pairs_invalid"),
        ({"age_days": 5}, "age_invalid"),
        ({"measure": "smiles"}, "measure_unknown"),
        ({"measure": "views"}, "measure_unavailable"),
        ({"b": Content("Fresh bread")}, "wordings_same"),
        ({"b": Content(" ")}, "text_required"),
        ({"b": Content("x" * 10_000)}, "text_too_long"),
        ({"in_days": -3}, "in_the_past"),
        ({"channel_ids": (98765,)}, "channel_unknown"),
        ({"name": "x" * 101}, "name_too_long"),
    ]
    for wrong, code in refused:
        new = await wanted(database, alice, **wrong)
        for verb in (comparisons.plan, comparisons.create):
            with pytest.raises(Rejected) as no:
                async with database.transaction() as db:
                    await verb(db, alice, new, now=utc_now())
            assert no.value.code == code
    async with database.reading() as db:
        assert (await db.execute(select(func.count()).select_from(Post))).scalar_one() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_drafts_are_compared_as_they_are_and_stay(database: Database, alice: Member) -> None:
    draft = await write(database, alice, "With a thread", tags=["bread"])
    made = await begin(database, alice, pairs=2, a=Content(post_id=draft.id))

    found = await seen(database, made)
    assert found.texts[Wording.A] == "With a thread"
    async with database.reading() as db:
        kept = await db.get(Post, draft.id)
        assert kept
        assert (kept.status, kept.is_aside) == (Shown.DRAFT, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_text_beside_a_post_is_that_post_in_other_words_and_else_it_is_warned(
    database: Database, alice: Member
) -> None:
    channel = await channel_of(database, alice)
    more = {channel.id or 0: VariantGiven(text="Bread here")}
    draft = await write(
        database, alice, "Fresh bread", parts=[PartGiven("And rolls")], variants=more
    )
    a = Content(post_id=draft.id)
    alike = await wanted(database, alice, a=a, b=Content("Bread, fresh", post_id=draft.id))
    apart = await wanted(database, alice, a=a, b=Content("Bread, fresh"))

    async with database.transaction() as db:
        made, plan = await comparisons.create(db, alice, alike, now=utc_now())
        warned = (await comparisons.plan(db, alice, apart, now=utc_now())).warnings
        pattern = await db.get(Post, made.b_id)

    assert pattern
    assert (pattern.text, list(pattern.parts), dict(pattern.variants)) == (
        "Bread, fresh",
        ["And rolls"],
        {},
    )
    assert not any("differ in more" in each for each in plan.warnings)
    assert any("differ in more" in each for each in warned)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_workspace_has_so_many_at_once_and_no_more(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "RUNNING_AT_MOST", 1)
    made = await begin(database, alice, pairs=2)
    with pytest.raises(Rejected, match="1 comparisons are running"):
        await begin(database, alice, pairs=2)
    async with database.transaction() as db:
        await comparisons.stop(db, alice, made.id or 0, now=utc_now())

    assert await begin(database, alice, pairs=2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_several_channels_take_turns(database: Database, alice: Member) -> None:
    one = await channel_of(database, alice)
    async with database.transaction() as db:
        other = await channels.add_channel(
            db, alice.workspace_id, provider="sandbox", name="Other", now=utc_now()
        )
        ids = (one.id or 0, other.id or 0)

    found = await seen(database, await begin(database, alice, pairs=7, channel_ids=ids))

    assert [couple.channel_id for couple in found.pairs] == [*ids, *ids, *ids, ids[0]]
    weeks = {couple.first.planned_at.isocalendar().week for couple in found.pairs}
    assert len(weeks) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_others_look_at_most(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    made = await begin(database, alice, pairs=2)
    new = await wanted(database, alice)

    async with database.transaction() as db:
        with pytest.raises(NotAllowed):
            await comparisons.stop(db, bob, made.id or 0, now=utc_now())
        with pytest.raises(NotAllowed):
            await comparisons.plan(db, bob, new, now=utc_now())
        assert (await comparisons.get(db, bob, made.id or 0)).name == "Fresh bread"
        for theirs in (comparisons.get(db, carol, made.id or 0),):
            with pytest.raises(NotFound):
                await theirs
        assert (await rows.page(db, carol.workspace_id)).total == 0
