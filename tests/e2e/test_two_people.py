"""Two people on one post: they see each other, and whoever is slower loses nothing."""

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound
from tests.e2e.test_approval import join
from tests.e2e.test_flow import write
from tests.e2e.test_queue import PHONE


def text(page: Page) -> Locator:
    """The field of the text."""
    return page.get_by_label("Text of the post")


async def saved(page: Page, words: str) -> None:
    """Write a text and wait until the server has it."""
    await write(page, words)
    await expect(page.locator("[data-save=saved]")).to_be_visible()


async def draft(page: Page, words: str) -> str:
    """Write a new post and return its address."""
    await visit(page, "/compose/")
    await saved(page, words)
    await expect(page).to_have_url(re.compile(r"post=\d+"))
    return page.url


async def collide(first: Page, second: Page, words: str) -> Locator:
    """Let both change a post, and return what the slower one is shown."""
    address = await draft(first, f"{words} at six")
    await visit(second, address)
    await expect(text(second)).to_have_value(f"{words} at six")
    await saved(first, f"{words} at seven")
    await write(second, f"{words} at eight, and rolls")
    return second.get_by_role("region", name="changed meanwhile")


async def test_two_people_see_each_other_and_the_slower_one_loses_nothing(
    anna: NewPage, stranger: NewPage
) -> None:
    owner = await anna("/compose/")
    bea = await stranger(color_scheme="dark", **PHONE)
    await join(owner, bea, "bea.two@example.org")
    queue = await anna("/posts/")

    # Seen by each other and in the list, until the tab is closed.
    conflict = await collide(owner, bea, "Two loaves")
    await expect(owner.locator("[data-presence]")).to_contain_text("Bea Baker is editing")
    await expect(bea.locator("[data-presence]")).to_contain_text("Anna Bakery is editing")
    row = queue.locator("[data-post]").filter(has_text="Two loaves")
    await expect(row).to_contain_text("Bea Baker is editing")

    # Reload: what is saved comes, what was written is kept beside it, also when the tab is closed.
    await expect(conflict).to_contain_text("Anna Bakery saved this post meanwhile")
    await expect(conflict.locator("del").filter(has_text="seven")).to_be_visible()
    await expect(conflict.locator("ins").filter(has_text="eight, and rolls")).to_be_visible()
    await assert_sound(bea)
    again = await bea.context.new_page()
    address = bea.url
    await bea.close()
    await expect(owner.locator("[data-presence]")).to_be_empty()
    bea = again
    await visit(bea, address)
    await expect(text(bea)).to_have_value("Two loaves at eight, and rolls")
    conflict = bea.get_by_role("region", name="changed meanwhile")
    await conflict.get_by_role("button", name=re.compile("^Reload")).click()
    await expect(text(bea)).to_have_value("Two loaves at seven")
    await expect(bea.get_by_text("was set aside")).to_be_visible()
    await bea.get_by_role("button", name="Bring it back").click()
    await expect(text(bea)).to_have_value("Two loaves at eight, and rolls")
    await expect(bea.locator("[data-save=saved]")).to_be_visible()

    # Save as new: both are there.
    conflict = await collide(owner, bea, "Plum cake")
    first = bea.url
    await conflict.get_by_role("button", name="Save mine as a new draft").click()
    await expect(bea.locator("[data-save=saved]")).to_be_visible()
    await expect(bea).not_to_have_url(first)
    await expect(text(bea)).to_have_value("Plum cake at eight, and rolls")
    await visit(bea, first)
    await expect(text(bea)).to_have_value("Plum cake at seven")

    # Overwrite: only what was shown; then it is in the history, from which it comes back.
    conflict = await collide(owner, bea, "Rye bread")
    await conflict.get_by_role("button", name="Overwrite with mine").click()
    await expect(bea.locator("[data-save=saved]")).to_be_visible()
    await bea.get_by_role("button", name="Version history").click()
    dialog = bea.get_by_role("dialog", name="Version history")
    versions = dialog.get_by_role("list", name="Versions").get_by_role("listitem")
    await expect(versions).to_have_count(2)
    await expect(versions.first).to_contain_text("Bea Baker")
    await versions.nth(1).get_by_role("button").first.click()
    await expect(dialog.locator("ins").filter(has_text="seven")).to_be_visible()
    await assert_sound(bea)
    await dialog.get_by_role("button", name="Restore this version").click()
    await expect(text(bea)).to_have_value("Rye bread at seven")
    await expect(dialog).to_be_hidden()
