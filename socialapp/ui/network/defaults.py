"""The default options of a channel as a form: what it shows, and what a person chose in it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from socialapp.domain.content import Option

_NOT_BY_DEFAULT = {"poll"}
"""Kinds that belong to one post alone."""


class Choice(TypedDict):
    """One value of a choice."""

    value: str
    label: str


class OptionView(TypedDict):
    """One field of the form."""

    key: str
    name: str
    label: str
    kind: str
    """`text`, `choice` or `switch`: how it is asked."""
    value: str
    is_on: bool
    hint: str
    choices: list[Choice]
    at_most: int


def offered(options: Iterable[Option]) -> list[Option]:
    """Return the options that can be chosen for all posts of a channel."""
    return [option for option in options if option.kind not in _NOT_BY_DEFAULT]


def views(options: Iterable[Option], chosen: Mapping[str, Any]) -> list[OptionView]:
    """Return the fields of the form, with what is chosen now."""
    return [_view(option, chosen.get(option.key)) for option in offered(options)]


def _view(option: Option, chosen: Any) -> OptionView:
    kind = option.kind if option.kind in {"choice", "switch"} else "text"
    value = ", ".join(chosen) if isinstance(chosen, list) else str(chosen or "")
    return OptionView(
        key=option.key,
        name=f"option_{option.key}",
        label=option.label,
        kind=kind,
        value=value,
        is_on=chosen is True,
        hint=option.hint or _HINTS.get(option.kind, ""),
        choices=[Choice(value=key, label=label) for key, label in option.choices],
        at_most=option.at_most if option.kind == "text" and option.at_most else 1000,
    )


_HINTS = {"language": "For example en or pt-BR.", "tags": "Separated by commas."}


def read(options: Iterable[Option], form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen; what is left empty, or as the network has it, has no default."""
    found: dict[str, Any] = {}
    for option in offered(options):
        given = form.get(f"option_{option.key}")
        value = _value(option, given)
        if value not in ("", [], False, None):
            found[option.key] = value
    return found


def _value(option: Option, given: Any) -> Any:
    if option.kind == "switch":
        return given is True or given == "on"
    words = str(given or "").strip()
    if option.kind == "tags":
        return [tag for part in words.split(",") if (tag := part.strip().removeprefix("#"))]
    if option.kind == "choice" and option.choices and words == option.choices[0][0]:
        return ""
    return words
