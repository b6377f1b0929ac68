"""Rule: one thing that may be wrong with a content, as data; and what a workspace may want."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class AltText(StrEnum):
    """What a workspace wants of pictures and videos that nobody described."""

    NONE = "none"
    WARN = "warn"
    REQUIRE = "require"


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong with a subject."""

    code: str
    when: tuple[tuple[str, str, Any], ...]
    """(fact, how, other), and all hold. `over` and `under`: the other is a fact as well, a limit of
    which 0 is none; `is` and `is not`: it is the value itself. A fact of None is not known."""
    message: str
    """`{fact}`, or `{fact:word}` for "1 word", "2 words"; beginning with "it" or "this": `{It}`."""
    field: str = "{where}text"
    severity: str = "error"
    fix: str = ""
    """What mends it: `scale` is done by itself, `split` is offered."""
    span: str = ""
    """The fact that says which stretch of the text is over."""
