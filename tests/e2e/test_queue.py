"""The posting hub: slots on a phone, two people adding at once, many moved and taken back."""

import asyncio
import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def channel(page: Page, name: str) -> int:
    """A channel of this test alone: others post elsewhere."""
    what = {"provider": "sandbox", "name": name}
    answer = await page.context.request.post("/api/channels", data=what)
    assert answer.status == 201, await answer.text()
    return int((await answer.json())["id"])


async def post_daily(page: Page, channel_id: int, clock: str) -> None:
    change = {"times": [{"day": day, "time": clock} for day in DAYS]}
    where = f"/api/channels/{channel_id}/slots"
    assert (await page.context.request.patch(where, data=change)).status == 200


async def write(page: Page, text: str, channel_id: int) -> int:
    what = {"text": text, "channel_ids": [channel_id]}
    return int((await (await page.context.request.post("/api/posts", data=what)).json())["id"])


async def add(page: Page, text: str, channel_id: int) -> None:
    what = {"post_id": await write(page, text, channel_id), "slot": "next_free"}
    answer = await page.context.request.post("/api/schedules", data=what)
    assert answer.status == 201, await answer.text()


async def order(page: Page) -> list[str]:
    lines = page.locator("li[data-schedule]")
    return [re.findall(r"Loaf \w+", text)[0] for text in await lines.all_inner_texts()]


async def test_posting_times_are_edited_on_a_phone(anna: NewPage) -> None:
    page = await anna("/", **PHONE)
    mine = await channel(page, "Phone shop")
    await visit(page, f"/queue/sandbox/{mine}/")
    await expect(page.get_by_text("There are none yet")).to_be_visible()

    await page.get_by_label("Days", exact=True).select_option("weekend")
    await page.get_by_label("Time", exact=True).fill("10:15")
    await page.get_by_role("button", name="Add the time").tap()
    await expect(page.get_by_text("Next free:")).to_contain_text(", 10:15 Europe/Berlin")
    await page.get_by_role("button", name="Copy Sunday's times to every day").tap()
    await page.get_by_role("button", name="Take away Monday 10:15").tap()

    await expect(page.get_by_role("button", name=re.compile("^Take away"))).to_have_count(6)
    await expect(page.get_by_role("button", name="Take away Tuesday 10:15")).to_be_visible()
    await assert_sound(page)

    other = await channel(page, "Second phone shop")
    await page.reload()
    await page.get_by_label("Keep this channel's times as").fill("Late mornings")
    await page.get_by_role("button", name="Save", exact=True).tap()
    kept = page.get_by_role("list", name="Timetables")
    await expect(kept).to_contain_text("Tue to Sun 10:15")
    await kept.get_by_role("button", name="Apply Late mornings").tap()
    question = page.get_by_role("dialog", name="Apply “Late mornings”")
    await question.get_by_label("Second phone shop").tap()
    foreseen = question.get_by_role("list", name="What becomes of each")
    await expect(foreseen).to_contain_text("Added: Tue to Sun 10:15.")
    await expect(foreseen).to_contain_text("It has these times already.")
    await assert_sound(page)
    await question.get_by_role("button", name="Apply", exact=True).tap()
    await expect(
        page.get_by_text("2 channels have the times of Late mornings now.")
    ).to_be_visible()
    await visit(page, f"/queue/sandbox/{other}/")
    await expect(page.get_by_role("button", name="Take away Tuesday 10:15")).to_be_visible()


async def test_two_people_add_to_the_queue_at_the_same_time(anna: NewPage) -> None:
    one, two = await anna("/posts/"), await anna("/posts/", color_scheme="dark")
    mine = await channel(one, "Busy shop")
    await post_daily(one, mine, "11:45")
    for text in ("Pretzel one", "Pretzel two"):
        await write(one, text, mine)
    buttons = []
    for page, text in ((one, "Pretzel one"), (two, "Pretzel two")):
        await visit(page, "/posts/")
        buttons.append(page.get_by_role("button", name=f"Add to queue: {text}"))
        await expect(buttons[-1]).to_be_visible()

    await asyncio.gather(*(button.click() for button in buttons))

    for page in (one, two):
        said = page.get_by_text("Added to the queue:").first
        await expect(said).to_contain_text(", 11:45 Europe/Berlin")
    request = one.context.request
    found = await (await request.get(f"/api/schedules?channel_id={mine}")).json()
    first, second = (each["scheduled_at"] for each in found["items"])
    assert first < second
    for button in buttons:
        await expect(button).to_be_hidden()


