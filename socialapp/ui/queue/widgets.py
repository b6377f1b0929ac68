"""The queue's JSX, beside its Python: picks, grips, the list that they move in, the address."""

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.jsx import Widget

_LIBRARY = rx.asset("pick.jsx", shared=True).importable_path


class Pick(Widget):
    """The checkbox of a line."""

    library = _LIBRARY
    tag = "Pick"
    is_default = False
    schedule: rx.Var[str]
    checked: rx.Var[bool]
    label: rx.Var[str]
    events = {"on_pick": passthrough_event_spec(str, bool)}


class Grip(Widget):
    """What a queued post is moved by."""

    library = _LIBRARY
    tag = "Grip"
    is_default = False
    schedule: rx.Var[str]
    label: rx.Var[str]
    events = {"on_step": passthrough_event_spec(str, int)}


class Slots(Widget):
    """A list whose lines with a grip can change places."""

    library = _LIBRARY
    tag = "Slots"
    is_default = False
    events = {"on_put": passthrough_event_spec(str, str)}


class Address(Widget):
    """Keeps the address of the page in step with what is shown."""

    library = _LIBRARY
    tag = "Address"
    is_default = False
    value: rx.Var[str]
