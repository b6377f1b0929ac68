"""How soon open pages show what was committed: one in a real browser, and hundreds of sockets."""

import asyncio
import json
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from time import time
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright
from sqlmodel import col, select

from benchmarks import table
from benchmarks.app import App, options, running
from benchmarks.first_load import CHROMIUM
from socialapp.services.members import COOKIE
from socialapp.store.tables import Delivery

# Notes when a schedule's line first says that it is posted.
_WATCH = """
window.shown = {};
new MutationObserver(() => {
  const now = performance.timeOrigin + performance.now();
  for (const line of document.querySelectorAll("[data-schedule]"))
    if (line.textContent.includes("Posted")) window.shown[line.dataset.schedule] ??= now;
}).observe(document.body, {subtree: true, childList: true, characterData: true});
"""
_HYDRATE = "reflex___state____state.hydrate_and_load"
_PAUSE_S = 1.0


# One browser.


async def in_a_browser(app: App, changes: int) -> list[float]:
    """Publish posts while the dashboard is open; return how long each took to show, ms."""
    async with (
        async_playwright() as playwright,
        aiohttp.ClientSession(app.address, headers=app.authorization) as web,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context()
        await context.add_cookies([{"name": COOKIE, "value": app.cookie, "url": app.address}])
        page = await context.new_page()
        await page.goto(f"{app.address}/")
        await page.wait_for_selector('[data-hydrated="true"]', state="attached")
        await page.evaluate(_WATCH)
        published = [await _publish(web, page, number) for number in range(changes)]
        shown = await page.evaluate("window.shown")
        await browser.close()
    committed = await _posted_at(app, published)
    return [
        (shown[str(i)] - at.timestamp() * 1000) for i, at in committed.items() if str(i) in shown
    ]


async def _publish(web: aiohttp.ClientSession, page: Page, number: int) -> int:
    """Publish one post now and wait until the page shows it; returns the schedule's id."""
    async with web.post("/api/posts", json={"text": f"Live {number}"}) as answer:
        post = await answer.json()
    body = {"post_id": post["id"]}
    async with web.post("/api/providers/default/publish", json=body) as answer:
        schedule_id = int((await answer.json())["schedule_id"])
    await page.wait_for_function(f"window.shown[{schedule_id}]", timeout=30_000)
    await asyncio.sleep(_PAUSE_S / 4)
    return schedule_id


async def _posted_at(app: App, schedule_ids: list[int]) -> dict[int, datetime]:
    database = app.database()
    query = select(Delivery.schedule_id, Delivery.posted_at).where(
        col(Delivery.schedule_id).in_(schedule_ids)
    )
    async with database.reading() as db:
        found = {i: at for i, at in (await db.execute(query)).all() if at}
    await database.close()
    return found


# Many sockets.


@dataclass
class Tab:
    """A socket that speaks as Reflex's pages do, and notes when it is told of a new version."""

    told_at: list[float] = field(default_factory=list)
    bytes: int = 0
    is_complete: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, web: aiohttp.ClientSession, app: App, path: str) -> None:
        """Open the page and listen until cancelled."""
        token = uuid.uuid4()
        address = f"{app.address}/_event/?token={token}&EIO=4&transport=websocket"
        headers = {"Cookie": f"{COOKIE}={app.cookie}"}
        async with web.ws_connect(address, headers=headers) as line:
            await line.receive()
            await line.send_str(_boot(path))
            async for message in line:
                await self._hear(line, message.data)

    async def _hear(self, line: aiohttp.ClientWebSocketResponse, frame: str) -> None:
        if frame == "2":  # engine.io asks whether we are there
            await line.send_str("3")
        self.bytes += len(frame)
        if '"is_hydrated_rx_state_":true' in frame:
            self.is_complete.set()
        elif '"version_rx_state_":' in frame:
            self.told_at.append(time())


def _boot(path: str) -> str:
    """Return the packet that joins the namespace and brings the page's first event along."""
    event: dict[str, Any] = {
        "name": _HYDRATE,
        "payload": {},
        "router_data": {"pathname": path, "asPath": path},
    }
    return f"40/_event,{json.dumps({'event': event})}"


@dataclass
class Crowd:
    """What so many sockets saw of the changes."""

    tabs: int
    changes: int
    joined_in_s: float
    delivered: int
    each_ms: list[float]
    last_ms: list[float]
    cpu_ms: float
    """Of the web processes for one change, without what they use when nothing happens."""
    frame_bytes: float


