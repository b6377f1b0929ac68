"""Every page: reachable by its people only, without barriers, on a phone, in both themes."""

import re
import signal
from typing import Any

import pytest
from playwright.async_api import Page, expect

from socialapp.ui import routes
from tests.e2e.conftest import OWNER, NewPage, picture_file, ready, visit
from tests.e2e.looks import violations
from tests.servers.installation import Installation

CHANNEL = "/queue/sandbox/1/"
PAGES = [
    *("/", "/compose/", "/queue/", CHANNEL, "/posts/", "/pages/", "/pages/edit/", "/library/"),
    *("/channels/", "/settings/", "/settings/people/", "/calendar/", "/import/", "/series/"),
    *("/autopilot/", "/texts/"),
    *("/autopilot/", "/analytics/", "/analytics/comparisons/"),
    "/autopilot/",
    "/evergreen/",
    *("/autopilot/", "/autopilot/sources/"),
]
PUBLIC = ["/sandbox/", "/sign-in/", "/join/", "/review/"]


async def _something_to_see(page: Page) -> None:
    """Fill the workspace once, so that the pages have more than their empty states."""
    request = page.context.request
    listed = await (await request.get("/api/posts", params={"q": "Autumn tart"})).json()
    if listed["items"]:
        return
    file: Any = picture_file()
    media = await (
        await request.post("/api/media", multipart={"file": file, "alt_text": "A tart"})
    ).json()
    for text, more in (("Autumn tart", {"scheduled_at": "2030-05-14T09:00"}), ("Winter", None)):
        post = await (
            await request.post("/api/posts", data={"text": text, "media_ids": [media["id"]]})
        ).json()
        if more:
            await request.post("/api/schedules", data={"post_id": post["id"], **more})


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_is_sent_to_the_door_and_sees_no_data(
    stranger: NewPage, anna: NewPage, path: str
) -> None:
    await anna("/")
    page = await stranger()

    await page.goto(path)

    await expect(page).to_have_url(re.compile(r"/sign-in/"))
    assert OWNER["name"] not in await page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES + PUBLIC)
async def test_axe_finds_no_barrier(
    anna: NewPage, stranger: NewPage, path: str, scheme: str
) -> None:
    signed_in = await anna("/", color_scheme=scheme)
    await _something_to_see(signed_in)
    page = signed_in if path in PAGES else await stranger(color_scheme=scheme)

    await visit(page, path)

    assert await violations(page) == []


@pytest.mark.parametrize("path", [*PAGES, "/sandbox/"])
async def test_a_page_fits_a_phone(anna: NewPage, path: str) -> None:
    page = await anna("/", viewport={"width": 390, "height": 844}, has_touch=True)
    await _something_to_see(page)

    await visit(page, path)

    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_an_unknown_address_says_so_and_leads_home(anna: NewPage) -> None:
    page = await anna("/")

    answer = await page.goto("/no-such-page/")

    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(
        page.get_by_role("link", name=re.compile("dashboard|home", re.IGNORECASE)).first
    ).to_be_visible()


async def test_the_first_visitor_becomes_the_owner_and_lands_on_the_checklist(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = Installation(tmp_path_factory.mktemp("fresh")).start()
    try:
        context = await browser.new_context(base_url=own.url, timezone_id="Europe/Paris")
        page = await context.new_page()
        await page.goto("/")
        await expect(page).to_have_url(re.compile(r"/welcome/"))
        await ready(page)

        await page.get_by_label("Your name").fill("Maya")
        await page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill("maya@example.org")
        await page.get_by_label("Password").first.fill("a long enough password")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
        await expect(page.get_by_text("First steps")).to_be_visible()
        await expect(page.get_by_text("Europe/Paris").first).to_be_visible()
        await context.close()
    finally:
        assert own.stop(signal.SIGINT) == 0


async def test_signing_out_and_in_again(anna: NewPage) -> None:
    page = await anna("/")
    await page.context.request.delete("/api/session")
    await page.goto("/")
    await expect(page).to_have_url(re.compile(r"/sign-in/"))
    await ready(page)

    await page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(OWNER["email"])
    await page.get_by_label("Password").first.fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").first).to_contain_text("do not fit")
    await page.get_by_label("Password").first.fill(OWNER["password"])
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


async def test_a_post_by_keyboard_alone(anna: NewPage) -> None:
    page = await anna("/")

    await page.keyboard.press("n")
    await expect(page).to_have_url(re.compile(r"/compose/"))
    await ready(page)
    await page.get_by_role("textbox").first.focus()
    await page.keyboard.type("Written without a mouse")
    await expect(
        page.get_by_role("region", name=re.compile("preview", re.IGNORECASE))
    ).to_contain_text("Written without a mouse")
    await page.keyboard.press("Control+Enter")

    await expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("q")
    await expect(page).to_have_url(re.compile(r"/queue/"))


async def test_a_field_that_has_just_been_hidden_keeps_no_key_to_itself(anna: NewPage) -> None:
    page = await anna("/compose/")

    await page.get_by_label("Text of the post").evaluate(
        """(field) => {
            field.focus();
            field.hidden = true;
            for (const key of ["g", "q"])
                field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }"""
    )

    await expect(page).to_have_url(re.compile(r"/queue/"))


def test_every_route_is_looked_at_here() -> None:
    known = {value for name, value in vars(routes).items() if name.isupper() and value}

    paths = {path for path in known if isinstance(path, str) and path.startswith("/")}
    looked_at = {*PAGES, *PUBLIC, "/welcome/", routes.CHANNEL}
    assert {p for p in paths if "?" not in p and "#" not in p} <= looked_at
