"""Autopilot killed with -9, between record and send and after the send: a picture is out once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from benchmarks.photos import DAMAGES, saved, shipped
from socialapp.clock import utc_now
from socialapp.services.autopilot import personas
from socialapp.store.tables import MediaAsset, PhotoPosting
from tests.publishing.test_autopilot import photograph, status
from tests.world import NO_REDIS, World, until

PICTURES = {name: picture for name, picture in shipped() if name in ("coffee", "china")}
Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(database_url: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Start photographers on this test's database; those left over are killed."""
    made: list[asyncio.subprocess.Process] = []
    env = {
        **os.environ,
        "SOCIALAPP_DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "REDIS_URL": NO_REDIS,
    }

    async def new(step: str = "") -> asyncio.subprocess.Process:
        made.append(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.photographer", step), env=env
            )
        )
        return made[-1]

    yield new
    for each in made:
        if each.returncode is None:
            each.kill()
        await each.wait()


@pytest.fixture
async def best(world: World) -> int:
    """The better of two photographs of a persona whose moment is this minute."""
    await photograph(world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    found = await photograph(world, "china", saved(PICTURES["china"]))
    now = utc_now()
    async with world.database.transaction() as db:
        daily = await personas.save(
            db,
            world.alice,
            name="Daily",
            channel_ids=[await world.channel_id()],
            clock=f"{now:%H:%M}",
            timezone="UTC",
            now=now,
        )
        await personas.switch(db, world.alice, daily.id or 0, is_on=True, now=now)
        daily.seen_until = now - timedelta(hours=1)
    return found


async def postings(world: World) -> list[PhotoPosting]:
    async with world.database.reading() as db:
        return list((await db.execute(select(PhotoPosting))).scalars())


async def is_posted(world: World) -> bool:
    return [each.status for each in await postings(world)] == ["posted"]


async def killed(process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(45):
        assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("step", ["choosing", "recorded", "sending", "sent"])
async def test_killed_at_a_step_the_next_one_leaves_one_picture_out_and_one_on_record(
    world: World, start: Start, best: int, step: str
) -> None:
    if step == "sending":
        await world.tell_sandbox("slow", delay_ms=20_000)
    victim = await start(step if step in ("choosing", "recorded") else "")
    if step == "sending":
        await until(lambda: _is(world, "publishing"), within_s=45)
        victim.kill()
    if step == "sent":
        await until(lambda: _is(world, "posted"), within_s=45)
        victim.kill()
    await killed(victim)
    assert len(await postings(world)) == (0 if step == "choosing" else 1)

    await start()
    await until(lambda: is_posted(world), within_s=60)

    (public,) = await world.public()
    (posting,) = await postings(world)
    async with world.database.reading() as db:
        asset = await db.get(MediaAsset, best)
    assert asset
    assert asset.sha256 in str(public.media)
    assert (posting.media_id, posting.remote_id) == (best, str(public.id))
    assert posting.posted_at
    assert await status(world, best) == "posted"
    assert await world.counts() == {"posted": 1}


async def _is(world: World, wanted: str) -> bool:
    return wanted in await world.counts()
