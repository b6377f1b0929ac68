"""The form that connects an account, beside its Python."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components.jsx import Widget


class ConnectForm(Widget):
    """Chooses a network and a way, and sends what is typed straight to the API.

    Nothing of it passes through the state of the page: there are passwords in it.
    """

    library = rx.asset("connect.jsx", shared=True).importable_path
    tag = "ConnectForm"
    is_default = False

    networks: rx.Var[list[dict[str, Any]]]
    start: rx.Var[dict[str, Any]]
    events = {"on_connected": passthrough_event_spec(int), "on_cancel": passthrough_event_spec()}