async def test_many_are_shifted_and_taken_back_and_a_queue_is_reordered(anna: NewPage) -> None:
    page = await anna("/")
    mine = await channel(page, "Loaves")
    await post_daily(page, mine, "06:30")
    for text in ("Loaf A", "Loaf B", "Loaf C", "Loaf D"):
        await add(page, text, mine)
    await visit(page, f"/queue/?channel={mine}")
    await expect(page.locator("li[data-schedule]")).to_have_count(4)
    times = page.locator("li[data-schedule] time")

    await page.get_by_label("Select Loaf A").click()
    await page.get_by_label("Select Loaf C").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Selected posts")
    await expect(bar).to_contain_text("3 selected")
    await bar.get_by_role("button", name="Shift…").click()
    question = page.get_by_role("dialog", name="Shift them")
    await question.get_by_label("By", exact=True).fill("3")
    await expect(question.get_by_role("status").first).to_contain_text(", 09:30 Europe/Berlin")
    await question.get_by_role("button", name="Shift", exact=True).click()
    said = page.get_by_role("status", name="What was done")
    await expect(said).to_contain_text("3 moved.")
    await expect(times.filter(has_text="09:30")).to_have_count(3)
    await assert_sound(page)
    await said.get_by_role("button", name="Undo").click()
    await expect(times.filter(has_text="06:30")).to_have_count(4)

    grips = page.get_by_role("button", name=re.compile("^Move to another slot"))
    await expect(grips).to_have_count(4)
    grip = page.get_by_role("button", name="Move to another slot: Loaf D")
    await grip.drag_to(page.locator("li[data-schedule]").filter(has_text="Loaf B"))
    await expect(page.locator("li[data-schedule]").nth(1)).to_contain_text("Loaf D")
    assert await order(page) == ["Loaf A", "Loaf D", "Loaf B", "Loaf C"]
    await grip.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("li[data-schedule]").nth(2)).to_contain_text("Loaf D")
    await expect(times.filter(has_text="06:30")).to_have_count(4)
    await expect(grip).to_be_focused()
    for key, place in (("Home", 0), ("End", 3)):
        await page.keyboard.press(key)
        await expect(page.locator("li[data-schedule]").nth(place)).to_contain_text("Loaf D")
        await expect(grip).to_be_focused()
    await page.get_by_role("button", name="Loaf D", exact=True).click()
    details = page.get_by_role("dialog", name="Details")
    await details.get_by_role("button", name="To the front").click()
    await expect(page.locator("li[data-schedule]").first).to_contain_text("Loaf D")
    await page.keyboard.press("Escape")
    await expect(times.filter(has_text="06:30")).to_have_count(4)

    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export as CSV").click()
    table = (await (await download.value).path()).read_text()
    assert re.findall(r"^Loaf \w", table, re.MULTILINE) == ["Loaf D", "Loaf A", "Loaf B", "Loaf C"]

    await page.get_by_role("button", name=re.compile("^All")).click()
    await expect(page).to_have_url(re.compile(r"/queue/\?tab=all"))
    await page.reload()
    await expect(page.get_by_role("button", name=re.compile("^All"))).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_drafts_are_tagged_and_spread_over_slots_and_the_gaps_open_the_editor(
    anna: NewPage,
) -> None:
    page = await anna("/")
    mine, _ = await channel(page, "Rolls"), await channel(page, "Cakes")
    await post_daily(page, mine, "05:15")
    for text in ("Roll one", "Roll two"):
        await write(page, text, mine)
    await visit(page, f"/queue/?tab=drafts&channel={mine}")
    await expect(page.locator("li[data-post]")).to_have_count(2)
    chips = page.get_by_role("list", name="Filters that are on")
    await expect(chips).to_contain_text("Rolls")

    bar = page.get_by_role("toolbar", name="Selected posts")
    await page.get_by_label("Select all on this page").click()
    await bar.get_by_role("button", name="Tags…").click()
    question = page.get_by_role("dialog", name="Change their tags")
    await question.get_by_label("Tags", exact=True).fill("rolls, morning")
    foreseen = question.get_by_role("region", name="What becomes of each")
    await expect(foreseen.get_by_text("Tagged rolls, morning.")).to_have_count(2)
    await assert_sound(page)
    await question.get_by_role("button", name="Change the tags").click()
    said = page.get_by_role("status", name="What was done")
    await expect(said).to_contain_text("2 changed.")

    await page.get_by_label("Select all on this page").click()
    await bar.get_by_role("button", name="Add to queue…").click()
    question = page.get_by_role("dialog", name="Add them to the queue?")
    foreseen = question.get_by_role("region", name="What becomes of each")
    await expect(foreseen.get_by_text(", 05:15 Europe/Berlin")).to_have_count(2)
    await question.get_by_role("button", name="Add to queue", exact=True).click()
    await expect(said).to_contain_text("2 added to the queue.")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()

    await visit(page, f"/queue/?channel={mine}")
    await expect(page.locator("li[data-schedule]")).to_have_count(2)
    await expect(said).to_have_text("")
    await page.get_by_label("Select Roll two").click()
    await bar.get_by_label("More for the selected posts").click()
    await bar.get_by_role("button", name="Channels…").click()
    question = page.get_by_role("dialog", name="Change their channels")
    await question.get_by_label("Cakes").click()
    await expect(question.get_by_label("Cakes")).to_be_checked()
    await expect(question.get_by_text("Goes to Rolls, Cakes.")).to_be_visible()
    await question.get_by_role("button", name="Change the channels").click()
    await expect(page.locator("li[data-schedule]").nth(1)).to_contain_text("Rolls, Cakes")
    await said.get_by_role("button", name="Undo").click()
    await expect(page.locator("li[data-schedule]").nth(1)).not_to_contain_text("Cakes")
    await page.get_by_role("button", name="Clear all").click()
    await expect(page).to_have_url(re.compile(r"/queue/$"))

    await visit(page, f"/queue/?channel={mine}")
    gaps = page.get_by_role("link", name=re.compile("^Write a post for 05:15, free: Rolls"))
    await assert_sound(page)
    await gaps.first.click()
    await expect(page).to_have_url(re.compile(rf"/compose/\?at=[\d-]+T05%3A15&channels={mine}"))
    row = page.get_by_role("region", name="Channels")
    await expect(row.get_by_role("button", name=re.compile("Rolls"))).to_have_attribute(
        "aria-pressed", "true"
    )
    await row.get_by_role("button", name=re.compile("Cakes")).click()
    await row.get_by_role("button", name="Groups").click()
    await row.get_by_role("button", name="Save this choice as a group…").click()
    await row.get_by_label("Name of the group").fill("Both bakeries")
    await row.get_by_label("Name of the group").press("Enter")
    await expect(row.get_by_role("button", name=re.compile("Both bakeries 2"))).to_be_visible()
    await assert_sound(page)
    await page.keyboard.press("Escape")
    await row.get_by_role("button", name="Choose no channel").click()
    await row.get_by_role("button", name="Groups").click()
    await row.get_by_role("button", name=re.compile("Both bakeries 2")).click()
    for name in ("Rolls", "Cakes"):
        chosen = row.get_by_role("button", name=re.compile(name))
        await expect(chosen).to_have_attribute("aria-pressed", "true")


