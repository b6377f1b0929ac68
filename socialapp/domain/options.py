"""Options: what networks offer beside text and media, and what may be chosen."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from socialapp.domain.content import Option
from socialapp.domain.errors import Problem

BYTES_AT_MOST = 20_000
LANGUAGE = r"^(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?$"
EXPECTED = {
    "choice": "choose one of {choices}",
    "switch": "say true or false",
    "language": "write a language like en or pt-BR",
    "tags": "give a list of words",
    "poll": 'give {"options": ["Yes", "No"], "expires_in_s": 86400}',
    "text": "write a text",
}
"""What a value of each kind has to be; the browser is handed the same."""


def problems(
    chosen: Mapping[str, Any], offered: Iterable[Option], *, field: str = "options"
) -> list[Problem]:
    """Say what is wrong with chosen options; what several networks offer has to fit one of them."""
    if len(json.dumps(dict(chosen), default=str)) > BYTES_AT_MOST:
        return [Problem("options_too_big", "There is too much in the options.", field)]
    ways: dict[str, list[Option]] = {}
    for option in offered:
        ways.setdefault(option.key, []).append(option)
    found = []
    for key, value in chosen.items():
        where = f"{field}.{key}"
        if key not in ways:
            message = f"No network has an option called {key[:40]!r}."
            found.append(Problem("option_unknown", message, where))
        elif not any(fits(value, option) for option in ways[key]):
            message = f"{ways[key][0].label}: {expected(ways[key][0])}."
            found.append(Problem("option_invalid", message, where))
    return found


def fits(value: Any, option: Option) -> bool:
    """Whether a value is one that the option can have."""
    match option.kind:
        case "choice":
            return isinstance(value, str) and value in {key for key, _ in option.choices}
        case "switch":
            return isinstance(value, bool)
        case "language":
            return isinstance(value, str) and bool(re.fullmatch(LANGUAGE, value))
        case "tags":
            return _are_texts(value)
        case "poll":
            return value is None or _is_poll(value)
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_poll(value: Any) -> bool:
    if not isinstance(value, dict) or not _are_texts(value.get("options")):
        return False
    lasts, rest = value.get("expires_in_s"), {"options", "expires_in_s", "multiple", "hide_totals"}
    return (
        type(lasts) is int
        and value.keys() <= rest
        and all(isinstance(value.get(key, False), bool) for key in ("multiple", "hide_totals"))
    )


def expected(option: Option) -> str:
    """Say what the option's value has to be."""
    choices = ", ".join(key or "nothing" for key, _ in option.choices)
    return EXPECTED[option.kind].replace("{choices}", choices)
