"""One build of the pages works at any address: another port, TLS, TLS on a port of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.servers.front import Front, certificate
from tests.servers.installation import Installation


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    app = Installation(tmp_path_factory.mktemp("addresses")).start()
    yield app
    app.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        await started.close()


async def comes_alive(browser: Browser, url: str) -> list[str]:
    """Return the sockets that a page opened; it is alive when the server has answered on one."""
    sockets: list[str] = []
    complaints: list[str] = []
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    page.on("websocket", lambda line: sockets.append(line.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(url)
    await page.wait_for_selector("[data-hydrated=true]", state="attached", timeout=20_000)
    await context.close()
    assert complaints == []
    return sockets


async def test_at_its_own_address(running: Installation, browser: Browser) -> None:
    sockets = await comes_alive(browser, running.url)

    assert sockets[0].startswith(f"ws://127.0.0.1:{running.port}/_event")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_at_another_port(running: Installation, browser: Browser, host: str) -> None:
    async with Front(running.port) as port:
        sockets = await comes_alive(browser, f"http://{host}:{port}/")

    assert sockets[0].startswith(f"ws://{host}:{port}/_event")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_behind_tls_on_a_port_of_its_own(
    running: Installation, browser: Browser, host: str, tmp_path: Path
) -> None:
    async with Front(running.port, certificate(tmp_path)) as port:
        sockets = await comes_alive(browser, f"https://{host}:{port}/")

    assert sockets[0].startswith(f"wss://{host}:{port}/_event")


async def test_every_page_runs_with_its_scripts_alone(
    running: Installation, browser: Browser
) -> None:
    for path in ("/", "/sign-in", "/calendar", "/nothing-here"):
        await comes_alive_or_says_not_found(browser, f"{running.url}{path}")


async def comes_alive_or_says_not_found(browser: Browser, url: str) -> None:
    refused: list[str] = []
    page = await browser.new_page()
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Content Security" in said.text else None,
    )
    await page.goto(url)
    await page.wait_for_selector("[data-hydrated=true]", state="attached", timeout=20_000)
    await page.close()
    assert refused == []
