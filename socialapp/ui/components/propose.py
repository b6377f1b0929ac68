"""A button that proposes the description of a picture, in a field that is empty."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import LOOKS, SHAPE, SIZES
from socialapp.ui.components.jsx import Widget, library

PROPOSED = (
    "data-[proposed]:border-dashed data-[proposed]:border-accent-ink data-[proposed]:bg-accent-soft"
)
"""How a field looks while what is in it is only proposed."""


class Propose(Widget):
    """The button, and what is said of the proposal."""

    library = library("propose")
    tag = "Propose"
    is_default = False

    media: rx.Var[int]
    field: rx.Var[str]


def propose_button(*, media: Any, field: str) -> rx.Component:
    """Return the button for the field with that id; a field with text in it is never touched."""
    return Propose.create(
        media=media, field=field, class_name=f"{SHAPE}{SIZES['sm']}{LOOKS['plain']}"
    )
