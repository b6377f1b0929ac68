"""Dialogs: the browser's own <dialog>, which keeps the focus inside and gives it back."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui.components import notice
from socialapp.ui.components.button import Look, button
from socialapp.ui.components.jsx import Widget, library


class _Dialog(Widget):
    library = library("dialog")
    tag = "Dialog"
    is_default = False

    open: rx.Var[bool]
    title: rx.Var[str]
    side: rx.Var[bool]
    scrolls: rx.Var[bool]
    events = {"on_close": passthrough_event_spec()}


_FRAME = (
    "bg-raised text-ink shadow-float p-0 border border-line overflow-hidden "
    "open:flex flex-col max-md:max-w-none max-md:w-full "
)
_MIDDLE = (
    "m-auto w-[min(30rem,calc(100vw-2rem))] max-h-[min(85dvh,52rem)] rounded-xl "
    "max-md:mb-0 max-md:rounded-b-none max-md:max-h-[92dvh]"
)
_SIDE = "ml-auto mr-0 my-0 w-[min(34rem,100vw)] h-dvh max-h-dvh rounded-l-xl max-md:rounded-none"


def dialog(
    *children: Any,
    title: Any,
    is_open: Any,
    on_close: Any,
    side: bool = False,
    scrolls: bool = False,
) -> rx.Component:
    """Return a dialog with its title and a close button; Esc and a click outside close it.

    `side` puts it at the edge of the window, for details beside a list. `scrolls`: it is long and
    has nothing in it that takes the focus, so that keys could not move it.
    """
    return _Dialog.create(
        *children,
        notice.inside(),
        title=title,
        open=is_open,
        side=side,
        scrolls=scrolls,
        on_close=on_close,
        class_name=_FRAME + (_SIDE if side else _MIDDLE),
    )


def actions(*children: Any) -> rx.Component:
    """Return the row of buttons at the end of a dialog; the one that acts comes last."""
    return rx.el.div(*children, class_name="flex flex-wrap justify-end gap-2 pt-4 max-md:*:grow")


def confirm(
    *,
    title: Any,
    text: Any,
    yes: str,
    is_open: Any,
    on_yes: Any,
    on_close: Any,
    look: Look = "danger",
    no: str = "Keep it",
) -> rx.Component:
    """Ask before something that cannot be taken back; `yes` names the deed."""
    return dialog(
        rx.el.p(text, class_name="text-muted"),
        actions(button(no, on_click=on_close), button(yes, look=look, on_click=on_yes)),
        title=title,
        is_open=is_open,
        on_close=on_close,
    )
