"""Form fields: a label that is always there, what is wrong beside it."""

from typing import Any

import reflex as rx

CONTROL = (
    "w-full rounded-md border border-control bg-surface text-ink placeholder:text-faint "
    "px-3 text-base focus:border-accent-ink disabled:opacity-60 "
)
INPUT = CONTROL + "h-9 max-md:h-11 "
LABEL = "block text-sm font-medium text-ink mb-1"
HINT = "text-xs text-muted mt-1"


def field(label: str, control: Any, *, id: str, hint: Any = None) -> rx.Component:
    """Put a label over a control with that `id`, and a hint under it."""
    return rx.el.div(
        rx.el.label(label, html_for=id, class_name=LABEL),
        control,
        rx.el.p(hint, id=f"{id}-hint", class_name=HINT) if hint is not None else rx.fragment(),
    )


def text_field(label: str, *, id: str, hint: Any = None, **props: Any) -> rx.Component:
    """Return a labelled line of text; uncontrolled: give `default_value`, read it on submit."""
    props.setdefault("name", id)
    more = props.pop("class_name", "")
    attrs = {"aria-describedby": f"{id}-hint"} if hint is not None else {}
    control = rx.el.input(id=id, class_name=f"{INPUT}{more}", custom_attrs=attrs, **props)
    return field(label, control, id=id, hint=hint)


def select(*options: Any, **props: Any) -> rx.Component:
    """Return the browser's own select: right on every phone, and with the keyboard."""
    more = props.pop("class_name", "")
    component: rx.Component = rx.el.select(*options, class_name=f"{INPUT}pr-8 {more}", **props)
    return component


def option(label: Any, value: Any) -> rx.Component:
    """Return one choice."""
    component: rx.Component = rx.el.option(label, value=value)
    return component


def select_field(
    label: str, *options: Any, id: str, hint: Any = None, **props: Any
) -> rx.Component:
    """Return a labelled select."""
    props.setdefault("name", id)
    return field(label, select(*options, id=id, **props), id=id, hint=hint)
