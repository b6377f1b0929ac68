"""A list that fills itself: what its rule finds is seen before, saved, accepted and dismissed."""

from playwright.async_api import expect

from socialapp.store import people
from socialapp.store.session import Database
from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_queue import channel
from tests.servers.installation import Installation
from tests.services.test_recycling import history

BEST = ("Our oldest oven", "Why rye takes a day", "The smell of six in the morning")


async def the_past(app: Installation, channel_id: int) -> None:
    """Let a channel have posts that went out long ago, with what people did with them."""
    database = Database(f"sqlite+aiosqlite:///{app.folder / 'data' / 'socialapp.db'}")
    try:
        async with database.reading() as db:
            by = await people.owner(db)
        assert by
        await history(database, by, *BEST, channel_id=channel_id)
    finally:
        await database.close()


async def test_a_list_fills_itself_as_was_seen_before(anna: NewPage, app: Installation) -> None:
    page = await anna("/evergreen/")
    mine = await channel(page, "Old bakery")
    await the_past(app, mine)
    new = {"name": "Best of the bakery", "channel_ids": [mine], "rest_days": 30}
    made = await page.context.request.post("/api/evergreen", data=new | {"per_week": 1})
    assert made.ok, await made.text()
    await visit(page, "/evergreen/")
    shown = page.locator("[data-list]", has_text="Best of the bakery")

    await shown.get_by_role("button", name="Recycling").click()
    form = page.get_by_role("dialog", name="Recycling")
    await form.get_by_label("Best percent").fill("20")
    await form.get_by_role("button", name="Show what it finds now").click()
    found = form.get_by_role("list", name="Found now")
    await expect(found.get_by_role("listitem")).to_have_count(2)
    why = "12 likes within 7 days, better than 22 of 22 other posts of Old bakery"
    await expect(found.get_by_role("listitem").first).to_contain_text(BEST[2] + why)
    await expect(form).to_contain_text("3 posts fit. Would be proposed now:")
    await assert_sound(page)
    await form.get_by_label("Days old at most").fill("20")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("cannot be younger")
    await form.get_by_label("Days old at most").fill("365")
    await form.get_by_role("button", name="Save").click()

    waits = shown.get_by_role("list", name="Proposed")
    await expect(waits.get_by_role("listitem")).to_have_count(2)
    await expect(shown).to_contain_text("2 posts proposed. Looked ")
    await shown.get_by_role("button", name=f"Accept: {BEST[2]}").click()
    await expect(waits.get_by_role("listitem")).to_have_count(1)
    await shown.get_by_role("button", name=f"Dismiss: {BEST[1]}").click()
    await expect(waits).not_to_be_attached()
    await shown.get_by_text("What goes round (1)").click()
    await expect(shown).to_contain_text(f"Recycled: {why}")
    await shown.get_by_text("Recycled so far (2)").click()
    await expect(shown).to_contain_text("Accepted by Anna Bakery")
    await expect(shown).to_contain_text("Dismissed by Anna Bakery")
    await assert_sound(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await assert_sound(page)

    await shown.get_by_role("button", name="Recycling").click()
    await form.get_by_role("button", name="Remove the rule").click()
    await expect(form).not_to_be_visible()
    await expect(shown).not_to_contain_text("Recycling:")

    await page.set_viewport_size({"width": 1280, "height": 800})
    await visit(page, "/posts/?q=Our+oldest+oven")
    await page.get_by_role("button", name=f"Add to an evergreen list: {BEST[0]}").click()
    asked = page.get_by_role("dialog", name="Add to an evergreen list")
    await asked.get_by_label("List").select_option("Best of the bakery")
    await assert_sound(page)
    await asked.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("Added to Best of the bakery.")).to_be_visible()
    await page.set_viewport_size({"width": 390, "height": 844})
    await assert_sound(page)
    await visit(page, "/evergreen/")
    await expect(shown.get_by_text("What goes round (2)")).to_be_visible()
