"""A week of autopilot, lived through on one page: fifty photographs in, the best out each day."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageOps
from playwright.async_api import Locator, Page, expect

from benchmarks.photos import saved, scored, shipped
from socialapp.clock import utc_now
from socialapp.domain.curation import ALIKE_BITS, nearest
from socialapp.imaging.measures import fingerprint
from tests.e2e.conftest import BUILDS_WITHIN_S, NewPage
from tests.e2e.looks import assert_sound
from tests.servers.clock import SleepyClock
from tests.servers.installation import Installation, clean_environment

BERLIN = ZoneInfo("Europe/Berlin")
NINE = time(9)
DAYS = 7
PATIENCE_MS = 120_000
"""For fifty pictures at a machine that has other work: on two free cores it takes half a minute."""
SIDE_PX = 512
BEFORE = timedelta(seconds=1)
"""So long before its moment everybody wakes up."""


@dataclass
class Own:
    """An installation of this test alone, whose machine sleeps from moment to moment."""

    app: Installation
    clock: SleepyClock
    first_day: date

    def at(self, day: int, clock: time) -> datetime:
        """Return a moment of the bakery's days; tomorrow is 0."""
        return datetime.combine(self.first_day + timedelta(days=day), clock, BERLIN)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        file = self.app.folder / "data" / "socialapp.db"
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            return db.execute(query).fetchall()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    clock = SleepyClock(tmp_path)
    there = Own(
        Installation(tmp_path, **clock.env),
        clock,
        (utc_now().astimezone(BERLIN) + timedelta(days=1)).date(),
    )
    # What builds the pages has no patience with a clock that is turned.
    build = [
        sys.executable,
        "-P",
        "-c",
        "from socialapp.launch import bundle as b; b.ensure(print)",
    ]
    subprocess.run(build, env=clean_environment(), check=True, timeout=BUILDS_WITHIN_S)
    clock.sleep_until(there.at(0, time(8)))
    there.app.start(within_s=BUILDS_WITHIN_S)
    yield there
    assert there.app.stop(signal.SIGINT) == 0, "".join(there.app.said[-25:])
    assert there.app.secrets_in_the_open() == []


@pytest.fixture
def app(own: Own) -> Installation:
    """In place of the one that other tests share: `anna` is its owner."""
    return own.app


def fifty() -> tuple[dict[str, bytes], dict[str, str]]:
    """Return fifty photographs by name, and which of them shows what another one shows.

    But for those no two are alike: what is shipped, mirrored and upside down.
    """
    turns = {"": lambda p: p, " mirrored": ImageOps.mirror, " upside down": ImageOps.flip}
    prints: list[str] = []
    found: dict[str, Image.Image] = {}
    for turn, turned in turns.items():
        for name, whole in shipped():
            picture = turned(whole)
            picture.thumbnail((SIDE_PX, SIDE_PX))
            print_ = fingerprint(picture)
            if nearest(print_, prints) > ALIKE_BITS + 4:
                found[f"{name}{turn}.jpg"] = picture
                prints.append(print_)
    files = {name: saved(found[name]) for name in list(found)[:48]}
    best = sorted(files, key=lambda name: -scored(files[name]))
    twins = {f"again {name}": name for name in (best[0], best[4])}
    brighter = [min(255, value + 2) for value in range(256)] * 3
    again = {twin: saved(found[name].point(brighter)) for twin, name in twins.items()}
    return again | files, twins


async def looks(page: Page, name: str) -> None:
    """Keep a picture of the page where SCREENSHOTS says, for people who change how it looks."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/week-{name}.png", full_page=True)


async def given_at_once(page: Page, photographs: dict[str, bytes]) -> None:
    """Choose all of them, change one's mind about one, and see them come in and get scores."""
    files: list[Any] = [
        {"name": name, "mimeType": "image/jpeg", "buffer": data}
        for name, data in [*photographs.items(), ("by mistake.jpg", b"\xff\xd8\xff")]
    ]
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Add pictures").click()
    await (await chooser.value).set_files(files)
    await expect(page.get_by_text("of 51 still to upload")).to_be_visible()
    await page.get_by_role("button", name="Cancel the upload of by mistake.jpg").click()
    await expect(page.get_by_text(re.compile(r"^\d+ of \d+ scored$"))).to_be_visible()
    await looks(page, "uploading")
    await expect(page.get_by_role("list", name="Uploads")).to_have_count(0, timeout=PATIENCE_MS)
    score = photographs_on(page).get_by_role("button", name=re.compile(r"^Score \d"))
    await expect(score).to_have_count(50, timeout=PATIENCE_MS)
    await expect(page.get_by_role("progressbar")).to_have_count(0)


async def stopped_at_once(page: Page) -> None:
    """Choose many that are no pictures, and let none of them come."""
    file: Any = {"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"}
    await page.locator("input[type=file]").set_input_files([file] * 50)
    await page.get_by_role("button", name="Stop all uploads").click()
    await expect(page.get_by_role("list", name="Uploads")).to_have_count(0)


def photographs_on(page: Page) -> Locator:
    return page.get_by_role("list", name="Photographs, the best first")


