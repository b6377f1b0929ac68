"""Autopilot: pictures uploaded, a persona made, and the best one seen on the public timeline."""

import os

from playwright.async_api import Page, expect

from benchmarks.photos import DAMAGES, saved, shipped
from tests.e2e.conftest import NewPage, visit
from tests.e2e.test_queue import assert_sound, channel

PHONE = {"width": 390, "height": 844}


async def looks(page: Page, name: str) -> None:
    """Keep a picture of the page where SCREENSHOTS says, for people who change how it looks."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_the_best_of_a_few_pictures_is_posted_and_seen_live(anna: NewPage) -> None:
    there = {name: picture for name, picture in shipped() if name in ("china", "coffee")}
    pictures = {
        "china.jpg": saved(there["china"]),
        "crushed.jpg": DAMAGES["crushed"](there["coffee"], 2),
    }
    page, timeline = await anna("/autopilot/"), await anna("/sandbox/")
    mine = await channel(page, "Picture shop")

    await page.locator("input[type=file]").set_input_files(
        [{"name": n, "mimeType": "image/jpeg", "buffer": data} for n, data in pictures.items()]
    )
    photographs = page.get_by_role("list", name="Photographs, the best first")
    await expect(photographs.get_by_text("Score ")).to_have_count(2)

    await visit(page, "/autopilot/")
    await page.get_by_role("button", name="New persona").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Daily picture")
    await dialog.get_by_label("Picture shop").check()
    await dialog.get_by_label("Caption").fill("The picture of {date}")
    await looks(page, "form")
    await dialog.get_by_role("button", name="Save").click()
    promise = "Posts one picture every day at 09:00 Europe/Berlin to Picture shop."
    await expect(page.get_by_text(promise)).to_be_visible()

    await page.get_by_role("switch", name="Daily picture posts by itself").click()
    await expect(page.get_by_role("button", name="Skip")).to_have_count(7)
    await expect(page.get_by_role("button", name="Swap")).to_have_count(2)
    await page.get_by_role("button", name="Post one now").click()

    await expect(timeline.get_by_text("The picture of ")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("was posted.")).to_be_visible()
    best = photographs.get_by_role("listitem").filter(has_text="china.jpg")
    await expect(best.get_by_text("posted", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Swap")).to_have_count(1)

    await best.get_by_text("Score ").click()
    await expect(best.get_by_text("Edges are crisp.")).to_be_visible()

    await looks(page, "light")
    await assert_sound(page)
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await looks(page, "phone")
    await assert_sound(page)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await looks(page, "dark")

    await page.get_by_role("button", name="Stop everything").click()
    await expect(page.get_by_text("Nothing goes out by itself")).to_be_visible()
    assert mine
