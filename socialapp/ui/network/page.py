"""The page of one channel."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.channels import dialogs
from socialapp.ui.channels.state import ChannelsState, ConnectState
from socialapp.ui.components.ask import ask_button
from socialapp.ui.components.button import button, button_link, link, outside
from socialapp.ui.components.channel import network_mark, state_chip
from socialapp.ui.components.live import watch
from socialapp.ui.components.notice import NoticeState
from socialapp.ui.components.parts import card, empty, loaded
from socialapp.ui.feed import LiveState
from socialapp.ui.network import cards, forms
from socialapp.ui.network.state import NetworkState
from socialapp.ui.network.times import TimesState
from socialapp.ui.network.times_card import times
from socialapp.ui.network.timetables import TimetablesState
from socialapp.ui.network.timetables_card import timetables
from socialapp.ui.shell import CHANNELS, shell


def page() -> rx.Component:
    """Return the page."""
    counts, version = LiveState.counts, rx.Var.create(LiveState.version)
    return shell(
        loaded(
            NetworkState.is_loaded,
            rx.cond(NetworkState.is_found, _channel(), _unknown()),
            rows=4,
            height="h-24",
        ),
        dialogs.connect(),
        watch(
            version.to_string() + LiveState.channels,
            number=counts["tab_posted"] + counts["tab_attention"],  # an attempt has ended
            on_stale=[NetworkState.refresh, TimesState.load, TimetablesState.load],
        ),
        place=CHANNELS,
    )


def _unknown() -> rx.Component:
    return card(
        empty(
            "unplug",
            "There is no such channel",
            "It may have been removed, or belong to another workspace.",
            button_link("Open channels", to=routes.CHANNELS),
        )
    )


def _channel() -> rx.Component:
    channel: Any = NetworkState.channel
    return rx.fragment(
        _head(channel),
        rx.el.div(
            rx.el.div(
                times(),
                timetables(),
                cards.queue(channel),
                cards.access(channel),
                cards.attempts(),
                forms.dry_run(),
                forms.errors(channel),
            ),
            rx.el.div(cards.budget(channel), cards.limits(channel), forms.defaults()),
            class_name="grid gap-4 lg:grid-cols-[minmax(0,1fr)_24rem] items-start "
            "*:flex *:flex-col *:gap-4 *:min-w-0",
        ),
    )


def _head(channel: Any) -> rx.Component:
    return rx.el.header(
        rx.el.nav(
            link("Queue", to=routes.QUEUE),
            rx.el.span(" / ", class_name="text-faint", aria_hidden="true"),
            link("Channels", to=routes.CHANNELS),
            aria_label="Where this is",
            class_name="text-sm mb-2 flex items-center gap-1.5",
        ),
        rx.el.div(
            network_mark(channel["mark"]),
            rx.el.div(
                rx.el.h1(
                    channel["name"],
                    class_name="text-xl font-semibold tracking-tight m-0 break-words",
                ),
                rx.el.p(
                    channel["network"],
                    " · ",
                    _handle(channel),
                    class_name="m-0 text-muted break-words",
                ),
                class_name="min-w-0 grow",
            ),
            rx.el.div(_actions(channel), class_name="flex flex-wrap items-center gap-2"),
            class_name="flex flex-wrap items-start gap-3",
        ),
        rx.el.div(
            state_chip(channel["state"]),
            rx.cond(
                channel["is_default"],
                rx.el.span("The default channel", class_name="text-xs text-muted"),
            ),
            class_name="flex flex-wrap items-center gap-2 mt-3",
        ),
        class_name="mb-5",
    )


def _handle(channel: Any) -> rx.Component:
    return rx.match(
        True,
        (channel["url"] != "", outside(channel["handle"], href=channel["url"])),
        (channel["is_sandbox"].to(bool), link(channel["handle"], to=channel["timeline"])),
        rx.fragment(channel["handle"]),
    )


def _actions(channel: Any) -> rx.Component:
    again = NetworkState.refresh()
    return rx.fragment(
        rx.cond(
            (channel["state"] == "reconnect") & LiveState.can_admin,
            button(
                "Connect again",
                look="primary",
                icon_name="plug",
                on_click=ConnectState.reconnect(channel["id"]),
            ),
        ),
        rx.cond(
            LiveState.can_publish,
            rx.fragment(
                rx.cond(
                    channel["state"] == "paused",
                    button(
                        "Resume",
                        icon_name="play",
                        on_click=[ChannelsState.resume(channel["id"]), again],
                    ),
                    button(
                        "Pause",
                        icon_name="pause",
                        on_click=[ChannelsState.pause(channel["id"]), again],
                    ),
                ),
                ask_button(
                    "Verify",
                    address=channel["verify"],
                    busy="Asking…",
                    icon_name="shield_check",
                    on_answer=lambda kind, words: [NoticeState.show(kind, words), again],
                ),
            ),
        ),
    )