async def test_drafts_are_spread_over_suggested_times_and_taken_back(anna: NewPage) -> None:
    page = await anna("/", **PHONE)
    mine = await channel(page, "Bagels")
    texts = [f"Bagel {name}" for name in ("plain", "sesame", "poppy")]
    for text in texts:
        await write(page, text, mine)
    await visit(page, f"/queue/?tab=drafts&channel={mine}")
    await page.get_by_label("Select all on this page").tap()
    bar = page.get_by_role("toolbar", name="Selected posts")
    await bar.get_by_role("button", name="Schedule at suggested times…").tap()
    question = page.get_by_role("dialog", name="Schedule them at suggested times")
    foreseen = question.get_by_role("region", name="What becomes of each")
    await expect(foreseen.get_by_role("listitem")).to_have_count(3)
    await expect(foreseen.get_by_text("· a common hour, not yours")).to_have_count(3)
    await expect(question.get_by_role("status").first).to_have_text("3 can be planned.")
    await question.get_by_label("Not before").select_option("18")
    await question.get_by_label("Over the next").select_option("14")
    await expect(foreseen.get_by_text(re.compile(", (18|19|20):00 Europe/Berlin"))).to_have_count(3)
    await assert_sound(page)
    await question.get_by_role("button", name="Schedule", exact=True).tap()
    said = page.get_by_role("status", name="What was done")
    await expect(said).to_contain_text("3 planned.")
    await expect(page.locator("li[data-post]")).to_have_count(0)
    await said.get_by_role("button", name="Undo").tap()
    await expect(page.locator("li[data-post]")).to_have_count(3)
