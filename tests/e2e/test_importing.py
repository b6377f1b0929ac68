"""A table with faults: dropped, understood, checked, imported by the worker, taken back."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import NewPage, visit
from tests.e2e.looks import assert_sound, shoot

LONG = 120_000


def table(count: int) -> bytes:
    """An older Windows wrote it; every fortieth row has a fault."""
    return (
        "Beitrag;Datum;Uhrzeit;Tags\r\n"
        + "".join(
            f"Käse {n};{'32.01.2031' if n % 40 == 39 else f'{n % 28 + 1}.03.2031'};"
            f"{n % 24}:{n % 60:02};käse\r\n"
            for n in range(count)
        )
    ).encode("cp1252")


async def test_a_table_with_faults_is_imported_and_taken_back(anna: NewPage) -> None:
    page = await anna("/queue/")
    await page.get_by_role("link", name="Import", exact=True).click()
    await expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    await shoot(page, "file")
    picker = page.get_by_test_id("file-input")
    await picker.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04"})
    await expect(page.get_by_text("This is a spreadsheet, not a CSV").first).to_be_visible()

    await picker.set_input_files({"name": "käse.csv", "mimeType": "text/csv", "buffer": table(200)})
    await expect(page.get_by_label("Date", exact=True)).to_have_value("1")
    await page.get_by_label("Text", exact=True).select_option("Beitrag")
    await assert_sound(page)
    await shoot(page, "columns")
    await page.get_by_role("button", name="Check every row").click()
    start = page.get_by_role("button", name="Import 195 rows")
    await expect(start).to_be_visible(timeout=LONG)
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Käse 0")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Europe/Berlin")
    await page.get_by_label("Only rows with a problem").click()
    await expect(page.get_by_label("Only rows with a problem")).to_be_checked()
    await expect(page.get_by_role("row").filter(has_text="Error").first).to_contain_text("Datum")
    await assert_sound(page)
    await shoot(page, "checked")

    # Somebody confirms and closes the tab; another finds it where it is.
    address = page.url
    assert re.search(r"\?import=\d+$", address)
    await start.dblclick()
    await expect(start).to_be_hidden()
    await page.close()
    page = await anna("/posts/")
    await visit(page, address)
    await expect(page.get_by_text("imported", exact=True)).to_be_visible(timeout=LONG)
    await assert_sound(page)
    await shoot(page, "imported")
    where = "/api/schedules?q=K%C3%A4se&limit=1"
    assert (await (await page.context.request.get(where)).json())["total"] == 195

    await page.get_by_role("button", name="Undo…").click()
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("taken back", exact=True)).to_be_visible(timeout=LONG)
    queued = "/api/schedules?q=K%C3%A4se&limit=1&status=queued"
    assert (await (await page.context.request.get(queued)).json())["total"] == 0
