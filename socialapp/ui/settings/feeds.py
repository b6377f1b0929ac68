"""The tab of calendar feeds: make an address for a calendar program, and revoke it."""

from typing import Any

import reflex as rx

from socialapp.ui.components.browser import copy_button, own_address
from socialapp.ui.components.button import LOOKS, button
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.parts import card, loaded, some
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.feeds_state import FeedsState


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        loaded(FeedsState.is_loaded, _card(), rows=3, height="h-16"),
        _address(),
        confirm(
            title=rx.Var.create("Revoke “") + FeedsState.revoking_name + "”?",
            text="Calendars that use it find nothing there any more. It cannot be brought back; "
            "you can make a new one.",
            yes="Revoke the address",
            is_open=FeedsState.revoking > 0,
            on_yes=FeedsState.revoke,
            on_close=FeedsState.ask_revoke(0, ""),
        ),
        on_mount=FeedsState.load,
    )


def _card() -> rx.Component:
    return card(
        rx.el.p(
            "Subscribe to an address in your calendar program, and what is planned here shows "
            "there; whoever knows the address can read the plan, and change nothing.",
            class_name="text-muted m-0 mb-4 max-w-2xl",
        ),
        rx.cond(LiveState.can_write, _new()),
        rx.cond(
            some(FeedsState.feeds),
            rx.el.ul(
                rx.foreach(FeedsState.feeds, _feed),
                aria_label="Calendar feeds",
                class_name="list-none m-0 p-0 divide-y divide-line",
            ),
            rx.el.p("There is no address yet.", class_name="text-muted m-0"),
        ),
        title="Calendar feed",
    )


def _new() -> rx.Component:
    return rx.el.form(
        select_field(
            "What it shows",
            option("All channels", ""),
            rx.foreach(FeedsState.channels, lambda each: option(each["name"], each["id"])),
            id="feed_channel",
            hint="90 days back and a year ahead. Calendar programs look for changes every hour, "
            "some only once a day.",
        ),
        rx.el.div(button("Make an address", look="primary", type="submit")),
        on_submit=FeedsState.make,
        class_name="flex flex-col gap-4 max-w-md pb-5",
    )


def _feed(feed: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(feed["shows"], class_name="m-0 font-medium break-words"),
            rx.el.p(
                feed["used"],
                " · made ",
                feed["created"],
                class_name="m-0 text-xs text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            LiveState.can_write,
            button(
                "Revoke…",
                size="sm",
                look="danger",
                aria_label="Revoke the address of "
                + feed["shows"].to(str)
                + ", made "
                + feed["created"].to(str),
                on_click=FeedsState.ask_revoke(feed["id"], feed["shows"]),
            ),
        ),
        key=feed["key"],
        class_name="flex items-center gap-3 py-3",
    )


def _address() -> rx.Component:
    return dialog(
        rx.el.p(
            "Add it to your calendar program as a calendar from the internet. It is shown this "
            "once, and kept only as a hash.",
            class_name="m-0 mb-3 text-muted",
        ),
        own_address(
            FeedsState.new_address,
            "block font-mono text-sm break-all rounded-md bg-sunken border border-line p-3",
        ),
        actions(
            copy_button(
                FeedsState.new_address,
                "inline-flex items-center justify-center h-9 max-md:h-11 px-3.5 rounded-md "
                "font-medium " + LOOKS["plain"],
            ),
            button("I have it", look="primary", on_click=FeedsState.forget_address),
        ),
        title="The address of the calendar",
        is_open=FeedsState.new_address != "",
        on_close=FeedsState.forget_address,
    )
