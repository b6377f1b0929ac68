"""Three accounts, one post with two pictures, one page with a file: from the door to the links.

WordPress and Bluesky's server are the real ones; Mastodon is the strict one of the tests.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Locator, Page, Request, expect

from tests.e2e.conftest import NewPage, picture_file, ready, visit
from tests.e2e.test_channels import card, choose
from tests.e2e.test_flow import BERLIN, publish_now, row, write
from tests.e2e.test_page_editor import PDF, attach, text
from tests.providers.stage_bluesky import records
from tests.servers.given import given
from tests.servers.mastodon.server import Mastodon
from tests.servers.pds import Account, Pds
from tests.servers.wordpress import WordPress

OUT_WITHIN_MS = 90_000
SOON = timedelta(seconds=15)
WORDS = "Lanterns over the harbour tonight"
FOR_BLUESKY = "Lanterns tonight, the short of it"


async def connect_mastodon(page: Page, server: Mastodon) -> Locator:
    """Sign in at the server and let the app in, as its people do."""
    dialog = await choose(page, "Mastodon")
    await dialog.get_by_role("textbox", name="Server").fill(server.base_url)
    await dialog.get_by_role("button", name="Continue at Mastodon").click()
    await page.get_by_role("button", name="Authorize as alice").click()
    await expect(page.get_by_text("is connected.").first).to_be_visible()
    return card(page, "@alice@")


async def connect_bluesky(page: Page, server: Pds, account: Account) -> Locator:
    """Paste an app password."""
    dialog = await choose(page, "Bluesky")
    await dialog.get_by_label("Handle or e-mail").fill(account.handle)
    await dialog.get_by_role("textbox", name="App password").fill(account.app_password)
    await dialog.get_by_role("textbox", name="Server").fill(server.base_url)
    await dialog.get_by_role("button", name="Connect the channel").click()
    await expect(dialog).to_be_hidden()
    return card(page, account.handle)


async def connect_wordpress(page: Page, site: WordPress) -> Locator:
    """Sign in on the site and approve it there; the password that it makes comes back with us."""
    page.on("request", _notes_a_password)
    dialog = await choose(page, "WordPress")
    await dialog.get_by_label("Address of the site").fill(site.base_url)
    await dialog.get_by_role("button", name="Continue at WordPress").click()
    await page.get_by_label("Username or Email Address").fill("editor")
    await page.get_by_label("Password", exact=True).fill("editor-password")
    await page.get_by_role("button", name="Log In").click()
    await page.get_by_role("button", name=re.compile("Yes, I approve")).click()
    await expect(page).to_have_url(re.compile(r"/channels/$"))
    await ready(page)
    return card(page, site.base_url.removeprefix("http://"))


def _notes_a_password(request: Request) -> None:
    for password in parse_qs(urlsplit(request.url).query).get("password", []):
        given(password, "an application password that the site has made")


async def names(*cards: Locator) -> list[str]:
    """Return what the channels are called."""
    return [await c.get_by_role("heading").inner_text() for c in cards]


async def only(page: Page, chosen: list[str]) -> None:
    """Choose these channels and no other."""
    await page.get_by_role("button", name="Choose no channel").click()
    for name in chosen:
        await page.get_by_role("button", name=name).first.click()


async def links(queue: Page, words: str) -> list[str]:
    """Return where each channel's post is, as its details say."""
    await row(queue, words).click()
    found = queue.get_by_role("dialog").get_by_role("link", name=re.compile("^See the (post|page)"))
    await expect(found.first).to_be_visible()
    return [await link.get_attribute("href") or "" for link in await found.all()]


async def differs(page: Page, channel: str, words: str) -> None:
    """Give a channel words of its own."""
    await page.get_by_role("tab", name=re.compile(channel)).click()
    await page.get_by_label("Text of the post").fill(words)
    await expect(page.get_by_text("Only in this channel")).to_be_visible()


async def test_one_post_with_two_pictures_and_a_variant_is_out_at_three_networks(
    anna: NewPage, stranger: NewPage, mastodon: Mastodon, pds: Pds, wordpress: WordPress
) -> None:
    account = pds.create_account()
    page = await anna("/channels/")
    cards = [
        await connect_mastodon(page, mastodon),
        await connect_bluesky(page, pds, account),
        await connect_wordpress(page, wordpress),
    ]
    for connected in cards:
        await expect(connected).to_contain_text("Connected")
    called = await names(*cards)

    await visit(page, "/compose/")
    await write(page, WORDS)
    pictures = [picture_file("harbour.jpg", 1), picture_file("lanterns.jpg", 2)]
    await page.locator("input[type=file]").first.set_input_files(pictures)
    await only(page, called)
    await differs(page, called[1], FOR_BLUESKY)
    # To the second: a whole minute may be one second away, or sixty.
    soon = datetime.now(BERLIN) + SOON
    await page.get_by_label("Date and time").fill(soon.strftime("%Y-%m-%dT%H:%M:%S"))
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=OUT_WITHIN_MS)

    at_mastodon, at_bluesky, at_wordpress = await links(await anna("/queue/?tab=posted"), WORDS)
    reader = await stranger()
    await reader.goto(at_mastodon)
    await expect(reader.get_by_role("article")).to_contain_text(WORDS)
    await expect(reader.locator("article img")).to_have_count(2)
    await reader.goto(at_wordpress)
    await expect(reader.get_by_text(WORDS).first).to_be_visible()
    await expect(reader.locator(".wp-block-post-content figure img")).to_have_count(2)
    # Where the link to Bluesky leads is not on this machine: the record that it names is.
    (record,) = await records(pds, account.did)
    assert at_bluesky.endswith(f"/profile/{account.did}/post/{record['uri'].split('/')[-1]}")
    assert record["value"]["text"] == FOR_BLUESKY
    assert len(record["value"]["embed"]["images"]) == 2


async def test_a_page_with_a_pdf_is_published_on_a_site(
    anna: NewPage, stranger: NewPage, wordpress: WordPress
) -> None:
    page = await anna("/channels/")
    called = await names(await connect_wordpress(page, wordpress))

    await visit(page, "/pages/edit/")
    await page.get_by_label("Title").fill("Winter hours of the harbour")
    await text(page).fill("Open **from ten**, closed on Mondays.")
    await attach(page, PDF)
    await page.get_by_label("Description of minutes.pdf").fill("The minutes of the meeting")
    await only(page, called)
    await publish_now(page)
    await expect(page.get_by_role("heading", name="Posted")).to_be_visible(timeout=OUT_WITHIN_MS)

    pages = await anna("/queue/?tab=posted")
    (link,) = await links(pages, "Winter hours of the harbour")
    reader = await stranger()
    await reader.goto(link)
    await expect(reader.locator("strong", has_text="from ten")).to_be_visible()
    file = reader.get_by_role("listitem").filter(has_text="The minutes of the meeting")
    address = await file.get_by_role("link", name="minutes.pdf").get_attribute("href") or ""
    answer = await reader.request.get(address)
    assert answer.status == 200
    assert await answer.body() == PDF["buffer"]
