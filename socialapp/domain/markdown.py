"""Markdown, the text of pages: safe HTML of it, and its words alone."""

import html as entities
import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from socialapp.domain.escaping import linked

_BLOCKS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_WORDS = {"a", "br", "code", "em", "img", "s", "strong"}
_UNREAD = re.compile(r"</?(script|style)\b", re.IGNORECASE)

# Whatever a mistake of the parser lets through ends here.
_cleaner = nh3.Cleaner(
    tags=_BLOCKS | _TABLES | _WORDS,
    attributes={
        "a": {"href", "title"},
        "code": {"class"},
        "img": {"alt", "src", "title"},
        "ol": {"start"},
        "td": {"style"},
        "th": {"style"},
    },
    filter_style_properties={"text-align"},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def html(text: str) -> str:
    """Return Markdown as HTML that runs nothing.

    CommonMark with tables, ~~struck out~~ text and plain URLs as links; raw HTML is left out.
    """
    return _cleaner.clean(_parser.render(text)).strip()


def words(text: str) -> str:
    """Return what a reader reads of Markdown: its words, a line for each of its lines."""
    plain = nh3.clean(_parser.render(text), tags=set())
    lines = (line.strip() for line in entities.unescape(plain).splitlines())
    return "\n".join(line for line in lines if line)


def _plain_and_linked(state: StateCore) -> None:
    """Leave raw HTML out, and link the URLs that stand in the text."""
    state.tokens = [token for token in state.tokens if token.type != "html_block"]
    for token in state.tokens:
        if token.children:
            token.children = list(_linked(_without_html(token.children)))


def _without_html(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    opened: dict[str, int] = {}
    for token in tokens:
        if token.type != "html_inline":
            kept.append(token)
        elif found := _UNREAD.match(token.content):
            # What stands in a script is nobody's words; without an end it may be anything.
            name, is_end = found[1].lower(), token.content.startswith("</")
            if not is_end:
                opened[name] = len(kept)
            elif name in opened:
                del kept[opened.pop(name) :]
    return kept


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not depth:
            yield Token("html_inline", "", 0, content=linked(token.content))
        else:
            yield token


# `html` is on so that raw HTML is told from text, and can be left out.
_parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_parser.core.ruler.push("plain_and_linked", _plain_and_linked)
