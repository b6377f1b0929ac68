"""The card of timetables: keep the channel's times under a name, give them to channels."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import LABEL, text_field
from socialapp.ui.components.parts import card, some
from socialapp.ui.feed import LiveState
from socialapp.ui.network.times import TimesState
from socialapp.ui.network.timetables import TimetablesState

_QUIET = "m-0 text-sm text-muted"


def timetables() -> rx.Component:
    """Return the timetables of the workspace, and what can be done with them."""
    return rx.cond(
        LiveState.can_publish | some(TimetablesState.timetables),
        card(
            rx.el.p(
                "Posting times under a name, to give to any of the workspace's channels.",
                class_name=_QUIET,
            ),
            rx.cond(
                some(TimetablesState.timetables),
                rx.el.ul(
                    rx.foreach(TimetablesState.timetables, _row),
                    aria_label="Timetables",
                    class_name="list-none p-0 m-0 mt-3 divide-y divide-line border-y border-line",
                ),
            ),
            rx.cond(LiveState.can_publish & TimesState.has_times, _save()),
            rx.cond(LiveState.can_publish, _dialogs()),
            title="Timetables",
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(row["name"], class_name="m-0 text-base font-medium break-words"),
            rx.el.p(row["words"], class_name="m-0 text-sm text-muted break-words tabular-nums"),
            class_name="min-w-0 grow basis-56",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.el.div(
                _ask(row, "apply", "Apply…", "Apply "),
                _ask(row, "rename", "Rename…", "Rename "),
                _ask(row, "delete", "Delete…", "Delete ", look="danger"),
                class_name="flex flex-wrap gap-2",
            ),
        ),
        key=row["key"],
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5",
    )


def _ask(row: Any, question: str, words: str, label: str, **props: Any) -> rx.Component:
    return button(
        words,
        size="sm",
        aria_label=label + row["name"].to(str),
        on_click=TimetablesState.ask(question, row["id"]),
        **props,
    )


def _save() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            text_field(
                "Keep this channel's times as",
                id="timetable",
                required=True,
                max_length=60,
                auto_complete="off",
                placeholder="Weekday mornings",
            ),
            class_name="grow basis-48",
        ),
        button("Save", type="submit", icon_name="plus", class_name="max-sm:w-full"),
        on_submit=TimetablesState.save,
        reset_on_submit=True,
        class_name="flex flex-wrap items-end gap-2 mt-3",
    )


def _dialogs() -> rx.Component:
    name = rx.Var.create("“") + TimetablesState.about["name"] + "”"
    return rx.fragment(
        _apply(name),
        dialog(
            rx.el.form(
                text_field(
                    "Name",
                    id="timetable_name",
                    default_value=TimetablesState.about["name"],
                    required=True,
                    max_length=60,
                    auto_complete="off",
                ),
                actions(
                    button("Leave it", on_click=TimetablesState.dismiss),
                    button("Rename", look="primary", type="submit"),
                ),
                on_submit=TimetablesState.rename,
            ),
            title="Rename the timetable",
            is_open=TimetablesState.asks == "rename",
            on_close=TimetablesState.dismiss,
        ),
        confirm(
            title=rx.Var.create("Delete ") + name + "?",
            text="Channels that were given it keep their posting times.",
            yes="Delete it",
            is_open=TimetablesState.asks == "delete",
            on_yes=TimetablesState.delete,
            on_close=TimetablesState.dismiss,
        ),
    )


def _apply(name: Any) -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(
                "The channels post at ",
                rx.el.span(TimetablesState.about["words"], class_name="tabular-nums"),
                " instead of their own times. What is planned stays.",
                class_name=_QUIET,
            ),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=LABEL),
                rx.foreach(TimetablesState.channels, _channel),
                class_name="border-0 m-0 p-0 flex flex-col max-h-48 overflow-y-auto",
            ),
            rx.el.p(TimetablesState.refusal, role="status", class_name=_QUIET + " empty:hidden"),
            rx.cond(
                some(TimetablesState.lines),
                rx.el.ul(
                    rx.foreach(TimetablesState.lines, _line),
                    aria_label="What becomes of each",
                    tab_index=0,
                    class_name="list-none m-0 p-0 px-3 divide-y divide-line rounded-md border "
                    "border-line max-h-56 overflow-y-auto",
                ),
            ),
            class_name="flex flex-col gap-4",
        ),
        actions(
            button("Leave them", on_click=TimetablesState.dismiss),
            button(
                "Apply",
                look="primary",
                disabled=~some(TimetablesState.lines),
                on_click=TimetablesState.apply,
            ),
        ),
        title=rx.Var.create("Apply ") + name,
        is_open=TimetablesState.asks == "apply",
        on_close=TimetablesState.dismiss,
    )


def _channel(choice: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=TimetablesState.chosen.contains(choice["value"]),  # type: ignore[attr-defined]
            on_change=lambda _: TimetablesState.turn(choice["value"]),
            class_name="size-4 accent-[var(--accent)]",
        ),
        rx.el.span(choice["label"], class_name="truncate"),
        class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(line["name"], class_name="m-0 text-sm truncate"),
        rx.el.p(line["words"], class_name="m-0 text-xs text-muted break-words tabular-nums"),
        key=line["key"],
        class_name="py-1.5",
    )
