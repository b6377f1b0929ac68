"""Autopilot against the sandbox, through the real engine: the right picture, once, on record."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from benchmarks.photos import DAMAGES, saved, shipped
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Role, rights_of
from socialapp.services import channels, media, members, schedules, team
from socialapp.services.autopilot import (
    outcomes,
    personas,
    photographs,
    runs,
    scoring,
    stopping,
    ticks,
    troubles,
    week,
)
from socialapp.store import autopilot as rows
from socialapp.store import channels as channel_rows
from socialapp.store import files
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import Database
from socialapp.store.tables import (
    Delivery,
    MediaAsset,
    Notification,
    Persona,
    Photo,
    PhotoAnalysis,
    PhotoPosting,
    Post,
    SandboxPost,
    Schedule,
    Workspace,
)
from tests.people import colleague, owner_of_a_workspace
from tests.world import World, until

PICTURES = {name: picture for name, picture in shipped() if name in ("coffee", "china", "rocket")}


async def photograph(world: World, name: str, data: bytes) -> int:
    home = files.connect(world.settings.media_dir, limit_bytes=10**7)
    async with home.incoming() as incoming:
        await incoming.write(data)
        asset = await media.upload(
            world.database, world.alice, incoming, filename=name, alt_text=name, now=utc_now()
        )
    async with world.database.transaction() as db:
        await photographs.add(db, world.alice, asset.id or 0, now=utc_now())
    await scoring.analyse_missing(world.database, now=utc_now())
    return asset.id or 0


async def persona(world: World, name: str = "Daily", **more: object) -> int:
    async with world.database.transaction() as db:
        made = await personas.save(
            db,
            world.alice,
            name=name,
            channel_ids=[await world.channel_id()],
            caption="Picture of {date}",
            now=utc_now(),
            **more,  # type: ignore[arg-type]
        )
    return made.id or 0


async def run(world: World, persona_id: int, **more: object) -> runs.Chosen:
    async with world.database.transaction() as db:
        return await runs.run(db, world.alice, persona_id, now=utc_now(), **more)  # type: ignore[arg-type]


async def switched_on(world: World, persona_id: int, *, since: datetime) -> None:
    async with world.database.transaction() as db:
        found = await personas.switch(db, world.alice, persona_id, is_on=True, now=since)
        found.seen_until = since


async def postings(world: World) -> list[PhotoPosting]:
    async with world.database.reading() as db:
        return list((await db.execute(select(PhotoPosting).order_by(PhotoPosting.id))).scalars())  # type: ignore[arg-type]


async def status(world: World, media_id: int) -> str:
    async with world.database.reading() as db:
        found = await db.get(Photo, media_id)
    assert found
    return found.status


async def settled(world: World) -> PhotoPosting | None:
    await outcomes.settle(world.database)
    (posting,) = await postings(world)
    return posting if posting.status != "posting" else None


async def test_the_best_picture_goes_out_and_what_came_of_it_is_kept(world: World) -> None:
    await photograph(world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    best = await photograph(world, "china", saved(PICTURES["china"]))

    made = await run(world, await persona(world))
    async with world.worker():
        posting = await until(lambda: settled(world))

    assert (made.media_id, await status(world, best)) == (best, "posted")
    (public,) = await world.public()
    async with world.database.reading() as db:
        asset = await db.get(MediaAsset, best)
    assert isinstance(public, SandboxPost)
    assert asset
    assert public.text.startswith("Picture of ")
    assert asset.sha256 in str(public.media)
    assert posting.remote_id == str(public.id)
    assert posting.posted_at
    assert posting.url


async def test_what_is_refused_is_not_picked_again_until_a_person_says_so(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    await world.tell_sandbox("refuse")
    await run(world, daily)

    async with world.worker():
        posting = await until(lambda: settled(world))
    again = await run(world, daily)

    assert (posting.status, await status(world, only), again.media_id) == ("failed", "failed", None)
    assert await world.public() == []
    async with world.database.transaction() as db:
        await outcomes.release(db, world.alice, only, now=utc_now())
    with pytest.raises(Conflict):
        async with world.database.transaction() as db:
            await schedules.retry(db, world.alice, posting.schedule_id, now=utc_now())
    assert (await run(world, daily)).media_id == only


async def test_what_a_person_tries_again_is_not_released(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    await world.tell_sandbox("refuse")
    await run(world, await persona(world))
    async with world.worker():
        posting = await until(lambda: settled(world))

    async with world.database.transaction() as db:
        await schedules.retry(db, world.alice, posting.schedule_id, now=utc_now())
    with pytest.raises(Conflict):
        async with world.database.transaction() as db:
            await outcomes.release(db, world.alice, only, now=utc_now())

    assert await status(world, only) == "failed"


async def test_a_picture_that_a_channel_would_refuse_is_left_for_the_next_best(
    world: World,
) -> None:
    next_best = await photograph(world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    best = await photograph(world, "china", saved(PICTURES["china"]))
    async with world.database.transaction() as db:
        await db.execute(update(Workspace).values(alt_text_rule="require"))
        await db.execute(update(MediaAsset).where(col(MediaAsset.id) == best).values(alt_text=""))

    made = await run(world, await persona(world))

    assert (made.media_id, await status(world, best)) == (next_best, "new")
    async with world.database.reading() as db:
        warned = [
            n.words for n in await rows.notes(db, world.alice.workspace_id, limit=5) if n.is_warning
        ]
    assert any("china was passed over" in words for words in warned)


async def test_a_new_time_that_has_just_passed_posts_nothing(world: World) -> None:
    await photograph(world, "china", saved(PICTURES["china"]))
    at = datetime.fromisoformat("2027-05-14T07:00:00+00:00")  # 09:00 in Berlin
    daily = await persona(world)
    await switched_on(world, daily, since=at - timedelta(hours=20))

    async with world.database.transaction() as db:
        await personas.save(
            db,
            world.alice,
            daily,
            name="Daily",
            channel_ids=[await world.channel_id()],
            clock="08:55",
            now=at - timedelta(minutes=3),
        )
    await ticks.tick(world.database, now=at - timedelta(minutes=2))

    assert await postings(world) == []


async def test_two_runs_at_once_never_take_the_same_picture(world: World) -> None:
    ids = [await photograph(world, name, saved(each)) for name, each in PICTURES.items()]
    people = [await persona(world, "One"), await persona(world, "Two")]

    made = await asyncio.gather(*(run(world, people[i % 2]) for i in range(5)))

    taken = [each.media_id for each in made if each.media_id]
    assert sorted(taken) == sorted(ids)
    assert len({posting.schedule_id for posting in await postings(world)}) == 3


async def test_a_moment_is_served_once_and_before_it_comes(world: World) -> None:
    for name, each in PICTURES.items():
        await photograph(world, name, saved(each))
    at = datetime.fromisoformat("2027-05-14T07:00:00+00:00")  # 09:00 in Berlin
    daily = await persona(world)
    await switched_on(world, daily, since=at - timedelta(hours=20))

    await ticks.tick(world.database, now=at - timedelta(minutes=5))
    assert await postings(world) == []
    await asyncio.gather(
        *(ticks.tick(world.database, now=at - timedelta(minutes=1)) for _ in range(4))
    )

    (posting,) = await postings(world)
    assert posting.due_at == at


async def test_without_pictures_nothing_is_posted_and_that_is_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    made = await run(world, await persona(world))

    async with world.database.reading() as db:
        (note,) = await rows.notes(db, world.alice.workspace_id, limit=5)
    assert (made.media_id, note.is_warning) == (None, True)
    assert "No photograph is left" in caplog.text
    assert await postings(world) == []


async def test_a_dry_run_changes_nothing(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))

    made = await run(world, await persona(world), is_dry=True)

    assert (made.media_id, made.schedule_id, await status(world, only)) == (only, None, "new")


async def test_the_week_ahead_and_swap_skip_veto(world: World) -> None:
    ids = {name: await photograph(world, name, saved(each)) for name, each in PICTURES.items()}
    now = datetime.fromisoformat("2027-05-13T12:00:00+00:00")
    daily = await persona(world)
    await switched_on(world, daily, since=now)

    async def ahead() -> list[week.Planned]:
        async with world.database.reading() as db:
            return await week.preview(db, world.alice.workspace_id, now=now)

    first, second, third, *rest = await ahead()
    assert {first.media_id, second.media_id, third.media_id} == set(ids.values())
    assert [each.media_id for each in rest] == [None] * 4

    async with world.database.transaction() as db:
        await photographs.swap(db, world.alice, first.media_id or 0, at=first.at)
        await personas.skip(db, world.alice, daily, at=third.at)
        await photographs.veto(db, world.alice, third.media_id or 0)
    after = await ahead()

    assert [p.media_id for p in after[:2]] == [second.media_id, first.media_id]
    assert third.at not in [p.at for p in after]
    assert third.media_id not in [p.media_id for p in after]


async def test_what_was_stopped_reads_as_cancelled_until_it_is_released(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    soon = moments.read((utc_now() + timedelta(minutes=1)).isoformat(), zone="UTC")
    await switched_on(world, daily, since=utc_now())
    await run(world, daily, at=soon)

    async with world.database.transaction() as db:
        assert await stopping.stop_everything(db, world.alice, now=utc_now()) == 1
    await outcomes.settle(world.database)

    assert await world.counts() == {"cancelled": 1}
    assert await status(world, only) == "cancelled"
    assert [posting.status for posting in await postings(world)] == ["cancelled"]
    assert (await run(world, daily)).media_id is None
    async with world.database.transaction() as db:
        found = await db.get(Persona, daily)
        assert found
        assert (found.is_on, found.is_stopped) == (False, True)
        warned = await rows.notes(db, world.alice.workspace_id, limit=9)
        assert not any("was not posted" in n.words for n in warned)
        await outcomes.release(db, world.alice, only, now=utc_now())
        assert await stopping.go_on(db, world.alice, now=utc_now()) == 1
        assert (found.is_on, found.is_stopped) == (True, False)
    assert (await run(world, daily)).media_id == only


def in_a_day() -> Moment:
    return moments.read((utc_now() + timedelta(days=1)).isoformat(), zone="UTC")


async def become(world: World, schedule_id: int | None, found: Status) -> None:
    """Let all of a schedule be as a worker would leave it."""
    mine = col(Delivery.schedule_id) == schedule_id
    async with world.database.transaction() as db:
        await db.execute(update(Delivery).where(mine).values(status=found))
        await schedule_rows.refresh_status(db, [schedule_id or 0], now=utc_now())


async def plan_again(world: World, schedule_id: int | None) -> int:
    """Plan the draft that a cancelled schedule left behind, as a person does."""
    async with world.database.transaction() as db:
        old = await db.get(Schedule, schedule_id)
        assert old
        made = await schedules.create(
            db, world.alice, post_id=old.post_id, at=in_a_day(), now=utc_now()
        )
    return made.id or 0


@pytest.mark.parametrize(
    ("ended", "is_noticed", "by_deleting"),
    [
        (Status.MISSED, True, False),
        (Status.MISSED, False, False),
        (Status.FAILED, False, True),
    ],
)
async def test_what_a_person_put_off_to_tomorrow_is_stopped_too(
    world: World, ended: Status, is_noticed: bool, by_deleting: bool
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    made = await run(world, daily)
    await become(world, made.schedule_id, ended)
    await outcomes.settle(world.database)
    assert await status(world, only) == "failed"
    async with world.database.transaction() as db:
        await schedules.move(db, world.alice, made.schedule_id or 0, at=in_a_day(), now=utc_now())
    if is_noticed:
        await outcomes.settle(world.database)
        assert await status(world, only) == "posting"

    async with world.database.transaction() as db:
        if by_deleting:
            number = await personas.remove(db, world.alice, daily, now=utc_now())
        else:
            number = await stopping.stop_everything(db, world.alice, now=utc_now())

    assert (number, await world.counts()) == (1, {"cancelled": 1})
    assert await status(world, only) == "cancelled"


async def test_what_is_out_reads_as_posted_when_the_rest_is_stopped(
    world: World,
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    made = await run(world, await persona(world), at=in_a_day())
    await become(world, made.schedule_id, Status.POSTED)
    await plan_again(world, made.schedule_id)

    async with world.database.transaction() as db:
        assert await stopping.stop_everything(db, world.alice, now=utc_now()) == 1

    assert await world.counts() == {"posted": 1, "cancelled": 1}
    assert await status(world, only) == "posted"
    assert "china was posted." in await logged(world)


async def test_a_stopped_one_whose_draft_a_person_plans_is_not_released_beside_it(
    world: World,
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    made = await run(world, daily, at=in_a_day())
    async with world.database.transaction() as db:
        await stopping.stop_everything(db, world.alice, now=utc_now())
    again = await plan_again(world, made.schedule_id)

    for ended, words in ((Status.QUEUED, "planned again"), (Status.POSTED, "is out")):
        await become(world, again, ended)
        with pytest.raises(Conflict, match=words):
            async with world.database.transaction() as db:
                await outcomes.release(db, world.alice, only, now=utc_now())
    await become(world, again, Status.QUEUED)
    await outcomes.settle(world.database)
    assert await status(world, only) == "posting"
    async with world.worker():
        async with world.database.transaction() as db:
            await schedules.publish_now(db, world.alice, again, now=utc_now())
        await until(lambda: settled(world))
        await until(lambda: _reads(world, only, "posted"))

    (posting,) = await postings(world)
    assert (posting.status, bool(posting.url)) == ("posted", True)
    async with world.database.reading() as db:
        said = [n.words for n in await rows.notes(db, world.alice.workspace_id, limit=5)]
    assert "china was posted." in said
    assert (await run(world, daily)).media_id is None
    assert len(await world.public()) == 1


async def _reads(world: World, media_id: int, wanted: str) -> bool:
    await outcomes.settle(world.database)
    return await status(world, media_id) == wanted


async def test_the_draft_of_a_released_one_cannot_be_planned_beside_the_next(
    world: World,
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    made = await run(world, daily, at=in_a_day())
    async with world.database.transaction() as db:
        await stopping.stop_everything(db, world.alice, now=utc_now())

    async with world.database.transaction() as db:
        await outcomes.release(db, world.alice, only, now=utc_now())

    with pytest.raises(NotFound):  # it is in the trash
        await plan_again(world, made.schedule_id)
    assert (await run(world, daily)).media_id == only


async def test_what_a_person_cancels_in_the_queue_reads_the_same(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    soon = moments.read((utc_now() + timedelta(minutes=1)).isoformat(), zone="UTC")
    made = await run(world, await persona(world), at=soon)

    async with world.database.transaction() as db:
        await schedules.cancel(db, world.alice, made.schedule_id or 0, now=utc_now())
    await outcomes.settle(world.database)

    assert await status(world, only) == "cancelled"


async def test_a_deleted_persona_cancels_what_waits_and_what_is_posted_stays(world: World) -> None:
    posted = await photograph(world, "china", saved(PICTURES["china"]))
    waits = await photograph(world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    daily = await persona(world)
    await run(world, daily)
    async with world.worker():
        await until(lambda: settled(world))
    soon = moments.read((utc_now() + timedelta(minutes=1)).isoformat(), zone="UTC")
    await run(world, daily, at=soon)

    async with world.database.transaction() as db:
        assert await personas.remove(db, world.alice, daily, now=utc_now()) == 1

    assert [await status(world, each) for each in (posted, waits)] == ["posted", "cancelled"]
    assert [(p.status, p.persona_id) for p in await postings(world)] == [
        ("posted", None),
        ("cancelled", None),
    ]
    assert len(await world.public()) == 1
    async with world.database.transaction() as db:
        with pytest.raises(NotFound):
            await personas.get(db, world.alice, daily)
        await outcomes.release(db, world.alice, waits, now=utc_now())
    assert (await run(world, await persona(world))).media_id == waits


async def test_a_persons_score_counts_also_for_the_next_formula_and_there_is_a_way_back(
    world: World,
) -> None:
    crushed = await photograph(world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    china = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)

    async with world.database.transaction() as db:
        await photographs.rate(db, world.alice, crushed, 9.9)
        known = await db.get(PhotoAnalysis, crushed)
        assert known
        measured, known.version = known.score, 0
    await scoring.analyse_missing(world.database, now=utc_now())

    made = await run(world, daily, is_dry=True)
    assert (made.media_id, made.words.endswith("(9.9, set by a person).")) == (crushed, True)
    async with world.database.transaction() as db:
        known = await db.get(PhotoAnalysis, crushed)
        assert known
        assert known.score == measured
        with pytest.raises(Rejected):
            await photographs.rate(db, world.alice, crushed, float("nan"))
        await photographs.rate(db, world.alice, crushed, None)
    assert (await run(world, daily, is_dry=True)).media_id == china


async def test_an_older_formula_is_scored_again(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    async with world.database.transaction() as db:
        found = await db.get(PhotoAnalysis, only)
        assert found
        found.version, found.score = 0, 0.0

    await scoring.analyse_missing(world.database, now=utc_now())

    async with world.database.reading() as db:
        again = await db.get(PhotoAnalysis, only)
    assert again
    assert again.version > 0
    assert again.score > 5


async def test_carol_and_those_who_only_read_cannot(world: World, database: Database) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    daily = await persona(world)
    carol = await owner_of_a_workspace(database, "Carol", "UTC")
    bob = await colleague(database, world.alice, Role.VIEWER)

    for by, no in ((carol, NotFound), (bob, NotAllowed)):
        async with database.transaction() as db:
            with pytest.raises(no):
                await runs.run(db, by, daily, now=utc_now())
            with pytest.raises(no):
                await photographs.veto(db, by, only)
            with pytest.raises(no):
                await personas.switch(db, by, daily, is_on=True, now=utc_now())
    with pytest.raises(Conflict):
        async with database.transaction() as db:
            await outcomes.release(db, world.alice, only, now=utc_now())


async def test_that_no_photograph_is_left_is_told_once_until_there_was_one_again(
    world: World,
) -> None:
    daily = await persona(world)

    async def told() -> list[str]:
        async with world.database.reading() as db:
            query = select(Notification.title).order_by(col(Notification.id))
            return list((await db.execute(query)).scalars())

    for _ in range(3):
        await run(world, daily)
    assert await told() == ["Daily has no picture left"]

    await photograph(world, "china", saved(PICTURES["china"]))
    assert (await run(world, daily)).media_id
    assert len(await told()) == 1
    await run(world, daily)
    assert len(await told()) == 2


NINE = datetime.fromisoformat("2027-05-14T07:00:00+00:00")  # in Berlin


def program(world: World) -> Member:
    rights = rights_of(["read", "write", "publish"])
    return Member(world.alice.workspace_id, world.alice.zone, rights, name="A program", key_id=1)


async def saved_by(world: World, by: Member, persona_id: int | None = None) -> int:
    """Let somebody save the daily persona, and turn it on within a day of a moment of it."""
    async with world.database.transaction() as db:
        made = await personas.save(
            db,
            by,
            persona_id,
            name="Daily",
            channel_ids=[await world.channel_id()],
            now=NINE - timedelta(hours=20),
        )
        await personas.switch(db, by, made.id or 0, is_on=True, now=NINE - timedelta(hours=20))
    return made.id or 0


async def served(world: World, *, days: int = 0) -> str:
    """Let the clock look just before a moment; return the last line of the log."""
    await ticks.tick(world.database, now=NINE + timedelta(days=days, minutes=-1))
    async with world.database.reading() as db:
        return (await rows.notes(db, world.alice.workspace_id, limit=1))[0].words


async def told(world: World) -> list[str]:
    async with world.database.reading() as db:
        query = select(Notification.text).order_by(col(Notification.id))
        return list((await db.execute(query)).scalars())


async def in_the_way(world: World) -> list[str]:
    """Return what the page says of personas that cannot post."""
    async with world.database.reading() as db:
        there = await rows.personas(db, world.alice.workspace_id)
        found = await troubles.of(db, world.alice.workspace_id, there)
    return [each.words for each in found.values()]


async def planned(world: World, *, days: int = 0) -> week.Planned:
    async with world.database.reading() as db:
        now = NINE + timedelta(days=days, hours=-1)
        return (await week.preview(db, world.alice.workspace_id, now=now))[0]


@pytest.mark.parametrize("rule", ["none", "one"])
async def test_a_persona_that_a_program_saved_posts_as_what_programs_make_does(
    world: World, rule: str
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    async with world.database.transaction() as db:
        await members.update_workspace(db, world.alice, approval_rule=rule)
    await saved_by(world, program(world))
    assert ((await planned(world)).media_id, await in_the_way(world)) == (only, [])

    await served(world)

    assert [posting.media_id for posting in await postings(world)] == [only]
    assert await world.counts() == {"queued" if rule == "none" else "needs_approval": 1}


async def test_a_program_does_not_take_a_persona_from_who_saved_it_but_from_who_is_gone(
    world: World,
) -> None:
    bob = await colleague(world.database, world.alice, Role.EDITOR)

    async def maker() -> int | None:
        async with world.database.reading() as db:
            (daily,) = await rows.personas(db, world.alice.workspace_id)
        return daily.created_by

    daily = await saved_by(world, bob)
    await saved_by(world, program(world), daily)
    assert await maker() == bob.person_id
    async with world.database.transaction() as db:
        await team.remove(db, world.alice, bob.person_id or 0)
    assert len(await in_the_way(world)) == 1

    await saved_by(world, program(world), daily)

    assert (await maker(), await in_the_way(world)) == (None, [])


@pytest.mark.parametrize("is_gone", [True, False])
async def test_that_who_saved_a_persona_is_gone_or_may_not_publish_is_told_once_and_seen(
    world: World, is_gone: bool
) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    bob = await colleague(world.database, world.alice, Role.EDITOR)
    daily = await saved_by(world, bob)
    async with world.database.transaction() as db:
        if is_gone:
            await team.remove(db, world.alice, bob.person_id or 0)
        else:
            await team.change_role(db, world.alice, bob.person_id or 0, Role.VIEWER)

    (why,) = await in_the_way(world)
    assert ("no longer here" if is_gone else "may not publish") in why
    assert (await planned(world)).media_id is None
    assert (await planned(world)).why == why
    assert [await served(world, days=day) for day in range(3)] == [f"Nothing was posted: {why}"] * 3
    (news,) = await told(world)
    assert news.startswith(why)

    await saved_by(world, world.alice, daily)
    assert (await planned(world, days=3)).media_id == only
    assert (await served(world, days=3)).startswith("china goes out")
    assert len(await told(world)) == 1


async def another_channel(world: World) -> int:
    async with world.database.transaction() as db:
        made = await channel_rows.add_channel(
            db, world.alice.workspace_id, provider="sandbox", name="Other", now=utc_now()
        )
    return made.id or 0


async def goes_to(world: World, daily: int, *channel_ids: int) -> None:
    async with world.database.transaction() as db:
        found = await personas.get(db, world.alice, daily)
        found.channel_ids = [*channel_ids]


async def without(world: World, channel_id: int) -> None:
    async with world.database.transaction() as db:
        await channels.remove(db, world.alice, channel_id, now=utc_now())


async def test_without_its_channel_a_persona_tries_no_picture_and_it_is_told_once_and_seen(
    world: World,
) -> None:
    ids = [await photograph(world, name, saved(each)) for name, each in PICTURES.items()]
    daily, other = await saved_by(world, world.alice), await another_channel(world)
    await goes_to(world, daily, other)
    await without(world, other)

    (why,) = await in_the_way(world)
    assert "None of its channels is there any more" in why
    assert ((await planned(world)).media_id, (await planned(world)).why) == (None, why)
    before = len(await logged(world))
    assert [await served(world, days=day) for day in range(2)] == [f"Nothing was posted: {why}"] * 2
    assert len(await logged(world)) == before + 2
    assert [words.startswith(why) for words in await told(world)] == [True]
    with pytest.raises(Rejected, match="None of its channels"):
        await run(world, daily)

    await saved_by(world, world.alice, daily)
    await served(world, days=2)
    assert len(await postings(world)) == 1
    assert [await status(world, each) for each in ids].count("new") == 2


async def logged(world: World) -> list[str]:
    async with world.database.reading() as db:
        return [n.words for n in await rows.notes(db, world.alice.workspace_id, limit=99)]


async def test_without_one_of_its_channels_a_persona_posts_to_those_that_are_left(
    world: World,
) -> None:
    await photograph(world, "china", saved(PICTURES["china"]))
    daily, other = await saved_by(world, world.alice), await another_channel(world)
    await goes_to(world, daily, other, await world.channel_id())
    await without(world, other)
    assert (await in_the_way(world), (await planned(world)).why != "") == ([], True)

    await served(world)

    async with world.database.reading() as db:
        to = (await db.execute(select(Delivery.channel_id))).scalars().all()
    assert to == [await world.channel_id()]


async def test_a_run_gives_up_after_so_many_that_are_refused_and_that_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "TRIED_AT_MOST", 2)
    for name, each in PICTURES.items():
        await photograph(world, name, saved(each))
    async with world.database.transaction() as db:
        await db.execute(update(MediaAsset).values(alt_text="x" * 2000))
    daily = await saved_by(world, world.alice)
    before = len(await logged(world))

    for day in range(2):
        words = await served(world, days=day)
        assert words.startswith("Nothing was posted. ")
        assert words.endswith("1 more was passed over, and no others were tried.")

    assert len(await logged(world)) == before + 2
    assert [words.count("was passed over: ") for words in await told(world)] == [1]
    async with world.database.transaction() as db:
        await db.execute(update(MediaAsset).values(alt_text="A picture"))
    assert (await run(world, daily)).media_id


async def test_those_without_a_description_keep_no_other_from_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "TRIED_AT_MOST", 1)
    for name, each in PICTURES.items():
        await photograph(world, name, saved(each))
    daily = await saved_by(world, world.alice)
    async with world.database.transaction() as db:
        await db.execute(update(Workspace).values(alt_text_rule="require"))
        await db.execute(update(MediaAsset).values(alt_text=""))
        worst = (await rows.candidates(db, world.alice.workspace_id))[0].media_id
        await db.execute(update(Photo).where(col(Photo.media_id) == worst).values(own_score=0.1))
        described = update(MediaAsset).where(col(MediaAsset.id) == worst)
        await db.execute(described.values(alt_text="A picture"))

    assert (await run(world, daily)).media_id == worst
    assert "1 more was passed over." in (await logged(world))[0] + (await logged(world))[1]
    assert (await run(world, daily)).words.startswith("Nothing was posted. ")


async def test_a_persona_of_an_approver_posts(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    await saved_by(world, await colleague(world.database, world.alice, Role.APPROVER))

    await served(world)

    assert [posting.media_id for posting in await postings(world)] == [only]


async def test_a_caption_says_what_is_known_of_the_photograph(world: World) -> None:
    only = await photograph(world, "china", saved(PICTURES["china"]))
    async with world.database.transaction() as db:
        await photographs.arrange(db, world.alice, [only], folder="Temples", tags=["red"])
        daily = await personas.save(
            db,
            world.alice,
            name="Daily",
            channel_ids=[await world.channel_id()],
            caption="{album} {tags}{camera}",
            folders=["Temples"],
            tags=["red", "blue"],
            now=utc_now(),
        )

    made = await run(world, daily.id or 0)

    async with world.database.reading() as db:
        schedule = await db.get(Schedule, made.schedule_id)
        assert schedule
        post = await db.get(Post, schedule.post_id)
    assert post
    assert post.text == "Temples #red"


async def test_one_that_cannot_be_read_is_worth_nothing_and_does_not_hinder_the_others(
    world: World,
) -> None:
    gone = await photograph(world, "china", saved(PICTURES["china"]))
    other = await photograph(world, "rocket", saved(PICTURES["rocket"]))
    async with world.database.transaction() as db:
        for each in (gone, other):
            await db.delete(await db.get(PhotoAnalysis, each))
        asset = await db.get(MediaAsset, gone)
        assert asset
    files.files().path(asset.key).write_bytes(b"no picture any more")

    await scoring.analyse_missing(world.database, now=utc_now())

    async with world.database.reading() as db:
        known = [await db.get(PhotoAnalysis, each) for each in (gone, other)]
    assert [bool(each and each.score > 0) for each in known] == [False, True]
    assert (await run(world, await persona(world), is_dry=True)).media_id == other
