"""Pieces that follow what is live: the watch that reads a list again, the strips of the shell."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec
from reflex_components_core.core.banner import has_connection_errors

from socialapp.ui.components.button import link
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library


class _Watch(Widget):
    library = library("watch")
    tag = "Watch"
    is_default = False
    version: rx.Var[Any]
    number: rx.Var[Any]
    events = {"on_stale": passthrough_event_spec()}


def watch(version: Any, *, on_stale: Any, number: Any = 0) -> rx.Component:
    """Call `on_stale` when the version changes, on focus, and every 30 s while it is seen.

    Also when `number` grows, for a list that things come into by changing their status.
    """
    return _Watch.create(version=version, number=number, on_stale=on_stale)


class _Say(Widget):
    library = library("watch")
    tag = "Say"
    is_default = False
    text: rx.Var[str]


def say(text: Any) -> rx.Component:
    """Tell a screen reader a summary, at most every 15 s; sighted people see it elsewhere."""
    return _Say.create(text=text)


_STRIP = "grow flex items-center gap-2 px-4 md:px-8 min-h-9 py-1.5 text-xs border-b "
_LOOKS = {
    "good": _STRIP + "text-muted border-line",
    "warning": _STRIP + "bg-warning-soft text-warning border-warning-line",
    "danger": _STRIP + "bg-danger-soft text-danger border-danger-line",
}


def health_strip(health: Any) -> rx.Component:
    """Say whether posts go out; always as high, so that nothing jumps.

    While publishing is paused and nothing is worse, the banner of the pause stands in its place. A
    page that is cut off says that first: what it knows of the rest may be old.
    """
    return rx.cond(
        has_connection_errors,
        rx.el.div(
            icon("wifi_off", size=14, class_name="shrink-0"),
            "Connection lost. Posts still go out; this page catches up when it is back.",
            role="alert",
            class_name=_LOOKS["warning"],
        ),
        rx.match(
            health["level"],
            ("danger", _trouble(health, "danger", "alert")),
            ("warning", _trouble(health, "warning", "status")),
            ("good", _good(health)),
            ("paused", rx.fragment()),
            rx.el.div(class_name=_LOOKS["good"]),
        ),
    )


def _trouble(health: Any, level: str, role: str) -> rx.Component:
    return rx.el.div(
        icon("triangle_alert", size=14, class_name="shrink-0"),
        rx.el.span(
            rx.el.strong(health["text"], class_name="font-semibold"),
            " ",
            rx.cond(
                health["link"] != "",
                link(
                    health["action"],
                    to=health["link"],
                    class_name="underline underline-offset-2 font-medium text-inherit",
                ),
                health["action"],
            ),
        ),
        role=role,
        class_name=_LOOKS[level],
    )


def _good(health: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(class_name="size-2 rounded-full bg-good shrink-0", aria_hidden="true"),
        rx.el.span("Live · ", health["text"], class_name="truncate"),
        rx.cond(
            health["next_at"] != "",
            rx.el.span(
                "· next due ",
                rx.el.span(health["next_words"], class_name="tabular-nums"),
                class_name="hidden sm:inline whitespace-nowrap",
            ),
        ),
        class_name=_LOOKS["good"],
    )
