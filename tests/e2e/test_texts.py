"""Texts used again: a snippet, a tag, a template, and a link with what it gets when it is sent."""

import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, ready, visit
from tests.e2e.test_flow import publish_now, row

SENT = "https://shop.example.org/tart?utm_source=sandbox&utm_campaign=Harvest"


async def saved(page: Page) -> None:
    """Wait until the server has what is written."""
    await expect(page.locator("[data-save=saved]")).to_be_visible()


async def test_what_is_written_once_is_used_again_and_found_again(anna: NewPage) -> None:
    page = await anna("/texts/")
    await page.get_by_role("button", name="Hashtags").click()
    await page.get_by_role("button", name="New group of hashtags").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("Baking")
    await form.get_by_label("Text").fill("tart #oven tart")
    await form.get_by_role("button", name="Save").click()
    await expect(row(page, "Baking")).to_contain_text("#tart #oven")

    await visit(page, "/settings/")
    await page.get_by_role("button", name="Links").click()
    await page.get_by_label("Put utm parameters into links").check()
    await page.get_by_label("Medium").fill("")
    await page.get_by_label("Only links to these sites").fill("example.org")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("list", name="A link as it is sent")).to_contain_text(
        "utm_source"
    )

    # A snippet and a tag, with the keyboard alone.
    await visit(page, "/compose/")
    text = page.get_by_label("Text of the post")
    await text.focus()
    await page.keyboard.type("Plum tart: https://shop.example.org/tart today")
    for _ in range(len(" today")):
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Control+i")
    await expect(page.get_by_role("option", name=re.compile("Baking"))).to_be_visible()
    await page.keyboard.type("bak")
    await page.keyboard.press("Enter")
    put_in = "Plum tart: https://shop.example.org/tart #tart #oven today"
    await expect(text).to_have_value(put_in)
    await expect(text).to_be_focused()
    await page.keyboard.press("Control+z")
    await expect(text).to_have_value("Plum tart: https://shop.example.org/tart today")
    await page.keyboard.press("Control+Shift+z")
    await expect(text).to_have_value(put_in)
    await page.get_by_label("Tags", exact=True).focus()
    await page.keyboard.type("Harvest time,wrong")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Backspace")
    await page.get_by_label("Campaign", exact=True).fill("Harvest")
    await expect(page.get_by_role("list", name="Tags of the post")).to_have_text("Harvest time")
    preview = page.get_by_test_id("preview-text")
    await expect(preview).to_have_text(f"Plum tart: {SENT} #tart #oven today")
    await expect(page.get_by_role("list", name="Characters left")).to_contain_text(
        f"{500 - len(await preview.inner_text())} left"
    )
    await saved(page)

    await page.get_by_role("button", name="Save as template").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Tart of the week")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("“Tart of the week” is saved.")
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()

    await page.get_by_role("button", name="New from template").click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("Tart of")).click()
    await expect(page).to_have_url(re.compile(r"template=\d+"))
    await ready(page)
    await expect(text).to_have_value(put_in)
    await expect(page.get_by_role("list", name="Tags of the post")).to_have_text("Harvest time")
    await expect(page.get_by_label("Campaign", exact=True)).to_have_value("Harvest")
    await publish_now(page)
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=45_000)

    timeline = await anna("/sandbox/")
    post = timeline.get_by_role("article").filter(has_text="Plum tart").first
    await expect(post).to_contain_text(SENT)
    await visit(page, "/posts/")
    await page.get_by_label("Tag", exact=True).select_option("Harvest time")
    await expect(page).to_have_url(re.compile(r"tag=Harvest"))
    await expect(page.locator("[data-post]")).to_have_count(2)
    await page.reload()
    await ready(page)
    await expect(page.locator("[data-post]")).to_have_count(2)
    await visit(page, "/queue/?tab=posted&tag=Harvest+time")
    await expect(page.locator("[data-schedule]")).to_have_count(1)
    await expect(page.locator("[data-schedule]")).to_contain_text("Harvest, Harvest time")
    await visit(page, "/calendar/?tag=Harvest+time")
    await expect(page.get_by_label("Tag", exact=True)).to_have_value("Harvest time")
    # The installation is shared: others' links stay as they are written.
    answer = await page.request.put("/api/utm", data={"is_on": False})
    assert answer.ok, await answer.text()
