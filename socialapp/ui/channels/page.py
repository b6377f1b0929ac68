"""The channels page: a card for each, its state in words, and what can be done to it."""

from typing import Any

import reflex as rx

from socialapp.ui.channels.state import BEHAVIOURS, ChannelsState
from socialapp.ui.components import menu
from socialapp.ui.components.button import button, link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import option, select, text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import avatar, card, empty, loaded, page_header, some
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import CHANNELS, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Channels",
            rx.cond(
                LiveState.can_admin,
                button(
                    "Add a sandbox channel",
                    look="primary",
                    icon_name="plus",
                    on_click=ChannelsState.ask_add(True),
                ),
            ),
            text="The accounts that posts go out to.",
        ),
        loaded(ChannelsState.is_loaded, _list(), rows=2, height="h-32"),
        _add(),
        _remove(),
        watch(LiveState.version, on_stale=ChannelsState.load),
        place=CHANNELS,
    )


def _list() -> rx.Component:
    return rx.cond(
        some(ChannelsState.channels),
        rx.el.ul(
            rx.foreach(ChannelsState.channels, _channel),
            class_name="list-none m-0 p-0 grid gap-4 md:grid-cols-2",
        ),
        card(
            empty(
                "radio",
                "No channels yet",
                "Connect one, or try the sandbox: nothing leaves this machine.",
                button("Add a sandbox channel", on_click=ChannelsState.ask_add(True)),
            )
        ),
    )


def _channel(channel: Any) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                avatar(channel["letters"]),
                rx.el.div(
                    rx.el.h2(channel["name"], class_name="m-0 text-md font-semibold truncate"),
                    rx.el.p(
                        channel["network"],
                        " · ",
                        channel["handle"],
                        class_name="m-0 text-xs text-muted truncate",
                    ),
                    class_name="min-w-0 grow",
                ),
                _menu(channel),
                class_name="flex items-center gap-3",
            ),
            _state(channel),
            rx.cond(
                channel["limit"] != "",
                rx.el.p(
                    icon("gauge", size=14, class_name="shrink-0 text-faint"),
                    channel["limit"],
                    class_name="m-0 mt-2 flex items-center gap-2 text-xs text-muted tabular-nums",
                ),
            ),
            rx.cond(channel["is_sandbox"], _behaviour(channel)),
            class_name="h-full",
        ),
        key=channel["key"],
        custom_attrs={"data-channel": channel["key"]},
    )


def _menu(channel: Any) -> rx.Component:
    return menu.menu(
        rx.cond(
            channel["state"] == "paused",
            menu.item("Resume", icon_name="play", on_click=ChannelsState.resume(channel["id"])),
            menu.item("Pause", icon_name="pause", on_click=ChannelsState.pause(channel["id"])),
        ),
        rx.cond(
            ~channel["is_default"].to(bool),
            menu.item(
                "Make it the default",
                icon_name="star",
                on_click=ChannelsState.make_default(channel["id"]),
            ),
        ),
        menu.item(
            "Remove…",
            icon_name="trash_2",
            danger=True,
            on_click=ChannelsState.ask_remove(channel["id"], channel["name"]),
        ),
        label="Actions for " + channel["name"].to(str),
        face=icon("ellipsis"),
    )


_CHIP = "inline-flex items-center gap-1.5 rounded-full px-2 h-6 text-xs font-medium "


def _state(channel: Any) -> rx.Component:
    return rx.el.div(
        rx.match(
            channel["state"],
            (
                "paused",
                rx.el.span(
                    icon("pause", size=12),
                    "On hold",
                    class_name=_CHIP + "text-s-paused bg-s-paused-soft",
                ),
            ),
            (
                "reconnect",
                rx.el.span(
                    icon("unplug", size=12),
                    "Access lost",
                    class_name=_CHIP + "text-s-failed bg-s-failed-soft",
                ),
            ),
            rx.el.span(
                icon("check", size=12),
                "Connected",
                class_name=_CHIP + "text-s-posted bg-s-posted-soft",
            ),
        ),
        rx.cond(
            channel["is_default"],
            rx.el.span("Default", class_name=_CHIP + "text-muted bg-sunken"),
        ),
        rx.el.span(channel["waiting"], " waiting", class_name="text-xs text-muted tabular-nums"),
        rx.cond(
            channel["is_sandbox"],
            link(
                "Timeline",
                to=channel["timeline"],
                class_name="ml-auto text-sm text-accent-ink hover:underline",
            ),
        ),
        class_name="flex flex-wrap items-center gap-2 mt-3",
    )


def _behaviour(channel: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("flask_conical", size=14, class_name="text-faint"),
            rx.cond(
                channel["behaviour"] == "normal",
                "Try what goes wrong",
                rx.fragment(
                    "Simulates: ", rx.match(channel["behaviour"], *BEHAVIOURS.items(), "?")
                ),
            ),
            class_name="flex items-center gap-2 text-sm text-muted hover:text-ink py-1.5",
        ),
        rx.el.form(
            select(
                *(option(words, key) for key, words in BEHAVIOURS.items()),
                name="behaviour",
                default_value=channel["behaviour"],
                aria_label="What it does",
            ),
            select(
                option("With the next request", "1"),
                option("With the next five", "5"),
                option("With every request", "-1"),
                name="requests",
                default_value=channel["requests"],
                aria_label="How often",
            ),
            button("Simulate", type="submit"),
            # In the form, not in the handler's arguments: Reflex lifts the handler out of the loop.
            rx.el.input(type="hidden", name="channel_id", value=channel["key"]),
            on_submit=ChannelsState.behave,
            key=channel["behaviour"].to(str) + channel["requests"].to(str),
            class_name="flex flex-col gap-2 pt-1",
        ),
        class_name="mt-3 pt-2 border-t border-line",
    )


def _add() -> rx.Component:
    return dialog(
        rx.el.form(
            text_field(
                "Name",
                id="channel_name",
                required=True,
                max_length=100,
                auto_focus=True,
                placeholder="For example: Shop, evening news",
                hint="An account on the network of this machine. Nothing leaves it.",
            ),
            actions(
                button("Not now", on_click=ChannelsState.ask_add(False)),
                button("Add the channel", look="primary", type="submit"),
            ),
            on_submit=ChannelsState.add,
            reset_on_submit=True,
        ),
        title="Add a sandbox channel",
        is_open=ChannelsState.is_adding,
        on_close=ChannelsState.ask_add(False),
    )


def _remove() -> rx.Component:
    return confirm(
        title=rx.Var.create("Remove ") + ChannelsState.removing_name + "?",
        text="Nothing more is published there. What went out stays out, and stays listed here.",
        yes="Remove the channel",
        is_open=ChannelsState.removing > 0,
        on_yes=ChannelsState.remove,
        on_close=ChannelsState.ask_remove(0, ""),
    )
