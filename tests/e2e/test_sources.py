"""A feed of a real server: tried, followed, and what was there first taken as drafts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound, shoot
from tests.servers.scripted import Scripted
from tests.services.test_sources import feed


@asynccontextmanager
async def no_answer(page: Page, where: str) -> AsyncIterator[None]:
    """A proxy in between answers with a page of its own."""

    async def login(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<h1>Sign in</h1>")

    await page.route(where, login)
    yield
    await page.unroute(where)


async def test_a_source_is_tried_kept_looked_at_and_its_newest_become_drafts(
    anna: NewPage,
) -> None:
    page = await anna("/autopilot/")
    await page.get_by_role("link", name="Sources").click()
    async with Scripted(feed(1, 2, 3, 4)) as server:
        await page.get_by_role("button", name="Add a source").click()
        form = page.get_by_role("dialog", name="Add a source")
        await form.get_by_label("Address").fill(server.base_url)
        await form.get_by_label("Sandbox", exact=True).check()
        async with no_answer(page, "**/api/sources/preview"):
            await form.get_by_role("button", name="Try it").click()
            await expect(form.get_by_role("status")).to_contain_text("No answer came")
        await form.get_by_role("button", name="Try it").click()
        await expect(form).to_contain_text("The bakery: 4 items. Nothing was kept.")
        await expect(form.get_by_text("Bread 4 https://b.example.org/4")).to_be_visible()
        await assert_sound(page)
        await shoot(page, "source")

        await form.get_by_label("No items with any of these words").fill("bread 4")
        await form.get_by_role("button", name="Try it").click()
        await expect(form.get_by_text("Left out, by its words: Bread 4")).to_be_visible()
        await form.get_by_label("No items with any of these words").fill("")
        await form.get_by_role("button", name="Save").click()
        await expect(form).to_be_hidden()

        line = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=2))
        await line.get_by_role("button", name="Take the newest 3 as drafts").click(timeout=90_000)

    await expect(page.get_by_text("3 drafts were made.")).to_be_visible()
    await assert_sound(page)
    await visit(page, "/posts/?status=draft&q=b.example.org")
    await expect(page.locator("[data-post]", has_text="Bread")).to_have_count(3)
