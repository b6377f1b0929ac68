"""Uploading from the browser: choose, drop anywhere, paste; progress and cancel for each file."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.imaging import types
from socialapp.ui.components.button import LOOKS
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget

ACCEPT = ",".join(kind.mime_type for kind in types.POSTABLE)
rx.asset("uploads.js", shared=True)
LIBRARY = rx.asset("uploader.jsx", shared=True).importable_path


class _Uploader(Widget):
    library = LIBRARY
    tag = "Uploader"
    is_default = False

    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    label: rx.Var[str]
    events = {"on_done": passthrough_event_spec(dict[str, Any])}


_BUTTON = (
    "self-end inline-flex items-center justify-center gap-1.5 rounded-md font-medium h-9 "
    "max-md:h-11 px-3.5 text-base whitespace-nowrap "
)


def uploader(*, max_bytes: Any, on_done: Any, label: str = "Upload") -> rx.Component:
    """Return the button, and under it what is under way; `on_done` gets each new medium."""
    return _Uploader.create(
        icon("upload"),
        accept=ACCEPT,
        max_bytes=max_bytes,
        label=label,
        on_done=on_done,
        class_name=_BUTTON + LOOKS["primary"],
    )
