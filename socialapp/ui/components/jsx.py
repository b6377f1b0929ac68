"""The base of the widgets that are written in JSX, beside their Python."""

from pathlib import Path
from typing import Any, ClassVar

import reflex as rx


def library(name: str) -> str:
    """Return the import path of `name`.jsx in this folder; also makes the bundle include it."""
    folder = Path(__file__).parent
    assert (folder / f"{name}.jsx").exists(), name
    return rx.asset(f"{name}.jsx", shared=True).importable_path


def script(name: str) -> None:
    """Put `name`.js of this folder beside the widgets that import it."""
    rx.asset(f"{name}.js", shared=True)


script("asking")  # for widgets of any folder


class Widget(rx.Component):
    """A component of ours; it takes `class_name` and children like any other."""

    class_name: rx.Var[str]
    events: ClassVar[dict[str, Any]] = {}
    """What it tells: the prop's name, and the types of what it passes on."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """Return Reflex's own events and `events`."""
        return {**super().get_event_triggers(), **cls.events}