async def in_a_crowd(app: App, tabs: int, changes: int, path: str) -> Crowd:
    """Save posts while so many sockets listen."""
    limit = aiohttp.TCPConnector(limit=0)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(aiohttp.ClientSession(connector=limit))
        listeners = [Tab() for _ in range(tabs)]
        begun = time()
        tasks = [asyncio.create_task(tab.run(web, app, path)) for tab in listeners]
        stack.callback(lambda: [task.cancel() for task in tasks])
        async with asyncio.timeout(120):
            await asyncio.gather(*(tab.is_complete.wait() for tab in listeners))
        joined_in_s = time() - begun
        await asyncio.sleep(6)  # until the first reading of everything is over
        idle_s = await _cpu(app, changes * _PAUSE_S)
        before = sum(tab.bytes for tab in listeners)
        cpu_before = app.web_cpu_s()
        committed = [await _change(app, web, number) for number in range(changes)]
        busy_s = app.web_cpu_s() - cpu_before
        received = sum(tab.bytes for tab in listeners) - before
    waits = [_waits(committed, tab.told_at) for tab in listeners]
    each = [ms for some in waits for ms in some if ms is not None]
    last = [max(w[i] or 0.0 for w in waits) for i in range(changes)]
    return Crowd(
        tabs=tabs,
        changes=changes,
        joined_in_s=joined_in_s,
        delivered=len(each),
        each_ms=each,
        last_ms=last,
        cpu_ms=(busy_s - idle_s) / changes * 1000,
        frame_bytes=received / tabs / changes,
    )


async def _cpu(app: App, seconds: float) -> float:
    before = app.web_cpu_s()
    await asyncio.sleep(seconds)
    return app.web_cpu_s() - before


async def _change(app: App, web: aiohttp.ClientSession, number: int) -> float:
    """Save a post, and return when it was surely committed: the answer comes after the commit."""
    body = {"text": f"Crowd {number}"}
    async with web.post(f"{app.address}/api/posts", json=body, headers=app.authorization) as answer:
        assert answer.status == 201
        committed = time()
    await asyncio.sleep(_PAUSE_S)
    return committed


def _waits(committed: list[float], told_at: list[float]) -> list[float | None]:
    """Return for each change how long it took until the tab was told, in ms; None: never."""
    return [
        next(((t - at) * 1000 for t in told_at if at - 0.05 <= t < at + _PAUSE_S), None)
        for at in committed
    ]


def _row(crowd: Crowd, fewest: Crowd) -> list[object]:
    p50, p95, _, _ = table.spread(crowd.each_ms)
    share = 100 * crowd.delivered / (crowd.tabs * crowd.changes)
    return [
        *(crowd.tabs, f"{crowd.joined_in_s:.1f}", f"{share:.1f} %", p50, p95),
        *(table.percentile(crowd.last_ms, 50), max(crowd.last_ms)),
        *(crowd.cpu_ms, _each_us(crowd, fewest), crowd.frame_bytes / 1024),
    ]


def _each_us(crowd: Crowd, fewest: Crowd) -> object:
    """Return what each further socket costs: saving and reading cost the same for any number."""
    more = crowd.tabs - fewest.tabs
    return (crowd.cpu_ms - fewest.cpu_ms) / more * 1000 if more else ""


def main() -> None:
    """Read the options, start an instance, measure, print."""
    parser = options(__doc__)
    parser.add_argument("--changes", type=int, default=50, help="seen in a browser")
    parser.add_argument("--tabs", type=int, nargs="+", default=[1, 100, 300])
    parser.add_argument(
        "--ticks", type=int, default=20, help="changes for the sockets, one a second"
    )
    parser.add_argument("--path", default="/queue/", help="the page that the sockets open")
    asked = parser.parse_args()
    with running(asked.database) as app:
        seen = asyncio.run(in_a_browser(app, asked.changes))
        crowds = [
            asyncio.run(in_a_crowd(app, tabs, asked.ticks, asked.path)) for tabs in asked.tabs
        ]
    head = ["changes", "p50 ms", "p95 ms", "p99 ms", "max ms"]
    table.show("A post is out -> a browser shows it", head, [[len(seen), *table.spread(seen)]])
    head = [
        "sockets",
        "all joined s",
        "delivered",
        "p50 ms",
        "p95 ms",
        "last p50 ms",
        "last max ms",
    ]
    head += ["CPU ms a change", "more for each socket µs", "KiB a change"]
    table.show(
        "A post is saved -> all sockets know", head, [_row(crowd, crowds[0]) for crowd in crowds]
    )


if __name__ == "__main__":
    main()
