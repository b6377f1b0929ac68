"""One field leads everywhere, by keys alone; and letters are letters where somebody types."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import NewPage
from tests.e2e.looks import violations


async def test_the_palette_leads_to_pages_posts_channels_days_and_deeds_by_keys(
    anna: NewPage,
) -> None:
    page = await anna("/queue/", color_scheme="dark")
    post = await page.context.request.post(
        "/api/posts", data={"text": "Plum cake from the palette"}
    )
    post_id = (await post.json())["id"]
    palette = page.get_by_role("dialog", name="Search")
    field = palette.get_by_role("combobox")
    current = palette.get_by_role("option", selected=True)

    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await expect(current).to_have_text(re.compile("New post"))
    assert await violations(page) == []
    await page.keyboard.type("libr")
    await expect(current).to_contain_text("Library")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()

    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.type("plum pal")
    await expect(current).to_contain_text("Plum cake from the palette")
    await expect(field).to_have_attribute(
        "aria-activedescendant", str(await current.get_attribute("id"))
    )
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(rf"/compose/\?post={post_id}"))
    text = page.get_by_label("Text of the post")
    await expect(text).to_have_value("Plum cake from the palette")
    await text.press_sequentially("n?gd")  # typed, not heard
    await expect(text).to_have_value("n?gdPlum cake from the palette")
    await expect(page).to_have_url(re.compile("/compose/"))

    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.type("2026-12-24")
    await expect(current).to_contain_text("Thursday, 24 December 2026")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/calendar/\?.*date=2026-12-24"))
    await expect(page.get_by_role("heading", name=re.compile("24 December 2026"))).to_be_visible()
    # Already there: the view follows without a new page.
    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.type("3 jan 2027")
    await expect(current).to_contain_text("3 January 2027")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"date=2027-01-03"))

    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.type("pause")
    await expect(current).to_contain_text("Pause publishing")
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Pause publishing?")
    await expect(question).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()

    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.type("light theme")
    await expect(current).to_contain_text("Light theme")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_class(re.compile(r"\blight\b"))

    await page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Shortcuts")
    await expect(shortcuts).to_contain_text("Go to Calendar")
    await expect(shortcuts).to_contain_text("Ctrl K")
    assert await violations(page) == []


async def test_a_phone_has_the_palette_under_more(anna: NewPage) -> None:
    page = await anna("/", viewport={"width": 390, "height": 844}, has_touch=True)

    await page.get_by_label("More", exact=True).tap()
    await page.get_by_role("button", name="Search").tap()
    palette = page.get_by_role("dialog", name="Search")
    await palette.get_by_role("combobox").fill("sandb")
    await palette.get_by_role("option", name="Sandbox").first.tap()

    await expect(palette).to_be_hidden()
    await expect(page).to_have_url(re.compile("/sandbox/|/queue/sandbox/"))
