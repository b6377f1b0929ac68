"""Icons: lucide's, one import each, always decoration beside words or a label."""

from typing import Any

import reflex as rx


def icon(name: str, *, size: int = 16, **props: Any) -> rx.Component:
    """Return an icon that screen readers skip; what it means has to be said in words."""
    props.setdefault("stroke_width", 1.9)
    component: rx.Component = rx.icon(name, size=size, aria_hidden="true", **props)
    return component


def spinner(*, size: int = 14, **props: Any) -> rx.Component:
    """Return the sign of something under way."""
    extra = props.pop("class_name", "")
    return icon("loader_circle", size=size, class_name=f"animate-spin {extra}", **props)
