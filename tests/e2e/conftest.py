"""A running app, its owner, and real browsers."""

import io
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, async_playwright, expect

from tests.servers import given
from tests.servers.installation import ROOT, Installation
from tests.servers.village import VillageServer

OWNER = {
    "name": "Anna Bakery",
    "email": "anna@example.org",
    "password": given.given("lighthouse gull anchor 41", "the owner's password"),
    "zone": "Europe/Berlin",
}
# A foreground browser only: its own calls home would fail one by one on a closed network.
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=15_000)
BUILDS_WITHIN_S = 240
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One app for the whole run, which knows villages; each test writes texts of its own."""
    knows_villages = {
        "PYTHONPATH": f"{Path(__file__).parent / 'village'}:{ROOT}",
        "SOCIALAPP_ALLOW_PRIVATE_ADDRESSES": "true",
    }
    folder = tmp_path_factory.mktemp("app")
    started = Installation(folder, **knows_villages).start(within_s=BUILDS_WITHIN_S)
    yield started
    assert started.stop(signal.SIGINT) == 0
    assert started.secrets_in_the_open() == []


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=BROWSER
        )
        yield started
        await started.close()


class Quiet:
    """Hears what a page complains about, and what it is told."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.told: list[str | bytes] = []
        """All that servers sent to it through sockets."""

    def listen(self, page: Page) -> None:
        """Note every error of the page's scripts, and every word that reaches it."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._listen_to)

    def _listen_to(self, line: WebSocket) -> None:
        line.on("framereceived", self._hear)

    def _hear(self, said: str | bytes) -> None:
        self.told.append(said)


@pytest.fixture
def quiet() -> Iterator[Quiet]:
    """Fail a test whose pages had an error or learned a secret, also if nobody saw it."""
    heard = Quiet()
    yield heard
    assert heard.complaints == []
    assert given.found_in(*heard.told) == []


@pytest.fixture
async def stranger(app: Installation, browser: Browser, quiet: Quiet) -> AsyncIterator[NewPage]:
    """Make pages of browsers that are not signed in."""
    async with AsyncExitStack() as stack:

        async def new(**options: Any) -> Page:
            context = await browser.new_context(
                base_url=app.url, locale="en-GB", timezone_id="Europe/Berlin", **options
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            quiet.listen(page)
            return page

        yield new


@pytest.fixture
async def anna(stranger: NewPage) -> NewPage:
    """Make pages of the owner's browsers; `path` is opened and ready."""

    async def new(path: str = "/", **options: Any) -> Page:
        page = await stranger(**options)
        await sign_in(page.context)
        await visit(page, path)
        return page

    return new


@pytest.fixture
async def village() -> AsyncIterator[VillageServer]:
    """A village, in place of the one of this process: the app's processes know its network."""
    async with VillageServer() as server:
        yield server


async def sign_in(context: BrowserContext) -> None:
    """Become the owner, or sign in as her."""
    first = await context.request.post("/api/owner", data=OWNER)
    if first.status != 201:
        who = {"email": OWNER["email"], "password": OWNER["password"]}
        answer = await context.request.post("/api/session", data=who)
        assert answer.status == 201, await answer.text()
    for cookie in await context.cookies():
        given.given(cookie["value"], "a session")


async def visit(page: Page, path: str) -> None:
    """Open a page and return when it has its data."""
    await page.goto(path)
    await ready(page)


async def ready(page: Page) -> None:
    """Wait until the page has its data."""
    await expect(page.locator("[data-hydrated=true]")).to_be_attached()


def photograph(seed: int = 1, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Return a JPEG with detail, as a camera makes it, orientation and position included."""
    chance = random.Random(seed)
    small = Image.new("RGB", (32, 24))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(32 * 24)])
    picture = small.resize(size, Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, exif=exif)
    return file.getvalue()


def picture_file(name: str = "harbour.jpg", seed: int = 1) -> dict[str, Any]:
    """Return a photograph as a file picker gives it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": photograph(seed)}
