"""A persona that has descriptions proposed: in time, once, and never over a person's words."""

import asyncio
import io
import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PIL import Image
from sqlmodel import col, select

from socialapp import jobs
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.providers.http import Http
from socialapp.services import media, proposals
from socialapp.services.autopilot import describing, personas, photographs, scoring, ticks
from socialapp.services.proposals import Given
from socialapp.store import channels, files, session
from socialapp.store.tables import AutopilotNote, Post
from tests.people import owner_of_a_workspace
from tests.servers.model import TEXT, ModelServer
from tests.servers.model import said as answer
from tests.world import World, until

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def photograph(world: World, number: int = 0) -> int:
    """A picture that nobody has described; of each number another one."""
    chance = random.Random(number)
    drawn = Image.new("L", (9, 6))
    drawn.putdata([chance.randrange(256) for _ in range(54)])
    file = io.BytesIO()
    drawn.resize((180, 120)).save(file, "JPEG")
    home = files.connect(world.settings.media_dir, limit_bytes=10**7)
    async with home.incoming() as incoming:
        await incoming.write(file.getvalue())
        asset = await media.upload(
            world.database, world.alice, incoming, filename=f"boat{number or ''}.jpg",
            now=utc_now(),
        )  # fmt: skip
    async with world.database.transaction() as db:
        await photographs.add(db, world.alice, asset.id or 0, now=utc_now())
    await scoring.analyse_missing(world.database, now=utc_now())
    return asset.id or 0


async def soon(
    world: World,
    *after: int,
    name: str = "Daily",
    proposes: bool = True,
    also_to: Sequence[int] = (),
) -> list[datetime]:
    """A persona that is on; return its next moments, so many minutes from now: five."""
    now = utc_now()
    ats = [
        moments.in_zone(now + timedelta(minutes=each), "UTC").replace(second=0, microsecond=0)
        for each in after or (5,)
    ]
    async with world.database.transaction() as db:
        made = await personas.save(
            db, world.alice, name=name, channel_ids=[await world.channel_id(), *also_to],
            clock=",".join(f"{at:%H:%M}" for at in ats), timezone="UTC",
            proposes_alt_text=proposes, now=now,
        )  # fmt: skip
        await personas.switch(db, world.alice, made.id or 0, is_on=True, now=now)
    return ats


async def turn_on(world: World, model: ModelServer) -> None:
    """Set the endpoint up."""
    given = Given(model.url, "gemma3", key=model.key, sees_pictures=True, is_on=True)
    async with world.database.transaction() as db:
        await proposals.change(db, world.alice, given, now=utc_now())


async def alt_text(world: World, media_id: int) -> str:
    """Return how a picture is described."""
    async with world.database.reading() as db:
        return (await media.get(db, world.alice, media_id)).alt_text


async def said(world: World) -> list[str]:
    """Return the log, but for the switch."""
    async with world.database.reading() as db:
        notes = (await db.execute(select(AutopilotNote).order_by(col(AutopilotNote.id)))).scalars()
        return [note.words for note in notes if "turned it" not in note.words]


async def test_a_picture_is_described_before_it_goes_out_and_the_log_says_by_whom(
    world: World, networks: Http, model: ModelServer
) -> None:
    boat = await photograph(world)
    await turn_on(world, model)
    (at,) = await soon(world)

    for _ in range(2):
        await describing.look_ahead(world.database, now=utc_now())
    await ticks.tick(world.database, now=at)

    assert await alt_text(world, boat) == TEXT
    assert len(model.heard) == 1
    described, posted = await said(world)
    assert described == f"{model.host} described boat.jpg, and nobody has read it: {TEXT}"
    assert posted.startswith("boat.jpg goes out")


async def test_without_a_wish_or_an_endpoint_it_goes_out_as_it_is_and_the_log_says_so(
    world: World, networks: Http, model: ModelServer
) -> None:
    boat = await photograph(world)
    (at,) = await soon(world, proposes=False)
    await describing.look_ahead(world.database, now=utc_now())
    assert await said(world) == []
    async with world.database.transaction() as db:
        (daily,) = await personas.rows.personas(db, world.alice.workspace_id)
        daily.proposes_alt_text = True

    await describing.look_ahead(world.database, now=utc_now())
    await ticks.tick(world.database, now=at)

    undescribed, posted = await said(world)
    assert "has no description, and none could be proposed. Proposals are off" in undescribed
    assert posted.startswith("boat.jpg goes out")
    assert (await alt_text(world, boat), model.heard) == ("", [])
    async with world.database.reading() as db:
        assert len((await db.execute(select(Post))).all()) == 1


@SQLITE
async def test_personas_at_one_time_each_have_their_picture_described(
    world: World, networks: Http, model: ModelServer
) -> None:
    both = [await photograph(world, number) for number in (1, 2)]
    await turn_on(world, model)
    (at,) = await soon(world, name="Morning")
    await soon(world, name="Harbour")

    for _ in range(2):
        await describing.look_ahead(world.database, now=utc_now())
    await ticks.tick(world.database, now=at)

    assert [await alt_text(world, each) for each in both] == [TEXT, TEXT]
    assert len(model.heard) == 2
    assert sum("described" in words for words in await said(world)) == 2


