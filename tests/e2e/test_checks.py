"""What a network would refuse is said while the author writes."""

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, picture_file, visit
from tests.e2e.test_flow import write

FAMILY = "👨‍👩‍👧‍👦"


async def test_what_is_too_long_is_said_while_typing_and_found_with_a_click(anna: NewPage) -> None:
    page = await anna("/compose/")
    said = page.get_by_role("status", name="Check")

    await write(page, "é" * 499 + FAMILY * 3)

    problem = said.get_by_role("button", name="this is 2 too many")
    await expect(problem).to_contain_text("Shorten it, or split it into a thread.")
    await expect(page.get_by_role("list", name="Characters left")).to_contain_text("2 too many")
    await problem.click()
    chosen = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert await page.get_by_label("Text of the post").evaluate(chosen) == FAMILY * 2
    await write(page, "é" * 499 + FAMILY)
    await expect(said).to_contain_text("Ready for 1 channel")


async def test_a_workspace_that_requires_descriptions_asks_for_them(anna: NewPage) -> None:
    page = await anna("/settings/")
    rule = page.get_by_label("When a picture or video has no description")
    await expect(rule).to_have_value("warn")
    await rule.select_option("require")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    try:
        await visit(page, "/compose/")
        await write(page, "Boats")
        await page.locator("input[type=file]").first.set_input_files([picture_file()])

        said = page.get_by_role("status", name="Check")
        await expect(said).to_contain_text("this workspace requires one. Describe it.")
        await expect(page.locator("[data-save=saved]")).to_be_visible()
        await page.get_by_role("button").filter(has_text="ALT").first.click()
        await page.get_by_role("dialog").get_by_role("textbox").fill("Boats in a harbour")
        await page.get_by_role("dialog").get_by_role("button", name="Save the description").click()
        await expect(said).to_contain_text("Ready for 1 channel")
    finally:
        # The others go on with the workspace as it was.
        change = {"alt_text_rule": "warn"}
        assert (await page.context.request.patch("/api/workspace", data=change)).ok
