"""Snippets: pieces of text that are put in at the cursor."""

from enum import StrEnum

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.text import normalised

TEXT_AT_MOST = 10_000


class SnippetKind(StrEnum):
    """What a snippet is."""

    TEXT = "text"
    HASHTAGS = "hashtags"
    """A group of hashtags that go together."""


def text(given: str, kind: SnippetKind) -> str:
    """Return the text of a snippet as it is kept. Raises Rejected when there is none.

    Words of a group get their `#`, and a group has each hashtag once.
    """
    words = normalised(given).strip() if kind is SnippetKind.TEXT else _hashtags(given)
    if not words:
        raise Rejected(Problem("text_required", "Write something: the text is empty.", "text"))
    if len(words) > TEXT_AT_MOST:
        message = f"A snippet has at most {TEXT_AT_MOST} characters. Nothing was saved."
        raise Rejected(Problem("text_too_long", message, "text"))
    return words


def _hashtags(given: str) -> str:
    found: dict[str, str] = {}
    for word in normalised(given).replace(",", " ").split():
        if bare := word.lstrip("#"):
            found.setdefault(bare.casefold(), f"#{bare}")
    return " ".join(found.values())
