"""Who else has a post or page open in an editor, live, in a few words."""

from typing import Any

import reflex as rx

from socialapp.ui.components.icon import icon
from socialapp.ui.feed import LiveState


def editing_line(post_key: Any) -> rx.Component:
    """Return "Ana is editing" for each of the others; nothing when it is nobody, or not known."""
    editing: Any = LiveState.editing
    component: rx.Component = rx.cond(
        editing.contains(post_key), rx.foreach(editing[post_key], _one)
    )
    return component


def _one(editor: Any) -> rx.Component:
    component: rx.Component = rx.cond(
        editor["person"] != LiveState.me,
        rx.el.span(
            icon("pencil_line", size=12, class_name="shrink-0"),
            rx.el.span(editor["name"], " is editing", class_name="truncate"),
            custom_attrs={"data-editing": editor["person"]},
            class_name="inline-flex items-center gap-1 text-xs text-warning min-w-0",
        ),
    )
    return component
