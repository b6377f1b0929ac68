"""The forms of a channel's own page: defaults, a dry run, simulated errors."""

from typing import Any

import reflex as rx

from socialapp.ui.channels.state import ChannelsState
from socialapp.ui.components import behaviour
from socialapp.ui.components.button import button
from socialapp.ui.components.field import CONTROL, field, option, select_field, text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.parts import card, some
from socialapp.ui.feed import LiveState
from socialapp.ui.network.state import NetworkState

_QUIET = "m-0 text-sm text-muted"


def defaults() -> rx.Component:
    """Return what posts have here when they do not say otherwise."""
    options: Any = NetworkState.options
    return card(
        rx.cond(
            some(options),
            rx.el.form(
                rx.el.p(
                    "For posts that do not say otherwise; what is left empty stays as the network"
                    " has it.",
                    class_name=_QUIET,
                ),
                rx.foreach(options, _option),
                rx.cond(
                    LiveState.can_admin,
                    rx.el.div(button("Save the defaults", type="submit")),
                ),
                on_submit=NetworkState.save_options,
                key=options.to_string(),
                class_name="flex flex-col gap-4",
            ),
            rx.el.p("This network offers nothing beside text and media.", class_name=_QUIET),
        ),
        title="Default options",
    )


def _option(one: Any) -> rx.Component:
    return rx.el.div(
        rx.match(
            one["kind"],
            ("choice", _choice(one)),
            ("switch", _switch(one)),
            _words(one),
        ),
        key=one["key"],
    )


def _choice(one: Any) -> rx.Component:
    return select_field(
        one["label"],
        rx.foreach(one["choices"], lambda choice: option(choice["label"], choice["value"])),
        id=one["name"],
        default_value=one["value"],
        disabled=~LiveState.can_admin,
        hint=one["hint"],
    )


def _switch(one: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=one["name"],
            default_checked=one["is_on"],
            disabled=~LiveState.can_admin,
            class_name="size-4 accent-[var(--accent)]",
        ),
        one["label"],
        class_name="flex items-center gap-2.5 min-h-9 max-md:min-h-11 text-sm font-medium",
    )


def _words(one: Any) -> rx.Component:
    return text_field(
        one["label"],
        id=one["name"],
        default_value=one["value"],
        max_length=one["at_most"],
        auto_complete="off",
        disabled=~LiveState.can_admin,
        hint=one["hint"],
    )


def dry_run() -> rx.Component:
    """Return the place to try a text in; nothing of it is kept or sent."""
    return card(
        rx.el.form(
            field(
                "Text",
                rx.el.textarea(
                    id="tried_text",
                    name="tried_text",
                    rows="4",
                    max_length=20_000,
                    class_name=CONTROL + "py-2",
                    custom_attrs={"aria-describedby": "tried_text-hint"},
                ),
                id="tried_text",
                hint="With the channel's defaults. Nothing is saved or sent.",
            ),
            rx.el.div(button("Check it", type="submit", icon_name="list_checks")),
            on_submit=NetworkState.try_text,
            class_name="flex flex-col gap-3",
        ),
        rx.el.div(
            rx.cond(NetworkState.tried != "", _found()),
            role="status",
        ),
        title="Dry run",
    )


def _found() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(
                NetworkState.is_taken,
                icon("circle_check", class_name="text-good shrink-0"),
                icon("circle_x", class_name="text-danger shrink-0"),
            ),
            rx.el.strong(NetworkState.tried, class_name="font-medium"),
            class_name="m-0 flex items-center gap-2",
        ),
        rx.el.p(NetworkState.counted, class_name="m-0 text-xs text-muted tabular-nums"),
        rx.el.ul(
            rx.foreach(
                NetworkState.findings,
                lambda one: rx.el.li(
                    one["message"],
                    key=one["key"],
                    class_name=rx.cond(one["is_error"], "text-danger", "text-warning"),
                ),
            ),
            class_name="m-0 pl-6 text-sm list-disc empty:hidden",
        ),
        class_name="flex flex-col gap-2 mt-3 pt-3 border-t border-line",
    )


def errors(channel: Any) -> rx.Component:
    """Return what makes the sandbox fail; a real network cannot be told to."""
    return card(
        rx.cond(
            channel["is_sandbox"],
            rx.cond(
                LiveState.can_write,
                behaviour.form(
                    channel["key"],
                    told=channel["behaviour"],
                    requests=channel["requests"],
                    on_submit=lambda form: [ChannelsState.behave(form), NetworkState.refresh()],
                ),
                rx.el.p("Your role may look, and not change it.", class_name=_QUIET),
            ),
            rx.el.p(
                "Only the sandbox can be told to fail. To see how a refusal, a silence or a lost"
                " access looks, try it on a sandbox channel.",
                class_name=_QUIET,
            ),
        ),
        title="Simulated errors",
    )
