"""Labels of a post: its tags and its campaign, which people sort and find posts by.

They are not sent to networks; a hashtag stands in the text.
"""

from collections.abc import Iterable

TAGS_AT_MOST = 50
TAG_AT_MOST = 100
CAMPAIGN_AT_MOST = 200


def tags(given: Iterable[str]) -> list[str]:
    """Return tags as they are kept: one space between words, no `#` before them, each once.

    Of those that differ only in capitals the first stays.
    """
    found: dict[str, str] = {}
    for words in given:
        if tag := _plain(words).lstrip("#").strip()[:TAG_AT_MOST]:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())[:TAGS_AT_MOST]


def campaign(given: str) -> str:
    """Return the name of a campaign as it is kept."""
    return _plain(given)[:CAMPAIGN_AT_MOST]


def _plain(words: str) -> str:
    return " ".join("".join(c for c in words if c.isprintable() or c.isspace()).split())
