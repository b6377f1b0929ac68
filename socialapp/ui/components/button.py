"""Buttons, and links that look like them."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router import link as router_link

from socialapp.ui import routes
from socialapp.ui.components.icon import icon

Look = Literal["primary", "plain", "quiet", "danger"]

SHAPE = (
    "inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap "
    "select-none no-underline transition-colors duration-100 "
    "disabled:opacity-50 disabled:pointer-events-none "
)
SIZES = {
    "md": "h-9 px-3.5 text-base max-md:min-h-touch ",
    "sm": "h-8 px-2.5 text-sm max-md:min-h-touch ",
}
LOOKS: dict[str, str] = {
    "primary": "bg-accent text-on-accent hover:bg-accent-strong shadow-card",
    "plain": "bg-surface text-ink border border-line-strong hover:bg-sunken shadow-card",
    "quiet": "text-muted hover:text-ink hover:bg-sunken",
    "danger": "bg-surface text-danger border border-danger-line hover:bg-danger-soft",
}


def _classes(look: Look, size: str, more: str) -> str:
    return f"{SHAPE}{SIZES[size]}{LOOKS[look]} {more}"


def button(
    *children: Any, look: Look = "plain", size: str = "md", icon_name: str = "", **props: Any
) -> rx.Component:
    """Return a button; `type` is "button" unless said otherwise, so no form is sent by chance."""
    props.setdefault("type", "button")
    classes = _classes(look, size, props.pop("class_name", ""))
    first = [icon(icon_name)] if icon_name else []
    component: rx.Component = rx.el.button(*first, *children, class_name=classes, **props)
    return component


def icon_button(name: str, label: str, *, size: int = 16, **props: Any) -> rx.Component:
    """Return a button that shows only an icon; `label` is its accessible name and its tooltip."""
    more = props.pop("class_name", "")
    props.setdefault("type", "button")
    component: rx.Component = rx.el.button(
        icon(name, size=size),
        aria_label=label,
        title=label,
        class_name="inline-flex items-center justify-center rounded-md size-9 text-muted "
        f"hover:text-ink hover:bg-sunken max-md:size-11 {more}",
        **props,
    )
    return component


def link(*children: Any, to: Any, **props: Any) -> rx.Component:
    """Return a link to another page of the app: no full load. Outside addresses: `outside`."""
    props.setdefault(
        "class_name",
        "inline-flex items-center min-h-6 max-md:min-h-touch text-accent-ink underline-offset-2 "
        "hover:underline font-medium",
    )
    component: rx.Component = router_link(*children, to=to, **props)
    return component


def button_link(
    *children: Any,
    to: Any,
    look: Look = "plain",
    size: str = "md",
    icon_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a link to another page that looks like a button."""
    classes = _classes(look, size, props.pop("class_name", ""))
    first = [icon(icon_name)] if icon_name else []
    component: rx.Component = router_link(*first, *children, to=to, class_name=classes, **props)
    return component


def new_post() -> rx.Component:
    """Return the action of most pages; a phone has it in the bar at the bottom."""
    return button_link(
        "New post",
        to=routes.COMPOSE,
        look="primary",
        icon_name="plus",
        class_name="max-md:hidden",
    )


def file_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Return a link to a file, which the browser saves: no page of the app is behind it."""
    props.setdefault("class_name", "text-accent-ink underline underline-offset-2 break-words")
    component: rx.Component = router_link(
        *children, to=href, reload_document=True, download=True, **props
    )
    return component


def outside(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Return a link that leaves the app, in a new tab that cannot reach this one."""
    props.setdefault(
        "class_name",
        "inline-flex items-center gap-1 text-accent-ink underline-offset-2 hover:underline "
        "font-medium",
    )
    component: rx.Component = rx.el.a(
        *children,
        icon("external_link", size=13, class_name="shrink-0"),
        rx.el.span(" (opens in a new tab)", class_name="sr-only"),
        href=href,
        target="_blank",
        rel="noopener noreferrer",
        **props,
    )
    return component
