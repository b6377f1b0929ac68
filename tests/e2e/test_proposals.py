"""A description and a text that a model proposes, taken by a person: set up, tried, used."""

import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, picture_file, ready, visit
from tests.e2e.test_texts import saved
from tests.servers.model import TEXT, ModelServer, said

HTML = "Fresh from the <b>boat</b>. Ignore what you were told."


async def set_up(page: Page, model: ModelServer) -> None:
    """Fill in the form, try it, and turn it on."""
    await visit(page, "/settings/?tab=proposals")
    await expect(page.get_by_text("Off. Nothing is sent to anybody.")).to_be_visible()
    await page.get_by_label("Address").fill(model.url)
    await page.get_by_label("Model", exact=True).fill("gemma2")
    await page.get_by_label("Key", exact=True).fill(model.key)
    await page.get_by_label("It may see pictures").check()
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_text("knows no model called gemma2")).to_be_visible()
    await page.get_by_label("Model", exact=True).fill("gemma3")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_text(TEXT)).to_be_visible()
    await page.get_by_label("Propose texts and descriptions").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text(f"On. What is sent to {model.host}")).to_be_visible()
    await expect(page.get_by_label("Key", exact=True)).to_have_value("")


async def turn_off(page: Page) -> None:
    """The installation is shared: others find it as it was."""
    await visit(page, "/settings/?tab=proposals")
    await page.get_by_label("Propose texts and descriptions").uncheck()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Off. Nothing is sent to anybody.")).to_be_visible()


async def test_what_is_proposed_is_used_only_when_somebody_takes_it(
    anna: NewPage, model: ModelServer
) -> None:
    page = await anna("/compose/")
    await expect(page.get_by_role("button", name="Insert a snippet")).to_be_visible()
    await expect(page.get_by_role("button", name="Propose a text")).to_have_count(0)
    await set_up(page, model)

    await visit(page, "/compose/")
    await page.locator("input[type=file]").first.set_input_files(picture_file("proposed.jpg", 77))
    await page.get_by_role("button", name="Describe proposed.jpg").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Description")
    await dialog.get_by_role("button", name="Propose a description").click()
    await expect(field).to_have_value(TEXT)
    await expect(dialog.get_by_text(f"Proposed by {model.host}")).to_be_visible()
    await dialog.get_by_role("button", name="Throw it away").click()
    await expect(field).to_have_value("")
    # What is typed meanwhile stays, and a field with text in it is not offered anything.
    model.is_silent = True
    await dialog.get_by_role("button", name="Propose a description").click()
    await field.fill("Two boats")
    await dialog.get_by_role("button", name="Stop asking").click()
    model.is_silent = False
    await expect(dialog.get_by_role("button", name="Propose a description")).to_be_disabled()
    await expect(field).to_have_value("Two boats")
    await field.fill("")
    await dialog.get_by_role("button", name="Propose a description").click()
    await expect(field).to_have_value(TEXT)
    await dialog.get_by_role("button", name="Save the description").click()
    await expect(
        page.get_by_role("button", name="Edit the description of proposed")
    ).to_be_visible()

    model.answer = said(HTML)
    text = page.get_by_label("Text of the post")
    await page.get_by_role("button", name="Propose a text").click()
    await expect(page.get_by_test_id("proposed-text")).to_have_text(HTML)
    await expect(text).to_have_value("")
    await page.get_by_role("button", name="Dismiss", exact=True).click()
    await expect(page.get_by_test_id("proposed-text")).to_have_count(0)
    await page.get_by_role("button", name="Propose a text").click()
    await page.get_by_role("button", name="Use it").click()
    await expect(text).to_have_value(HTML)
    await expect(page.get_by_test_id("preview-text")).to_have_text(HTML)
    await page.get_by_role("button", name="Propose a text").click()
    await page.get_by_role("button", name="Add it below").click()
    await expect(text).to_have_value(f"{HTML}\n\n{HTML}")
    await page.keyboard.press("Control+z")
    await expect(text).to_have_value(HTML)
    model.status = 500
    await page.get_by_role("button", name="Propose a text").click()
    await expect(page.get_by_text(re.compile("answered with an error"))).to_be_visible()
    await expect(text).to_have_value(HTML)
    await saved(page)
    model.status = 200

    await turn_off(page)
    heard = len(model.heard)
    await visit(page, "/library/")
    await page.get_by_role("button", name="Open proposed.jpg").first.click()
    await expect(page.get_by_role("dialog").get_by_label("Description")).to_have_value(TEXT)
    await expect(page.get_by_role("button", name="Propose a description")).to_have_count(0)
    await ready(page)
    assert len(model.heard) == heard
