"""A menu of actions under a button: <details>, closed by Esc, a click outside, or a choice."""

from typing import Any

import reflex as rx

from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library

ITEM = (
    "flex items-center gap-2.5 w-full rounded-sm px-2.5 h-9 max-md:h-11 text-base text-ink "
    "text-left no-underline hover:bg-sunken whitespace-nowrap "
)


class _Menu(Widget):
    library = library("menu")
    tag = "Menu"
    is_default = False

    label: rx.Var[str]
    face: rx.Var[Any]
    button_class: rx.Var[str]


_PLACES = {
    "below": "top-full mt-1 right-0",
    "below-left": "top-full mt-1 left-0",
    "above": "bottom-full mb-1 left-0",
    "above-right": "bottom-full mb-1 right-0",
}


def menu(
    *items: Any, label: str, face: rx.Component, place: str = "below", button_class: str = ""
) -> rx.Component:
    """Return a button (`face`, named `label`) that opens a list of actions."""
    return _Menu.create(
        *items,
        label=label,
        face=face,
        button_class=button_class
        or "inline-flex items-center justify-center rounded-md size-9 max-md:size-11 text-muted "
        "hover:text-ink hover:bg-sunken",
        class_name=f"absolute {_PLACES[place]} z-40 min-w-52 rounded-lg border border-line "
        "bg-raised shadow-float p-1 animate-appear",
    )


def item(text: Any, *, icon_name: str = "", danger: bool = False, **props: Any) -> rx.Component:
    """Return one action of a menu."""
    colour = "!text-danger" if danger else ""
    first = [icon(icon_name, class_name="shrink-0 text-faint")] if icon_name else []
    component: rx.Component = rx.el.button(
        *first, text, type="button", class_name=ITEM + colour, **props
    )
    return component
