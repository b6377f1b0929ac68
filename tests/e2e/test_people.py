"""Two people, two browsers: one invites, the other joins, and is out when removed."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, ready
from tests.e2e.looks import assert_sound
from tests.servers import given
from tests.servers.installation import Installation


async def test_one_invites_and_the_other_joins_and_is_removed(
    anna: NewPage, stranger: NewPage, app: Installation
) -> None:
    page = await anna("/settings/")
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("button", name="Make a link").click()
    code = page.get_by_role("dialog").locator("code")
    await expect(code).to_contain_text("http")
    link = await code.inner_text()
    assert link.startswith(app.url), link
    await page.get_by_role("button", name="I have it").click()
    await assert_sound(page)

    other = await stranger(color_scheme="dark")
    await other.goto(link)
    await expect(other.get_by_role("heading", name=re.compile("Join"))).to_be_visible()
    await other.get_by_label("Your name").fill("Bob Baker")
    await other.get_by_label("E-mail").fill("bob@example.org")
    password = given.given("copper heron window 17", "Bob's password")
    await other.get_by_label("Password").fill(password)
    await assert_sound(other)
    await other.get_by_role("button", name="Make an account and join").click()
    await ready(other)
    await expect(other.get_by_role("heading", name="Dashboard")).to_be_visible()
    for cookie in await other.context.cookies():
        given.given(cookie["value"], "a session")

    await page.reload()
    await page.get_by_label("Role of Bob Baker").select_option("approver")
    await expect(page.get_by_text("Saved. It holds at once.")).to_be_visible()
    await page.get_by_role("button", name="Remove Bob Baker").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()

    await expect(other).to_have_url(re.compile("/sign-in/"))
    await expect(other.get_by_role("button", name="Sign in")).to_be_visible()
