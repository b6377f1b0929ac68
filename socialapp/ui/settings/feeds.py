"""The tab of calendar feeds: make an address for a calendar program, and revoke it."""

from typing import Any

import reflex as rx

from socialapp.ui.components import revocable
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.parts import card, loaded
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.feeds_state import FeedsState


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        loaded(FeedsState.is_loaded, _card(), rows=3, height="h-16"),
        revocable.shown_once(
            FeedsState.new_address,
            title="The address of the calendar",
            words="Add it to your calendar program as a calendar from the internet. It is shown "
            "this once, and kept only as a hash.",
            on_close=FeedsState.forget_address,
            is_address=True,
        ),
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
        revocable.listed(
            FeedsState.feeds, _feed, none="There is no address yet.", label="Calendar feeds"
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
    return revocable.line(
        feed["shows"],
        feed["used"],
        " · made ",
        feed["created"],
        action=rx.cond(
            LiveState.can_write,
            revocable.revoke(
                rx.Var.create("the address of ")
                + feed["shows"].to(str)
                + ", made "
                + feed["created"].to(str),
                on_click=FeedsState.ask_revoke(feed["id"], feed["shows"]),
            ),
        ),
        key=feed["key"],
    )
