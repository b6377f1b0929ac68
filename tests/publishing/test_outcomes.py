"""What becomes of a post, for each thing that the network can do."""

import pytest

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict
from socialapp.services import channels, posts, schedules
from tests.world import World, until


async def test_a_due_post_is_posted_once_and_says_where(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("Fresh bread")

        await world.reaches(schedule, "posted")

    delivery = await world.delivery(schedule)
    assert await world.timeline() == ["Fresh bread"]
    assert delivery.remote_id
    assert delivery.url.startswith("/sandbox/")
    assert [entry.status for entry in await world.log(schedule)] == ["posted"]


async def test_it_is_never_early_and_hardly_late(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("On time", in_s=2.0)

        await world.reaches(schedule, "posted")

    delivery = await world.delivery(schedule)
    assert delivery.late_ms is not None
    assert -1.0 <= delivery.late_ms < 1000.0


@pytest.mark.parametrize("behaviour", ["answer_lost", "rubbish"])
async def test_a_lost_answer_is_found_out_and_nothing_is_posted_twice(
    world: World, behaviour: str
) -> None:
    async with world.worker():
        await world.tell_sandbox(behaviour)
        schedule = await world.schedule("Once")

        await world.reaches(schedule, "posted")

    assert await world.timeline() == ["Once"]
    log = await world.log(schedule)
    assert [(entry.kind, entry.status) for entry in log] == [
        ("send", "unknown"),
        ("look", "posted"),
    ]


@pytest.mark.parametrize("behaviour", ["request_lost", "fail"])
async def test_what_the_network_never_got_is_sent_again_once_its_absence_is_proven(
    world: World, behaviour: str
) -> None:
    async with world.worker():
        await world.tell_sandbox(behaviour)
        schedule = await world.schedule("Again")

        await world.reaches(schedule, "posted")

    assert await world.timeline() == ["Again"]
    kinds = [(entry.kind, entry.status) for entry in await world.log(schedule)]
    assert kinds[0] == ("send", "unknown")
    assert ("look", "queued") in kinds
    assert kinds[-1] == ("send", "posted")


@pytest.mark.parametrize("behaviour", ["busy", "limited"])
async def test_it_waits_as_long_as_the_network_asks(world: World, behaviour: str) -> None:
    async with world.worker():
        await world.tell_sandbox(behaviour)
        schedule = await world.schedule("Patience")

        await world.reaches(schedule, "posted")

    first, second = await world.log(schedule)
    assert first.status == "queued"
    assert first.finished_at is not None
    assert (second.started_at - first.finished_at).total_seconds() >= 2.0


async def test_a_refusal_says_why_and_is_not_tried_again(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("refuse", requests=-1)
        schedule = await world.schedule("Rude")

        await world.reaches(schedule, "failed")

    delivery = await world.delivery(schedule)
    assert "breaks the rules of the sandbox" in delivery.reason
    assert "Nothing was posted" in delivery.reason
    assert delivery.action == "edit"
    assert len(await world.log(schedule)) == 1


async def test_a_lost_password_asks_to_reconnect(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("unauthorised", requests=-1)
        schedule = await world.schedule()

        await world.reaches(schedule, "failed")

    assert (await world.delivery(schedule)).action == "reconnect"


async def test_what_failed_goes_out_when_a_person_retries(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("refuse")
        schedule = await world.schedule("Second try")
        await world.reaches(schedule, "failed")

        async with world.database.transaction() as db:
            await schedules.retry(db, world.alice, schedule.id or 0, now=utc_now())

        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["Second try"]


async def test_what_is_too_lateis_held_and_not_posted(world: World) -> None:
    schedule = await world.schedule("Yesterday's news")
    await _make_late(world, schedule.id or 0, minutes=16)

    async with world.worker():
        await world.reaches(schedule, "missed")

    assert await world.timeline() == []


async def test_what_is_a_little_late_goes_out_and_says_how_late(world: World) -> None:
    schedule = await world.schedule("A little late")
    await _make_late(world, schedule.id or 0, minutes=5)

    async with world.worker():
        await world.reaches(schedule, "posted")

    delivery = await world.delivery(schedule)
    assert delivery.late_ms is not None
    assert delivery.late_ms >= 5 * 60 * 1000


async def _make_late(world: World, schedule_id: int, *, minutes: int) -> None:
    from datetime import timedelta

    from sqlalchemy import update
    from sqlmodel import col

    from socialapp.store.tables import Delivery, Schedule

    at = utc_now() - timedelta(minutes=minutes)
    async with world.database.transaction() as db:
        await db.execute(
            update(Delivery)
            .where(col(Delivery.schedule_id) == schedule_id)
            .values(planned_at=at, due_at=at)
        )
        await db.execute(
            update(Schedule).where(col(Schedule.id) == schedule_id).values(scheduled_at=at)
        )


async def test_a_paused_channel_holds_its_posts_until_it_is_resumed(world: World) -> None:
    async with world.database.transaction() as db:
        await channels.pause(db, world.alice, await world.channel_id(), now=utc_now())
    async with world.worker():
        schedule = await world.schedule("Held")
        assert await world.status_of(schedule) == "paused"

        async with world.database.transaction() as db:
            await channels.resume(db, world.alice, await world.channel_id())

        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["Held"]


async def test_an_edit_while_a_worker_holds_it_is_what_goes_out(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("Old words", in_s=3.0)
        await is_held(world, schedule.id or 0)

        async with world.database.transaction() as db:
            await posts.edit(
                db, world.alice, schedule.post_id, revision=1, text="New words", now=utc_now()
            )

        await world.reaches(schedule, "posted")
    assert await world.timeline() == ["New words"]
    assert len(await world.log(schedule)) == 1  # the old claim was in the same batch, and not sent


async def test_a_cancel_while_a_worker_holds_it_is_kept(world: World) -> None:
    async with world.worker():
        schedule = await world.schedule("Never", in_s=2.0)
        later = await world.schedule("After it", in_s=2.5)
        await is_held(world, schedule.id or 0)

        async with world.database.transaction() as db:
            await schedules.cancel(db, world.alice, schedule.id or 0, now=utc_now())

        await world.reaches(later, "posted")
    assert await world.timeline() == ["After it"]
    assert await world.status_of(schedule) == "cancelled"


async def is_held(world: World, schedule_id: int) -> None:
    from sqlmodel import select

    from socialapp.domain.delivery import Status
    from socialapp.store.tables import Delivery
    from tests.world import until

    async def ready() -> bool:
        async with world.database.reading() as db:
            query = select(Delivery.status).where(Delivery.schedule_id == schedule_id)
            return (await db.execute(query)).scalar_one() == Status.READY

    await until(ready)


async def test_what_takes_longer_than_a_moment_is_shown_as_publishing(world: World) -> None:
    async with world.worker():
        await world.tell_sandbox("slow", delay_ms=1500)
        schedule = await world.schedule("Slow")

        assert await world.reaches(schedule, "publishing", "posted") == "publishing"
        await world.reaches(schedule, "posted")


async def test_who_cancels_what_has_just_left_hears_that_it_is_being_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialapp.publishing.outbox.SHOW_AFTER_S", 2.0)
    async with world.worker():
        await world.tell_sandbox("slow", delay_ms=1500)
        schedule = await world.schedule("Leaving")

        async def has_left() -> bool:
            return (await world.delivery(schedule)).status == "sending"

        await until(has_left)
        assert await world.status_of(schedule) == "queued"
        with pytest.raises(Conflict, match="being published"):
            async with world.database.transaction() as db:
                await schedules.cancel(db, world.alice, schedule.id or 0, now=utc_now())

        await world.reaches(schedule, "posted")
