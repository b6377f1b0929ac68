"""What became of what was sent: stays on the page, and changes live."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button, button_link, outside
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
                        ("needs_approval", "Submitted for approval"),
                        ("changes_requested", "Changes requested"),
                        ("publishing", "Publishing"),
                        ("posted", "Posted"),
                        ("paused", "Scheduled, on hold"),
                        ("failed", "It did not go out"),
                        ("partly_posted", "Partly posted"),
                        ("needs_check", "Needs a check"),
                        ("missed", "Missed"),
                        "Sent",
                    ),
                    class_name="text-xl font-semibold tracking-tight m-0",
                ),
                role="status",
            ),
            card(_when(sent), _channels(state, sent), _warnings(sent)),
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


def _channels(state: type[Desk], sent: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(sent["channels"], lambda line: _channel(state, line)),
        aria_label="Result per channel",
        class_name="list-none m-0 p-0 flex flex-col divide-y divide-line border-t border-line",
    )


def _channel(state: type[Desk], line: Any) -> rx.Component:
    return rx.el.li(
        avatar(line["letters"]),
        rx.el.span(line["channel"], class_name="font-medium grow min-w-0 truncate"),
        status_badge(line["status"]),
        rx.cond(line["url"] != "", outside("See the post", href=line["url"])),
        rx.cond(
            line["reason"] != "",
            rx.el.p(line["reason"], class_name="m-0 basis-full text-sm text-danger"),
        ),
        _parts(line),
        rx.cond(
            line["can_retry"],
            button("Retry", size="sm", icon_name="rotate_cw", on_click=state.retry(line["id"])),
        ),
        rx.cond(line["needs_check"], _check(state, line)),
        key=line["key"],
        class_name="flex flex-wrap items-center gap-3 py-3",
    )


def _parts(line: Any) -> rx.Component:
    return rx.el.ol(
        rx.foreach(
            line["parts"].to(list[dict[str, str]]),
            lambda part: rx.el.li(
                rx.cond(
                    part["url"] != "",
                    outside(part["label"], href=part["url"]),
                    rx.el.span(part["label"], class_name="text-sm text-muted"),
                )
            ),
        ),
        aria_label="Parts of the thread that are out",
        class_name="list-none m-0 p-0 basis-full flex flex-wrap gap-x-4 gap-y-1 empty:hidden",
    )


def _check(state: type[Desk], line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span("It was not sent again: look at the network first.", class_name="text-sm grow"),
        button("It is there", size="sm", on_click=state.resolve(line["id"], True)),
        button("It is not: send it", size="sm", on_click=state.resolve(line["id"], False)),
        class_name="basis-full flex flex-wrap items-center gap-2 rounded-md bg-sunken px-3 py-2",
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
