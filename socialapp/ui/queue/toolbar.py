"""What stands around the lines of the queue: picks, the bar for many, the way back."""

from typing import Any

import reflex as rx

from socialapp.services.reorder import FAR
from socialapp.ui.components.button import button, icon_button
from socialapp.ui.components.done import done_bar
from socialapp.ui.components.icon import icon
from socialapp.ui.components.menu import item, menu
from socialapp.ui.components.parts import some, untitled
from socialapp.ui.feed import LiveState
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.queue.bulk import BulkState, is_picked
from socialapp.ui.queue.state import QueueState
from socialapp.ui.queue.widgets import Grip, Pick
from socialapp.ui.review import dialog as review

_OF_POSTS = (
    ("channels", "Channels…", "radio"),
    ("tags", "Tags…", "tag"),
    ("check", "Check…", "list_checks"),
    ("delete", "Delete…", "trash_2"),
)
"""What is done to the posts, whether they are planned or not."""


def leading(row: Any) -> rx.Component:
    """Return what stands before a line: its grip when it has a slot, and its checkbox."""
    return rx.cond(
        LiveState.can_publish,
        rx.fragment(
            rx.cond(
                QueueState.slotted.contains(row["key"]),  # type: ignore[attr-defined]
                Grip.create(
                    schedule=row["key"],
                    label="Move to another slot: " + untitled(row).to(str),
                    on_step=BulkState.step,
                ),
                rx.cond(  # a line without one stands in the same place
                    some(QueueState.slotted),
                    rx.el.span(class_name="w-5 -mx-1 shrink-0 max-md:hidden"),
                ),
            ),
            Pick.create(
                schedule=row["key"],
                checked=is_picked(row),
                label="Select " + untitled(row).to(str),
                on_pick=BulkState.pick,
            ),
        ),
    )


def leading_draft(row: Any) -> rx.Component:
    """Return the checkbox of a draft."""
    return rx.cond(
        LiveState.can_publish & LiveState.can_write,
        Pick.create(
            schedule=row["key"],
            checked=is_picked(row),
            label="Select " + untitled(row).to(str),
            on_pick=BulkState.pick,
        ),
    )


def places(shown: Any) -> rx.Component:
    """Return the buttons that give the open schedule another slot, also on a phone."""
    return rx.cond(
        QueueState.slotted.contains(shown["key"]) & LiveState.can_publish,  # type: ignore[attr-defined]
        rx.fragment(
            *(
                button(
                    words,
                    size="sm",
                    icon_name=icon_name,
                    on_click=[BulkState.step(shown["key"], steps), DetailsState.refresh()],
                )
                for words, icon_name, steps in (
                    ("To the front", "arrow_up_to_line", -FAR),
                    ("A slot earlier", "arrow_up", -1),
                    ("A slot later", "arrow_down", 1),
                )
            )
        ),
    )


def head() -> rx.Component:
    """Return the line above the list that picks all of it."""
    count = BulkState.selected.length()  # type: ignore[attr-defined]
    shown = QueueState.rows.length() + QueueState.drafts.length()  # type: ignore[attr-defined]
    return rx.cond(
        LiveState.can_publish & (some(QueueState.rows) | some(QueueState.drafts)),
        rx.el.div(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=shown <= count,
                    on_change=BulkState.pick_page,
                    class_name="size-4 accent-[var(--accent)]",
                ),
                rx.cond(count > 0, rx.fragment(count, " selected"), "Select all on this page"),
                class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11",
            ),
            rx.cond(
                (count > 0) & (QueueState.has_after | QueueState.has_before),
                button(
                    "Select all that match",
                    look="quiet",
                    size="sm",
                    on_click=BulkState.pick_all,
                ),
            ),
            class_name="flex flex-wrap items-center gap-x-3 px-3 md:px-4 py-1 text-sm text-muted "
            "border-b border-line",
        ),
    )


def foot() -> rx.Component:
    """Return what stays at the foot of the window: what was done last, what can be done now."""
    return rx.el.div(
        done_bar(
            BulkState.done,
            can_undo=BulkState.can_undo,
            on_undo=BulkState.undo,
            on_forget=BulkState.forget,
        ),
        _bar(),
        class_name="sticky bottom-3 max-md:bottom-20 z-30 flex flex-col gap-2",
    )


def _bar() -> rx.Component:
    count = BulkState.selected.length()  # type: ignore[attr-defined]
    return rx.cond(
        count > 0,
        rx.el.div(
            rx.el.span(count, " selected", class_name="font-medium px-1 grow whitespace-nowrap"),
            rx.cond(
                QueueState.tab == "drafts",
                rx.fragment(
                    button(
                        "Add to queue…",
                        size="sm",
                        icon_name="list_plus",
                        on_click=BulkState.ask("queue"),
                    ),
                    button(
                        "Suggested times…",
                        size="sm",
                        aria_label="Schedule at suggested times…",
                        icon_name="sparkles",
                        on_click=BulkState.ask("spread"),
                    ),
                    *(
                        button(words, size="sm", on_click=BulkState.ask(key))
                        for key, words, _ in _OF_POSTS[:-1]
                    ),
                    button("Delete…", size="sm", look="danger", on_click=BulkState.ask("delete")),
                ),
                rx.fragment(
                    button("Publish now…", size="sm", on_click=BulkState.ask("publish")),
                    button("Reschedule…", size="sm", on_click=BulkState.ask("move")),
                    button("Shift…", size="sm", on_click=BulkState.ask("shift")),
                    rx.cond(
                        QueueState.tab == "failed",
                        button("Retry…", size="sm", on_click=BulkState.ask("retry")),
                    ),
                    button("Cancel…", size="sm", look="danger", on_click=BulkState.ask("cancel")),
                    rx.cond(
                        LiveState.can_write,
                        menu(
                            *(
                                item(
                                    words,
                                    icon_name=icon_name,
                                    danger=key == "delete",
                                    on_click=BulkState.ask(key),
                                )
                                for key, words, icon_name in _OF_POSTS
                            ),
                            label="More for the selected posts",
                            face=icon("ellipsis", size=16),
                            place="above-right",
                        ),
                    ),
                ),
            ),
            review.of_selected(),
            icon_button("x", "Select none", on_click=BulkState.clear),
            role="toolbar",
            aria_label="Selected posts",
            class_name="flex flex-wrap items-center gap-1.5 rounded-lg border border-line-strong "
            "bg-raised shadow-float p-2 text-sm",
        ),
    )
