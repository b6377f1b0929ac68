"""Channels in a real browser: connected, refused, lost and connected again, seen by others."""

import re
from typing import Any

import pytest
from playwright.async_api import APIRequestContext, Locator, Page, expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import violations
from tests.servers.village import VillageServer


async def choose(page: Page, network: str = "Village Square") -> Locator:
    """Open the form of a network, and return the dialog."""
    await page.get_by_role("button", name="Connect a channel").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=re.compile(network)).click()
    return dialog


async def fill(dialog: Locator, village: VillageServer, token: str) -> None:
    await dialog.get_by_label("Address of the village").fill(village.address)
    await dialog.get_by_label("Token", exact=True).fill(token)


def card(page: Page, handle: str) -> Locator:
    """Return the card of a channel, by its handle: names may be changed."""
    return page.locator("[data-channel]").filter(has_text=handle)


async def connected(page: Page, village: VillageServer, who: str) -> int:
    """Connect somebody over the API, and return the channel's id."""
    fields = {"address": village.address, "quarter": "north"}
    fields["token"] = village.give_token(who, f"v-{who}")
    request: APIRequestContext = page.context.request
    answer = await request.post("/api/channels", data={"provider": "village", "fields": fields})
    assert answer.status == 201, await answer.text()
    return int((await answer.json())["id"])


async def send(page: Page, channel_id: int, text: str) -> None:
    """Publish a post to a channel at once."""
    request: APIRequestContext = page.context.request
    post = await (await request.post("/api/posts", data={"text": text})).json()
    body: dict[str, Any] = {"post_id": post["id"], "channel_ids": [channel_id]}
    assert (await request.post("/api/schedules", data=body)).status == 201


async def test_an_account_is_connected_by_what_is_typed_and_another_browser_sees_it(
    anna: NewPage, village: VillageServer
) -> None:
    watching = await anna("/channels/")
    page = await anna("/channels/")
    dialog = await choose(page)

    await dialog.get_by_role("button", name="Connect the channel").click()
    address = dialog.get_by_label("Address of the village")
    await expect(address).to_have_attribute("aria-invalid", "true")
    await expect(address).to_be_focused()
    await expect(dialog.get_by_text("Fill this in.")).to_have_count(2)

    await fill(dialog, village, "vil_of_nobody")
    await dialog.get_by_role("button", name="Connect the channel").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("does not know the token …")
    await expect(dialog.get_by_role("alert")).to_be_focused()

    village.holds.clear()
    await fill(dialog, village, village.give_token("Greta Garden", "v-greta"))
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("status").first).to_contain_text("Asking Village Square")
    await expect(dialog.get_by_role("button", name="Connect the channel")).to_be_disabled()
    village.holds.set()

    await expect(page.get_by_text("Greta Garden is connected.").first).to_be_visible()
    await expect(dialog).to_be_hidden()
    await expect(card(page, "@greta")).to_contain_text("Connected")
    await expect(card(watching, "@greta")).to_contain_text("Connected")
    await expect(
        card(page, "@greta").get_by_role("link", name=re.compile("@greta"))
    ).to_have_attribute("href", f"{village.address}/@greta")


