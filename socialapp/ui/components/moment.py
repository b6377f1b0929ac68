"""Times: finished words from the server, with their zone; distances that count in the browser."""

from typing import Any

import reflex as rx

from socialapp.ui.components.jsx import Widget, library


class _Countdown(Widget):
    library = library("countdown")
    tag = "Countdown"
    is_default = False
    at: rx.Var[str]
    overdue: rx.Var[str]


def countdown(at: Any, *, overdue: str = "due now", **props: Any) -> rx.Component:
    """Return how far an instant (ISO 8601 with `Z`) is, counted in the browser each second."""
    return _Countdown.create(at=at, overdue=overdue, **props)


def time_text(words: Any, zone: Any, *, iso: Any = "") -> rx.Component:
    """Return a time and, quieter, the zone that it is in."""
    return rx.el.span(
        rx.el.time(words, date_time=iso, class_name="tabular-nums"),
        " ",
        rx.el.span(zone, class_name="text-faint text-xs"),
        class_name="whitespace-nowrap",
    )
