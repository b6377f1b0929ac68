"""Whether a screen is sound, and pictures of it for whoever asks for them."""

import os
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AT_REST = """() => document.getAnimations().every(
    (each) => each.playState !== "running" || each.effect.getComputedTiming().endTime === Infinity
)"""
"""Nothing that ends is moving any more. What is removed on its way never says that it has ended."""


async def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe has against a page at rest: colours on their way are nobody's."""
    await page.wait_for_function(AT_REST)
    found = (await Axe().run(page)).response["violations"]
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]


async def assert_sound(page: Page) -> None:
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def shoot(page: Page, name: str) -> None:
    """Keep pictures of the screen in both themes, wide and narrow."""
    folder = os.environ.get("SOCIALAPP_PICTURES")
    if not folder:
        return
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1280, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.screenshot(path=Path(folder) / f"{name}-{scheme}-{width}.png")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 1280, "height": 900})
