"""Two people, two browsers: the editor submits, the owner answers, the editor sees it live."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_flow import row, write
from tests.e2e.test_queue import PHONE
from tests.servers import given


@pytest.fixture
async def owner(anna: NewPage) -> AsyncIterator[Page]:
    """The owner's browser, in a workspace where one has to approve."""
    page = await anna("/")
    await page.context.request.patch("/api/workspace", data={"approval_rule": "one"})
    yield page
    await page.context.request.patch("/api/workspace", data={"approval_rule": "none"})


async def join(owner: Page, page: Page, email: str) -> None:
    """Come into the owner's workspace as an editor."""
    made = await owner.context.request.post("/api/invitations", data={"role": "editor"})
    secret = given.given((await made.json())["shown"]["url"].partition("#")[2], "an invitation")
    password = given.given("copper heron window 17", "an editor's password")
    who = {"secret": secret, "name": "Bea Baker", "email": email, "password": password}
    answer = await page.context.request.post("/api/join", data=who)
    assert answer.status == 201, await answer.text()
    for cookie in await page.context.cookies():
        given.given(cookie["value"], "a session")


async def test_an_editor_submits_and_sees_the_answer_live(owner: Page, stranger: NewPage) -> None:
    bea = await stranger(color_scheme="dark", **PHONE)
    await join(owner, bea, "bea@example.org")
    await visit(bea, "/compose/")
    await write(bea, "Rolls for half the price")
    soon = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=2)
    await bea.get_by_label("Date and time").fill(soon.strftime("%Y-%m-%dT%H:%M"))
    await expect(bea.locator("#compose-moment")).to_contain_text("Europe/Berlin")
    await assert_sound(bea)
    await bea.get_by_role("button", name="Submit for approval", exact=True).click()
    await expect(bea.get_by_role("heading", name="Submitted for approval")).to_be_visible()

    await expect(owner.get_by_text("waits for approval")).to_be_visible()
    await owner.get_by_role("link", name="See them").click()
    await expect(row(owner, "Rolls for half the price")).to_contain_text("Needs approval")
    await row(owner, "Rolls for half the price").get_by_role("button").last.click()
    panel = owner.get_by_role("dialog", name="Details")
    await expect(panel.get_by_text("submitted it for approval")).to_be_visible()
    await panel.get_by_label("Comment").fill("A third is enough.")
    await panel.get_by_role("button", name="Request changes").click()
    await expect(bea.get_by_role("heading", name="Changes requested")).to_be_visible()
    await expect(panel.get_by_text("A third is enough.")).to_be_visible()
    await assert_sound(owner)

    await panel.get_by_role("button", name="Approve").click()

    await expect(bea.get_by_role("heading", name="Scheduled")).to_be_visible()
    await expect(bea.get_by_role("list", name="Result per channel")).to_contain_text("Queued")
    await expect(panel.get_by_text(re.compile("approved it"))).to_be_visible()
