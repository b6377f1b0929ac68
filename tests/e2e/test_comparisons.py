"""A comparison: seen, started, sent to the sandbox; results come in, and it says what they say."""

import re
from datetime import timedelta
from typing import Any

from playwright.async_api import expect
from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.services import comparing
from socialapp.store import comparisons as rows
from socialapp.store import schedules
from socialapp.store.session import Database
from socialapp.store.tables import (
    Comparison,
    ComparisonSending,
    Delivery,
    Result,
    ResultReading,
    Schedule,
)
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import channel
from tests.servers.installation import Installation


async def test_two_wordings_are_compared_from_the_plan_to_the_statement(
    anna: NewPage, app: Installation
) -> None:
    page = await anna("/analytics/")
    mine = await channel(page, "Compared shop")
    await visit(page, "/analytics/")
    await page.get_by_role("link", name="Comparisons").click()
    await page.get_by_role("button", name="New comparison").first.click()
    form = page.get_by_role("dialog", name="New comparison")
    await expect(form.get_by_text("First post, Europe/Berlin")).to_be_visible()
    await form.get_by_label("Wording A").fill("Rolls still warm at eight")
    await form.get_by_label("Wording B").fill("Rolls still warm at eight")
    for box in await form.get_by_role("checkbox").all():
        await box.uncheck()
    await form.get_by_role("checkbox", name="Compared shop").check()
    await form.get_by_role("button", name="See the plan").click()
    await expect(form.get_by_role("alert")).to_have_text(re.compile("Both wordings are the same"))
    await form.get_by_label("Wording B").fill("At eight: rolls, still warm")
    await assert_sound(page)
    await form.get_by_role("button", name="See the plan").click()

    plan = page.get_by_role("dialog", name="The plan")
    await expect(plan.get_by_role("list", name="Posts").get_by_role("listitem")).to_have_count(16)
    await expect(plan).to_contain_text("A in Compared shop: 25 of 500")
    await assert_sound(page)
    await plan.get_by_role("button", name="Start").click()
    shown = page.locator("[data-comparison]", has_text="Rolls still warm at eight")
    await expect(shown).to_contain_text("Still running: 0 of 8 pairs measured.")

    # One goes out for real; then eighteen weeks have passed.
    request = page.context.request
    made = (await (await request.get("/api/comparisons")).json())["items"][0]
    first = made["items"][0]["first"]
    now = {"scheduled_at": moments.iso(utc_now() + timedelta(seconds=1))}
    sent = await request.patch(f"/api/schedules/{first['schedule_id']}", data=now)
    assert sent.ok, await sent.text()
    await shown.get_by_text("Pairs", exact=True).click()
    await expect(shown.get_by_text("Posted", exact=True)).to_be_visible(timeout=30_000)
    await _pass_weeks(app, made["id"], mine)

    await visit(page, "/analytics/comparisons/")
    await expect(shown).to_contain_text(
        re.compile(r"B got 2\.\d times the likes of A \(95 % inter")
    )
    await shown.get_by_text("Pairs", exact=True).click()
    await shown.get_by_text("What it rests on").click()
    await expect(shown).to_contain_text("8 of 8 pairs are complete.")
    await assert_sound(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await assert_sound(page)


async def _pass_weeks(app: Installation, comparison_id: int, channel_id: int) -> None:
    """Let its slots be in the past, its posts be out, and the sandbox have told their likes."""
    database = Database(f"sqlite+aiosqlite:///{app.folder}/data/socialapp.db")
    back = timedelta(weeks=18)
    try:
        async with database.transaction() as db:
            query = (
                select(ComparisonSending, Schedule, Delivery)
                .join(Schedule, col(Schedule.post_id) == ComparisonSending.post_id)
                .join(Delivery, col(Delivery.schedule_id) == Schedule.id)
                .where(ComparisonSending.comparison_id == comparison_id)
            )
            for each, schedule, delivery in (await db.execute(query)).all():
                each.planned_at -= back
                at, got = each.planned_at, (15 if each.wording == "a" else 36) + each.pair
                schedule.scheduled_at = delivery.planned_at = delivery.due_at = at
                delivery.status, delivery.posted_at = Status.POSTED, at
                delivery.remote_id = delivery.remote_id or f"gone-{each.id}"
                read: Any = {"workspace_id": each.workspace_id, "delivery_id": delivery.id or 0}
                read |= {"read_at": at + timedelta(days=7, minutes=5), "counts": {"likes": got}}
                db.add(ResultReading(**read))
                result = await db.get(Result, delivery.id) or Result(
                    **read, channel_id=channel_id, provider="sandbox", posted_at=at
                )
                result.posted_at, result.due_at = at, None
                result.read_at, result.counts = read["read_at"], read["counts"]
                db.add(result)
            await db.execute(update(Comparison).values(look_at=utc_now()))
        async with database.transaction() as db:
            found = await db.get(Comparison, comparison_id)
            assert found
            ids = [
                w.schedule.id or 0
                for w in (await rows.whereabouts(db, [comparison_id])).values()
                if w.schedule
            ]
            await schedules.refresh_status(db, ids, now=utc_now())
        await comparing.measure_one(database, found.workspace_id, comparison_id)
    finally:
        await database.close()
