"""The choice of a time zone: the browser knows the names, so the page need not carry them."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.field import INPUT, field
from socialapp.ui.components.jsx import Widget, library


class _Zones(Widget):
    library = library("zone")
    tag = "ZoneSelect"
    is_default = False
    value: rx.Var[str]
    guess: rx.Var[bool]
    hint_id: rx.Var[str]
    name: rx.Var[str]
    none: rx.Var[str]
    events = {"on_change": passthrough_event_spec(str)}


def zone_field(
    label: str,
    *,
    id: str,
    value: Any = "",
    guess: bool = False,
    hint: Any = None,
    none: str = "",
    on_change: Any = None,
) -> rx.Component:
    """Return a labelled select of all zones; `guess` starts with the browser's own.

    `none`: what it is called to choose no zone, when one may.
    """
    control = _Zones.create(
        id=id,
        name=id,
        value=value,
        guess=guess,
        none=none,
        hint_id=f"{id}-hint" if hint is not None else "",
        class_name=INPUT + "pr-8",
        **({"on_change": on_change} if on_change is not None else {}),
    )
    return field(label, control, id=id, hint=hint)
