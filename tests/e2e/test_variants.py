"""One post, and what differs for each channel: seen where it went out, and after a reload."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, picture_file, visit
from tests.e2e.test_flow import publish_now, write

CHANNELS = ("Boats", "Harbour")


@pytest.fixture
async def page(anna: NewPage) -> Page:
    """Anna's compose page, with two sandbox channels chosen."""
    page = await anna()
    there = await (await page.context.request.get("/api/channels")).json()
    for name in CHANNELS:
        if not any(channel["name"] == name for channel in there["items"]):
            new = {"provider": "sandbox", "name": name}
            assert (await page.context.request.post("/api/channels", data=new)).ok
    await visit(page, "/compose/")
    await page.get_by_role("button", name="Choose no channel").click()
    for name in CHANNELS:
        await page.get_by_role("button", name=re.compile(f"{name} Sandbox")).click()
    return page


def tab(page: Page, name: str) -> Locator:
    """The tab of a channel."""
    return page.get_by_role("tab", name=re.compile(name))


def text(page: Page) -> Locator:
    """The field of the first text."""
    return page.get_by_label("Text of the post")


async def saved(page: Page) -> None:
    """Wait until the server has what is written."""
    await expect(page.locator("[data-save=saved]")).to_be_visible()


async def posted(page: Page, name: str) -> Locator:
    """Follow the link of a channel's result to the post on the timeline."""
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=45_000)
    line = page.get_by_role("list", name="Result per channel").get_by_role("listitem")
    href = await line.filter(has_text=name).get_by_role("link").first.get_attribute("href")
    assert href
    timeline = await page.context.new_page()
    await visit(timeline, href)
    whose = timeline.get_by_role("heading", name=name, exact=True)
    return timeline.get_by_role("article").filter(has=whose).first


async def test_a_variant_and_an_option_go_out_to_one_channel_and_survive_a_reload(
    page: Page,
) -> None:
    await write(page, "Boats are in")
    await page.locator("input[type=file]").first.set_input_files([picture_file()])
    media = page.get_by_role("list", name="Media of the post")
    await page.get_by_role("button", name="Describe harbour.jpg").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("Boats in a harbour")
    await page.get_by_role("button", name=re.compile("^Focus: 50 %")).press("ArrowLeft")
    await page.get_by_role("button", name="Save the description").click()
    await expect(media.get_by_role("img")).to_have_css("object-position", "47.5% 50%")
    await tab(page, "Harbour").click()
    await expect(text(page)).to_have_value("Boats are in")
    await text(page).fill("The harbour is full of boats")
    await page.get_by_role("button", name=re.compile("^Remove harbour.jpg")).click()
    await page.get_by_text("Options").click()
    await page.get_by_role("textbox", name="Content warning").fill("Boats")
    await expect(page.get_by_role("region", name="Preview")).to_contain_text("Boats")
    await saved(page)

    await page.reload()
    await tab(page, "Harbour").click()
    await expect(text(page)).to_have_value("The harbour is full of boats")
    await expect(page.get_by_role("textbox", name="Content warning")).to_have_value("Boats")
    await expect(page.get_by_role("list", name="Media of the post")).to_be_hidden()
    await tab(page, "All channels").click()
    await expect(text(page)).to_have_value("Boats are in")
    await expect(media.get_by_role("img")).to_have_css("object-position", "47.5% 50%")
    await publish_now(page)

    boats, harbour = await posted(page, "Boats"), await posted(page, "Harbour")
    await expect(boats).to_contain_text("Boats are in")
    await expect(boats.get_by_role("img", name="Boats in a harbour")).to_be_visible()
    await expect(harbour.get_by_role("img")).to_have_count(0)
    await harbour.get_by_text("Boats", exact=True).first.click()
    await expect(harbour).to_contain_text("The harbour is full of boats")


async def test_what_is_empty_on_purpose_stays_empty_until_it_is_given_back(page: Page) -> None:
    await write(page, "For everybody")
    await tab(page, "Boats").click()
    await text(page).fill("")
    await expect(page.get_by_text("Only in this channel")).to_be_visible()
    await expect(page.get_by_role("status", name="Check")).to_contain_text("Write something")
    await saved(page)

    await page.reload()
    await tab(page, "Harbour").click()
    await expect(text(page)).to_have_value("For everybody")
    await tab(page, "All channels").click()
    await page.get_by_role("button", name=re.compile("Boats: Write something")).click()
    await expect(tab(page, "Boats")).to_have_attribute("aria-selected", "true")
    await expect(text(page)).to_be_focused()
    await expect(text(page)).to_have_value("")
    await page.get_by_role("button", name="Use the common text again").click()

    await expect(text(page)).to_have_value("For everybody")
    await expect(page.get_by_role("status", name="Check")).to_contain_text("Ready for all 2")


async def test_a_long_text_is_split_and_goes_out_as_a_thread_in_its_order(page: Page) -> None:
    sentences = [
        f"Boat number {number} came in this morning, full of fish." for number in range(14)
    ]
    await write(page, " ".join(sentences))
    await page.get_by_role("button", name="Split into parts").click()

    second = page.get_by_label("Part 2 of the thread")
    await expect(second).to_have_value(re.compile("fish.$"))
    await page.get_by_role("button", name="Add a part").click()
    await expect(page.get_by_label("Part 3 of the thread")).to_be_focused()
    await page.keyboard.type("And that was all.")
    await page.keyboard.press("Alt+ArrowUp")
    await expect(second).to_have_value("And that was all.")
    await expect(second).to_be_focused()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.get_by_label("Part 3 of the thread")).to_have_value("And that was all.")
    await page.get_by_text("Options").click()
    await page.get_by_role("button", name="Add a poll").click()
    await page.get_by_label("Answer 1", exact=True).fill("More fish")
    await page.get_by_label("Answer 2", exact=True).fill("No more fish")
    await expect(
        page.get_by_role("region", name="Preview").get_by_role("list", name="Poll")
    ).to_contain_text("More fish")
    await saved(page)
    await page.reload()
    await expect(page.get_by_label("Answer 2", exact=True)).to_have_value("No more fish")
    await expect(page.get_by_label("Part 3 of the thread")).to_have_value("And that was all.")
    await publish_now(page)

    article = await posted(page, "Boats")
    words = re.sub(r"\s+", " ", await article.inner_text())
    places = [words.find(one) for one in [*sentences, "And that was all."]]
    assert -1 not in places
    assert places == sorted(places)
    assert words.count("No more fish") == 1
    out = page.get_by_role("list", name="Parts of the thread that are out").first
    await expect(out.get_by_role("link")).to_have_count(3)
