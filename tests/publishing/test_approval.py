"""What is not approved, or was changed after it was, is never sent; whoever is faster."""

import asyncio
import contextlib
import random
from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.errors import Conflict, Stale
from socialapp.domain.people import Member, Role
from socialapp.services import approvals, members, pauses, posts, schedules
from socialapp.store import attempts, claims
from socialapp.store import schedules as rows
from socialapp.store.attempts import Finish
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, Post, Schedule
from tests.people import colleague
from tests.services.test_queueing import second_channel
from tests.world import World

INTENT = {"text": "what was read", "media": []}


@pytest.fixture
async def bob(world: World) -> Member:
    """An editor, in a workspace where one has to approve."""
    async with world.database.transaction() as db:
        await members.update_workspace(db, world.alice, approval_rule="one")
    return await colleague(world.database, world.alice, Role.EDITOR)


async def plan(world: World, by: Member, text: str = "Bread", *, in_s: float = 3600) -> Schedule:
    now = utc_now()
    at = moments.read((now + timedelta(seconds=in_s)).isoformat(), zone="UTC")
    async with world.database.transaction() as db:
        post = await posts.create(db, by, text=text, now=now)
        return await schedules.create(db, by, post_id=post.id or 0, at=at, now=now)


async def approve(world: World, schedule: Schedule, revision: int | None = None) -> None:
    async with world.database.transaction() as db:
        await approvals.approve(
            db, world.alice, schedule.post_id, kind=None, revision=revision, now=utc_now()
        )


async def edit(database: Database, by: Member, schedule: Schedule, text: str) -> None:
    async with database.transaction() as db:
        await posts.edit(db, by, schedule.post_id, revision=None, text=text, now=utc_now())


async def status_of(world: World, schedule: Schedule) -> Status:
    return Status((await world.delivery(schedule)).status)


async def test_what_an_editor_schedules_waits_until_it_is_approved(
    world: World, bob: Member
) -> None:
    held = await plan(world, bob, in_s=1)
    other = await plan(world, world.alice, "The owner's", in_s=1)
    async with world.worker():
        await world.reaches(other, "posted")
        assert await world.timeline() == ["The owner's"]
    assert held.status == "needs_approval"

    later = await plan(world, bob, "Later")
    await approve(world, later)

    assert await status_of(world, later) is Status.QUEUED


async def test_what_is_approved_too_late_is_missed_and_sent_only_when_told_to(
    world: World, bob: Member
) -> None:
    held = await plan(world, bob, in_s=0)

    await approve(world, held)

    delivery = await world.delivery(held)
    assert delivery.status == Status.MISSED
    assert "after its moment" in delivery.reason
    async with world.worker():
        async with world.database.transaction() as db:
            await schedules.retry(db, bob, held.id or 0, now=utc_now())
        await world.reaches(held, "posted")


async def test_an_edit_takes_the_approval_away_unless_the_editor_may_approve(
    world: World, bob: Member
) -> None:
    schedule = await plan(world, bob)
    await approve(world, schedule)

    await edit(world.database, world.alice, schedule, "Bread, said the owner")
    assert await status_of(world, schedule) is Status.QUEUED

    await edit(world.database, bob, schedule, "Bread for free")
    assert await status_of(world, schedule) is Status.NEEDS_APPROVAL


async def test_an_owners_edit_or_move_lets_nothing_go_that_waits(world: World, bob: Member) -> None:
    schedule = await plan(world, bob)
    at = moments.read((utc_now() + timedelta(hours=3)).isoformat(), zone="UTC")

    await edit(world.database, world.alice, schedule, "Bread, said the owner")
    with pytest.raises(Conflict, match="waiting for approval"):
        async with world.database.transaction() as db:
            await schedules.publish_now(db, world.alice, schedule.id or 0, now=utc_now())
    async with world.database.transaction() as db:
        await schedules.move(db, world.alice, schedule.id or 0, at=at, now=utc_now())

    assert await status_of(world, schedule) is Status.NEEDS_APPROVAL


async def waiting_beside_a_failure(world: World, bob: Member) -> tuple[Schedule, Delivery]:
    """Approved for two channels, refused by one, on hold at the other; then the editor edits."""
    away = await second_channel(world.database, world.alice)
    schedule = await world.schedule(in_s=3600, channel_ids=[1, away.id or 0])
    async with world.database.transaction() as db:
        failed, held = (await rows.deliveries_of(db, [schedule.id or 0]))[schedule.id or 0]
        failed.status, held.status = Status.FAILED, Status.PAUSED
    await edit(world.database, bob, schedule, "Bread for free")
    assert await statuses(world, schedule) == [Status.FAILED, Status.NEEDS_APPROVAL]
    return schedule, failed


async def statuses(world: World, schedule: Schedule) -> list[str]:
    async with world.database.reading() as db:
        found = await rows.deliveries_of(db, [schedule.id or 0])
    return [each.status for each in found[schedule.id or 0]]


