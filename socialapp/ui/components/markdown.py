"""Markdown, shown in the browser: read when there is some, and nothing of it is ever run."""

from typing import Any

import reflex as rx

from socialapp.ui.components.jsx import Widget, library

library("rendered")
READER = "markdown-it@15.0.3"
"""The package that reads it; `reflex.lock/` pins it with all that it needs."""


class _Markdown(Widget):
    library = library("markdown")
    tag = "Markdown"
    is_default = False
    lib_dependencies: list[str] = [READER]
    text: rx.Var[str]
    level: rx.Var[int]


def markdown(text: Any, *, level: int = 3, **props: Any) -> rx.Component:
    """Return a text in Markdown as readers see it; `level` is that of the heading above it."""
    return _Markdown.create(text=text, level=level, **props)
