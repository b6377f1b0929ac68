"""An evergreen list: made, filled, seen before it starts, paused, started; and one goes out."""

from datetime import timedelta

from playwright.async_api import expect

from socialapp.clock import utc_now
from socialapp.domain import moments
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound


async def test_a_list_is_made_seen_paused_and_started_and_one_goes_out(anna: NewPage) -> None:
    page = await anna("/evergreen/")
    await page.get_by_role("button", name="New list").first.click()
    await page.get_by_label("Name").fill("Bakery classics")
    await page.get_by_label("Days of rest").fill("3")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("The days of rest are 7 to 365")).to_be_visible()
    await page.get_by_label("Days of rest").fill("7")
    await page.get_by_role("button", name="Save").click()
    mine = page.locator("[data-list]", has_text="Bakery classics")
    await expect(mine).to_contain_text("Every day 09:00")

    for text in ("Our oven is old", "Our flour is fresh"):
        await mine.get_by_role("button", name="Add an entry").click()
        await page.get_by_label("Text", exact=True).fill(text)
        await page.get_by_role("button", name="Keep it", exact=True).click()
        await expect(mine).to_contain_text(text)
    await mine.get_by_text("What goes round").click()
    await mine.get_by_role("button", name="Add a wording: Our oven is old").click()
    await page.get_by_label("Text", exact=True).fill("An old oven is ours")
    await page.get_by_role("button", name="Keep it", exact=True).click()
    await expect(mine).to_contain_text("or: An old oven is ours")
    await mine.get_by_text("Next times").click()
    await expect(mine.get_by_text("Not used yet").first).to_be_visible()
    await assert_sound(page)

    await mine.get_by_role("button", name="Start").click()
    await expect(mine).to_contain_text("Goes round")
    await mine.get_by_role("button", name="Pause").click()
    await expect(mine).to_contain_text("Paused")
    await mine.get_by_role("button", name="Start").click()
    await expect(mine).to_contain_text("Goes round")

    request = page.context.request
    found = await (await request.get("/api/schedules?q=Our+oven+is+old")).json()
    first = next(each for each in found["items"] if each["status"] == "queued")
    soon = moments.iso(utc_now() + timedelta(seconds=1))
    sent = await request.patch(f"/api/schedules/{first['id']}", data={"scheduled_at": soon})
    assert sent.ok, await sent.text()
    await visit(page, "/evergreen/")
    await mine.get_by_text("History").click()
    await expect(mine.get_by_text("Posted", exact=True)).to_be_visible()
