"""Another zone of the workspace is asked about, and can be left."""

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound, shoot
from tests.e2e.test_queue import channel, post_daily

TEXT = "Tea at eight, there and here"


async def test_a_persons_own_time_stands_beside_each_time_until_it_is_given_up(
    anna: NewPage,
) -> None:
    page = await anna("/settings/?tab=profile")
    post = await (await page.context.request.post("/api/posts", data={"text": TEXT})).json()
    plan = {"post_id": post["id"], "scheduled_at": "2031-05-21T20:00", "timezone": "Europe/Berlin"}
    assert (await page.context.request.post("/api/schedules", data=plan)).status == 201

    await page.get_by_label("Also show times in").select_option("Asia/Tokyo")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await visit(page, f"/queue/?q={TEXT}")
    time = page.locator("[data-schedule]", has_text=TEXT).locator("time").first
    await expect(time).to_have_attribute("data-own", "03:00 next day yours")
    await assert_sound(page)
    await page.get_by_role("button", name=TEXT, exact=True).first.click()
    inside = page.get_by_role("dialog", name="Details").locator("time[data-own]").first
    await expect(inside).to_have_attribute("data-own", "03:00 next day yours")
    await shoot(page, "own-zone")
    await visit(page, "/calendar/?view=list&date=2031-05-21")
    card = page.locator("[data-event]", has_text=TEXT).locator("time").first
    await expect(card).to_have_attribute("data-own", "03:00 next day yours")
    await assert_sound(page)

    await visit(page, "/settings/?tab=profile")
    await expect(page.get_by_label("Also show times in")).to_have_value("Asia/Tokyo")
    await page.get_by_label("Also show times in").select_option("")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await visit(page, f"/queue/?q={TEXT}")
    await expect(time).to_have_text("20:00")
    await expect(time).not_to_have_attribute("data-own", "03:00 next day yours")


async def test_another_zone_says_what_it_moves_and_can_be_left(anna: NewPage) -> None:
    page = await anna("/settings/?tab=workspace")
    number = await channel(page, "Zone channel")
    await post_daily(page, number, "12:00")
    post = {"text": "Zoned", "channel_ids": [number]}
    made = await (await page.context.request.post("/api/posts", data=post)).json()
    plan = {"post_id": made["id"], "scheduled_at": "2031-05-14T09:00"}
    assert (await page.context.request.post("/api/schedules", data=plan)).status == 201

    await page.get_by_label("Time zone").select_option("Asia/Tokyo")
    await page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Change the zone to Asia/Tokyo?")
    await expect(dialog).to_contain_text("is then")
    await expect(dialog).to_contain_text("moves from")
    await assert_sound(page)
    await shoot(page, "zone")
    await dialog.get_by_role("button", name="Keep the zone").click()

    await expect(dialog).to_be_hidden()
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    workspace = await (await page.context.request.get("/api/workspace")).json()
    assert workspace["zone"] == "Europe/Berlin"
