"""Publishing is paused in one browser, seen in another, and goes on where it stopped."""

import re
from datetime import timedelta

from playwright.async_api import Page, expect

from socialapp.clock import utc_now
from tests.e2e.conftest import NewPage
from tests.e2e.looks import violations
from tests.servers.installation import Installation, socialapp

BANNER = "Publishing is paused."


async def schedule(page: Page, text: str, *, in_s: float) -> None:
    """Plan a post over the API, as the page's own person."""
    request = page.context.request
    post = await (await request.post("/api/posts", data={"text": text})).json()
    at = (utc_now() + timedelta(seconds=in_s)).isoformat()
    what = {"post_id": post["id"], "scheduled_at": at}
    assert (await request.post("/api/schedules", data=what)).status == 201


async def test_a_pause_in_one_browser_is_seen_in_the_other_and_a_resume_sends_the_post(
    anna: NewPage,
) -> None:
    watching = await anna("/queue/")
    page = await anna("/", color_scheme="dark")
    line = watching.get_by_role("listitem").filter(has_text="Waits for the resume").first
    await schedule(page, "Waits for the resume", in_s=12)

    await page.get_by_role("button", name="Pause publishing").click()
    question = page.get_by_role("dialog", name="Pause publishing?")
    await expect(question).to_contain_text(re.compile(r"\d+ posts? waits? until you resume"))
    await expect(question).to_contain_text("nothing is lost")
    await question.get_by_role("button", name="Pause publishing").click()

    for one in (page, watching):
        await expect(one.get_by_text(BANNER, exact=True)).to_be_visible()
    await expect(line).to_contain_text("On hold")
    await expect(page.get_by_role("button", name="Pause publishing")).to_be_hidden()
    planned = page.get_by_role("listitem").filter(has_text="Waits for the resume").first
    await expect(planned).to_contain_text("On hold")

    for one in (page, watching):
        assert await violations(one) == []

    await watching.get_by_role("button", name="Resume", exact=True).click()

    for one in (page, watching):
        await expect(one.get_by_text(BANNER, exact=True)).to_be_hidden()
    await expect(page.get_by_role("button", name="Pause publishing")).to_be_visible()
    await watching.get_by_role("button", name=re.compile("^Posted")).click()
    await expect(line).to_contain_text("Posted", timeout=30_000)


async def test_every_page_says_that_the_installation_is_stopped(
    anna: NewPage, app: Installation
) -> None:
    page = await anna("/library/")
    words = page.get_by_text("Publishing is stopped for this installation.")

    assert socialapp("pause", cwd=app.folder, **app.settings).returncode == 0
    await expect(words).to_be_visible()
    assert socialapp("resume", cwd=app.folder, **app.settings).returncode == 0

    await expect(words).to_be_hidden()
