"""The card of a link: what its page says of itself, and never a reason for a post to fail."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from socialapp.providers import pictures
from socialapp.providers.bluesky import card as reading
from socialapp.providers.bluesky.card import THUMB_BYTES, Card, card
from socialapp.providers.http import Http
from socialapp.publishing import fitting
from socialapp.store import files
from tests.providers.bluesky.answering import Answering
from tests.providers.bluesky.pages import PAGE, PICTURE


@pytest.fixture(autouse=True)
def small_pictures(tmp_path: Path) -> Iterator[None]:
    """Pictures are made small as in a worker."""
    files.connect(tmp_path / "media", limit_bytes=10**7)
    pictures.use(fitting.small)
    yield
    pictures.use(_none)


async def _none(*_: object) -> None:
    """Nobody makes pictures small."""


def page(head: str) -> str:
    return f"<html><head>{head}</head><body>Words</body></html>"


async def made(http: Http, server: Answering, said: Any, **headers: str) -> Card | None:
    """The card of a page."""
    server.says("/page", said, **{"Content_Type": "text/html; charset=utf-8", **headers})
    return await card(http, f"{server.base_url}/page")


async def test_a_page_is_shown_as_it_says(http: Http, answering: Answering) -> None:
    answering.says("/boats.jpg", PICTURE, Content_Type="image/jpeg")

    shown = await made(http, answering, PAGE)

    assert shown is not None
    assert (shown.url, shown.title, shown.description) == (
        f"{answering.base_url}/page",
        "Boats — new ones",
        "They came in this morning.",
    )
    assert shown.picture is not None
    assert len(shown.picture.data) <= THUMB_BYTES
    assert max(shown.picture.width, shown.picture.height) <= 1200


async def test_a_page_that_moved_is_followed_and_its_picture_found_from_there(
    http: Http, answering: Answering
) -> None:
    answering.says("/page", "", status=301, Location="/new/place")
    answering.says(
        "/new/place",
        page('<title>Moved</title><meta property="og:image" content="boats.jpg">'),
        Content_Type="text/html",
    )
    answering.says("/new/boats.jpg", PICTURE)

    shown = await card(http, f"{answering.base_url}/page")

    assert shown is not None
    assert shown.url == f"{answering.base_url}/page"
    assert shown.picture is not None


@pytest.mark.parametrize(
    ("head", "title", "words"),
    [
        ("<title>Plain</title>", "Plain", ""),
        ("<TITLE>\n  Two\n  lines </TITLE>", "Two lines", ""),
        ('<meta name="description" content="Only words">', "Only words", "Only words"),
        ('<meta content="T" property="OG:Title"><title>No</title>', "T", ""),
        ('<meta name="twitter:title" content="Bird"><title>No</title>', "Bird", ""),
        ('<meta property="og:title" content=""><title>Yes</title>', "Yes", ""),
        ("<title>A &lt;b&gt; &eacute;</title>", "A <b> é", ""),
        (f"<title>{'x' * 400}</title>", "x" * 299 + "…", ""),
        ("<script>'<title>No</title>'</script><title>Yes</title>", "Yes", ""),
        ("<title>Once</title><title>Twice</title>", "Once", ""),
        ("<svg><title>Yes</title></svg>", "Yes", ""),
    ],
)
async def test_pages_say_it_in_many_ways(
    http: Http, answering: Answering, head: str, title: str, words: str
) -> None:
    shown = await made(http, answering, page(head))

    assert shown is not None
    assert (shown.title, shown.description, shown.picture) == (title, words, None)


@pytest.mark.parametrize(
    ("charset", "in_head"),
    [("iso-8859-1", False), ("windows-1252", True), ("utf-8", True), ("shift_jis", True)],
)
async def test_its_letters_are_read_as_it_names_them(
    http: Http, answering: Answering, charset: str, in_head: bool
) -> None:
    title = "港の船" if charset == "shift_jis" else "Grüße"
    mark = f'<meta charset="{charset}">' if in_head else ""
    said = page(f"{mark}<title>{title}</title>").encode(charset)
    kind = "text/html" if in_head else f'text/html; charset="{charset}"'

    shown = await made(http, answering, said, Content_Type=kind)

    assert shown is not None
    assert shown.title == title


@pytest.mark.parametrize("charset", ["no-such", "punycode", "zlib", "rot13", "x" * 500, ""])
async def test_letters_in_riddles_cost_nothing(
    http: Http, answering: Answering, charset: str
) -> None:
    kind = f"text/html; charset={charset}"

    shown = await made(http, answering, page("<title>Harbour</title>"), Content_Type=kind)

    assert shown is not None
    assert shown.title == "Harbour"


@pytest.mark.parametrize(
    ("said", "headers", "status"),
    [
        (page("<title>Gone</title>"), {}, 404),
        (page("<title>Gone</title>"), {}, 500),
        (b"%PDF", {"Content_Type": "application/pdf"}, 200),
        (page("<title>No type</title>"), {"Content_Type": ""}, 200),
        ("", {}, 200),
        (page(""), {}, 200),
        ("<![NO[", {}, 200),
        ("<!" * 200_000, {}, 200),
        ("<meta " * 100_000, {}, 200),
        ("&#x" * 100_000, {}, 200),
        (b"\x00" * 100_000, {}, 200),
        (page(f"{'<p>' * 200_000}<title>Too late</title>"), {}, 200),
    ],
)
async def test_a_page_that_says_nothing_has_no_card(
    http: Http, answering: Answering, said: Any, headers: dict[str, str], status: int
) -> None:
    answering.says("/page", said, status=status, **{"Content_Type": "text/html", **headers})

    async with asyncio.timeout(5):
        assert await card(http, f"{answering.base_url}/page") is None


@pytest.mark.parametrize(
    "where",
    [
        "/missing.jpg",
        "/page",
        "http://127.0.0.1:1/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "http://[",
        "//",
        "file:///etc/passwd",
    ],
)
async def test_without_a_usable_picture_the_card_has_none(
    http: Http, answering: Answering, where: str
) -> None:
    head = f'<title>Harbour</title><meta property="og:image" content="{where}">'

    shown = await made(http, answering, page(head))

    assert shown == Card(f"{answering.base_url}/page", "Harbour", "", None)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "https://[::1", "http://", "x" * 9000],
)
async def test_a_link_that_leads_nowhere_has_no_card(http: Http, url: str) -> None:
    assert await card(http, url) is None


async def test_a_page_that_keeps_silent_is_not_waited_for_long(
    http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = await asyncio.start_server(lambda *_: asyncio.sleep(60), "127.0.0.1", 0)
    monkeypatch.setattr(reading, "_PATIENCE", aiohttp.ClientTimeout(total=0.2))
    port = silent.sockets[0].getsockname()[1]

    async with silent, asyncio.timeout(5):
        assert await card(http, f"http://127.0.0.1:{port}/") is None


async def test_a_page_inside_is_not_read_where_that_is_not_allowed(answering: Answering) -> None:
    answering.says("/page", PAGE, Content_Type="text/html")

    async with Http() as guarded:
        assert await card(guarded, f"{answering.base_url}/page") is None

    assert answering.asked == []


async def test_where_nobody_makes_pictures_small_a_card_has_none(
    http: Http, answering: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_current", [])
    answering.says("/boats.jpg", PICTURE)

    shown = await made(http, answering, PAGE)

    assert shown is not None
    assert shown.picture is None