@SQLITE
async def test_moments_a_few_minutes_apart_each_have_their_picture_described(
    world: World, networks: Http, model: ModelServer
) -> None:
    both = [await photograph(world, number) for number in (1, 2)]
    await turn_on(world, model)
    await soon(world, 9, 12)

    for minute in range(14):
        now = utc_now() + timedelta(minutes=minute)
        await describing.look_ahead(world.database, now=now)
        await ticks.tick(world.database, now=now)

    assert [await alt_text(world, each) for each in both] == [TEXT, TEXT]
    assert len(model.heard) == 2


@SQLITE
async def test_a_description_that_a_channel_does_not_take_is_none(
    world: World, networks: Http, model: ModelServer
) -> None:
    boat = await photograph(world)
    await turn_on(world, model)
    async with world.database.transaction() as db:
        discord = await channels.add_channel(
            db, world.alice.workspace_id, provider="discord", name="Harbour", now=utc_now()
        )
    await soon(world, also_to=[discord.id or 0])
    model.answer = answer("x" * 1025)

    await describing.look_ahead(world.database, now=utc_now())

    (undescribed,) = await said(world)
    assert "1,024 is the most" in undescribed
    assert await alt_text(world, boat) == ""


@SQLITE
async def test_a_workspace_with_a_slow_server_does_not_keep_the_others_waiting(
    world: World, networks: Http, model: ModelServer
) -> None:
    carol = await owner_of_a_workspace(world.database, "Carol", "UTC")
    other = replace(world, alice=carol)
    hers = await photograph(other, 1)
    await photograph(world, 2)
    model.is_silent = True
    async with ModelServer() as quick:
        await turn_on(world, model)
        await turn_on(other, quick)
        await soon(world)
        await soon(other)
        asking = asyncio.create_task(describing.look_ahead(world.database, now=utc_now()))
        async with asyncio.timeout(20):
            await model.came.wait()

        async def is_described() -> bool:
            return await alt_text(other, hers) == TEXT

        await until(is_described)
        assert not asking.done()
        model.speaks.set()
        await asking


@SQLITE
async def test_what_there_is_no_time_for_is_asked_later_and_what_has_passed_never(
    world: World, networks: Http, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        await photograph(world, number)
    await turn_on(world, model)
    (at,) = await soon(world, name="Morning")
    await soon(world, name="Harbour")
    monkeypatch.setattr(describing, "BUDGET", timedelta(0))

    asked = []
    await describing.look_ahead(world.database, now=at + timedelta(seconds=1))
    asked.append(len(model.heard))
    for _ in range(3):
        await describing.look_ahead(world.database, now=utc_now())
        asked.append(len(model.heard))

    assert asked == [0, 1, 2, 2]


@SQLITE
@pytest.mark.parametrize("is_late", [False, True])
async def test_a_picture_of_another_post_that_is_not_out_is_left_as_it_is(
    world: World, networks: Http, model: ModelServer, *, is_late: bool
) -> None:
    boat = await photograph(world)
    await turn_on(world, model)
    await soon(world)
    model.is_silent = is_late
    if not is_late:
        await world.schedule("Approved", in_s=3600, media_ids=[boat])
    asking = asyncio.create_task(describing.look_ahead(world.database, now=utc_now()))
    if is_late:
        async with asyncio.timeout(20):
            await model.came.wait()
        await world.schedule("Approved", in_s=3600, media_ids=[boat])
        model.speaks.set()
    await asking

    assert len(model.heard) == is_late
    assert await alt_text(world, boat) == ""
    (why,) = await said(world)
    assert "a post that is not out yet has this picture, too" in why


@SQLITE
async def test_the_workers_job_describes_and_complains_of_nothing(
    world: World, networks: Http, model: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    boat = await photograph(world)
    await turn_on(world, model)
    await soon(world)
    database = session.connect(world.settings.database)

    await jobs.describe_photos({})
    await database.close()

    assert await alt_text(world, boat) == TEXT
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_what_a_person_says_meanwhile_stays(
    world: World, networks: Http, model: ModelServer
) -> None:
    boat = await photograph(world)
    await turn_on(world, model)
    await soon(world)
    model.is_silent = True
    asking = asyncio.create_task(describing.look_ahead(world.database, now=utc_now()))
    async with asyncio.timeout(20):
        await model.came.wait()

    async with world.database.transaction() as db:
        await media.describe(db, world.alice, boat, alt_text="My boat")
    model.speaks.set()
    await asking

    assert await alt_text(world, boat) == "My boat"
    assert await said(world) == []


@SQLITE
async def test_what_is_described_is_left_alone(
    world: World, networks: Http, model: ModelServer
) -> None:
    boat = await photograph(world)
    async with world.database.transaction() as db:
        await media.describe(db, world.alice, boat, alt_text="My boat")
    await turn_on(world, model)
    await soon(world)

    await describing.look_ahead(world.database, now=utc_now())

    assert model.heard == []
