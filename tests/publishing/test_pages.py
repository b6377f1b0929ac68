"""Pages go out by the same engine: once, on time, as they were when they left."""

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.services import attachments, posts, schedules
from socialapp.store import files
from socialapp.store import posts as rows
from socialapp.store.tables import Schedule
from tests.publishing.test_outcomes import is_held
from tests.world import World


async def status_of_page(world: World, schedule: Schedule) -> str:
    async with world.database.reading() as db:
        page = await rows.get(db, world.alice.workspace_id, schedule.post_id, kind=Kind.PAGE)
    assert page
    return page.status


def shown(sha256: str) -> str:
    """What the sandbox has of a file."""
    return (files.files().sandbox / sha256).read_text()


async def test_a_due_page_is_posted_once_with_its_title_and_files(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule_page("Hours", "Open *from six*", carries=("a.txt", "b.md"))

        await world.reaches(schedule, "posted")

    (page,) = await world.public()
    assert (page.kind, page.title, page.text) == ("page", "Hours", "Open *from six*")
    assert [(a["filename"], a["description"], a["mime_type"]) for a in page.attachments] == [
        ("a.txt", "About a.txt", "text/plain"),
        ("b.md", "About b.md", "text/markdown"),
    ]
    for attachment in page.attachments:
        assert shown(attachment["sha256"]) == f"What is in {attachment['filename']}"
    assert await status_of_page(world, schedule) == "posted"
    assert [entry.status for entry in await world.log(schedule)] == ["posted"]


async def test_a_page_may_be_much_longer_than_a_post(world: World) -> None:
    long = "Grüße 🎉 " * 12_000
    async with world.worker():
        schedule = await world.schedule_page("Long", long)

        await world.reaches(schedule, "posted")

    (page,) = await world.public()
    assert page.text == long


@pytest.mark.parametrize("behaviour", ["answer_lost", "rubbish", "request_lost", "fail", "busy"])
async def test_whatever_happens_on_the_way_a_page_is_posted_once(
    world: World, behaviour: str
) -> None:
    async with world.worker():
        await world.tell_sandbox(behaviour)
        schedule = await world.schedule_page("Hours", carries=("a.txt",))

        await world.reaches(schedule, "posted")

    assert [(p.title, len(p.attachments)) for p in await world.public()] == [("Hours", 1)]


async def test_a_refused_page_says_why_and_goes_out_when_retried(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("refuse")
        schedule = await world.schedule_page("Hours")
        await world.reaches(schedule, "failed")
        reason = (await world.delivery(schedule)).reason

        async with world.database.transaction() as db:
            await schedules.retry(db, world.alice, schedule.id or 0, now=utc_now())

        await world.reaches(schedule, "posted")
    assert "breaks the rules of the sandbox" in reason
    assert len(await world.public()) == 1


async def test_an_edit_while_a_worker_holds_a_page_is_what_goes_out(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule_page("Old", carries=("old.txt",), in_s=3.0)
        await is_held(world, schedule.id or 0)
        new = await world.attach("new.txt")

        async with world.database.transaction() as db:
            await posts.edit(
                db,
                world.alice,
                schedule.post_id,
                kind=Kind.PAGE,
                revision=1,
                title="New",
                attachment_ids=[new.id or 0],
                now=utc_now(),
            )

        await world.reaches(schedule, "posted")
    (page,) = await world.public()
    assert page.title == "New"
    assert [a["filename"] for a in page.attachments] == ["new.txt"]


async def test_a_cancel_while_a_worker_holds_a_page_is_kept(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule_page("Never", in_s=2.0)
        later = await world.schedule("After it", in_s=2.5)
        await is_held(world, schedule.id or 0)

        async with world.database.transaction() as db:
            await schedules.cancel(db, world.alice, schedule.id or 0, now=utc_now())

        await world.reaches(later, "posted")
    assert await world.timeline() == ["After it"]
    assert await status_of_page(world, schedule) == "draft"


async def test_a_file_that_is_gone_from_the_disk_fails_the_page_and_says_so(world: World) -> None:
    schedule = await world.schedule_page("Hours", carries=("a.txt",))
    for path in files.files().folder.glob("??/*"):
        path.unlink()

    async with world.worker():
        await world.reaches(schedule, "failed")

    assert "gone from the library" in (await world.delivery(schedule)).reason
    assert await world.public() == []


async def test_a_file_may_be_deleted_once_its_page_is_out(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule_page("Hours", carries=("a.txt",))
        await world.reaches(schedule, "posted")

    await attachments.delete(world.database, world.alice, 1)

    (page,) = await world.public()
    assert shown(page.attachments[0]["sha256"]) == "What is in a.txt"
