"""Finding URLs, mentions and tags in a text, as networks find them."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import regex

from socialapp.domain.patterns import (
    ASCII_HOST,
    HOST_AT_MOST,
    LABEL_AT_MOST,
    MARKS,
    SLUG_AT_MOST,
    TLD,
    URL_AT_MOST,
    X_LINKS,
    Links,
    Unit,
)

_WORD = regex.compile(r"[\t\n\r ]?[^\t\n\r ]+")
_UPPER_CASE = regex.compile(r"[A-Z]+")
_FULL_STOPS = regex.compile(r"[\u3002\uFF0E\uFF61]")
"""What a browser takes for the dot of a host, besides the dot."""


class Mark(NamedTuple):
    """Where something stands in a text, in code points, the end not included; and what it is."""

    start: int
    end: int
    kind: str


@cache
def compiled(pattern: str) -> Any:
    """Return `pattern` ready for use, with the known TLDs in their place."""
    return regex.compile(pattern.replace("<tld>", TLD))


def urls(text: str, links: Links = X_LINKS) -> Iterator[tuple[int, int]]:
    """Yield start and end, in code points, of what the network takes for a URL."""
    lower = _UPPER_CASE.sub(lambda word: word[0].lower(), text)
    for word in _WORD.finditer(lower):
        if "." not in word[0]:
            continue
        for found in compiled(links.url).finditer(word[0]):
            if not _is_host(found["host"]) or _length(found) > URL_AT_MOST:
                continue
            spans = _with_scheme(found, links) if found["scheme"] else _bare(found, links)
            yield from ((word.start() + start, word.start() + end) for start, end in spans)


def _with_scheme(found: Any, links: Links) -> Iterator[tuple[int, int]]:
    start, end = found.span("url")
    short = compiled(links.tco).match(found["url"])
    if short is None:
        yield start, end
    elif len(short[1]) <= SLUG_AT_MOST:
        yield start, start + short.end()


def _bare(found: Any, links: Links) -> Iterator[tuple[int, int]]:
    """Yield the ASCII parts of the host; one at its end takes what follows, from a path on."""
    if not links.takes_bare or found["before"] in ("-", "_", ".", "/"):
        return
    start = found.start("host")
    for host in compiled(ASCII_HOST).finditer(found["host"]):
        takes_rest = host.end() == len(found["host"]) and found["path"]
        yield start + host.start(), found.end() if takes_rest else start + host.end()


def _is_host(host: str) -> bool:
    if host.startswith("xn--") and not compiled(ASCII_HOST).search(host):
        return False
    return all(_encoded(label) <= LABEL_AT_MOST for label in host.split("."))


def _length(found: Any) -> int:
    """Return the length of a URL as it is requested, in code points."""
    host = found["host"]
    longer = sum(_encoded(label) for label in host.split(".")) - len(host.replace(".", ""))
    return len(found["url"]) + longer + (0 if found["scheme"] else len("https://"))


def _encoded(label: str) -> int:
    """Return the length of a label of a host in ASCII, which is what DNS limits."""
    parts = _FULL_STOPS.split(label)
    encoded = (p if p.isascii() else f"xn--{p.encode('punycode').decode()}" for p in parts)
    return len(".".join(encoded))


def mentions(text: str, unit: Unit) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and user of each mention of somebody on a host."""
    for found in compiled(unit.mention).finditer(text):
        is_other = compiled(unit.mention_end).match(text[found.end() : found.end() + 3])
        if found["host"] and len(found["host"]) <= HOST_AT_MOST and not is_other:
            yield found.start(), found.end(), found["user"]


def marks(text: str) -> Iterator[Mark]:
    """Yield what a reader sees as a link, a tag or a mention, in order."""
    for found in compiled(MARKS).finditer(text):
        yield Mark(found.start(), found.end(), found.lastgroup)
