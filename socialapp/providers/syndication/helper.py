"""The process that parses one feed from its input, says what is in it as JSON, and ends.

What is hostile takes its memory and time, not ours.
"""

import calendar
import hashlib
import io
import json
import resource
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from socialapp.domain.plain import plain, tidy
from socialapp.domain.text import storable

_MEMORY_BYTES = 768 * 1024 * 1024
_CPU_S = 20
ITEMS_AT_MOST = 1000
_TITLE, _LINK, _SUMMARY, _AUTHOR = 500, 2000, 2000, 200
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_ENDS = (b"</rss>", b"</feed>", b":rdf>", b"</rdf>")


class Refused(Exception):
    """It is no feed that is read; the text says why, for people."""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(body: bytes, content_type: str, url: str) -> dict[str, Any]:
    """Return `title` and `items` of a feed, or `alternate`: the feed that a web page names.

    Raises Refused.
    """
    # Two-byte encodings have a zero beside each letter.
    if b"<!ENTITY" in body.replace(b"\0", b"").upper():
        raise Refused("The feed defines entities of its own, which are not read.")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        found = _json_feed(body, url)
    else:
        found = _xml_feed(body, content_type, url)
    if "items" in found and len(found["items"]) > ITEMS_AT_MOST:
        raise Refused(f"The feed has more than {ITEMS_AT_MOST:,} items.")
    return found


def _xml_feed(body: bytes, content_type: str, url: str) -> dict[str, Any]:
    import feedparser

    headers = {"content-type": content_type, "content-location": url}
    # A stream: what is not one may be opened as a file, or fetched.
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers)
    if not parsed.get("version"):
        if alternate := _alternate(body, url):
            return {"alternate": alternate}
        raise Refused("There is no feed at the address, and the page there names none.")
    is_whole = any(end in body.replace(b"\0", b"").lower()[-4096:] for end in _ENDS)
    if parsed.get("bozo") and not (is_whole and (parsed.entries or not _is_syntax(parsed))):
        raise Refused("The feed is broken: its XML cannot be read to its end.")
    title = storable(_words(parsed.feed.get("title_detail"), _TITLE))
    return {"title": title, "items": [_entry(each) for each in parsed.entries]}


def _is_syntax(parsed: Any) -> bool:
    return "SAX" in type(parsed.get("bozo_exception")).__name__


def _entry(entry: Any) -> dict[str, Any]:
    told = entry.get("summary_detail") or next(iter(entry.get("content") or []), None)
    link = str(entry.get("link") or "")
    title, summary = _words(entry.get("title_detail"), _TITLE), _words(told, _SUMMARY)
    at = entry.get("published_parsed") or entry.get("updated_parsed")
    return _item(
        str(entry.get("id") or ""),
        title=title,
        link=link,
        summary=summary,
        author=tidy(str(entry.get("author") or "")),
        published_at=_instant(calendar.timegm(at)) if at else "",
    )


def _instant(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _words(detail: Any, length: int) -> str:
    if not detail:
        return ""
    words = str(detail.get("value") or "")
    is_html = "html" in str(detail.get("type") or "")
    return _cut(plain(words) if is_html else tidy(words), length)


def _cut(words: str, length: int) -> str:
    if len(words) <= length:
        return words
    return words[: length - 1].rsplit(None, 1)[0] + "…"


def _item(given_id: str, *, link: str, title: str, summary: str, **more: str) -> dict[str, Any]:
    link = link if link.startswith(("https://", "http://")) and len(link) <= _LINK else ""
    known_by = given_id or link or f"{title}\n{summary}"
    return {
        "key": hashlib.sha256(known_by.encode("utf-8", "replace")).hexdigest(),
        "title": storable(title),
        "link": storable(link),
        "summary": storable(summary),
        "author": storable(_cut(more["author"], _AUTHOR)),
        "published_at": more["published_at"],
    }


def _json_feed(body: bytes, url: str) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("The feed is broken: its JSON cannot be read.") from None
    if "jsonfeed.org" not in str(told.get("version")) or not isinstance(told.get("items"), list):
        raise Refused("There is no feed at the address: the JSON there is none.")
    items = [_json_item(each, url) for each in told["items"] if isinstance(each, dict)]
    title = storable(_cut(tidy(str(told.get("title") or "")), _TITLE))
    return {"title": title, "items": items}


def _json_item(each: dict[str, Any], url: str) -> dict[str, Any]:
    told = each.get("summary") or each.get("content_text")
    summary = tidy(str(told)) if told else plain(str(each.get("content_html") or ""))
    authors = each.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else each.get("author")
    link = each.get("url") or each.get("external_url")
    try:
        at = datetime.fromisoformat(str(each.get("date_published")))
        published_at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        published_at = ""
    return _item(
        str(each.get("id") or ""),
        title=_cut(tidy(str(each.get("title") or "")), _TITLE),
        link=urljoin(url, str(link)) if link else "",
        summary=_cut(summary, _SUMMARY),
        author=tidy(str(first.get("name") or "")) if isinstance(first, dict) else "",
        published_at=published_at,
    )


class _Links(HTMLParser):
    found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = {name: value or "" for name, value in attrs}
        is_one = tag == "link" and "alternate" in its.get("rel", "").lower().split()
        if is_one and its.get("type", "").lower().strip() in _FEED_TYPES and not self.found:
            self.found = its.get("href", "").strip()


def _alternate(body: bytes, url: str) -> str:
    page = _Links()
    page.feed(body.decode("utf-8", "replace"))
    return urljoin(url, page.found) if page.found else ""


def main(content_type: str, url: str) -> dict[str, Any]:
    """Parse what comes in; what is wrong with it is an answer, not a crash."""
    _limit()
    try:
        return read(sys.stdin.buffer.read(), content_type, url)
    except Refused as no:
        return {"refused": str(no)}
    except (MemoryError, RecursionError):
        return {"refused": "The feed takes too much memory to be read."}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
