"""Numbers, sizes and lists as the messages write them. The editor's `words.js` does the same."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from socialapp.domain.checks.rules import SPANS, TYPES, WORDS

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_MIB = 1024 * 1024
_MB = 1_000_000
_HAIR = 1e-6
"""What a tenth of a second may be off after it was multiplied."""


def fill(template: str, facts: Mapping[str, Any]) -> str:
    """Put facts into their places: `{fact}`, `{fact:word}`; `{It}` is `{it}` with a capital."""

    def fact(place: re.Match[str]) -> str:
        name, noun = place.groups()
        value = facts[name.lower()]
        if noun:
            return counted(value, noun)
        said = value if isinstance(value, str) else number(value)
        return said if name[0].islower() else said[:1].upper() + said[1:]

    return _PLACE.sub(fact, template)


def word(name: str, **facts: Any) -> str:
    """Return a piece of the messages."""
    return fill(WORDS[name], facts)


def number(value: float) -> str:
    """Write a number with at most two decimals: "2,200", "1.91"."""
    whole, rest = divmod(math.floor(value * 100 + 0.5), 100)
    return f"{whole:,}" + (f".{rest:02}".rstrip("0") if rest else "")


def counted(value: float, noun: str) -> str:
    """Write a number of things: "1 video", "2 videos"."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def sizes(size_bytes: int, limit_bytes: int) -> tuple[str, str]:
    """Write a size and its limit in the unit of the limit, so that too much looks like too much."""
    is_decimal = limit_bytes % _MB == 0
    unit, name = (_MB if is_decimal else _MIB), "MB"
    if limit_bytes >= 1024 * unit:
        unit, name = unit * (1000 if is_decimal else 1024), "GB"
    size, limit = -(-size_bytes * 10 // unit), limit_bytes * 10 // unit
    return f"{number(size / 10)} {name}", f"{number(limit / 10)} {name}"


def lasting(seconds: float, *, up: bool) -> str:
    """Write a duration: "2 minutes 20 seconds"; a limit is rounded towards what is taken."""
    exact = max(0, seconds) * 10
    tenths = math.ceil(exact - _HAIR) if up else math.floor(exact + _HAIR)
    said = []
    for noun, size in SPANS:
        many, tenths = divmod(tenths, size)
        if many:
            said.append(counted(many, noun))
    if tenths or not said:
        said.append(counted(tenths / 10, "second"))
    return " ".join(said)


def types(names: Sequence[str]) -> str:
    """List types by the names that people know: "JPEG, PNG or WebP"."""
    known = [TYPES.get(name, name) for name in names]
    return WORDS["or"].join(filter(None, (", ".join(known[:-1]), *known[-1:])))
