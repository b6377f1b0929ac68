"""The calendar: moved by pointer, keys and touch, taken back, and seen by others at once."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, WebSocketRoute, expect

from socialapp.clock import utc_now
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import PHONE, channel, write

BERLIN = ZoneInfo("Europe/Berlin")
DAY = (utc_now().astimezone(BERLIN) + timedelta(days=40)).replace(
    day=11, hour=12, minute=0, second=0, microsecond=0
)
"""A Berlin noon in the middle of a month to come."""


async def plan(page: Page, text: str, channel_id: int, *, hours: float = 0) -> int:
    what = {
        "post_id": await write(page, text, channel_id),
        "scheduled_at": (DAY + timedelta(hours=hours)).isoformat(),
    }
    answer = await page.context.request.post("/api/schedules", data=what)
    assert answer.status == 201, await answer.text()
    return int((await answer.json())["id"])


def address(view: str, channel_id: int) -> str:
    return f"/calendar/?view={view}&date={DAY:%Y-%m-%d}&channel={channel_id}"


def event(page: Page, schedule_id: int) -> Locator:
    return page.locator(f'[data-event="{schedule_id}"]')


def cell(page: Page, day: int) -> Locator:
    return page.locator(f'[data-date="{DAY.replace(day=day):%Y-%m-%d}"]').last


async def assert_on(page: Page, schedule_id: int, day: int, clock: str = "12:00") -> None:
    inside = cell(page, day).locator(f'[data-event="{schedule_id}"]')
    await expect(inside).to_be_visible()
    await expect(inside).to_contain_text(clock)


def done(page: Page) -> Locator:
    return page.get_by_role("status", name="What was done")


async def test_a_drag_is_seen_by_the_other_and_taken_back(anna: NewPage) -> None:
    one = await anna("/")
    mine = await channel(one, "Dragged shop")
    it = await plan(one, "Dragged loaf", mine)
    await plan(one, "Other loaf", mine, hours=24 + 1 / 12)
    await visit(one, address("month", mine))
    two = await anna(address("month", mine), color_scheme="dark")
    for page in (one, two):
        await assert_on(page, it, 11)
        await assert_sound(page)

    await event(one, it).drag_to(cell(one, 12))

    await expect(done(one)).to_contain_text("12:00 Europe/Berlin")
    await expect(done(one)).to_contain_text("Dragged shop has another post within 10 minutes")
    for page in (one, two):
        await assert_on(page, it, 12)
        await expect(event(page, it).get_by_role("img", name=re.compile("Clash"))).to_be_visible()

    await one.keyboard.press("Control+z")

    await expect(done(one)).to_contain_text("Taken back")
    for page in (one, two):
        await assert_on(page, it, 11)
    await event(one, it).click()
    await expect(one.get_by_role("dialog", name="Details")).to_contain_text("Dragged loaf")


async def test_a_post_is_moved_with_the_keyboard_and_the_address_keeps_the_view(
    anna: NewPage,
) -> None:
    page = await anna("/")
    mine = await channel(page, "Keyboard shop")
    it = await plan(page, "Keyed loaf", mine)
    await visit(page, address("month", mine))
    said = page.get_by_role("status", name="Moving")
    await assert_on(page, it, 11)

    await page.locator("[tabindex='0'], a").filter(has=event(page, it)).last.focus()
    await page.keyboard.press("Space")
    await expect(said).to_contain_text("Picked up")
    await page.keyboard.press("ArrowRight")
    await expect(said).to_contain_text(f"12 {DAY:%B}")
    await assert_on(page, it, 12)
    await page.keyboard.press("Escape")
    await expect(said).to_contain_text("Not moved")
    await assert_on(page, it, 11)

    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Shift+ArrowDown")
    await expect(said).to_contain_text("13:00 Europe/Berlin")
    await page.keyboard.press("Enter")
    await expect(done(page)).to_contain_text("Moved to")
    await assert_on(page, it, 18, "13:00")
    await done(page).get_by_role("button", name="Undo").click()
    await assert_on(page, it, 11)

    await done(page).get_by_role("button", name="Put this away").click()
    await page.keyboard.press("w")
    await expect(page).to_have_url(re.compile("view=week"))
    await expect(event(page, it)).to_be_visible()
    await assert_sound(page)
    await page.reload()
    week = page.get_by_role("button", name="Week", exact=True)
    await expect(week).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_label("Channel", exact=True)).to_have_value(str(mine))


async def test_a_free_posting_time_is_shown_and_opens_compose_for_its_channel(
    anna: NewPage,
) -> None:
    page = await anna("/")
    mine = await channel(page, "Slotted shop")
    weekday = f"{DAY:%A}".lower()
    times = [{"day": weekday, "time": clock} for clock in ("08:30", "17:30")]
    slots = f"/api/channels/{mine}/slots"
    assert (await page.context.request.patch(slots, data={"times": times})).status == 200
    await plan(page, "Early loaf", mine, hours=-3.5)

    await visit(page, address("week", mine))

    free = page.locator("[data-event^='free-']")
    await expect(free).to_have_count(1)
    await expect(free).to_contain_text("17:30")
    await assert_sound(page)
    await free.click()
    await expect(page).to_have_url(re.compile(rf"/compose/\?at={DAY:%Y-%m-%d}T17:30"))
    await expect(page.get_by_label("Date and time")).to_have_value(f"{DAY:%Y-%m-%d}T17:30")
    chosen = page.locator("section", has_text="Channels").get_by_role("button", pressed=True)
    await expect(chosen).to_have_count(1)
    await expect(chosen).to_contain_text("Slotted shop")


async def test_what_was_moved_meanwhile_springs_back_with_a_sentence(anna: NewPage) -> None:
    one, two = await anna("/"), await anna("/")
    mine = await channel(one, "Contested shop")
    it = await plan(one, "Contested loaf", mine)
    late: list[tuple[WebSocketRoute, str | bytes]] = []
    is_late = False

    def slow(page: WebSocketRoute) -> None:
        def heard(news: str | bytes) -> None:
            late.append((page, news)) if is_late else page.send(news)

        page.connect_to_server().on_message(heard)

    # What the other did must not be told before the drop: then there is nothing to drop any more.
    await one.route_web_socket(re.compile("_event"), slow)
    await visit(one, address("month", mine))
    await assert_on(one, it, 11)
    start = await event(one, it).bounding_box()
    end = await cell(one, 12).bounding_box()
    assert start
    assert end
    await one.mouse.move(start["x"] + 20, start["y"] + 10)
    await one.mouse.down()
    await one.mouse.move(end["x"] + 30, end["y"] + 40, steps=5)

    is_late = True
    there = (DAY + timedelta(days=2)).isoformat()
    moved = await two.context.request.patch(f"/api/schedules/{it}", data={"scheduled_at": there})
    assert moved.status == 200, await moved.text()
    await one.mouse.up()
    is_late = False
    for page, news in late:
        page.send(news)

    await expect(one.get_by_text(re.compile("Somebody moved it to")).first).to_be_visible()
    await assert_on(one, it, 13)


async def test_on_a_phone_a_long_touch_moves_and_an_empty_day_opens_compose(
    anna: NewPage,
) -> None:
    page = await anna("/", **PHONE)
    mine = await channel(page, "Touched shop")
    it = await plan(page, "Touched loaf", mine)
    await visit(page, address("month", mine))
    await assert_on(page, it, 11)
    await assert_sound(page)
    await event(page, it).scroll_into_view_if_needed()
    start = await event(page, it).bounding_box()
    end = await cell(page, 12).bounding_box()
    assert start
    assert end
    line = await page.context.new_cdp_session(page)
    at = {"x": start["x"] + 15, "y": start["y"] + 8}
    await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    await page.wait_for_function(
        "since => performance.now() - since > 700", arg=await page.evaluate("performance.now()")
    )
    for part in (0.3, 0.7, 1.0):
        to = {
            "x": at["x"] + (end["x"] + 20 - at["x"]) * part,
            "y": at["y"] + (end["y"] + 20 - at["y"]) * part,
        }
        await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [to]})
    await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    await expect(done(page)).to_contain_text("Moved to")
    await assert_on(page, it, 12)
    await done(page).get_by_role("button", name="Put this away").tap()
    await cell(page, 20).tap()

    await expect(page).to_have_url(re.compile(rf"/compose/\?at={DAY:%Y-%m}-20T09:00"))
    when = page.get_by_label("Date and time")
    await expect(when).to_have_value(f"{DAY:%Y-%m}-20T09:00")
