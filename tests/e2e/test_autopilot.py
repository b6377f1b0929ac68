"""Autopilot: pictures uploaded, a persona made, and the best one seen on the public timeline."""

import os

from playwright.async_api import Page, expect

from benchmarks.photos import DAMAGES, saved, shipped
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import channel

PHONE = {"width": 390, "height": 844}


async def looks(page: Page, name: str) -> None:
    """Keep a picture of the page where SCREENSHOTS says, for people who change how it looks."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def sorted_and_scored_by_hand(page: Page) -> None:
    """Put pictures into a folder, filter by it, and let a person's score count."""
    photographs = page.get_by_role("list", name="Photographs, the best first")
    await page.get_by_role("button", name="Select all shown").click()
    await page.get_by_role("button", name="Folder and tags…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Folder", exact=True).fill("Asia")
    await dialog.get_by_label("Add tags").fill("#red old")
    await looks(page, "chosen")
    await dialog.get_by_role("button", name="Save").click()
    await expect(photographs.get_by_text("Asia · red old")).to_have_count(2)

    await page.get_by_label("Folder", exact=True).select_option("In no folder")
    await expect(page.get_by_text("No photograph passes")).to_be_visible()
    await page.get_by_label("Folder", exact=True).select_option("Asia")
    await page.get_by_label("Tag", exact=True).select_option("old")
    await page.get_by_label("State", exact=True).select_option("Not posted yet")
    await expect(photographs.get_by_role("checkbox")).to_have_count(1)

    await page.get_by_role("button", name="Edit crushed.jpg").click()
    await dialog.get_by_label("Your score").fill("9,7")
    await looks(page, "one")
    await dialog.get_by_role("button", name="Save").click()
    await expect(photographs.get_by_text("Score 9.7 by a person")).to_be_visible()
    await page.get_by_role("button", name="Edit crushed.jpg").click()
    await dialog.get_by_label("Your score").fill("")
    await dialog.get_by_role("button", name="Save").click()
    await expect(photographs.get_by_text("by a person")).to_have_count(0)

    await page.get_by_role("button", name="From the library…").click()
    await expect(dialog).to_be_visible()
    await looks(page, "library")
    await dialog.get_by_role("button", name="Cancel").click()


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
    await expect(best.get_by_text("Posted", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Swap")).to_have_count(1)

    await best.get_by_role("button", name="Score ").click()
    await expect(dialog.get_by_text("Edges are crisp.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(best.get_by_role("button", name="Score ")).to_be_focused()

    await looks(page, "light")
    await assert_sound(page)
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await looks(page, "phone")
    await assert_sound(page)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await looks(page, "dark")

    await sorted_and_scored_by_hand(page)

    await page.get_by_role("button", name="Stop everything").click()
    await expect(page.get_by_text("Nothing goes out by itself")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("button", name="Skip")).to_have_count(7)
    await page.get_by_role("button", name="Edit Daily picture").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete…").click()
    question = page.get_by_role("dialog").filter(has_text="Delete Daily picture?")
    await expect(question.get_by_text("What was posted stays")).to_be_visible()
    await looks(page, "delete")
    await question.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_text("A persona says where")).to_be_visible()
    assert mine
