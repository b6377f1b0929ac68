"""What is given out once and can be revoked: its line in a list, and the dialog that shows it."""

from typing import Any

import reflex as rx

from socialapp.ui.components.browser import copy_button, own_address
from socialapp.ui.components.button import LOOKS, button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.parts import some

LIST = "list-none m-0 p-0 divide-y divide-line"
_ONCE = "block font-mono text-sm break-all rounded-md bg-sunken border border-line p-3"
_COPY = (
    "inline-flex items-center justify-center h-9 max-md:h-11 px-3.5 rounded-md font-medium "
    + LOOKS["plain"]
)


def listed(rows: Any, line: Any, *, none: str, label: str) -> rx.Component:
    """Return the list of what was given out, or `none` in its place; `line` draws one row."""
    component: rx.Component = rx.cond(
        some(rows),
        rx.el.ul(rx.foreach(rows, line), aria_label=label, class_name=LIST),
        rx.el.p(none, class_name="text-muted m-0"),
    )
    return component


def line(title: Any, *details: Any, action: Any, key: Any) -> rx.Component:
    """Return one row: what it is, what is known of it, and the button that ends it."""
    return rx.el.li(
        rx.el.div(
            rx.el.p(title, class_name="m-0 font-medium break-words"),
            rx.el.p(*details, class_name="m-0 text-xs text-muted break-words"),
            class_name="min-w-0 grow",
        ),
        action,
        key=key,
        class_name="flex items-center gap-3 py-3",
    )


def revoke(name: Any, *, on_click: Any, asks: bool = True) -> rx.Component:
    """Return the button that revokes; `name` says for a screen reader what, `asks` shows it."""
    return button(
        "Revoke…" if asks else "Revoke",
        size="sm",
        look="danger",
        aria_label=rx.Var.create("Revoke ") + name,
        on_click=on_click,
    )


def shown_once(
    secret: Any, *, title: str, words: str, on_close: Any, is_address: bool = False
) -> rx.Component:
    """Show a secret that nobody can read again, to be copied; it is open while there is one."""
    return dialog(
        rx.el.p(words, class_name="m-0 mb-3 text-muted"),
        own_address(secret, _ONCE)
        if is_address
        else rx.el.code(secret, custom_attrs={"data-copy": ""}, tab_index=0, class_name=_ONCE),
        actions(
            copy_button(secret, _COPY),
            button("I have it", look="primary", on_click=on_close),
        ),
        title=title,
        is_open=secret != "",
        on_close=on_close,
    )
