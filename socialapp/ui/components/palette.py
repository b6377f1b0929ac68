"""The palette: one field to go to any page, post, channel or day, or to do something."""

from collections.abc import Sequence
from typing import Any, TypedDict

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui import routes
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library, script

library("combobox")  # also for the choice of a snippet
script("dates")
script("fuzzy")


class Goal(TypedDict):
    """A page that can be gone to."""

    name: str
    address: str
    keys: str
    """The shortcut that leads there, for people; or nothing."""


class _Palette(Widget):
    library = library("palette")
    tag = "Palette"
    is_default = False
    pages: rx.Var[list[Goal]]
    zone: rx.Var[str]
    can_write: rx.Var[bool]
    can_pause: rx.Var[bool]
    is_paused: rx.Var[bool]
    routes: rx.Var[dict[str, str]]
    events = {"on_pause": passthrough_event_spec(), "on_resume": passthrough_event_spec()}


class _Opener(Widget):
    library = library("palette")
    tag = "Opener"
    is_default = False
    hint: rx.Var[bool]


def palette(
    pages: Sequence[Goal],
    *,
    zone: Any,
    can_write: Any,
    can_pause: Any,
    is_paused: Any,
    on_pause: Any,
    on_resume: Any,
) -> rx.Component:
    """Return the palette, closed; once on each page of the shell."""
    return _Palette.create(
        pages=list(pages),
        zone=zone,
        routes={
            "calendar": routes.CALENDAR,
            "compose": routes.COMPOSE,
            "edit_page": routes.EDIT_PAGE,
            "queue": routes.QUEUE,
        },
        can_write=can_write,
        can_pause=can_pause,
        is_paused=is_paused,
        on_pause=on_pause,
        on_resume=on_resume,
    )


def opener(class_name: str, *, hint: bool = False) -> rx.Component:
    """Return a button that opens it; with a `hint` at the keys that do."""
    return _Opener.create(
        icon("search", class_name="text-faint shrink-0"),
        rx.el.span("Search", class_name="label"),
        hint=hint,
        class_name=class_name,
    )
