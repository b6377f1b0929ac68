"""The JSX of the import, beside its Python."""

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from socialapp.ui.components.jsx import Widget

_LIBRARY = rx.asset("sheet.jsx", shared=True).importable_path


class SheetDrop(Widget):
    """Where a file is dropped or chosen."""

    library = _LIBRARY
    tag = "SheetDrop"
    is_default = False
    max_bytes: rx.Var[int]
    events = {"on_done": passthrough_event_spec(int)}


class Ticks(Widget):
    """Tells once a second, while it is on."""

    library = _LIBRARY
    tag = "Ticks"
    is_default = False
    is_on: rx.Var[bool]
    events = {"on_tick": no_args_event_spec}
