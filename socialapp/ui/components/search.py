"""The search field of a list: asks when the typing pauses."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.field import INPUT
from socialapp.ui.components.jsx import Widget, library


class _Search(Widget):
    library = library("search")
    tag = "Search"
    is_default = False
    label: rx.Var[str]
    value: rx.Var[str]
    box_class: rx.Var[str]
    events = {"on_search": passthrough_event_spec(str)}


def search_field(label: str, *, value: Any, on_search: Any) -> rx.Component:
    """Return the field; `on_search(words)` is called 300 ms after the last key."""
    return _Search.create(
        label=label,
        value=value,
        on_search=on_search,
        box_class="relative grow min-w-48",
        class_name=INPUT + "pl-9",
    )
