"""Shortcuts: N, G then a letter, ?; none fires while somebody types."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui import routes
from socialapp.ui.components.jsx import Widget, library

GO = {
    "d": ("Dashboard", routes.HOME),
    "c": ("Calendar", routes.CALENDAR),
    "q": ("Queue", routes.QUEUE),
    "p": ("Posts", routes.POSTS),
    "e": ("Pages", routes.PAGES),
    "l": ("Library", routes.LIBRARY),
    "h": ("Channels", routes.CHANNELS),
}
LIST: tuple[tuple[str, str], ...] = (
    ("N", "New post"),
    *((f"G then {key.upper()}", f"Go to {name}") for key, (name, _) in GO.items()),
    ("T", "Calendar: today"),
    ("D, W, M, L", "Calendar: day, week, month, list"),
    ("← →", "Calendar: before, after"),
    ("Space", "Calendar: pick a post up; arrows move it, Enter drops it, Esc leaves it"),
    ("Ctrl Z", "Calendar: take the last move back"),
    ("?", "Show these shortcuts"),
    ("Esc", "Close; nothing is discarded"),
)


class _Keys(Widget):
    library = library("keys")
    tag = "Keys"
    is_default = False
    go: rx.Var[dict[str, str]]
    new: rx.Var[str]
    events = {"on_help": passthrough_event_spec()}


def shortcuts(*, on_help: Any) -> rx.Component:
    """Return the listener; once on each page of the shell."""
    return _Keys.create(
        go={key: address for key, (_, address) in GO.items()}, new=routes.COMPOSE, on_help=on_help
    )
