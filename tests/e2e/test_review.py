"""A member makes a link; somebody without an account opens it, answers, and is heard live."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, picture_file, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_flow import row
from tests.e2e.test_queue import PHONE
from tests.servers.installation import Installation

TEXT = "Pumpkin bread from Monday"
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> & cheaper?"


async def plan(page: Page) -> int:
    """A post with a picture, planned far ahead in another zone."""
    request = page.context.request
    file: Any = picture_file(seed=7)
    media = await (
        await request.post("/api/media", multipart={"file": file, "alt_text": "A pumpkin"})
    ).json()
    what = {"text": TEXT, "media_ids": [media["id"]]}
    post = await (await request.post("/api/posts", data=what)).json()
    when = {"scheduled_at": "2030-11-04T09:00", "timezone": "Asia/Tokyo"}
    planned = await request.post("/api/schedules", data={"post_id": post["id"], **when})
    return int((await planned.json())["id"])


async def test_a_stranger_looks_through_a_link_comments_and_is_heard_live(
    anna: NewPage, stranger: NewPage, app: Installation
) -> None:
    page = await anna("/")
    schedule = await plan(page)
    await visit(page, f"/queue/?schedule={schedule}")
    details = page.get_by_role("dialog", name="Details")
    await details.get_by_role("button", name="Review link").click()
    asked = page.get_by_role("dialog", name="Review link")
    await expect(asked).to_contain_text(TEXT)
    await assert_sound(page)
    await asked.get_by_role("button", name="Make the link").click()
    code = asked.locator("code")
    await expect(code).to_contain_text("/review/#")
    link = await code.inner_text()
    assert link.startswith(app.url), link
    await asked.get_by_role("button", name="I have it").click()

    reader = await stranger(color_scheme="dark", **PHONE)
    await reader.goto(link)
    await expect(reader.get_by_role("heading", level=1)).to_contain_text("asks you to look at")
    await expect(reader.get_by_test_id("preview")).to_contain_text(TEXT)
    await expect(reader.get_by_text("Mon 4 Nov 2030, 09:00 Asia/Tokyo")).to_be_visible()
    picture = reader.get_by_alt_text("A pumpkin")
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("(one) => one.naturalWidth") > 0
    await assert_sound(reader)
    await reader.get_by_label("Your name").fill("Customer")
    await reader.get_by_label("Comment").fill(HOSTILE)
    await reader.get_by_role("button", name="Comment").tap()

    await expect(details.get_by_text(HOSTILE)).to_be_visible()
    await expect(details.get_by_text("outside", exact=True)).to_be_visible()
    await expect(
        page.get_by_role("button", name=re.compile(r"Notifications, \d+ unread"))
    ).to_be_attached()
    await expect(reader.get_by_text(HOSTILE)).to_be_visible()
    await reader.get_by_role("button", name="Looks good").tap()
    await expect(details.get_by_text("advice, not an approval")).to_be_visible()
    await assert_sound(page)
    assert await page.title() != "taken"
    assert await reader.title() != "taken"

    await details.get_by_role("button", name="Review link").click()
    await expect(asked.get_by_role("list", name="Review links")).to_contain_text("Opened")
    await asked.get_by_role("button", name=re.compile("^Revoke the link")).click()
    await page.get_by_role("button", name="Revoke the link", exact=True).click()
    await expect(asked.get_by_role("list", name="Review links")).to_have_count(0)
    await reader.reload()
    await expect(reader.get_by_role("heading", name="nothing behind this link")).to_be_visible()
    assert TEXT not in await reader.content()


async def test_a_link_is_made_from_compose_and_for_a_selection(anna: NewPage) -> None:
    page = await anna("/compose/")
    await page.get_by_label("Text of the post").fill("Walnut bread, not planned yet")
    await page.get_by_role("button", name="Review link").click()
    asked = page.get_by_role("dialog", name="Review link")
    await expect(asked).to_contain_text("Walnut bread")
    await asked.get_by_role("button", name="Close").click()

    for _ in range(2):
        await plan(page)
    await visit(page, f"/queue/?q={TEXT.split(maxsplit=1)[0]}")
    await expect(row(page, TEXT)).to_be_visible()
    await page.get_by_label("Select all on this page").click()
    await page.get_by_role("toolbar").get_by_role("button", name="Review link").click()
    await expect(asked).to_contain_text("posts, first:")
    await asked.get_by_role("button", name="Make the link").click()
    await expect(asked.locator("code")).to_contain_text("/review/#")
