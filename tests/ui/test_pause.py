"""Pause and resume from a page: what is done, what is said, and what other pages are told."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.people import Right
from socialapp.services import members, pauses
from socialapp.services.schedules import delivery
from socialapp.store import schedules
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, Schedule
from socialapp.ui.feed import Rooms
from socialapp.ui.pause import PauseState
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.rights import right_of
from tests.services.test_queueing import second_channel
from tests.ui.tabs import call, tab
from tests.ui.test_feed import FakeNamespace, owner, plan


def words_of(answer: Any) -> str:
    specs = answer if isinstance(answer, list) else [answer]
    return " ".join(str(arg) for spec in specs for pair in spec.args for arg in pair)


async def status_of(database: Database, schedule_id: int) -> str:
    by = await owner(database)
    async with database.reading() as db:
        found = await schedules.get(db, by.workspace_id, schedule_id)
    assert found
    return found.status


async def test_pause_and_resume_from_a_page(database: Database, alice: str) -> None:
    planned = await plan(database, await owner(database))
    page = tab(PauseState, alice)

    await call(page, "ask")
    asks = page.is_asking
    paused = await call(page, "pause")
    held = await status_of(database, planned)
    resumed = await call(page, "resume")

    assert (asks, page.is_asking) == (True, False)
    assert held == "paused"
    assert "Nothing goes out until you resume it." in words_of(paused)
    assert "Publishing goes on." in words_of(resumed)
    assert await status_of(database, planned) == "queued"


async def test_a_question_that_is_dismissed_does_nothing(database: Database, alice: str) -> None:
    planned = await plan(database, await owner(database))
    page = tab(PauseState, alice)

    await call(page, "ask")
    await call(page, "dismiss")

    assert not page.is_asking
    assert await status_of(database, planned) == "queued"


@pytest.mark.parametrize("name", ["ask", "pause", "resume"])
def test_only_who_may_publish_may_pause(name: str) -> None:
    assert right_of(PauseState.event_handlers[name].fn) == Right.PUBLISH


async def test_other_pages_are_told_and_read_their_lists_again(
    database: Database, alice: str
) -> None:
    by = await owner(database)
    await plan(database, by)
    namespace = FakeNamespace(by.workspace_id)
    rooms = Rooms(namespace)
    await rooms.tell({by.workspace_id})
    before = namespace.sent[-1][1]

    async with database.transaction() as db:
        await pauses.pause(db, by)
        await pauses.stop_everything(db)
    await rooms.tell({by.workspace_id})

    values = namespace.sent[-1][1]
    assert (before["pause"]["is_paused"], before["pause"]["is_stopped"]) == (False, False)
    assert (values["pause"]["is_paused"], values["pause"]["is_stopped"]) == (True, True)
    assert values["pause"]["waits"] == "1 post waits; nothing is lost."
    assert values["version"] > before["version"]


@pytest.mark.parametrize(
    ("hold", "words"),
    [("pause", "on hold until publishing is resumed"), ("stop", "stopped for this installation")],
)
async def test_publish_now_does_not_claim_that_it_goes_out_while_nothing_does(
    database: Database, alice: str, hold: str, words: str
) -> None:
    by = await owner(database)
    planned = await plan(database, by)
    async with database.transaction() as db:
        await (pauses.pause(db, by) if hold == "pause" else pauses.stop_everything(db))
    details = tab(DetailsState, alice)
    await call(details, "open", planned)

    said = words_of(await call(details, "publish_now"))

    assert words in said
    assert "Nothing is lost." in said
    assert "It goes out now" not in said


async def test_a_retry_says_that_it_waits_with_the_rest_for_approval(
    database: Database, alice: str
) -> None:
    by = await owner(database)
    planned = await plan(database, by)
    away = await second_channel(database, by)
    async with database.transaction() as db:
        await members.update_workspace(db, by, approval_rule="one")
        schedule = await db.get_one(Schedule, planned)
        (failed,) = (await schedules.deliveries_of(db, [planned]))[planned]
        failed.status = Status.FAILED
        waits = delivery(schedule, away, is_held=False)
        waits.status = Status.NEEDS_APPROVAL
        db.add(waits)
        await db.flush()
        await schedules.refresh_status(db, [planned], now=utc_now())
    details = tab(DetailsState, alice)
    await call(details, "open", planned)

    said = words_of(await call(details, "retry", failed.id))

    assert "It waits for approval." in said
    assert "tried again" not in said


async def test_the_details_say_when_what_was_put_off_goes_out(
    database: Database, alice: str
) -> None:
    planned = await plan(database, await owner(database))
    details = tab(DetailsState, alice)
    await call(details, "open", planned)
    at_first = details.shown["deliveries"][0]["next_try"]
    async with database.transaction() as db:
        now = utc_now()
        await db.execute(
            update(Delivery)
            .where(col(Delivery.schedule_id) == planned)
            .values(
                planned_at=now,
                due_at=now.replace(year=now.year + 1),
                status=Status.QUEUED,
                reason="The network of Shop does not answer now.",
                action="wait",
            )
        )

    await call(details, "refresh")

    (part,) = details.shown["deliveries"]
    assert at_first == ""
    assert part["next_try"].startswith("Will go out")
    assert part["next_try"].endswith("365 days late.")
    assert part["reason"] == "The network of Shop does not answer now."
