"""What a browser that was never here has to fetch, and how long until the page is complete."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, CDPSession, async_playwright

from benchmarks import table
from benchmarks.app import App, options, running
from socialapp.services.members import COOKIE

PAGES = ("/sign-in/", "/", "/compose/", "/queue/")
CHROMIUM = "/usr/bin/chromium"
# Says when the mark of a complete page appears, in milliseconds since the navigation began.
_WATCH = """
new MutationObserver((_, watcher) => {
  if (!document.querySelector('[data-hydrated="true"]')) return;
  window.completeAfter = performance.now();
  watcher.disconnect();
}).observe(document, {subtree: true, childList: true, attributeFilter: ["data-hydrated"]});
"""


@dataclass
class Load:
    """One visit with nothing kept from before."""

    bytes_by_kind: dict[str, float] = field(default_factory=dict)
    requests: int = 0
    frames_bytes: int = 0
    """Received over the socket until the page was complete."""
    complete_ms: float = 0.0
    painted_ms: float = 0.0

    @property
    def kib(self) -> float:
        """All that came over HTTP, compressed, with headers."""
        return sum(self.bytes_by_kind.values()) / 1024


def _listen(line: CDPSession, load: Load) -> None:
    kinds: dict[str, str] = {}

    def begins(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event.get("type", "Other")
        load.requests += 1

    def ended(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        had = load.bytes_by_kind.get(kind, 0)
        load.bytes_by_kind[kind] = had + event["encodedDataLength"]

    def frame(event: dict[str, Any]) -> None:
        load.frames_bytes += len(event["response"]["payloadData"])

    line.on("Network.requestWillBeSent", begins)
    line.on("Network.loadingFinished", ended)
    line.on("Network.webSocketFrameReceived", frame)


async def visit(browser: Browser, app: App, path: str, slowdown: int) -> Load:
    """Open a page in a browser of its own, and return what that took."""
    context = await browser.new_context()
    if path != "/sign-in/":
        await context.add_cookies([{"name": COOKIE, "value": app.cookie, "url": app.address}])
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    load = Load()
    _listen(line, load)
    await page.goto(app.address + path)
    await page.wait_for_function("window.completeAfter", timeout=60_000)
    load.complete_ms = await page.evaluate("window.completeAfter")
    load.painted_ms = await page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    await page.wait_for_load_state("networkidle")
    await context.close()
    return load


def _row(path: str, loads: list[Load]) -> list[object]:
    middle = sorted(loads, key=lambda load: load.complete_ms)[len(loads) // 2]
    kinds = {"Script": 0.0, "Stylesheet": 0.0} | middle.bytes_by_kind
    return [
        path,
        middle.kib,
        kinds["Script"] / 1024,
        kinds["Stylesheet"] / 1024,
        middle.requests,
        middle.frames_bytes / 1024,
        table.percentile([load.painted_ms for load in loads], 50),
        middle.complete_ms,
        max(load.complete_ms for load in loads),
    ]


async def run(app: App, visits: int, slowdown: int) -> None:
    """Measure and print."""
    rows: list[list[object]] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await visit(browser, app, PAGES[0], 1)  # the browser's own first breath
        for path in PAGES:
            loads = [await visit(browser, app, path, slowdown) for _ in range(visits)]
            rows += [_row(path, loads)]
        await browser.close()
    head = ["page", "KiB", "scripts", "styles", "requests", "socket KiB"]
    head += ["first paint ms", "complete ms (median)", "max"]
    at = f", processor slowed {slowdown} times" if slowdown > 1 else ""
    table.show(f"First load, nothing cached{at}", head, rows)


def main() -> None:
    """Read the options, start an instance, measure."""
    parser = options(__doc__)
    parser.add_argument("--visits", type=int, default=5, help="of each page")
    parser.add_argument("--slowdown", type=int, default=1, help="of the browser's processor")
    asked = parser.parse_args()
    with running(asked.database) as app:
        asyncio.run(run(app, asked.visits, asked.slowdown))


if __name__ == "__main__":
    main()
