"""Autopilot at Bluesky's own server: the right picture, once, with its words, on record."""

import asyncio
from typing import Any

from benchmarks.photos import DAMAGES, saved, shipped
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.services.autopilot import outcomes, personas, runs
from socialapp.store.tables import MediaAsset, PhotoPosting, Schedule
from tests.providers.bluesky.test_engine import Quay, quay
from tests.providers.stage_bluesky import records
from tests.publishing.test_autopilot import photograph, postings, settled, status
from tests.world import until

__all__ = ["quay"]

PICTURES = {name: picture for name, picture in shipped() if name in ("coffee", "china")}


async def persona(quay: Quay, name: str = "Daily") -> int:
    async with quay.world.database.transaction() as db:
        made = await personas.save(
            db,
            quay.world.alice,
            name=name,
            channel_ids=[quay.channel_id],
            caption="The picture of {date} #harbour",
            now=utc_now(),
        )
    return made.id or 0


async def run(quay: Quay, persona_id: int, **more: Any) -> runs.Chosen:
    async with quay.world.database.transaction() as db:
        return await runs.run(db, quay.world.alice, persona_id, now=utc_now(), **more)


async def test_the_best_picture_is_there_with_its_description_and_on_record(quay: Quay) -> None:
    await photograph(quay.world, "crushed", DAMAGES["crushed"](PICTURES["coffee"], 2))
    best = await photograph(quay.world, "china", saved(PICTURES["china"]))
    people = [await persona(quay), await persona(quay, "Another")]

    made, other = await asyncio.gather(*(run(quay, each) for each in people))
    async with quay.world.worker():
        await until(lambda: _all_posted(quay, 2), within_s=60)

    found = {p.media_id: p for p in await postings(quay.world)}
    assert {made.media_id, other.media_id} == set(found)
    there = {each["uri"]: each["value"] for each in await records(quay.pds, quay.account.did)}
    assert len(there) == 2
    posting = found[best]
    value = there[posting.remote_id]
    (image,) = value["embed"]["images"]
    async with quay.world.database.reading() as db:
        asset = await db.get(MediaAsset, best)
        schedule = await db.get(Schedule, posting.schedule_id)
    assert asset
    assert schedule
    assert (image["alt"], image["image"]["size"]) == ("china", asset.size_bytes)
    assert value["text"].startswith("The picture of ")
    assert value["createdAt"] == moments.iso(schedule.scheduled_at)
    assert posting.posted_at
    assert posting.url.endswith(posting.remote_id.rpartition("/")[2])
    assert await status(quay.world, best) == "posted"


async def _all_posted(quay: Quay, number: int) -> bool:
    await outcomes.settle(quay.world.database)
    return [p.status for p in await postings(quay.world)] == ["posted"] * number


async def test_a_closed_account_keeps_the_picture_out_until_a_person_lets_it_go(
    quay: Quay,
) -> None:
    only = await photograph(quay.world, "china", saved(PICTURES["china"]))
    daily = await persona(quay)
    quay.pds.take_down(quay.account)

    await run(quay, daily)
    async with quay.world.worker():
        failed: PhotoPosting = await until(lambda: settled(quay.world), within_s=60)

    assert (failed.status, failed.remote_id, failed.posted_at) == ("failed", "", None)
    assert await status(quay.world, only) == "failed"
    assert (await run(quay, daily)).media_id is None
