"""Statuses as a server lists them, and the words that were typed behind their HTML."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from unicodedata import normalize

from socialapp.domain import links
from socialapp.domain.outcome import Posted
from socialapp.domain.patterns import UNITS
from socialapp.providers.mastodon.server import link, name

_HTML_AT_MOST = 50_000
"""Of a longer text only what was typed is compared."""


class Unreadable(Exception):
    """It is not what the API says that a status is."""


@dataclass(frozen=True)
class Listed:
    """A status of the account."""

    posted: Posted
    created_at: datetime
    reply_to: str
    media: tuple[str, ...]
    content: str
    """HTML."""
    warning: str
    has_poll: bool
    is_reblog: bool


def posted(said: Any, address: str) -> Posted:
    """Return what we keep of a status. Raises Unreadable.

    Source: https://docs.joinmastodon.org/entities/Status/
    """
    if not isinstance(said, dict) or not (id_ := name(said.get("id"))):
        raise Unreadable
    url = link(said.get("url")) or _url(said, id_, address)
    return Posted(id_, url, kept={"visibility": _text(said.get("visibility"))})


def listed(said: Any, address: str) -> Listed:
    """Return a status. Raises Unreadable."""
    known = posted(said, address)
    media = said.get("media_attachments")
    media = media if isinstance(media, list) else []
    return Listed(
        posted=known,
        created_at=_instant(said.get("created_at")),
        reply_to=str(said.get("in_reply_to_id") or ""),
        media=tuple(str(one.get("id")) for one in media if isinstance(one, dict)),
        content=_text(said.get("content")),
        warning=_text(said.get("spoiler_text")),
        has_poll=bool(said.get("poll")),
        is_reblog=bool(said.get("reblog")),
    )


def _url(said: Mapping[str, Any], id_: str, address: str) -> str:
    """Return where it is to be seen: for what is not public some servers do not say it."""
    account = said.get("account")
    username = name(account.get("username")) if isinstance(account, dict) else ""
    return f"{address}/@{username}/{id_}" if username else f"{address}/statuses/{id_}"


def _instant(said: Any) -> datetime:
    try:
        at = datetime.fromisoformat(said)
    except (ValueError, TypeError) as error:
        raise Unreadable from error
    if not 2000 < at.year < 2200:
        raise Unreadable
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""


# What two texts have in common, whatever a server does to them.


def typed(text: str) -> str:
    """Return a text as servers give it back when they are asked for what was typed."""
    return normalize("NFC", text.replace("\r\n", "\n")).strip()


def gist(text: str) -> str:
    """Return of a text what its HTML shows too: blanks alike, mentions without their hosts."""
    short, at = [], 0
    for start, end, user in links.mentions(text, UNITS["mastodon"]):
        short += [text[at:start], f"@{user}"]
        at = end
    return " ".join(normalize("NFC", "".join([*short, text[at:]])).split())


def bones(text: str) -> str:
    """Return of a text what hardly any server changes: its letters and digits."""
    return "".join(c for c in gist(text).casefold() if c.isalnum())


def plain(content: str) -> str:
    """Return the words that HTML shows to a reader, those in hidden parts of a link included."""
    reader = _Reader()
    reader.feed(content[:_HTML_AT_MOST])
    reader.close()
    return "".join(reader.words)


def unescaped(text: str) -> str:
    """Return a warning as it was typed: some servers escape it."""
    return " ".join(html.unescape(text).split())


class _Reader(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "li", "blockquote", "pre"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


_COUNTS = {
    "favourites": "favourites_count",
    "boosts": "reblogs_count",
    "replies": "replies_count",
}


def counts(said: Mapping[str, Any]) -> dict[str, int]:
    """Return what a status says that people did with it; some servers keep parts of it back."""
    found = {metric: said.get(name) for metric, name in _COUNTS.items()}
    return {metric: n for metric, n in found.items() if type(n) is int and 0 <= n < 2**53}
