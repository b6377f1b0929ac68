"""The card of a link: its title, words and picture, as its page says them."""

import asyncio
import codecs
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import aiohttp
from yarl import URL

from socialapp.providers import pictures
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer, Http
from socialapp.providers.pictures import Small

_PAGE_BYTES = 512 * 1024
_PICTURE_BYTES = 8 * 1024 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=5, sock_connect=3)
"""Of the page, and of its picture: the post should not wait for them."""
THUMB_BYTES, _THUMB_SIDE = 1_000_000, 1200
_TITLE, _WORDS = 300, 1000
_PAGES = ("text/html", "application/xhtml+xml")
_END_OF_HEAD = re.compile(r"</head|<body", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_CHARSETS = ("utf", "iso", "cp", "koi8", "gb", "big5", "shift_jis", "euc", "ascii", "mac")
"""Python knows more: some of them are no charsets, and slow on purpose."""


@dataclass(frozen=True)
class Card:
    """What is shown of a page."""

    url: str
    title: str
    description: str
    picture: Small | None = None


async def card(http: Http, url: str) -> Card | None:
    """Read a page and its picture; None when it says nothing of itself. Never raises."""
    try:
        answer = await http.fetch(
            url, at_most_bytes=_PAGE_BYTES, timeout=_PATIENCE, headers={"Accept": "text/html"}
        )
        if answer.status != 200 or _type(answer) not in _PAGES:
            return None
        head = await asyncio.to_thread(_read, answer)
        title = head.first("og:title", "twitter:title") or head.title
        words = head.first("og:description", "twitter:description", "description")
        if not title and not words:
            return None
        where = head.first("og:image", "og:image:url", "twitter:image", "twitter:image:src")
        picture = await _picture(http, answer.url, where)
    except (PublishFailed, ValueError, AssertionError):  # html.parser asserts on odd declarations
        return None
    return Card(url, _short(title or words, _TITLE), _short(words, _WORDS), picture)


async def _picture(http: Http, page: str, where: str) -> Small | None:
    """Return the picture of a page, small enough; without it the card has none."""
    if not where:
        return None
    try:
        address = str(URL(page).join(URL(where)))
        answer = await http.fetch(address, at_most_bytes=_PICTURE_BYTES, timeout=_PATIENCE)
    except (PublishFailed, ValueError):
        return None
    if answer.status != 200:
        return None
    return await pictures.small(answer.body, at_most_bytes=THUMB_BYTES, at_most_side=_THUMB_SIDE)


class _Head(HTMLParser):
    """Reads what stands in the head of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._said: dict[str, str] = {}
        self._is_in_title = False

    def first(self, *names: str) -> str:
        """Return the first of these that the page says."""
        return next((self._said[name] for name in names if self._said.get(name)), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_in_title = tag == "title" and not self.title
        if tag != "meta":
            return
        given = {name: value or "" for name, value in attrs}
        name = (given.get("property") or given.get("name") or "").strip().lower()
        self._said.setdefault(name, " ".join(given.get("content", "").split()))

    def handle_endtag(self, tag: str) -> None:
        self._is_in_title = False

    def handle_data(self, data: str) -> None:
        if self._is_in_title:
            self.title = " ".join(f"{self.title} {data}".split())


def _read(answer: Answer) -> _Head:
    head = _Head()
    head.feed(_END_OF_HEAD.split(_text(answer), maxsplit=1)[0])
    return head


def _type(answer: Answer) -> str:
    return _content_type(answer).partition(";")[0].strip().lower()


def _text(answer: Answer) -> str:
    """Return the page's text, in the charset that its headers or its beginning name."""
    said = _content_type(answer) + answer.body[:2048].decode("ascii", "ignore")
    charset = _CHARSET.search(said)
    try:
        name = codecs.lookup(charset[1] if charset else "utf-8").name
    except LookupError:
        name = "utf-8"
    return answer.body.decode(name if name.startswith(_CHARSETS) else "utf-8", "replace")


def _content_type(answer: Answer) -> str:
    return next((v for k, v in answer.headers.items() if k.lower() == "content-type"), "")


def _short(words: str, at_most: int) -> str:
    return words if len(words) <= at_most else f"{words[: at_most - 1].rstrip()}…"
