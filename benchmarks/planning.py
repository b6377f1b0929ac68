"""A month with thousands of posts: until it is painted, and until a drag is seen by another."""

import asyncio
from datetime import timedelta
from time import perf_counter

from playwright.async_api import Page, async_playwright

from benchmarks import rows, table
from benchmarks.app import App, options, running
from benchmarks.first_load import CHROMIUM
from socialapp.clock import utc_now
from socialapp.services.members import COOKIE
from socialapp.store import channels, people


async def run(app: App, number: int, drags: int) -> None:
    """Measure and print."""
    database = app.database()
    month = (utc_now() + timedelta(days=40)).replace(day=1, hour=6, minute=0, second=0)
    async with database.reading() as db:
        by = await people.owner(db)
        assert by
        there = await channels.of_workspace(db, by.workspace_id)
    step = 27 * 86_400 / number
    await rows.plan(database, "Loaf", number, at=month, step_s=step, channels=there)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        address = f"{app.address}/calendar/?view=month&date={month:%Y-%m-%d}"
        pages: list[Page] = []
        received = [0]
        for _ in range(2):
            context = await browser.new_context()
            await context.add_cookies([{"name": COOKIE, "value": app.cookie, "url": app.address}])
            pages.append(await context.new_page())
        line = await pages[1].context.new_cdp_session(pages[1])
        await line.send("Network.enable")
        line.on(
            "Network.webSocketFrameReceived",
            lambda event: received.append(len(event["response"]["payloadData"])),
        )
        await pages[0].goto(address)
        await pages[0].wait_for_selector("[data-event]")
        began = perf_counter()
        await pages[1].goto(address)
        await pages[1].wait_for_selector("[data-event]")
        painted = (perf_counter() - began) * 1000
        size = sum(received) / 1024
        stored, seen = [], []
        for turn in range(drags):
            day = f"{month:%Y-%m}-{10 + turn:02}"
            one = pages[0].locator(f'[data-date="{day}"] [data-event]').first
            key = await one.get_attribute("data-event")
            other = f'[data-date="{month:%Y-%m}-{9 + turn:02}"]'
            target = pages[0].locator(other).last
            await one.hover()
            await pages[0].mouse.down()
            box = await target.bounding_box()
            assert box
            await pages[0].mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
            began = perf_counter()
            await pages[0].mouse.up()
            there_now = pages[1].locator(f'{other} [data-event="{key}"]')

            async def is_stored(before: float) -> None:
                said = pages[0].get_by_role("status", name="What was done")
                await said.get_by_role("button", name="Undo").wait_for()
                stored.append((perf_counter() - before) * 1000)

            async def is_seen(before: float, where: object = there_now) -> None:
                await where.wait_for(state="attached")  # type: ignore[attr-defined]
                seen.append((perf_counter() - before) * 1000)

            await asyncio.gather(is_stored(began), is_seen(began))
            await pages[0].get_by_role("button", name="Put this away").click()
        await browser.close()
    await database.close()
    head = ["posts", "painted ms", "socket KiB", "drag: stored ms (p50)", "seen ms (p50)", "max"]
    values = [painted, size, table.percentile(stored, 50), table.percentile(seen, 50), max(seen)]
    table.show("A month in the calendar", head, [[number, *values]])


def main() -> None:
    """Read the options, start an instance, measure."""
    parser = options(__doc__)
    parser.add_argument("--posts", type=int, default=2_000, help="in the month")
    parser.add_argument("--drags", type=int, default=5)
    asked = parser.parse_args()
    with running(asked.database) as app:
        asyncio.run(run(app, asked.posts, asked.drags))


if __name__ == "__main__":
    main()
