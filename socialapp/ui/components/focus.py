"""What keeps the focus where it was while a list changes under it."""

from typing import Any

import reflex as rx

from socialapp.ui.components.jsx import Widget, library


class _KeepFocus(Widget):
    library = library("focus")
    tag = "KeepFocus"
    is_default = False
    page: rx.Var[Any]


def keep_focus(*children: Any, page: Any = 0, **props: Any) -> rx.Component:
    """Return a list that changes by itself: a line that goes leaves the focus to the next.

    When `page` changes, the focus goes to the top of the list.
    """
    more = props.pop("class_name", "")
    return _KeepFocus.create(
        *children, page=page, class_name=f"outline-none scroll-mt-16 {more}", **props
    )
