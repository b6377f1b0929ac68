"""The details of one schedule, and the dialogs that act on it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from socialapp.ui.components.button import button, button_link, file_link, link, outside
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.editing import editing_line
from socialapp.ui.components.field import text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.moment import countdown, time_text
from socialapp.ui.components.parts import avatar, label_mark, untitled
from socialapp.ui.components.status import status_badge
from socialapp.ui.components.zone import zone_field
from socialapp.ui.compose.widgets import History
from socialapp.ui.feed import LiveState
from socialapp.ui.queue import approval
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.review import dialog as review

_HEAD = "text-sm font-semibold m-0 mb-2"


def panel(*, more: Callable[[Any], rx.Component]) -> rx.Component:
    """Return the details and the dialogs; all closed at first.

    `more` returns further buttons for the schedule that is shown.
    """
    shown: Any = DetailsState.shown
    changed: Any = LiveState.changed
    return rx.fragment(
        dialog(
            rx.el.div(
                _head(shown, more(shown)),
                _content(shown),
                approval.section(shown["key"], shown["status"]),
                _deliveries(shown),
                class_name="flex flex-col gap-6",
            ),
            watch(changed[shown["key"]].to_string(), on_stale=DetailsState.refresh),
            watch(LiveState.results, on_stale=DetailsState.refresh),
            title="Details",
            is_open=DetailsState.is_open,
            on_close=DetailsState.close,
            side=True,
        ),
        _move(),
        _publish(),
        _cancel(),
        review.dialogs(),
    )


def _head(shown: Any, more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            status_badge(shown["status"]),
            time_text(shown["when"], shown["zone"], iso=shown["at"]),
            rx.cond(
                shown["status"] == "queued",
                countdown(shown["at"], class_name="text-sm text-muted"),
            ),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
        ),
        rx.el.div(
            rx.cond(
                shown["can_move"],
                button(
                    "Reschedule…",
                    size="sm",
                    icon_name="calendar_clock",
                    on_click=DetailsState.ask("move"),
                ),
            ),
            rx.cond(
                shown["is_queued"],
                button(
                    "Publish now", size="sm", icon_name="send", on_click=DetailsState.ask("publish")
                ),
            ),
            rx.cond(
                shown["can_move"],
                button_link(
                    rx.cond(shown["written"]["is_page"], "Edit the page", "Edit the post"),
                    to=shown["written"]["address"],
                    size="sm",
                    icon_name="pencil_line",
                ),
            ),
            review.of_schedule(shown["id"]),
            more,
            rx.cond(
                shown["can_cancel"],
                button("Cancel…", size="sm", look="danger", on_click=DetailsState.ask("cancel")),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-col gap-3",
    )


def _content(shown: Any) -> rx.Component:
    written = shown["written"]
    return rx.el.section(
        rx.el.div(
            rx.el.h3(rx.cond(written["is_page"], "Page", "Post"), class_name=_HEAD + " mr-auto"),
            editing_line(written["post_key"]),
            History.create(
                kind=rx.cond(written["is_page"], "page", "post"),
                post_id=written["post_id"],
                zone=shown["zone"],
                can_restore=shown["can_move"] & LiveState.can_write,
                on_restored=DetailsState.refresh,
            ),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1 mb-2",
        ),
        rx.el.div(
            rx.cond(
                written["title"] != "",
                rx.el.p(written["title"], class_name="m-0 mb-1 font-semibold"),
            ),
            rx.el.p(untitled(written), class_name="m-0 whitespace-pre-wrap break-words"),
            class_name="rounded-md bg-sunken p-3 max-h-96 overflow-y-auto",
            tab_index=0,
            role="region",
            aria_label="What it says",
        ),
        rx.cond(
            written["labels"] != "",
            rx.el.p(label_mark(written["labels"]), class_name="m-0 mt-2 text-sm text-muted"),
        ),
        rx.el.div(
            rx.foreach(
                written["pictures"],
                lambda picture: rx.el.img(
                    src=picture["thumbnail"],
                    alt=picture["alt"],
                    key=picture["key"],
                    loading="lazy",
                    class_name="size-20 rounded-md object-cover border border-line bg-sunken",
                ),
            ),
            class_name="flex flex-wrap gap-2 mt-2 empty:hidden",
        ),
        rx.el.ul(
            rx.foreach(written["files"], _file),
            aria_label="Attachments",
            class_name="list-none m-0 mt-2 p-0 flex flex-col gap-1 empty:hidden",
        ),
    )


def _file(file: Any) -> rx.Component:
    return rx.el.li(
        icon("paperclip", size=14, class_name="shrink-0 text-faint"),
        file_link(
            file["name"],
            href=file["url"],
            class_name="truncate text-accent-ink hover:underline",
        ),
        rx.cond(
            file["about"] != "",
            rx.el.span("· ", file["about"], class_name="truncate text-muted"),
        ),
        key=file["key"],
        class_name="flex items-center gap-1.5 min-w-0 min-h-6 max-md:min-h-touch text-sm",
    )


def _deliveries(shown: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h3("Channels", class_name=_HEAD),
        rx.el.ul(
            rx.foreach(shown["deliveries"], _delivery),
            class_name="list-none m-0 p-0 flex flex-col gap-3",
        ),
    )


def _delivery(part: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            avatar(part["letters"]),
            rx.cond(
                part["address"] != "",
                link(
                    part["channel"],
                    to=part["address"],
                    class_name="font-medium truncate grow text-ink no-underline hover:underline",
                ),
                rx.el.span(part["channel"], class_name="font-medium truncate grow"),
            ),
            status_badge(part["status"]),
            class_name="flex items-center gap-2",
        ),
        rx.cond(
            part["reason"] != "",
            rx.el.p(
                part["reason"],
                class_name=rx.cond(
                    (part["status"] == "queued") | (part["status"] == "paused"),
                    "m-0 text-warning",
                    "m-0 text-danger",
                ),
            ),
        ),
        rx.cond(part["todo"] != "", rx.el.p(part["todo"], class_name="m-0 text-muted")),
        rx.cond(part["next_try"] != "", rx.el.p(part["next_try"], class_name="m-0 text-muted")),
        rx.cond(
            part["own_text"] != "",
            rx.el.div(
                rx.el.p("What it says here", class_name="m-0 text-xs text-muted"),
                rx.el.p(part["own_text"], class_name="m-0 whitespace-pre-wrap break-words"),
                class_name="rounded-md bg-sunken p-2 max-h-48 overflow-y-auto",
                tab_index=0,
                role="region",
                aria_label=f"What it says at {part['channel']}",
            ),
        ),
        rx.cond(
            part["result"] != "",
            rx.el.p(part["result"], class_name="m-0 tabular-nums", role="status"),
        ),
        rx.cond(part["own_media"] != "", rx.el.p(part["own_media"], class_name="m-0 text-muted")),
        _buttons(part),
        _attempts(part),
        key=part["key"],
        custom_attrs={"data-delivery": part["key"]},
        class_name="rounded-lg border border-line p-3 flex flex-col gap-2 text-sm",
    )


def _buttons(part: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(part["url"] != "", outside("See the post", href=part["url"])),
        rx.cond(part["late"] != "", rx.el.span(part["late"], class_name="text-muted")),
        rx.cond(
            part["reconnect"] != "",
            button_link(
                "Connect it again",
                to=part["reconnect"],
                look="primary",
                size="sm",
                icon_name="plug",
            ),
        ),
        rx.cond(
            part["can_retry"],
            button(
                "Retry", size="sm", icon_name="rotate_cw", on_click=DetailsState.retry(part["id"])
            ),
        ),
        rx.cond(
            part["needs_check"],
            rx.fragment(
                button("It is there", size="sm", on_click=DetailsState.resolve(part["id"], True)),
                button(
                    "It is not",
                    size="sm",
                    on_click=DetailsState.resolve(part["id"], False),
                ),
            ),
        ),
        class_name="flex flex-wrap items-center gap-2 empty:hidden",
    )


def _attempts(part: Any) -> rx.Component:
    return rx.cond(
        part["attempts"].length() > 0,
        rx.el.details(
            rx.el.summary(
                "Attempts (",
                part["attempts"].length(),
                ")",
                class_name="text-xs text-muted hover:text-ink py-1",
            ),
            rx.el.ol(
                rx.foreach(part["attempts"].to(list[dict[str, str]]), _attempt),
                class_name="list-none m-0 mt-1 p-0 pl-3 border-l-2 border-line flex flex-col gap-2",
            ),
        ),
    )


def _attempt(entry: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(entry["what"], class_name="font-medium"),
        rx.el.span(" · ", entry["at"], class_name="text-muted tabular-nums"),
        rx.cond(
            entry["took"] != "", rx.el.span(" · took ", entry["took"], class_name="text-muted")
        ),
        rx.el.span(" · ", entry["status"].replace("_", " "), class_name="text-muted"),
        rx.cond(
            entry["error"] != "", rx.el.p(entry["error"], class_name="m-0 text-danger break-words")
        ),
        key=entry["key"],
        class_name="text-xs",
    )


def _move() -> rx.Component:
    shown = DetailsState.shown
    return dialog(
        rx.el.form(
            text_field(
                "Date and time",
                id="at",
                type="datetime-local",
                required=True,
                default_value=shown["local"],
                on_change=DetailsState.preview_time,
            ),
            zone_field(
                "Time zone",
                id="move_zone",
                value=shown["zone"],
                on_change=DetailsState.preview_zone,
            ),
            rx.el.p(
                DetailsState.resolved,
                role="status",
                class_name="m-0 rounded-md bg-sunken px-3 py-2 text-sm min-h-9",
            ),
            actions(
                button("Leave it", on_click=DetailsState.dismiss),
                button("Reschedule", look="primary", type="submit"),
            ),
            on_submit=DetailsState.move,
            class_name="flex flex-col gap-4",
        ),
        title="Reschedule",
        is_open=DetailsState.asks == "move",
        on_close=DetailsState.dismiss,
    )


def _publish() -> rx.Component:
    return confirm(
        title="Publish now?",
        text="It goes out to its channels at once, instead of at the planned time.",
        yes="Publish now",
        no="Not now",
        look="primary",
        is_open=DetailsState.asks == "publish",
        on_yes=DetailsState.publish_now,
        on_close=DetailsState.dismiss,
    )


def _cancel() -> rx.Component:
    return confirm(
        title="Cancel this schedule?",
        text="What has not gone out yet will not go out. The post is kept, to plan again.",
        yes="Cancel the schedule",
        is_open=DetailsState.asks == "cancel",
        on_yes=DetailsState.cancel,
        on_close=DetailsState.dismiss,
    )
