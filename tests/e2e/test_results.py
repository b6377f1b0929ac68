"""A post on the sandbox, reactions there that arrive live, and a suggested time that is taken."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import channel


async def test_reactions_arrive_live_and_a_suggested_time_is_taken(anna: NewPage) -> None:
    page = await anna("/analytics/")
    mine = await channel(page, "Counted shop")
    request = page.context.request
    post: Any = {"text": "Count me", "channel_ids": [mine], "tags": ["counted"]}
    made = await (await request.post("/api/posts", data=post)).json()
    due = await request.post("/api/schedules", data={"post_id": made["id"], "channel_ids": [mine]})
    schedule_id = (await due.json())["id"]
    await visit(page, f"/queue/?schedule={schedule_id}")
    details = page.get_by_role("dialog", name="Details")
    await expect(details.get_by_text("Posted", exact=True).first).to_be_visible()

    sent = await (await request.get(f"/api/schedules/{schedule_id}")).json()
    where = urlsplit(sent["deliveries"][0]["url"])
    timeline = await anna(where._replace(scheme="", netloc="").geturl())
    shown = timeline.locator("[data-sandbox-post]", has_text="Count me")
    for _ in range(2):
        await shown.get_by_role("button", name=re.compile("like")).click()
    await expect(shown.get_by_role("button", name="2 likes")).to_be_visible()
    await shown.get_by_role("button", name=re.compile("repost")).click()
    await assert_sound(timeline)

    await expect(details.get_by_text("2 likes, 1 repost")).to_be_visible(timeout=30_000)
    await visit(page, "/analytics/")
    await page.get_by_label("Channel", exact=True).select_option(str(mine))
    line = page.locator("[data-result]", has_text="Count me")
    await expect(line).to_contain_text("2 likes, 1 repost")
    await expect(page.get_by_text("Not enough data · 1 post").first).to_be_visible()
    await expect(page.get_by_role("region", name="Results by campaign and tag")).to_contain_text(
        "#counted"
    )
    await shown.get_by_role("button", name="2 likes").click()
    await expect(line).to_contain_text("3 likes, 1 repost", timeout=30_000)
    await assert_sound(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await assert_sound(page)
    await page.set_viewport_size({"width": 1280, "height": 800})

    await visit(page, f"/compose/?channels={mine}")
    await page.get_by_label("Text of the post").fill("At a good time")
    times = page.get_by_role("group", name="Suggested times")
    await expect(times).to_contain_text("Not enough data")
    chip = times.get_by_role("button").first
    await expect(chip).to_contain_text("a common time, not from your posts")
    clock = re.findall(r"\d\d:\d\d", await chip.inner_text())[0]
    await chip.click()
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_label("Date and time")).to_have_value(re.compile(clock))
    await assert_sound(page)
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()

    await visit(page, f"/queue/sandbox/{mine}/")
    await page.get_by_role("button", name="Suggest", exact=True).click()
    first = page.get_by_role("list", name="Suggested posting times").get_by_role("button").first
    label = (await first.inner_text()).split("\n")[0].split(" · ")[0].strip()
    await first.click()
    await expect(page.get_by_role("button", name=f"Take away {label}")).to_be_visible()
