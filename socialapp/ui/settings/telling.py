"""The tab of notifications: where one is told outside of the app, of what, and when."""

from typing import Any

import reflex as rx

from socialapp.domain.notifications import DIGEST_HOUR, SCHEMES
from socialapp.ui.components import revocable
from socialapp.ui.components.button import button
from socialapp.ui.components.field import option, select, select_field, text_field
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import card, loaded, some
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.telling_state import TellingState

_HINT = (
    "An address as Apprise has it, such as mailtos://, ntfys:// or tgram://. It may hold a"
    " password: it is kept sealed, and never shown again. Services: "
    + ", ".join(sorted(set(SCHEMES.values())))
    + "."
)


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        loaded(
            TellingState.is_loaded,
            rx.el.div(_places(), _wishes(), class_name="flex flex-col gap-4"),
            rows=3,
            height="h-16",
        ),
        watch(LiveState.notified, on_stale=TellingState.load),
        on_mount=TellingState.load,
    )


def _places() -> rx.Component:
    return card(
        rx.el.p(
            "The bell on every page tells everything. Here you choose where else you are told:"
            " these are yours alone. A worker sends the messages; when none runs, you hear of it"
            " here as soon as one runs again.",
            class_name="text-muted m-0 mb-3",
        ),
        rx.cond(
            some(TellingState.places),
            rx.el.ul(rx.foreach(TellingState.places, _place), class_name=revocable.LIST),
        ),
        rx.el.form(
            text_field("Name", id="place_name", max_length=100, placeholder="My phone"),
            text_field(
                "Address",
                id="place_address",
                type="password",
                auto_complete="off",
                required=True,
                max_length=2000,
                placeholder="ntfys://my-topic",
                hint=_HINT,
            ),
            rx.el.div(button("Add", look="primary", type="submit")),
            on_submit=TellingState.add,
            reset_on_submit=True,
            class_name="flex flex-col gap-4 max-w-md pt-3",
        ),
        title="Where you are told",
    )


def _place(place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                place["name"],
                rx.el.span(place["service"], class_name="text-xs text-muted font-normal ml-2"),
                class_name="m-0 font-medium",
            ),
            rx.el.p(
                place["stands"],
                role="status",
                class_name=rx.cond(
                    place["is_troubled"], "m-0 text-xs text-danger", "m-0 text-xs text-muted"
                ),
            ),
            class_name="min-w-0 grow",
        ),
        button("Send a test", size="sm", on_click=TellingState.test(place["id"])),
        button(
            "Remove",
            size="sm",
            look="danger",
            aria_label="Remove " + place["name"].to(str),
            on_click=TellingState.remove(place["id"]),
        ),
        key=place["key"],
        class_name="flex flex-wrap items-center gap-2 py-3",
    )


def _wishes() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(TellingState.wishes, _wish), class_name=revocable.LIST + " max-w-xl"),
        rx.el.div(
            select_field(
                "Hear nothing for a while",
                option(rx.cond(TellingState.muted != "", "Muted", "Choose"), ""),
                option("Tell me again now", "0"),
                option("For an hour", "1"),
                option("For eight hours", "8"),
                option("For a day", "24"),
                option("For a week", "168"),
                id="mute",
                value="",
                on_change=TellingState.mute,
                hint=rx.cond(
                    TellingState.muted != "",
                    rx.fragment("Nothing is sent until ", TellingState.muted, "."),
                    "What happens meanwhile is under the bell, and is not sent later.",
                ),
            ),
            class_name="max-w-md pt-4",
        ),
        title="Of what, and when",
    )


def _wish(wish: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(wish["words"], class_name="grow"),
        select(
            option("Off", "off"),
            option("At once", "now"),
            option(f"Daily, at {DIGEST_HOUR}:00", "daily"),
            value=wish["when"],
            on_change=lambda when: TellingState.choose(wish["event"], when),
            aria_label=wish["words"],
            class_name="!w-44 shrink-0",
        ),
        key=wish["event"],
        class_name="flex items-center gap-3 py-2",
    )
