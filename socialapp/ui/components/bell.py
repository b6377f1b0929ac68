"""The bell: what happened that people should know, newest first, and what of it is read."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library


class _Bell(Widget):
    library = library("bell")
    tag = "Bell"
    is_default = False
    version: rx.Var[str]
    face: rx.Var[Any]
    routes: rx.Var[dict[str, str]]


def bell(version: Any) -> rx.Component:
    """Return the button and its list, which is read again whenever `version` differs."""
    return _Bell.create(
        version=version,
        face=icon("bell", size=17),
        routes={
            "schedule": f"{routes.QUEUE}?schedule=",
            "reconnect": f"{routes.CHANNELS}?reconnect=",
            "post": f"{routes.COMPOSE}?post=",
        },
    )