async def persona(page: Page) -> None:
    await page.get_by_role("button", name="New persona").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("Every day")
    await form.get_by_label("Sandbox").check()
    await form.get_by_label("Caption").fill("The picture of {date}")
    await form.get_by_role("button", name="Save").click()
    promise = "Posts one picture every day at 09:00 Europe/Berlin to Sandbox."
    await expect(page.get_by_text(promise)).to_be_visible()
    await page.get_by_role("switch", name="Every day posts by itself").click()


async def scores_of(page: Page) -> dict[str, float]:
    answer = await page.context.request.get("/api/photographs", params={"limit": 100})
    return {each["filename"]: each["score"] for each in (await answer.json())["items"]}


def best_of(scores: dict[str, float], twins: dict[str, str], number: int) -> list[float]:
    """Return the scores of those that have to go out, in their order."""
    chosen: list[str] = []
    for name in sorted(scores, key=lambda each: -scores[each]):
        others = {twins.get(name), *(twin for twin, of in twins.items() if of == name)}
        if others.isdisjoint(chosen):
            chosen.append(name)
    return [scores[name] for name in chosen[:number]]


async def went_out(page: Page, timeline: Page, dashboard: Page, number: int) -> None:
    """See in all three tabs, which nobody touches, that so many are out."""
    await expect(timeline.get_by_role("article")).to_have_count(number, timeout=PATIENCE_MS)
    posted = dashboard.get_by_role("link", name=re.compile(rf"^Posted\s*{number}$"))
    await expect(posted).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("was posted.")).to_have_count(number)
    tiles = photographs_on(page).get_by_text("Posted", exact=True)
    await expect(tiles).to_have_count(number)


async def test_a_week_goes_by_with_the_best_of_fifty_each_day(own: Own, anna: NewPage) -> None:
    photographs, twins = fifty()
    page, timeline, dashboard = await anna("/autopilot/"), await anna("/sandbox/"), await anna("/")

    await given_at_once(page, photographs)
    await stopped_at_once(page)
    await persona(page)
    scores = await scores_of(page)
    moments = [own.at(day, NINE) for day in range(DAYS)]
    plan = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Skip"))
    await expect(plan).to_have_count(len(moments))
    planned = [re.findall(r".+\.jpg", text)[0] for text in await plan.all_inner_texts()]
    await looks(page, "light")
    await assert_sound(page)

    for number, moment in enumerate(moments, 1):
        own.clock.sleep_until(moment - BEFORE)
        await went_out(page, timeline, dashboard, number)

    out = own.rows(
        "SELECT m.filename, m.sha256, p.due_at, p.posted_at, s.text, s.media FROM photo_posting p"
        " JOIN media_asset m ON m.id = p.media_id"
        " JOIN sandbox_post s ON s.id = p.remote_id ORDER BY s.id"
    )
    names = [row[0] for row in out]
    assert [datetime.fromisoformat(f"{row[2]}+00:00") for row in out] == moments
    assert [row[4] for row in out] == [f"The picture of {m.day} {m:%B %Y}" for m in moments]
    assert [[each["sha256"] for each in json.loads(row[5])] for row in out] == [[r[1]] for r in out]
    assert all(row[3] >= row[2] for row in out)
    assert names == planned
    assert len(set(names)) == len(moments)
    assert [scores[name] for name in names] == best_of(scores, twins, len(moments))
    await expect(
        page.get_by_text("better passed over, too like what was posted").first
    ).to_be_visible()

    await stopped_and_on_again(own, page, timeline, len(moments))


async def stopped_and_on_again(own: Own, page: Page, timeline: Page, before: int) -> None:
    """What is stopped lets a moment go by and does not make up for it; a post by hand goes out."""
    await page.get_by_role("button", name="Stop everything").click()
    await expect(page.get_by_text("Nothing goes out by itself")).to_be_visible()
    request = page.context.request
    post = await (await request.post("/api/posts", data={"text": "By hand"})).json()
    by_hand = own.at(DAYS, time(9, 2))
    when = {"post_id": post["id"], "scheduled_at": f"{by_hand:%Y-%m-%dT%H:%M}"}
    assert (await request.post("/api/schedules", data=when)).status == 201

    own.clock.sleep_until(by_hand - BEFORE)
    await expect(timeline.get_by_text("By hand")).to_be_visible(timeout=PATIENCE_MS)
    await expect(timeline.get_by_role("article")).to_have_count(before + 1)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("button", name="Skip").first).to_be_visible()
    next_day = own.at(DAYS + 1, NINE)
    own.clock.sleep_until(next_day - BEFORE)

    await expect(timeline.get_by_role("article")).to_have_count(before + 2, timeout=PATIENCE_MS)
    due = own.rows("SELECT due_at FROM photo_posting ORDER BY id")
    assert len(due) == before + 1
    assert datetime.fromisoformat(f"{due[-1][0]}+00:00") == next_day
    await page.emulate_media(color_scheme="dark")
    await looks(page, "dark")
    await page.set_viewport_size({"width": 390, "height": 844})
    await looks(page, "phone")
    await assert_sound(page)
