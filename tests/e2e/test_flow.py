"""A post from the first word to "Posted", seen in two browsers that nobody touches."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, picture_file, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import channel, post_daily
from tests.servers.installation import Installation

BERLIN = ZoneInfo("Europe/Berlin")


async def write(page: Page, text: str) -> None:
    """Write a post on an open compose page."""
    await page.get_by_role("textbox", name=re.compile("text|say|post", re.IGNORECASE)).first.fill(
        text
    )


async def publish_now(page: Page) -> None:
    """Publish what stands on an open compose page, and confirm it."""
    await page.get_by_label("More ways to send or keep it").click()
    await page.get_by_role("button", name="Publish now").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Publish now").click()


def soon() -> str:
    """A full minute, as a field takes it: 20 to 80 seconds ahead, so that the wait is seen, too."""
    return (datetime.now(BERLIN) + timedelta(seconds=80)).strftime("%Y-%m-%dT%H:%M")


def row(page: Page, text: str) -> Locator:
    """Return the line of a post in a list."""
    return page.get_by_role("listitem").filter(has_text=text).first


async def test_a_post_with_a_photograph_is_scheduled_and_seen_going_out_in_two_browsers(
    anna: NewPage, app: Installation
) -> None:
    watching = await anna("/queue/")
    page = await anna("/compose/")

    await write(page, "Fresh bread from six #bread https://example.org/shop")
    await page.locator("input[type=file]").first.set_input_files([picture_file()])
    preview = page.get_by_role("region", name=re.compile("preview", re.IGNORECASE))
    await expect(preview).to_contain_text("Fresh bread from six")
    await expect(preview.locator("img")).to_be_visible()
    await page.get_by_role("button").filter(has_text="ALT").first.click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("Loaves on a shelf")
    await page.get_by_role("dialog").get_by_role("button", name="Save the description").click()
    await page.get_by_label("Date and time").fill(soon())
    await expect(page.locator("#compose-moment")).to_contain_text("Europe/Berlin")
    await page.get_by_role("button", name="Schedule", exact=True).click()

    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()
    await expect(row(watching, "Fresh bread from six")).to_contain_text("Queued")
    await watching.get_by_role("button", name=re.compile("^All")).click()
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=95_000)
    await expect(row(watching, "Fresh bread from six")).to_contain_text("Posted")

    posted = await anna("/sandbox/")
    post = posted.get_by_role("article").filter(has_text="Fresh bread from six")
    await expect(post).to_be_visible()
    picture = post.get_by_role("img").first
    await expect(picture).to_be_visible()
    await expect(picture).to_have_attribute("alt", "Loaves on a shelf")
    assert await picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0


async def test_publish_now_is_seen_live_in_another_browser(anna: NewPage) -> None:
    watching = await anna("/")
    page = await anna("/compose/")
    await write(page, "Out at once, seen everywhere")

    await publish_now(page)

    await expect(page.get_by_role("heading", name="Posted")).to_be_visible()
    await expect(watching.get_by_text("Out at once, seen everywhere").first).to_be_visible()


async def test_a_killed_worker_comes_back_under_the_open_page_and_the_post_goes_out(
    anna: NewPage, app: Installation
) -> None:
    page = await anna("/compose/")
    await write(page, "Survives a killed worker")
    await page.get_by_label("Date and time").fill(soon())
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()

    app.kill("socialapp.cli worker")

    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=110_000)
    timeline = await anna("/sandbox/")
    await expect(
        timeline.get_by_role("article").filter(has_text="Survives a killed worker")
    ).to_have_count(1)


async def test_a_draft_survives_closing_the_tab(anna: NewPage) -> None:
    page = await anna("/compose/")
    await write(page, "Half a thought about plum cake")
    await expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()

    await page.close()

    posts = await anna("/posts/")
    await posts.get_by_text("Half a thought about plum cake").first.click()
    await expect(posts).to_have_url(re.compile(r"/compose/"))
    await expect(posts.get_by_text("Half a thought about plum cake").first).to_be_visible()


async def test_a_draft_survives_a_crash_of_the_server_while_it_is_written(
    anna: NewPage, app: Installation
) -> None:
    page = await anna("/compose/")
    await write(page, "Before the crash")
    await expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()

    app.kill("socialapp.cli web")
    await write(page, "Before the crash, and after it")

    await expect(page.get_by_text("Connection lost.")).to_be_visible()
    await expect(page.get_by_text("Connection lost.")).to_be_hidden(timeout=45_000)
    await expect(page.get_by_role("textbox", name="Text of the post")).to_have_value(
        "Before the crash, and after it"
    )
    posts = await anna("/posts/")
    await expect(posts.get_by_text("Before the crash, and after it").first).to_be_visible()


async def test_a_page_that_lost_its_connection_says_so_and_catches_up(anna: NewPage) -> None:
    page = await anna("/queue/")
    other = await anna("/compose/")

    await page.context.set_offline(True)
    lost = page.get_by_text("Connection lost.")
    await expect(lost).to_be_visible(timeout=40_000)
    await write(other, "Posted while the other was away")
    await publish_now(other)
    await expect(other.get_by_role("heading", name="Posted")).to_be_visible()
    await page.context.set_offline(False)

    await expect(lost).to_be_hidden(timeout=40_000)
    await page.get_by_role("button", name=re.compile("^Posted")).click()
    await expect(row(page, "Posted while the other was away")).to_be_visible()


async def test_a_refusal_is_said_in_words_and_retried_from_the_queue(anna: NewPage) -> None:
    page = await anna("/channels/")
    await page.get_by_text("Try what goes wrong").first.click()
    await page.get_by_label("What it does").first.select_option("refuse")
    await page.get_by_role("button", name="Simulate").first.click()
    await expect(page.get_by_text("Simulates:").first).to_be_visible()
    compose = await anna("/compose/")
    await write(compose, "Refused at first")
    await publish_now(compose)
    said = compose.get_by_role("main").get_by_text("breaks the rules of the sandbox")
    await expect(said.first).to_be_visible()

    await visit(page, "/queue/")
    await page.get_by_role("button", name=re.compile("^Failed")).click()
    await page.get_by_role("button", name=re.compile("Refused at first")).click()
    details = page.get_by_role("dialog")
    await expect(details).to_contain_text("breaks the rules of the sandbox")
    await details.get_by_role("button", name="Retry").first.click()
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name=re.compile("^Posted")).click()
    await expect(row(page, "Refused at first")).to_contain_text("Posted")


async def test_the_queue_says_its_time_before_and_a_draft_that_it_is_kept(anna: NewPage) -> None:
    page = await anna("/")
    mine = await channel(page, "Rye")
    await visit(page, f"/compose/?channels={mine}")
    add = page.get_by_role("button", name=re.compile("^Add to queue"))
    await write(page, "Rye, at a time of its own")
    await expect(page.get_by_role("group", name="Suggested times")).to_contain_text("Suggested")
    await expect(add).to_be_hidden()  # the channel has no posting times

    await post_daily(page, mine, "06:45")
    await visit(page, f"/compose/?channels={mine}")
    await write(page, "Rye, at a time of its own")
    await expect(add).to_contain_text(", 06:45 Europe/Berlin")
    await page.get_by_label("More ways to send or keep it").click()
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_text("Kept as a draft")).to_be_visible()
    await expect(page.get_by_role("link", name="See drafts")).to_be_visible()
    await assert_sound(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await assert_sound(page)

    await add.click()
    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text(", 06:45 Europe/Berlin")
    await page.get_by_role("link", name="Write another").click()
    await expect(page).to_have_url(re.compile(rf"channels={mine}$"))
    await write(page, "And the next")
    await expect(add).to_contain_text(", 06:45 Europe/Berlin")
