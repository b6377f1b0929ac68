"""What became of what was sent: stays on the page, and changes live."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link, outside
from socialapp.ui.components.icon import icon
from socialapp.ui.components.moment import countdown
from socialapp.ui.components.parts import avatar, card
from socialapp.ui.components.status import status_badge
from socialapp.ui.compose.desk import Desk
from socialapp.ui.compose.widgets import Follow
from socialapp.ui.feed import LiveState


def result(state: type[Desk], *, again: rx.Component) -> rx.Component:
    """Return what is shown once something was sent; `again` begins the next one."""
    sent: Any = state.sent
    live: Any = LiveState.changed[sent["key"]]
    component: rx.Component = rx.cond(
        sent["schedule_id"] != 0,
        rx.el.div(
            rx.el.div(
                rx.el.h1(
                    rx.match(
                        sent["status"],
                        ("queued", "Scheduled"),
                        ("publishing", "Publishing"),
                        ("posted", "Posted"),
                        ("paused", "Scheduled, on hold"),
                        ("failed", "It did not go out"),
                        "Sent",
                    ),
                    class_name="text-xl font-semibold tracking-tight m-0",
                ),
                role="status",
            ),
            card(_when(sent), _channels(sent), _warnings(sent)),
            rx.el.div(
                again,
                button_link("See the queue", to=routes.QUEUE),
                class_name="flex flex-wrap gap-2 max-md:*:grow",
            ),
            Follow.create(value=live.to_string(), on_change=state.follow),
            class_name="flex flex-col gap-4 max-w-2xl",
        ),
    )
    return component


def _when(sent: Any) -> rx.Component:
    return rx.el.p(
        icon("clock", class_name="text-faint shrink-0"),
        rx.el.span(sent["when"], class_name="tabular-nums"),
        rx.cond(sent["status"] == "queued", countdown(sent["at"], class_name="text-sm text-muted")),
        class_name="flex flex-wrap items-center gap-2 m-0 mb-3",
    )


def _channels(sent: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(sent["channels"], _channel),
        aria_label="Result per channel",
        class_name="list-none m-0 p-0 flex flex-col divide-y divide-line border-t border-line",
    )


def _channel(line: Any) -> rx.Component:
    return rx.el.li(
        avatar(line["letters"]),
        rx.el.span(line["channel"], class_name="font-medium grow min-w-0 truncate"),
        status_badge(line["status"]),
        rx.cond(line["url"] != "", outside("See the post", href=line["url"])),
        rx.cond(
            line["reason"] != "",
            rx.el.p(line["reason"], class_name="m-0 basis-full text-sm text-danger"),
        ),
        key=line["key"],
        class_name="flex flex-wrap items-center gap-3 py-3",
    )


def _warnings(sent: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            sent["warnings"],
            lambda words: rx.el.li(words, class_name="text-sm text-warning"),
        ),
        aria_label="Worth a look",
        class_name="list-none m-0 p-0 pt-1 empty:hidden",
    )
