"""The calendar's JSX, beside its Python."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.jsx import Widget

rx.asset("grid.jsx", shared=True)
rx.asset("parts.jsx", shared=True)
rx.asset("carry.js", shared=True)
rx.asset("look.css", shared=True)


class Calendar(Widget):
    """Month, week, day and list; moves by pointer, touch and keys."""

    library = rx.asset("calendar.jsx", shared=True).importable_path
    tag = "Calendar"
    is_default = False
    lib_dependencies: list[str] = ["@fullcalendar/react@7.1.4", "temporal-polyfill@1.0.8"]
    view: rx.Var[str]
    date: rx.Var[str]
    shown: rx.Var[str]
    zone: rx.Var[str]
    planned: rx.Var[list[Any]]
    more: rx.Var[list[Any]]
    free: rx.Var[list[Any]]
    changed: rx.Var[Any]
    answer: rx.Var[Any]
    foretold: rx.Var[Any]
    can_move: rx.Var[bool]
    can_write: rx.Var[bool]
    compose: rx.Var[str]
    events: ClassVar[dict[str, Any]] = {
        "on_show": passthrough_event_spec(str, str),
        "on_open": passthrough_event_spec(int),
        "on_move": passthrough_event_spec(str, str, str, str),
        "on_foretell": passthrough_event_spec(str, str, str),
        "on_undo": passthrough_event_spec(),
    }
