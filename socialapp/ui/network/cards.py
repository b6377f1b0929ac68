"""What a channel's own page says: access, limits, budget, the queue, the attempts."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import link, outside
from socialapp.ui.components.parts import card, some, untitled
from socialapp.ui.components.schedule_row import schedule_row
from socialapp.ui.network.state import NetworkState

_LIST = "list-none m-0 p-0 divide-y divide-line -mx-4 md:-mx-5 -mb-4 md:-mb-5"
_QUIET = "m-0 text-sm text-muted"
_TERM = "text-sm text-muted sm:w-36 shrink-0"


def access(channel: Any) -> rx.Component:
    """Return the state of what lets us in; the secret itself is nowhere."""
    return card(
        rx.cond(
            channel["state"] == "reconnect",
            rx.el.p(channel["trouble"], class_name="m-0 mb-3 text-sm text-danger break-words"),
        ),
        rx.el.dl(
            _fact("Connected", channel["connected"]),
            _fact("Verified", channel["verified"]),
            _fact("Access ends", channel["expires"]),
            rx.cond(channel["server"] != "", _fact("Server", channel["server"])),
            class_name="m-0 flex flex-col gap-2",
        ),
        rx.el.p(
            "Your access is stored encrypted. It is shown to nobody, here or over the API.",
            class_name="m-0 mt-3 text-xs text-muted",
        ),
        title="Access",
    )


def _fact(term: str, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(term, class_name=_TERM),
        rx.el.dd(value, class_name="m-0 min-w-0 break-words tabular-nums"),
        class_name="flex flex-col sm:flex-row sm:gap-3",
    )


def budget(channel: Any) -> rx.Component:
    """Return how much the network still takes."""
    left: Any = NetworkState.budget
    return card(
        rx.cond(
            left["words"] != "",
            rx.fragment(
                rx.el.p(
                    left["words"],
                    class_name=rx.cond(left["is_closed"], "m-0 text-warning", "m-0 tabular-nums"),
                ),
                rx.cond(
                    left["allowed"] > 0,
                    rx.el.meter(
                        value=left["remaining"].to(str),
                        min=0,
                        max=left["allowed"],
                        aria_label="Left of what the network allows",
                        class_name="w-full h-2 mt-2",
                    ),
                ),
            ),
            rx.el.p(
                channel["network"],
                " has set no limit that is near. What it says with each post is kept, and shown"
                " here when little is left.",
                class_name=_QUIET,
            ),
        ),
        title="How much it takes now",
    )


def limits(channel: Any) -> rx.Component:
    """Return what the network takes, and who says so."""
    rows: Any = NetworkState.limits
    return card(
        rx.el.dl(rx.foreach(rows, _limit), class_name="m-0 flex flex-col gap-3"),
        rx.cond(
            channel["source"] != "",
            rx.el.p(
                "Read in ",
                outside("the network's documentation", href=channel["source"]),
                ".",
                class_name="m-0 mt-3 text-xs text-muted",
            ),
        ),
        title="Limits",
    )


def _limit(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row["label"], class_name="text-xs text-muted"),
        rx.el.dd(row["value"], class_name="m-0 text-sm break-words"),
        rx.cond(
            row["note"] != "",
            rx.el.dd(row["note"], class_name="m-0 text-xs text-muted break-words"),
        ),
        key=row["key"],
    )


def queue(channel: Any) -> rx.Component:
    """Return what goes out here next."""
    return card(
        rx.cond(
            some(NetworkState.rows),
            rx.el.ul(
                rx.foreach(NetworkState.rows, lambda row: schedule_row(row, with_date=True)),
                class_name=_LIST,
            ),
            rx.el.p("Nothing is planned for this channel.", class_name=_QUIET),
        ),
        title="Next here",
        action=rx.cond(some(NetworkState.rows), link("See all", to=channel["in_queue"])),
    )


def attempts() -> rx.Component:
    """Return what was tried in the last days, and what came of it."""
    return card(
        rx.cond(
            some(NetworkState.attempts),
            rx.el.ol(rx.foreach(NetworkState.attempts, _attempt), class_name=_LIST),
            rx.el.p("Nothing was sent here in the last 7 days.", class_name=_QUIET),
        ),
        title="Attempts of the last 7 days",
    )


def _attempt(entry: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(entry["what"], class_name="font-medium"),
            rx.el.span(entry["status"], class_name="text-muted"),
            rx.cond(
                entry["took"] != "",
                rx.el.span("took ", entry["took"], class_name="text-muted tabular-nums"),
            ),
            rx.el.span(entry["at"], class_name="text-muted tabular-nums ml-auto"),
            class_name="flex flex-wrap items-center gap-x-3 text-sm",
        ),
        link(
            untitled(entry),
            to=entry["address"],
            class_name="block truncate text-sm text-accent-ink no-underline hover:underline "
            "max-md:py-2.5",
        ),
        rx.cond(
            entry["error"] != "",
            rx.el.p(entry["error"], class_name="m-0 mt-0.5 text-xs text-danger break-words"),
        ),
        key=entry["key"],
        class_name="px-4 md:px-5 py-2",
    )
