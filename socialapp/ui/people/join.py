"""The page of an invitation: somebody new makes an account, somebody known just joins."""

import reflex as rx

from socialapp.ui.components import notice
from socialapp.ui.components.button import LOOKS
from socialapp.ui.components.field import INPUT, LABEL
from socialapp.ui.components.jsx import Widget, library
from socialapp.ui.shell import hydrated


class _Join(Widget):
    library = library("join")
    tag = "Join"
    is_default = False
    submit_class: rx.Var[str]
    plain_class: rx.Var[str]
    input_class: rx.Var[str]
    label_class: rx.Var[str]


_WIDE = "inline-flex items-center justify-center w-full h-10 max-md:h-11 rounded-md font-medium "


def page() -> rx.Component:
    """Return the page. Its part after the # never leaves the browser but in the body of a POST."""
    return rx.el.main(
        rx.el.meta(name="robots", content="noindex"),
        rx.el.meta(name="referrer", content="no-referrer"),
        _Join.create(
            submit_class=_WIDE + "disabled:opacity-60 " + LOOKS["primary"],
            plain_class=_WIDE + LOOKS["plain"],
            input_class=INPUT,
            label_class=LABEL,
            class_name="w-full max-w-sm rounded-xl border border-line bg-surface shadow-card p-6 "
            "md:p-8",
        ),
        notice.area(),
        hydrated(),
        class_name="min-h-dvh grid place-items-center p-4",
    )
