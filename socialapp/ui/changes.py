"""How a page that is read again sends only what is new."""

from typing import Any

import reflex as rx


def put(state: rx.State, **values: Any) -> None:
    """Set the vars that differ: what is set is sent to the browser, also if it is the same."""
    for name, value in values.items():
        if getattr(state, name) != value:
            setattr(state, name, value)
