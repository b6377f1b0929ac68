"""What the facts have in common."""

from typing import Any

import regex

from socialapp.domain.checks import words

Facts = dict[str, Any]
_BLANK = regex.compile(r"\p{White_Space}*")


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing."""
    return bool(_BLANK.fullmatch(text))


def excess(number: int, limit: int) -> int:
    """Return how many are too many; a limit of 0 is none."""
    return max(0, number - limit) if limit else 0


def where(number: int) -> str:
    """Return the beginning of the names of a part's fields; parts are counted from 1."""
    return f"parts.{number - 2}." if number > 1 else ""


def duration(lasts: float | None, least: float, most: float) -> Facts:
    """Measure how long something lasts, against its limits."""
    return {
        "duration": lasts,
        "duration_least": least,
        "duration_most": most,
        "lasts": words.lasting(lasts or 0, up=(lasts or 0) >= least),
        "lasts_least": words.lasting(least, up=True),
        "lasts_most": words.lasting(most, up=False),
    }