@pytest.mark.parametrize("how", ["retry", "retry_delivery", "move"])
@pytest.mark.parametrize("who", ["editor", "owner"])
async def test_what_is_queued_again_beside_what_waits_waits_with_it(
    world: World, bob: Member, how: str, who: str
) -> None:
    schedule, failed = await waiting_beside_a_failure(world, bob)
    by = bob if who == "editor" else world.alice

    async with world.database.transaction() as db:
        if how == "retry":
            await schedules.retry(db, by, schedule.id or 0, now=utc_now())
        elif how == "retry_delivery":
            await schedules.retry_delivery(db, by, failed.id or 0, now=utc_now())
        else:
            at = moments.read((utc_now() + timedelta(hours=3)).isoformat(), zone="UTC")
            await schedules.move(db, by, schedule.id or 0, at=at, now=utc_now())
    assert await statuses(world, schedule) == [Status.NEEDS_APPROVAL] * 2

    await approve(world, schedule)
    queued = [Status.QUEUED] * 2 if how == "move" else [Status.MISSED, Status.QUEUED]
    assert await statuses(world, schedule) == queued


async def test_an_approval_of_an_older_revision_is_refused(world: World, bob: Member) -> None:
    schedule = await plan(world, bob)
    await edit(world.database, bob, schedule, "Other words")

    with pytest.raises(Stale):
        await approve(world, schedule, revision=1)

    assert await status_of(world, schedule) is Status.NEEDS_APPROVAL


async def test_changes_are_requested_and_it_is_submitted_again(world: World, bob: Member) -> None:
    schedule = await plan(world, bob)
    asked = {"kind": None, "now": utc_now()}
    async with world.database.transaction() as db:
        await approvals.request_changes(
            db, world.alice, schedule.post_id, text="The price is wrong.", **asked
        )
    assert await world.status_of(schedule) == "changes_requested"
    await edit(world.database, bob, schedule, "The right price")
    assert await world.status_of(schedule) == "changes_requested"

    async with world.database.transaction() as db:
        await approvals.submit(db, bob, schedule.post_id, **asked)
    assert await world.status_of(schedule) == "needs_approval"
    await approve(world, schedule)

    assert await world.status_of(schedule) == "queued"
    async with world.database.reading() as db:
        said = await approvals.comments_of(db, bob, schedule.post_id, kind=None)
    assert [each.kind for each in said] == [
        *("submitted", "changes_requested", "submitted", "approved"),
    ]


async def test_under_all_every_approver_has_to(world: World, bob: Member) -> None:
    approver = await colleague(world.database, world.alice, Role.APPROVER)
    async with world.database.transaction() as db:
        await members.update_workspace(db, world.alice, approval_rule="all")
    schedule = await plan(world, bob)
    own = await plan(world, world.alice)

    await approve(world, schedule)
    assert await status_of(world, schedule) is Status.NEEDS_APPROVAL
    assert await status_of(world, own) is Status.NEEDS_APPROVAL
    async with world.database.transaction() as db:
        await approvals.approve(db, approver, schedule.post_id, kind=None, now=utc_now())

    assert await status_of(world, schedule) is Status.QUEUED


async def test_what_is_approved_in_a_pause_is_on_hold(world: World, bob: Member) -> None:
    schedule = await plan(world, bob)
    async with world.database.transaction() as db:
        await pauses.pause(db, world.alice)

    await approve(world, schedule)
    assert await status_of(world, schedule) is Status.PAUSED
    await edit(world.database, bob, schedule, "Other words")
    async with world.database.transaction() as db:
        await pauses.resume(db, world.alice, now=utc_now())

    assert await status_of(world, schedule) is Status.NEEDS_APPROVAL


async def people(world: World, bob: Member, planned: list[Schedule], chance: random.Random) -> None:
    """Approve and edit, in any order."""
    for step in range(24):
        schedule = chance.choice(planned)
        with contextlib.suppress(Conflict):  # it was not waiting, or it has just left
            if chance.random() < 0.5:
                await approve(world, schedule)
            else:
                await edit(world.database, bob, schedule, f"Edit {step}")


async def worker(database: Database, name: str, sent: list[tuple[int | None, int]]) -> None:
    """Claim, read, freeze and start, each in its own transaction, as a worker does."""
    for _ in range(12):
        now = utc_now()
        async with database.transaction() as db:
            until = now + timedelta(minutes=2)
            mine = await claims.claim(db, worker=name, until=until, now=now, limit=2)
        async with database.reading() as db:
            about = await claims.subjects(db, mine)
        async with database.transaction() as db:
            await attempts.freeze(db, [(m, INTENT) for m in mine])
        async with database.transaction() as db:
            networks = {m.id: "sandbox" for m in mine}
            await attempts.start(db, mine, providers=networks, now=now)
            for claim in mine:
                found = await db.get(Delivery, claim.id, populate_existing=True)
                post = await db.get(Post, about[claim.id].post_id, populate_existing=True)
                assert found
                assert post
                if (found.status, found.fence) == (Status.SENDING, claim.fence):
                    sent.append((post.approved_revision, post.revision))
        async with database.transaction() as db:
            later = Settlement(Status.QUEUED, due_at=utc_now(), reason="again")
            await attempts.finish(db, [Finish(m, later) for m in mine], now=utc_now())


async def test_whatever_races_only_an_approved_revision_is_sent(world: World, bob: Member) -> None:
    chance = random.Random(7)
    planned = [await plan(world, bob, f"Post {i}", in_s=60) for i in range(6)]
    other = Database(world.database.url)
    sent: list[tuple[int | None, int]] = []

    await asyncio.gather(
        people(world, bob, planned, chance),
        people(world, bob, planned, chance),
        worker(other, "one", sent),
        worker(other, "two", sent),
    )
    for schedule in planned:
        if await status_of(world, schedule) is Status.NEEDS_APPROVAL:
            await approve(world, schedule)
    await worker(other, "last", sent)
    await other.close()

    assert sent
    assert all(approved == revision for approved, revision in sent), sent
