"""What went wrong is told in every open browser at once, and read where somebody reads it."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import violations
from tests.e2e.test_channels import send


async def test_the_bell_rings_in_two_browsers_and_what_one_reads_is_read_in_the_other(
    anna: NewPage,
) -> None:
    watching = await anna("/library/", color_scheme="dark")
    page = await anna("/")
    request = page.context.request
    body = {"provider": "sandbox", "name": "Rings the bell"}
    channel = await (await request.post("/api/channels", data=body)).json()
    await visit(page, f"/queue/sandbox/{channel['id']}/")
    await page.get_by_label("What it does").select_option("refuse")
    await page.get_by_role("button", name="Simulate").click()
    await expect(page.get_by_text("The sandbox will do that.").first).to_be_visible()

    await send(page, channel["id"], "Refused at the bell")

    title = re.compile("Failed at Rings the bell: Refused at the bell")
    for one in (page, watching):
        bell = one.get_by_role("button", name=re.compile(r"Notifications, \d+ unread"))
        await expect(bell).to_be_visible(timeout=30_000)
        await bell.click()
        await expect(one.get_by_role("button", name=title)).to_be_visible()
        assert await violations(one) == []

    await watching.get_by_role("button", name="Mark all as read").click()

    for one in (page, watching):
        await expect(one.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    await visit(watching, "/settings/?tab=notifications")
    await expect(watching.get_by_label("A post failed")).to_have_value("now")
    assert await violations(watching) == []
    await page.get_by_role("button", name=title).click()
    await expect(page.get_by_role("dialog")).to_contain_text("Refused at the bell")
