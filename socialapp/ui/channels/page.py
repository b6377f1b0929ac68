"""The channels page: the accounts by network, their state in words, and what can be done."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.channels import dialogs
from socialapp.ui.channels.state import ChannelsState, ConnectState
from socialapp.ui.components import menu
from socialapp.ui.components.ask import ask_button
from socialapp.ui.components.behaviour import folded
from socialapp.ui.components.button import button, button_link, link, outside
from socialapp.ui.components.channel import network_mark, state_chip
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.notice import NoticeState
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
                    "Connect a channel",
                    look="primary",
                    icon_name="plus",
                    on_click=ConnectState.choose,
                ),
            ),
            text="The accounts that posts go out to.",
        ),
        loaded(ChannelsState.is_loaded, _groups(), rows=2, height="h-32"),
        dialogs.connect(),
        dialogs.rename(),
        dialogs.remove(),
        watch(LiveState.channels, number=LiveState.version, on_stale=ChannelsState.refresh),
        place=CHANNELS,
    )


def _groups() -> rx.Component:
    return rx.cond(
        some(ChannelsState.groups),
        rx.el.div(
            rx.foreach(ChannelsState.groups, _group),
            class_name="flex flex-col gap-6",
        ),
        card(
            empty(
                "radio",
                "No channels yet",
                "Connect one, or try the sandbox: nothing leaves this machine.",
                rx.cond(
                    LiveState.can_admin,
                    button("Connect a channel", on_click=ConnectState.choose),
                ),
            )
        ),
    )


def _group(group: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            network_mark(group["mark"], small=True),
            group["name"],
            rx.el.span(
                group["channels"].length(),
                class_name="text-xs font-normal text-muted tabular-nums",
            ),
            class_name="m-0 mb-2 flex items-center gap-2 text-md font-semibold",
        ),
        rx.el.ul(
            rx.foreach(group["channels"], _channel),
            class_name="list-none m-0 p-0 grid gap-4 md:grid-cols-2",
        ),
        key=group["key"],
        custom_attrs={"data-network": group["key"]},
    )


def _channel(channel: Any) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                avatar(channel["letters"]),
                rx.el.div(
                    rx.el.h3(
                        link(
                            channel["name"],
                            to=channel["address"],
                            class_name="text-ink no-underline hover:underline",
                        ),
                        class_name="m-0 text-md font-semibold truncate",
                    ),
                    _handle(channel),
                    class_name="min-w-0 grow",
                ),
                rx.cond(LiveState.can_publish, _menu(channel)),
                class_name="flex items-center gap-3",
            ),
            _state(channel),
            _trouble(channel),
            _facts(channel),
            _buttons(channel),
            rx.cond(
                channel["is_sandbox"].to(bool) & LiveState.can_write,
                folded(
                    channel["key"],
                    told=channel["behaviour"],
                    requests=channel["requests"],
                    on_submit=ChannelsState.behave,
                ),
            ),
            class_name="h-full flex flex-col",
        ),
        key=channel["key"],
        custom_attrs={"data-channel": channel["key"]},
    )


def _handle(channel: Any) -> rx.Component:
    return rx.el.p(
        rx.match(
            True,
            (channel["url"] != "", outside(channel["handle"], href=channel["url"])),
            (
                channel["is_sandbox"].to(bool),
                link(
                    channel["handle"],
                    to=channel["timeline"],
                    class_name="text-accent-ink hover:underline font-medium",
                ),
            ),
            rx.fragment(channel["handle"]),
        ),
        class_name="m-0 text-xs text-muted truncate",
    )


def _menu(channel: Any) -> rx.Component:
    return menu.menu(
        rx.cond(
            channel["state"] == "paused",
            menu.item("Resume", icon_name="play", on_click=ChannelsState.resume(channel["id"])),
            menu.item("Pause", icon_name="pause", on_click=ChannelsState.pause(channel["id"])),
        ),
        rx.cond(
            LiveState.can_admin,
            rx.fragment(
                menu.item(
                    "Connect again…",
                    icon_name="plug",
                    on_click=ConnectState.reconnect(channel["id"]),
                ),
                menu.item(
                    "Rename…",
                    icon_name="pencil_line",
                    on_click=ChannelsState.ask_rename(channel["id"]),
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
                    on_click=ChannelsState.ask_remove(channel["id"]),
                ),
            ),
        ),
        label="Actions for " + channel["name"].to(str),
        face=icon("ellipsis"),
    )


def _state(channel: Any) -> rx.Component:
    return rx.el.div(
        state_chip(channel["state"]),
        rx.cond(
            channel["is_default"],
            rx.el.span(
                "Default",
                class_name="inline-flex items-center rounded-full px-2 h-6 text-xs font-medium "
                "text-muted bg-sunken",
            ),
        ),
        link(
            channel["waiting"],
            " waiting",
            to=f"{routes.QUEUE}?channel=" + channel["key"].to(str),
            class_name="text-xs text-muted tabular-nums no-underline hover:underline min-h-6 "
            "inline-flex items-center gap-1",
        ),
        class_name="flex flex-wrap items-center gap-2 mt-3",
    )


def _trouble(channel: Any) -> rx.Component:
    return rx.cond(
        channel["state"] == "reconnect",
        rx.el.p(channel["trouble"], class_name="m-0 mt-2 text-sm text-danger break-words"),
    )


def _facts(channel: Any) -> rx.Component:
    return rx.fragment(
        *(
            rx.cond(
                channel[name] != "",
                rx.el.p(
                    icon(sign, size=14, class_name="shrink-0 text-faint"),
                    words,
                    channel[name],
                    class_name="m-0 mt-2 flex items-center gap-2 text-xs text-muted tabular-nums",
                ),
            )
            for name, sign, words in (
                ("verified", "shield_check", "Verified "),
                ("limit", "gauge", ""),
            )
        )
    )


def _buttons(channel: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            (channel["state"] == "reconnect") & LiveState.can_admin,
            button(
                "Connect again",
                size="sm",
                look="primary",
                icon_name="plug",
                on_click=ConnectState.reconnect(channel["id"]),
            ),
        ),
        rx.cond(
            LiveState.can_publish,
            ask_button(
                "Verify",
                address=channel["verify"],
                busy="Asking…",
                icon_name="shield_check",
                size="sm",
                on_answer=lambda kind, words: [
                    NoticeState.show(kind, words),
                    ChannelsState.refresh(),
                ],
            ),
        ),
        button_link(
            "Times and details",
            rx.el.span(" of ", channel["name"], class_name="sr-only"),
            to=channel["address"],
            size="sm",
            icon_name="sliders_horizontal",
        ),
        class_name="flex flex-wrap gap-2 mt-3",
    )