async def test_a_secret_is_hidden_until_somebody_wants_to_see_it(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/channels/")
    frames: list[str] = []
    page.on("websocket", lambda line: line.on("framesent", lambda said: frames.append(str(said))))
    await page.reload()
    dialog = await choose(page)
    token = dialog.get_by_label("Token", exact=True)

    await token.fill("vil_not_for_the_socket")
    await expect(token).to_have_attribute("type", "password")
    await dialog.get_by_role("button", name="Show what is typed").click()
    await expect(token).to_have_attribute("type", "text")
    await dialog.get_by_role("button", name="Connect the channel").click()
    await expect(dialog.get_by_text("Fill this in.")).to_be_visible()

    assert frames
    assert not [frame for frame in frames if "vil_not_for" in frame]


async def test_a_visit_comes_back_with_a_channel_and_a_word(
    anna: NewPage, village: VillageServer
) -> None:
    village.visitor.id, village.visitor.handle = "v-ida", "@ida"
    village.visitor.name = "Ida Island"
    page = await anna("/channels/")
    dialog = await choose(page)
    await dialog.get_by_label("In the village itself").check()
    await dialog.get_by_label("Address of the village").fill(village.address)

    await dialog.get_by_role("button", name="Continue at Village Square").click()
    await page.get_by_role("link", name="Let it in").click()

    await expect(page.get_by_text("Ida Island is connected.").first).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/channels/$"))
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(card(page, "@ida")).to_contain_text("Connected")


async def test_who_says_no_at_the_network_is_told_that_nothing_changed(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/channels/")
    dialog = await choose(page)
    await dialog.get_by_label("In the village itself").check()
    await dialog.get_by_label("Address of the village").fill(village.address)

    await dialog.get_by_role("button", name="Continue at Village Square").click()
    await page.get_by_role("link", name="No").click()

    said = page.get_by_text("told not to let us in. Nothing was changed.")
    await expect(said.first).to_be_visible()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_access_is_lost_and_connected_again_and_what_waited_goes_out(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/")
    channel_id = await connected(page, village, "Lola Lost")
    watching = await anna(f"/queue/village/{channel_id}/")
    village.revoke_all()
    await send(page, channel_id, "Refused for want of access")
    strip = page.get_by_role("region", name="State of publishing")
    await expect(strip).to_contain_text("Access was lost to Lola Lost")
    await send(page, channel_id, "Waits for the access")
    await expect(watching.get_by_text("Access lost").first).to_be_visible()
    await expect(watching.get_by_text("It goes out when you connect it again")).to_be_visible()

    await expect(page.get_by_role("main")).to_contain_text("Access was lost to Lola Lost")
    await strip.get_by_role("link", name="Connect it again").click()
    dialog = page.get_by_role("dialog", name="Connect Lola Lost again")
    await expect(dialog).to_contain_text("1 post waits, and nothing is lost")
    await expect(dialog.get_by_label("Address of the village")).to_have_value(village.address)

    other = village.give_token("Somebody Else", "v-else")
    await dialog.get_by_label("Token", exact=True).fill(other)
    await dialog.get_by_role("button", name="Connect it again").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("another account than @lola")

    again = village.give_token("Lola Lost", "v-Lola Lost")
    await dialog.get_by_label("Token", exact=True).fill(again)
    await dialog.get_by_role("button", name="Connect it again").click()

    await expect(page.get_by_text("Lola Lost is connected.").first).to_be_visible()
    await expect(strip).to_contain_text("Live")
    await expect(watching.get_by_text("Connected", exact=True).first).to_be_visible()
    attempts = watching.get_by_role("list").filter(has_text="Attempt 1")
    await expect(attempts).to_contain_text("Waits for the access")
    await expect(attempts).to_contain_text("Refused for want of access")
    assert village.posts == ["Waits for the access"]


async def test_verify_asks_the_network_and_holds_nothing_up(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/channels/")
    await connected(page, village, "Vic Verified")
    mine = card(page, "@vic")
    await expect(mine).to_be_visible()
    village.holds.clear()

    await mine.get_by_role("button", name="Verify").click()
    await expect(mine.get_by_role("button", name="Asking…")).to_be_visible()
    # Meanwhile the page does what it is told.
    await mine.get_by_label("Actions for Vic Verified").click()
    await mine.get_by_role("button", name="Rename…").click()
    dialog = page.get_by_role("dialog", name="Rename the channel")
    await dialog.get_by_label("Name").fill("Market stall")
    await dialog.get_by_role("button", name="Rename").click()
    await expect(mine.get_by_role("heading", name="Market stall")).to_be_visible()
    village.holds.set()

    await expect(page.get_by_text("knows @vic, and lets us in.").first).to_be_visible()
    village.revoke_all()
    await mine.get_by_role("button", name="Verify").click()
    await expect(mine).to_contain_text("Access lost")


async def test_a_channel_with_plans_says_so_and_goes_without(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/channels/")
    channel_id = await connected(page, village, "Rita Removed")
    request = page.context.request
    post = await (await request.post("/api/posts", data={"text": "Planned far ahead"})).json()
    body = {"post_id": post["id"], "channel_ids": [channel_id], "scheduled_at": "2031-05-14T09:00"}
    schedule = await (await request.post("/api/schedules", data=body)).json()
    mine = card(page, "@rita")

    await mine.get_by_label("Actions for Rita Removed").click()
    await mine.get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog", name="Remove Rita Removed?")
    await expect(dialog).to_contain_text("1 post is planned for it.")
    await dialog.get_by_role("link", name="Show what is planned").click()
    await expect(page).to_have_url(re.compile(rf"/queue/\?channel={channel_id}$"))
    await expect(page.get_by_text("Planned far ahead").first).to_be_visible()
    await page.get_by_role("link", name="About this channel").click()
    await expect(page.get_by_role("heading", level=1, name="Rita Removed")).to_be_visible()

    await request.delete(f"/api/schedules/{schedule['id']}")
    await visit(page, "/channels/")
    await mine.get_by_label("Actions for Rita Removed").click()
    await mine.get_by_role("button", name="Remove…").click()
    await dialog.get_by_role("button", name="Remove the channel").click()
    await expect(mine).to_have_count(0)


async def test_a_channels_own_page_is_set_up_and_tried(
    anna: NewPage, village: VillageServer
) -> None:
    village.text_limit = 40
    page = await anna("/")
    channel_id = await connected(page, village, "Nora Network")
    address = f"/queue/village/{channel_id}/"
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == 200
    await expect(page.get_by_role("heading", level=1, name="Nora Network")).to_be_visible()
    await expect(page.get_by_text("127.0.0.1 says so; elsewhere: 300 characters")).to_be_visible()

    await page.get_by_label("Text", exact=True).fill("x" * 41)
    await page.get_by_role("button", name="Check it").click()
    await expect(page.get_by_text("Village Square would refuse it.")).to_be_visible()
    await page.get_by_label("Language").fill("de")
    await page.get_by_label("Who sees it").select_option("Neighbours only")
    await page.get_by_label("Pictures are covered at first").check()
    await page.get_by_role("button", name="Save the defaults").click()
    await expect(page.get_by_text("The defaults are saved.").first).to_be_visible()
    await page.get_by_role("button", name="Pause").first.click()
    await expect(page.get_by_text("On hold", exact=True).first).to_be_visible()
    await page.get_by_role("button", name="Resume").first.click()
    await expect(page.get_by_text("Connected", exact=True).first).to_be_visible()

    await page.reload()
    await expect(page.get_by_label("Language")).to_have_value("de")
    await expect(page.get_by_label("Who sees it")).to_have_value("neighbours")
    await expect(page.get_by_label("Pictures are covered at first")).to_be_checked()


async def test_a_sandbox_account_is_told_to_fail_on_its_own_page(anna: NewPage) -> None:
    page = await anna("/")
    request = page.context.request
    body = {"provider": "sandbox", "name": "Trying things"}
    channel = await (await request.post("/api/channels", data=body)).json()
    await visit(page, f"/queue/sandbox/{channel['id']}/")

    await page.get_by_label("What it does").select_option("refuse")
    await page.get_by_role("button", name="Simulate").click()
    await expect(page.get_by_text("The sandbox will do that.").first).to_be_visible()
    await send(page, channel["id"], "Refused on purpose")

    said = page.get_by_role("main").get_by_text("breaks the rules of the sandbox")
    await expect(said.first).to_be_visible()


async def test_an_unknown_channel_says_so(anna: NewPage) -> None:
    page = await anna("/queue/sandbox/987654/")

    await expect(page.get_by_role("heading", name="There is no such channel")).to_be_visible()


async def test_a_channel_is_connected_by_keyboard_alone(
    anna: NewPage, village: VillageServer
) -> None:
    page = await anna("/channels/?connect=1")
    await expect(page.get_by_role("dialog", name="Connect a channel")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Sandbox"))).to_be_focused()

    networks = page.get_by_role("dialog").get_by_role("listitem").get_by_role("button")
    for _ in range(await networks.count() - 1):
        await page.keyboard.press("Tab")
    await expect(networks.filter(has_text="Village Square")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Address of the village")).to_be_focused()
    await page.keyboard.type(village.address)
    await page.keyboard.press("Tab")
    await page.keyboard.type(village.give_token("Kim Keys", "v-kim"))
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Kim Keys is connected.").first).to_be_visible()
    await expect(page.get_by_role("dialog", name="Connect a channel")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_barrier_in_the_form_and_on_the_page(
    anna: NewPage, village: VillageServer, scheme: str
) -> None:
    page = await anna("/channels/", color_scheme=scheme)
    channel_id = await connected(page, village, f"Axel {scheme}")
    village.revoke_all()
    await page.context.request.post(f"/api/channels/{channel_id}/verify")

    await page.get_by_role("button", name="Connect a channel").first.click()
    dialog = page.get_by_role("dialog", name="Connect a channel")
    await expect(dialog).to_be_visible()
    assert await violations(page) == []
    await dialog.get_by_role("button", name=re.compile("Village Square")).click()
    await dialog.get_by_role("button", name="Connect the channel").click()
    await expect(dialog.get_by_text("Fill this in.").first).to_be_visible()
    assert await violations(page) == []

    await visit(page, f"/queue/village/{channel_id}/")
    await page.get_by_role("button", name="Check it").click()
    await expect(page.get_by_text("Village Square would refuse it.")).to_be_visible()
    assert await violations(page) == []


async def test_the_form_fits_a_phone(anna: NewPage, village: VillageServer) -> None:
    page = await anna("/channels/", viewport={"width": 390, "height": 844}, has_touch=True)

    dialog = await choose(page)

    await expect(dialog.get_by_role("button", name="Connect the channel")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
