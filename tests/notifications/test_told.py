"""Each event is told once, on both databases, whoever finds it out and however often."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.delivery import Settlement, Status
from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.notifications import Event, News
from socialapp.domain.people import Member, Role
from socialapp.services import approvals, members, notifications, posts, schedules
from socialapp.store import attempts, channels, claims
from socialapp.store import notifications as rows
from socialapp.store.attempts import Finish
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Membership, Notification, WorkerBeat
from tests.people import colleague, owner_of_a_workspace
from tests.services.desk import channel_of, delivery_of, plan, write
from tests.world import World, make_world, settings_for


@pytest.fixture
async def alice(database: Database) -> Member:
    """The owner of a workspace."""
    return await owner_of_a_workspace(database, "Alice", "Europe/Berlin")


async def told(database: Database, by: Member) -> list[tuple[str, str, bool]]:
    """Return what somebody was told, oldest first: event, title, whether it is read."""
    async with database.reading() as db:
        found = await notifications.inbox(db, by)
    return [(each.it.event, each.it.title, each.is_read) for each in reversed(found.told)]


async def claimed(database: Database, by: Member) -> list[claims.Claim]:
    """Plan a post that is due, and take it as a worker does."""
    await plan(database, by, away=timedelta(seconds=1))
    now = utc_now() + timedelta(seconds=2)
    async with database.transaction() as db:
        return await claims.claim(db, worker="w", until=now, now=now, limit=10)


@pytest.mark.parametrize("status", [Status.FAILED, Status.MISSED])
async def test_an_end_that_needs_a_person_is_told_once_however_often_it_is_recorded(
    database: Database, alice: Member, status: Status
) -> None:
    (claim,) = await claimed(database, alice)
    end = Finish(claim, Settlement(status, reason="It was refused.", action="retry"))

    async def record() -> None:
        async with database.transaction() as db:
            await attempts.finish(db, [end], now=utc_now())

    await asyncio.gather(*(record() for _ in range(4)))

    ((event, title, is_read),) = await told(database, alice)
    assert (event, is_read) == (status.value, False)
    assert title.endswith("at Sandbox: Fresh bread")


async def test_a_retry_that_follows_by_itself_is_not_told(
    database: Database, alice: Member
) -> None:
    (claim,) = await claimed(database, alice)
    later = Settlement(Status.QUEUED, due_at=utc_now() + timedelta(minutes=1), reason="Busy.")

    async with database.transaction() as db:
        await attempts.finish(db, [Finish(claim, later)], now=utc_now())

    assert await told(database, alice) == []


async def test_a_transaction_that_is_rolled_back_tells_nothing(
    database: Database, alice: Member
) -> None:
    (claim,) = await claimed(database, alice)

    async def fail_halfway() -> None:
        async with database.transaction() as db:
            failed = Settlement(Status.FAILED, reason="No.")
            await attempts.finish(db, [Finish(claim, failed)], now=utc_now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()

    assert await told(database, alice) == []


async def test_what_a_person_sends_again_and_fails_again_is_told_again(
    database: Database, alice: Member
) -> None:
    failed = Settlement(Status.FAILED, reason="No.", action="retry")
    (claim,) = await claimed(database, alice)
    async with database.transaction() as db:
        await attempts.finish(db, [Finish(claim, failed)], now=utc_now())
        await schedules.retry(db, alice, claim.schedule_id, now=utc_now())
    now = utc_now() + timedelta(seconds=2)
    async with database.transaction() as db:
        (again,) = await claims.claim(db, worker="w", until=now, now=now, limit=10)
        await attempts.finish(db, [Finish(again, failed)], now=utc_now())

    assert [event for event, _, _ in await told(database, alice)] == ["failed", "failed"]


async def test_thousands_are_missed_at_once_after_a_backup_is_restored(
    database: Database, alice: Member
) -> None:
    news = [
        News(alice.workspace_id, Event.MISSED, f"missed:{n}:1", title=f"Missed: {n}")
        for n in range(5000)
    ]

    async with database.transaction() as db:
        assert await rows.tell(db, news, now=utc_now()) == 5000
        assert await rows.tell(db, news, now=utc_now()) == 0
        await notifications.read(db, alice, now=utc_now())

    async with database.reading() as db:
        assert (await notifications.inbox(db, alice)).unread == 0


async def test_access_is_lost_once_whoever_sees_it(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)

    async def lose() -> None:
        async with database.transaction() as db:
            await channels.lose_access(db, channel.id or 0, why="Revoked.", now=utc_now())

    await asyncio.gather(*(lose() for _ in range(4)))

    assert await told(database, alice) == [("access_lost", "Access was lost to Sandbox", False)]
    async with database.transaction() as db:
        back = update(Channel).where(col(Channel.id) == channel.id)
        await db.execute(back.values(needs_reconnect=False))
    await lose()
    assert len(await told(database, alice)) == 2


async def test_two_workers_that_give_a_network_up_tell_it_once(
    database: Database, alice: Member
) -> None:
    await plan(database, alice)
    elsewhere = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")

    async def give_up() -> None:
        async with database.transaction() as db:
            await rows.tell_of_network(db, "sandbox", "", now=utc_now())

    await asyncio.gather(give_up(), give_up())

    assert [event for event, _, _ in await told(database, alice)] == ["held"]
    assert await told(database, elsewhere) == []  # nothing of hers waits


async def test_a_worker_that_is_gone_is_missed_once_by_all_web_processes(
    database: Database, alice: Member
) -> None:
    now = utc_now()

    async def look() -> None:
        async with database.transaction() as db:
            await notifications.miss_the_worker(db, now=now)

    async with database.transaction() as db:
        beat = {"name": "w", "host": "h", "pid": 1}
        db.add(WorkerBeat(**beat, seen_at=now - timedelta(minutes=4)))
    await look()
    assert await told(database, alice) == []

    async with database.transaction() as db:
        await db.execute(update(WorkerBeat).values(seen_at=now - timedelta(minutes=6)))
    await asyncio.gather(look(), look())

    assert await told(database, alice) == [("no_worker", "The worker is not running", False)]


async def test_each_person_reads_for_themselves_and_a_key_for_nobody(
    database: Database, alice: Member
) -> None:
    bob = await colleague(database, alice, Role.VIEWER)
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    post = await write(database, alice)
    async with database.transaction() as db:
        for what in ("requested:1", "requested:1", "approved:1"):
            await notifications.tell_of_approval(
                db,
                alice.workspace_id,
                post_id=post.id or 0,
                what=what,
                title=what,
                now=utc_now(),
            )
        (one, *_) = (await db.execute(select(col(Notification.id)))).scalars().all()

    async with database.transaction() as db:
        await notifications.read(db, bob, [one or 0], now=utc_now())
        await notifications.read(db, bob, [one or 0], now=utc_now())

    assert sorted(is_read for _, _, is_read in await told(database, bob)) == [False, True]
    assert [is_read for _, _, is_read in await told(database, alice)].count(True) == 0
    program = Member(alice.workspace_id, "UTC", alice.rights, key_id=1)
    async with database.transaction() as db:
        with pytest.raises(Conflict):
            await notifications.read(db, program, now=utc_now())
        with pytest.raises(NotFound):
            await notifications.read(db, carol, [one or 0], now=utc_now())
        await notifications.read(db, alice, now=utc_now())
    assert all(is_read for _, _, is_read in await told(database, alice))


async def test_a_comment_is_told_to_the_author_and_those_who_commented_and_to_nobody_else(
    database: Database, alice: Member
) -> None:
    dora, erik = [await colleague(database, alice, r) for r in (Role.EDITOR, Role.APPROVER)]
    await colleague(database, alice, Role.ADMIN)
    post = await write(database, dora)

    async def say(by: Member, text: str) -> None:
        async with database.transaction() as db:
            what = {"kind": None, "text": text, "now": utc_now()}
            await approvals.comment(db, by, post.id or 0, **what)

    await say(dora, "Mine alone")
    assert await told(database, dora) == await told(database, alice) == []
    await say(erik, "Nice")
    assert [event for event, _, _ in await told(database, dora)] == ["comment"]
    assert await told(database, alice) == await told(database, erik) == []
    program = replace(alice, person_id=None, key_id=1, name="")
    await say(program, "Beep")

    assert (await told(database, erik))[-1][1] == "A program commented on a post"
    assert len(await told(database, dora)) == 2
    assert await told(database, alice) == await told(database, program) == []
    async with database.transaction() as db:
        query = select(col(Notification.id)).where(Notification.person_id == dora.person_id)
        hers = (await db.execute(query)).scalars().all()
        with pytest.raises(NotFound):
            await notifications.read(db, erik, [hers[0] or 0], now=utc_now())
        await notifications.read(db, dora, now=utc_now())
    assert [is_read for _, _, is_read in await told(database, dora)] == [True, True]
    assert [is_read for _, _, is_read in await told(database, erik)] == [False]
    async with database.transaction() as db:
        gone = col(Membership.person_id) == dora.person_id
        await db.execute(delete(Membership).where(gone))
    await say(alice, "Who is there?")
    assert len(await told(database, dora)) == 2
    assert len(await told(database, erik)) == 2


@pytest.fixture
async def world(database: Database, database_url: str, tmp_path: Path) -> World:
    """A workspace whose worker is the real one."""
    return await make_world(database, settings_for(database_url, tmp_path / "data"))


async def test_a_real_worker_tells_of_a_refusal_with_the_reason(world: World) -> None:
    await world.tell_sandbox("refuse")
    async with world.worker():
        schedule = await world.schedule("Not allowed")
        await world.reaches(schedule, "failed")

    ((event, title, _),) = await told(world.database, world.alice)
    assert (event, title) == ("failed", "Failed at Sandbox: Not allowed")
    assert (await delivery_of(world.database, schedule)).reason


async def test_each_step_of_an_approval_is_told_once_and_a_change_after_it_again(
    database: Database, alice: Member
) -> None:
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    bob = await colleague(database, alice, Role.EDITOR)
    post_id = (await plan(database, bob)).post_id
    now = utc_now()

    async with database.transaction() as db:
        await approvals.request_changes(db, alice, post_id, kind=None, text="Shorter", now=now)
    async with database.transaction() as db:
        await posts.edit(db, bob, post_id, revision=None, text="Bread", now=now)
        await approvals.submit(db, bob, post_id, kind=None, now=now)
    async with database.transaction() as db:
        await approvals.approve(db, alice, post_id, kind=None, now=now)
    async with database.transaction() as db:
        await posts.edit(db, bob, post_id, revision=None, text="Rolls", now=now)

    assert [title for event, title, _ in await told(database, alice)] == [
        "Bob asks for approval",
        "Alice requests changes",
        "Bob asks for approval",
        "Alice approved a post",
        "Bob asks for approval",
    ]


async def test_what_somebody_reads_is_noticed_however_much_came_for_others(
    database: Database, alice: Member
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)

    def news(number: int, person_id: int | None) -> News:
        key = f"comment:{number}"
        return News(alice.workspace_id, Event.COMMENT, key, title="x", person_id=person_id)

    async with database.transaction() as db:
        await rows.tell(db, [news(0, bob.person_id)], now=utc_now())
        await rows.tell(db, [news(n, alice.person_id) for n in range(1, 60)], now=utc_now())
        before = await rows.fingerprint(db, alice.workspace_id)
        assert bob.person_id
        assert await rows.read(db, alice.workspace_id, bob.person_id, None, now=utc_now()) == 1
        assert await rows.fingerprint(db, alice.workspace_id) != before
