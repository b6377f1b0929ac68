"""What stands around the lines of the queue: picks, the bar for many, its dialogs, the way back."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button, icon_button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.done import done_bar
from socialapp.ui.components.field import LABEL, option, select_field, text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.menu import item, menu
from socialapp.ui.components.parts import some, untitled
from socialapp.ui.components.zone import zone_field
from socialapp.ui.feed import LiveState
from socialapp.ui.queue import post_deeds
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.queue.bulk import UNITS, BulkState, is_picked
from socialapp.ui.queue.post_deeds import HOW
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
_STATUS = "m-0 rounded-md bg-sunken px-3 py-2 text-sm min-h-9"


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
    """Return the buttons that put the open schedule a slot earlier or later, also on a phone."""
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


def dialogs() -> rx.Component:
    """Return the questions that are asked before something is done to many."""
    return rx.fragment(
        _of_posts(),
        _question("publish", "Publish them now?", "Publish now"),
        _question("retry", "Try them again?", "Retry"),
        _question(
            "cancel",
            "Cancel them?",
            "Cancel the schedules",
            rx.el.p(
                "What has not gone out yet will not go out. The posts are kept.",
                class_name="m-0 text-muted",
            ),
            look="danger",
        ),
        _question(
            "shift",
            "Shift them",
            "Shift",
            rx.el.div(
                rx.el.div(
                    text_field(
                        "By",
                        id="amount",
                        input_mode="numeric",
                        auto_complete="off",
                        default_value="1",
                        on_change=BulkState.shift_by,
                        hint="Negative: earlier.",
                    ),
                    class_name="basis-24 grow",
                ),
                rx.el.div(
                    select_field(
                        "Of",
                        *(option(unit.capitalize(), unit) for unit in UNITS),
                        id="unit",
                        default_value="hours",
                        on_change=BulkState.shift_in,
                    ),
                    class_name="basis-32 grow",
                ),
                class_name="flex gap-3 items-start",
            ),
        ),
        _question(
            "move",
            "Reschedule them",
            "Reschedule",
            text_field(
                "The first of them goes out",
                id="bulk_at",
                type="datetime-local",
                default_value=BulkState.start,
                on_change=BulkState.move_to,
                hint="The others keep their distance to it.",
            ),
            zone_field(
                "Time zone", id="bulk_zone", value=BulkState.zone, on_change=BulkState.move_in
            ),
        ),
    )


def _of_posts() -> rx.Component:
    """Return the questions about the posts of the lines."""
    return rx.fragment(
        _question(
            "channels",
            "Change their channels",
            "Change the channels",
            _how("assign_how"),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=LABEL),
                rx.foreach(QueueState.channels, _channel),
                class_name="border-0 m-0 p-0 flex flex-col max-h-48 overflow-y-auto",
            ),
            _lines(),
        ),
        _question(
            "tags",
            "Change their tags",
            "Change the tags",
            _how("tag_how"),
            text_field(
                "Tags",
                id="bulk_tags",
                auto_complete="off",
                on_change=BulkState.write_tags.debounce(300),
                hint="With commas between them.",
            ),
            _lines(),
        ),
        _question(
            "queue",
            "Add them to the queue?",
            "Add to queue",
            _note("Each takes the next free slot of its channels, the oldest draft first."),
            _lines(),
        ),
        _question(
            "spread",
            "Schedule them at suggested times",
            "Schedule",
            rx.el.div(
                _span("Over the next", "days", post_deeds.SPANS),
                _span("A day in a channel", "per_day", _A_DAY),
                _span("Not before", "first_hour", _HOURS),
                _span("Not after", "last_hour", _HOURS),
                class_name="grid grid-cols-2 gap-3",
            ),
            _lines(),
        ),
        _question("check", "What networks would say", "", _lines(), no="Close"),
        _question(
            "delete",
            "Put them in the trash?",
            "Put in the trash",
            _note("What is planned of them is cancelled. What is out stays out."),
            _lines(),
            look="danger",
        ),
    )


_HOURS = {hour: f"{hour:02d}:00" for hour in range(24)}
_A_DAY = {number: f"At most {number}" for number in post_deeds.A_DAY}


def _span(label: str, name: str, choices: dict[int, str]) -> rx.Component:
    return select_field(
        label,
        *(option(words, str(value)) for value, words in choices.items()),
        id=f"spread_{name}",
        value=BulkState.span[name],
        on_change=lambda value: BulkState.choose_span(name, value),
    )


def _note(words: str) -> rx.Component:
    return rx.el.p(words, class_name="m-0 text-muted")


def _how(key: str) -> rx.Component:
    return select_field(
        "What to do",
        *(option(words, str(how)) for how, words in HOW.items()),
        id=key,
        value=BulkState.how,
        on_change=BulkState.choose_how,
    )


def _channel(choice: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=BulkState.channels.contains(choice["value"]),  # type: ignore[attr-defined]
            on_change=lambda _: BulkState.turn_channel(choice["value"]),
            class_name="size-4 accent-[var(--accent)]",
        ),
        rx.el.span(choice["label"], class_name="truncate"),
        class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11",
    )


def _lines() -> rx.Component:
    """Return what would become of each line."""
    return rx.cond(
        some(BulkState.lines),
        rx.el.div(
            rx.el.ul(
                rx.foreach(BulkState.lines, _line),
                class_name="list-none m-0 p-0 divide-y divide-line",
            ),
            rx.cond(
                BulkState.more_lines != "",
                rx.el.p(BulkState.more_lines, class_name="m-0 py-1.5 text-xs text-muted"),
            ),
            role="region",
            aria_label="What becomes of each",
            tab_index=0,
            class_name="max-h-56 overflow-y-auto rounded-md border border-line px-3",
        ),
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(line["title"], class_name="m-0 text-sm truncate"),
        rx.el.p(
            line["words"],
            class_name=rx.cond(
                line["is_refused"],
                "m-0 text-xs text-danger break-words",
                "m-0 text-xs text-muted break-words",
            ),
        ),
        key=line["key"],
        class_name="py-1.5",
    )


def _question(
    key: str, title: str, yes: str, *more: Any, look: Any = "primary", no: str = "Leave them"
) -> rx.Component:
    return dialog(
        rx.el.div(
            *more,
            rx.el.p(BulkState.foretold, role="status", class_name=_STATUS),
            class_name="flex flex-col gap-4",
        ),
        actions(
            button(no, on_click=BulkState.dismiss),
            button(yes, look=look, disabled=~BulkState.can_run, on_click=BulkState.run)
            if yes
            else rx.fragment(),
        ),
        title=title,
        is_open=BulkState.asks == key,
        on_close=BulkState.dismiss,
    )
