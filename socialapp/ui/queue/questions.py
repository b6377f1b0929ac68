"""What is asked before something is done to many: what it would do to each, and yes or no."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import LABEL, option, select_field, text_field
from socialapp.ui.components.parts import some
from socialapp.ui.components.zone import zone_field
from socialapp.ui.queue import post_deeds
from socialapp.ui.queue.bulk import UNITS, BulkState
from socialapp.ui.queue.post_deeds import HOW
from socialapp.ui.queue.state import QueueState

_STATUS = "m-0 rounded-md bg-sunken px-3 py-2 text-sm min-h-9"


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
