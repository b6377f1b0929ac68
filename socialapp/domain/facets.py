"""What is a mention, a link or a tag in a post of Bluesky's: its rich text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from socialapp.domain.counting import graphemes
from socialapp.domain.tlds import TLDS

TAG_AT_MOST = 64


@dataclass(frozen=True, order=True)
class Facet:
    """A stretch of the text, in bytes of UTF-8, the end not included."""

    start: int
    end: int
    feature: str
    """`mention`, `link` or `tag`."""
    value: str
    """A handle, whose DID the network knows; a URL; a tag without its #, a cashtag with its $."""


# What the official client finds, with its oddities: without a scheme no domain with a hyphen or in
# capitals is a link, and one sign is taken off a link's end. Its blanks are JavaScript's.
# Source: github.com/bluesky-social/atproto, packages/api/src/rich-text (2026-08)
_BLANK = r"\t-\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF"
_UNSEEN = r"\u00AD\u2060\u200A-\u200D\u20E2"
_OPENING = rf"(?:^|[{_BLANK}(])"
_MENTION = regex.compile(
    rf"{_OPENING}(?<all>@(?<handle>[0-9A-Za-z.-]+"
    r"(?:(?<=[0-9A-Za-z])(?![0-9A-Za-z_])|(?<=[.-])(?=[0-9A-Za-z_]))))"
)
_LINK = regex.compile(
    rf"{_OPENING}(?<all>https?://[^{_BLANK}]+"
    rf"|(?<domain>[A-Za-z][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)+)[^{_BLANK}]*)"
)
_TAG = regex.compile(
    rf"(?:^|[{_BLANK}])(?<all>[#\uFF03](?!\uFE0F)(?<tag>[^{_BLANK}{_UNSEEN}]*"
    rf"[^0-9\p{{P}}{_BLANK}{_UNSEEN}][^{_BLANK}{_UNSEEN}]*))"
)
_CASHTAG = regex.compile(
    rf"{_OPENING}(?<all>\$[A-Za-z][0-9A-Za-z]{{0,4}})(?=[{_BLANK}.,;:!?)\"'\u2019]|$)"
)
_PUNCTUATION_AT_END = regex.compile(r"\p{P}+\Z")


def facets(text: str) -> list[Facet]:
    """Return what is more than text, in order and without overlaps."""
    found = sorted([*_mentions(text), *_links(text), *_tags(text), *_cashtags(text)])
    kept: list[Facet] = []
    for facet in found:
        if not kept or kept[-1].end <= facet.start:
            kept.append(facet)
    return kept


def _facet(text: str, found: Any, shown: str, feature: str, value: str) -> Facet:
    start = _size(text[: found.start("all")])
    return Facet(start, start + _size(shown), feature, value)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _mentions(text: str) -> Iterator[Facet]:
    for found in _MENTION.finditer(text):
        handle = found["handle"]
        if _has_tld(handle) or handle.endswith(".test"):
            yield _facet(text, found, found["all"], "mention", handle)


def _links(text: str) -> Iterator[Facet]:
    for found in _LINK.finditer(text):
        if found["domain"] and not _has_tld(found["domain"]):
            continue
        shown = regex.sub(r"[.,;:!?]\Z", "", found["all"])
        if shown.endswith(")") and "(" not in shown:
            shown = shown[:-1]
        value = f"https://{shown}" if found["domain"] else shown
        yield _facet(text, found, shown, "link", value)


def _tags(text: str) -> Iterator[Facet]:
    for found in _TAG.finditer(text):
        tag = _PUNCTUATION_AT_END.sub("", found["tag"])
        if tag and graphemes(tag) <= TAG_AT_MOST:
            yield _facet(text, found, found["all"][0] + tag, "tag", tag)


def _cashtags(text: str) -> Iterator[Facet]:
    for found in _CASHTAG.finditer(text):
        yield _facet(text, found, found["all"], "tag", found["all"].upper())


def _has_tld(domain: str) -> bool:
    _, dot, last = domain.rpartition(".")
    return bool(dot) and last in TLDS
