"""The regular look: what no message announced is found all the same."""

import asyncio

import pytest

from socialapp import worker
from tests.world import World


async def test_what_nobody_announced_is_found_by_the_regular_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hears_nothing(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(worker, "_wake", hears_nothing)

    async with world.worker():
        for text in ("While it begins", "After it has looked"):
            schedule = await world.schedule(text)
            await world.reaches(schedule, "posted", within_s=20)

    assert await world.timeline() == ["While it begins", "After it has looked"]
