"""A page from its title to "Posted", seen live on the network; and what is written is not lost."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, ready, visit
from tests.e2e.looks import violations
from tests.e2e.test_flow import publish_now, row, soon
from tests.imaging import documents

PDF: Any = {
    "name": "minutes.pdf",
    "mimeType": "application/pdf",
    "buffer": documents.pdf(),
}
CSV: Any = {"name": "prices.csv", "mimeType": "text/csv", "buffer": b"bread,3\nrolls,1\n"}
SAVED = re.compile(r"^Saved \d\d:\d\d")


def text(page: Page) -> Locator:
    """The text of the page that is open."""
    return page.get_by_role("textbox", name="Text of the page")


def preview(page: Page) -> Locator:
    """The page as its readers will see it."""
    return page.get_by_role("region", name=re.compile("^Preview"))


async def attach(page: Page, *files: Any) -> None:
    """Attach files and wait until they are there."""
    await page.locator("input[type=file]").set_input_files(list(files))
    for file in files:
        await expect(page.get_by_label(f"Description of {file['name']}")).to_be_visible()


async def test_a_page_with_two_files_is_scheduled_and_seen_going_out_on_the_network(
    anna: NewPage, stranger: NewPage
) -> None:
    watching = await stranger()
    await visit(watching, "/sandbox/")
    page = await anna("/pages/edit/")

    await page.get_by_label("Title").fill("Opening hours in May")
    await text(page).fill("# Hours\n\nOpen **from six**, see [the shop](https://example.org)")
    await expect(preview(page).get_by_role("heading", name="Opening hours in May")).to_be_visible()
    await expect(preview(page).get_by_role("heading", name="Hours", exact=True)).to_be_visible()
    await expect(preview(page).locator("strong")).to_have_text("from six")
    await attach(page, PDF, CSV)
    await page.get_by_label("Description of minutes.pdf").fill("The minutes of the meeting")
    await page.get_by_role("button", name="Move prices.csv up").click()
    await expect(preview(page).get_by_role("listitem")).to_have_text(
        [re.compile("prices.csv"), re.compile("The minutes of the meeting")]
    )
    await page.get_by_label("Date and time").fill(soon())
    await expect(page.locator("#compose-moment")).to_contain_text("Europe/Berlin")
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()

    queue = await anna("/queue/")
    await expect(row(queue, "Opening hours in May")).to_contain_text("Page")
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=95_000)
    posted = watching.get_by_role("article").filter(has_text="Opening hours in May")
    await expect(posted).to_be_visible(timeout=20_000)
    await expect(posted.locator("strong").first).to_have_text("from six")
    files = posted.get_by_role("list", name="Attachments").get_by_role("listitem")
    await expect(files).to_have_text(
        [re.compile("prices.csv"), re.compile("minutes.pdf.*The minutes of the meeting")]
    )
    async with watching.expect_download() as saved:
        await files.nth(1).get_by_role("link").click()
    assert (await saved.value).suggested_filename == "minutes.pdf"

    listed = await anna("/pages/")
    await expect(row(listed, "Opening hours in May")).to_contain_text("Posted")
    await row(listed, "Opening hours in May").get_by_role("link").click()
    await expect(listed.get_by_text("This page is posted and stays as it is.")).to_be_visible()


async def test_an_unsaved_page_survives_a_reload(anna: NewPage) -> None:
    page = await anna("/pages/edit/")
    await page.get_by_label("Title").fill("Half a thought")
    await page.context.set_offline(True)
    await text(page).fill("About plum cake, never saved")
    await expect(page.locator("[data-save]")).not_to_have_attribute("data-save", "clean")
    await page.context.set_offline(False)

    await page.reload()
    await ready(page)

    await expect(text(page)).to_have_value("About plum cake, never saved")
    await expect(page.get_by_label("Title")).to_have_value("Half a thought")
    await expect(page.get_by_text(SAVED)).to_be_visible(timeout=40_000)


async def test_what_is_too_much_is_said_while_it_is_written(anna: NewPage) -> None:
    page = await anna("/pages/edit/")
    said = page.get_by_role("status", name="Check")
    title = page.get_by_label("Title")

    await text(page).fill("bread " * 100)
    await expect(said).to_contain_text("Ready for 1 channel")
    await title.fill("x" * 201)

    problem = said.get_by_role("button", name="takes a title of at most 200 characters")
    await problem.click()
    await expect(title).to_be_focused()
    await expect(page.get_by_role("button", name="Schedule", exact=True)).to_be_disabled()
    await title.fill("x" * 200)
    await expect(said).to_contain_text("Ready for 1 channel")


async def test_a_draft_of_a_page_is_kept_by_itself_and_opened_from_the_list(anna: NewPage) -> None:
    page = await anna("/pages/edit/")
    await page.get_by_label("Title").fill("Winter hours")
    await text(page).fill("Closed until March")
    await attach(page, CSV)
    await page.get_by_label("Description of prices.csv").fill("What bread costs in winter")
    await expect(page.get_by_text(SAVED)).to_be_visible()
    await page.close()

    listed = await anna("/pages/")
    await row(listed, "Winter hours").get_by_role("link").click()

    await expect(listed).to_have_url(re.compile(r"/pages/edit/\?page=\d+"))
    await expect(text(listed)).to_have_value("Closed until March")
    described = listed.get_by_label("Description of prices.csv")
    await expect(described).to_have_value("What bread costs in winter")


async def test_a_page_is_published_by_keyboard_alone(anna: NewPage) -> None:
    page = await anna("/")

    await page.keyboard.press("g")
    await page.keyboard.press("e")
    await expect(page).to_have_url(re.compile(r"/pages/$"))
    await ready(page)
    await page.get_by_role("link", name="New page").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Title").focus()
    await page.keyboard.type("By keyboard")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Written without a mouse")
    await expect(preview(page)).to_contain_text("Written without a mouse")
    await page.keyboard.press("Control+Enter")

    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()


async def test_nothing_in_a_text_becomes_anything_but_words(anna: NewPage) -> None:
    page = await anna("/pages/edit/")

    await text(page).fill(
        "<script>window.hurt = 1</script> <img src=x onerror='window.hurt = 1'>\n\n"
        "[a](javascript:window.hurt=1) [b](data:text/html,x) [c](  vbscript:x) <b>bold</b>\n\n"
        "![d](https://tracker.example/x.png) ![e](javascript:window.hurt=1)\n\n"
        "[fine](https://example.org/?a=1&b=2)"
    )

    shown = preview(page)
    await expect(shown.get_by_role("link")).to_have_count(1)
    await expect(shown).to_contain_text("<script>window.hurt = 1</script>")
    await expect(shown.locator("script, img, b, iframe")).to_have_count(0)
    links = await shown.get_by_role("link").evaluate_all("all => all.map((a) => a.href)")
    assert links == ["https://example.org/?a=1&b=2"]
    assert await page.evaluate("window.hurt") is None


async def test_a_file_that_is_refused_says_why_and_the_page_goes_on(anna: NewPage) -> None:
    page = await anna("/pages/edit/")
    await text(page).fill("With a file that cannot be taken")
    web: Any = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<!doctype html><p>"}

    await page.locator("input[type=file]").set_input_files([web])

    await expect(page.get_by_text("can carry scripts").first).to_be_visible()
    await publish_now(page)
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible()


async def test_a_file_from_earlier_is_attached_again(anna: NewPage) -> None:
    page = await anna("/pages/edit/")
    await attach(page, {**PDF, "name": "statutes.pdf"})
    await expect(page.get_by_text(SAVED)).to_be_visible()
    await visit(page, "/pages/edit/")

    await page.get_by_role("button", name="From earlier").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Search files").fill("statutes")
    await dialog.get_by_role("button", name=re.compile("statutes.pdf")).click()
    found = await violations(page)
    await dialog.get_by_role("button", name="Add 1").click()

    await expect(page.get_by_label("Description of statutes.pdf")).to_be_visible()
    assert found == []
