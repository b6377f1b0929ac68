"""A series: made in the editor, seen in the queue, and changed from one of its times on."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from socialapp.clock import utc_now
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound

TOMORROW = utc_now().astimezone(ZoneInfo("Europe/Berlin")) + timedelta(days=1)


async def test_a_weekly_series_and_a_change_of_this_and_the_following(anna: NewPage) -> None:
    page = await anna("/compose/")
    await page.get_by_label("Text of the post").fill("Fresh bread each week")
    await page.get_by_label("Date and time").fill("2031-03-18T09:00")
    await page.get_by_label("Repeat…").select_option("weekly")
    await page.get_by_label("Ends").select_option("count")
    await page.get_by_label("Times", exact=True).fill("10")
    words = "Every Tuesday at 09:00 Europe/Berlin, 10 times"
    await expect(page.get_by_text(words)).to_be_visible()
    await expect(page.get_by_text("Tue 1 Apr 2031, 09:00")).to_be_visible()
    await assert_sound(page)
    await page.get_by_label("Date and time").fill(f"{TOMORROW:%Y-%m-%d}T09:00")
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await expect(page.get_by_text("9 times are planned by now")).to_be_visible()

    await visit(page, "/queue/?q=Fresh+bread+each+week")
    lines = page.locator("[data-schedule]", has_text="Fresh bread each week")
    await expect(lines).to_have_count(9)
    await expect(lines.first.get_by_title("Repeats: see Series")).to_be_visible()

    found = await page.context.request.get("/api/schedules?q=Fresh+bread+each+week&limit=9")
    third = (await found.json())["items"][2]
    await visit(page, f"/compose/?post={third['post_id']}")
    await page.get_by_label("Text of the post").fill("Fresh rolls each week")
    await page.get_by_label("Change").select_option("following")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved", exact=False).first).to_be_visible()

    await visit(page, "/series/")
    await expect(page.locator("[data-series]", has_text="Fresh rolls each week")).to_contain_text(
        "8 times"
    )
    before = page.locator("[data-series]", has_text="Fresh bread each week")
    await expect(before).to_contain_text("until")
    await before.get_by_text("Next dates").click()
    await before.get_by_role("button", name="Skip").first.click()
    await expect(before.get_by_text("Skipped")).to_be_visible()
    await assert_sound(page)
    after = page.locator("[data-series]", has_text="Fresh rolls each week")
    await after.get_by_role("button", name="Change…").click()
    form = page.get_by_role("dialog", name="Change the series")
    await form.get_by_label("Repeat…").select_option("daily")
    await form.get_by_label("Ends").select_option("count")
    await form.get_by_label("Times", exact=True).fill("7")
    await form.get_by_label("Time in Europe/Berlin").fill("10:15")
    await expect(form).to_contain_text("Every day at 10:15 Europe/Berlin, 7 times")
    await assert_sound(page)
    await form.get_by_role("button", name="Change", exact=True).click()
    await expect(form).to_be_hidden()
    await expect(after).to_contain_text("Every day at 10:15 Europe/Berlin, 7 times")
    await visit(page, "/queue/?q=each+week")
    await expect(page.locator("[data-schedule]", has_text="Fresh bread")).to_have_count(1)
    await expect(page.locator("[data-schedule]", has_text="Fresh rolls")).to_have_count(7)
