"""A button that asks the API something that takes seconds, and tells its answer."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.button import LOOKS, SHAPE, SIZES, Look
from socialapp.ui.components.icon import icon, spinner
from socialapp.ui.components.jsx import Widget, library


class _Ask(Widget):
    library = library("ask")
    tag = "AskButton"
    is_default = False
    address: rx.Var[str]
    busy: rx.Var[Any]
    events = {"on_answer": passthrough_event_spec(str, str)}


def ask_button(
    words: str,
    *,
    address: Any,
    busy: str,
    on_answer: Any,
    icon_name: str,
    look: Look = "plain",
    size: str = "md",
) -> rx.Component:
    """Return the button; `on_answer(kind, words)` is called with the kind of a notice."""
    return _Ask.create(
        icon(icon_name),
        words,
        address=address,
        busy=rx.fragment(spinner(), busy),
        on_answer=on_answer,
        class_name=f"{SHAPE}{SIZES[size]}{LOOKS[look]}",
    )
