"""Personas: the list with their switches, and the form of one."""

from typing import Any

import reflex as rx

from socialapp.domain.captions import PLACES
from socialapp.domain.slots import DAYS
from socialapp.ui.autopilot.state import AutopilotState
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import (
    CONTROL,
    HINT,
    LABEL,
    field,
    option,
    select_field,
    text_field,
)
from socialapp.ui.components.parts import card
from socialapp.ui.feed import LiveState

_LIST = "list-none m-0 p-0 flex flex-col divide-y divide-line"
_ROW = "flex flex-wrap items-center gap-3 py-3"
_CAPTION_HINT = (
    "; ".join(f"{{{name}}} becomes {words}" for name, words in PLACES.items() if name != "folder")
    + ". What is not known is left out."
)


def cards() -> rx.Component:
    """Return the list."""
    rows: Any = AutopilotState.personas
    return card(
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _persona), class_name=_LIST),
            rx.el.p(
                "A persona says where, when and with what words pictures go out.",
                class_name="text-muted m-0",
            ),
        ),
        title="Personas",
        action=rx.cond(
            LiveState.can_publish,
            button("New persona", size="sm", icon_name="plus", on_click=AutopilotState.edit(0)),
        ),
    )


def _persona(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(row["name"], class_name="text-base font-semibold m-0"),
            rx.el.p(row["promise"], class_name="text-sm text-muted m-0"),
            rx.cond(
                row["trouble"] != "",
                rx.el.p("It cannot post. ", row["trouble"], class_name="text-sm text-danger m-0"),
            ),
            class_name="min-w-0 grow basis-60",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.el.div(
                button(
                    rx.cond(row["is_on"], "On", "Off"),
                    size="sm",
                    role="switch",
                    aria_checked=rx.cond(row["is_on"], "true", "false"),
                    aria_label=row["name"] + " posts by itself",
                    class_name=rx.cond(row["is_on"], "!bg-accent-soft !text-accent-ink", ""),
                    on_click=AutopilotState.switch(row["id"], ~row["is_on"]),
                ),
                button(
                    "Post one now",
                    size="sm",
                    aria_label="Post one now: " + row["name"],
                    on_click=AutopilotState.run_now(row["id"]),
                ),
                button(
                    "Edit",
                    size="sm",
                    look="quiet",
                    aria_label="Edit " + row["name"],
                    on_click=AutopilotState.edit(row["id"]),
                ),
                class_name="flex gap-2 max-md:basis-full",
            ),
            rx.el.span(rx.cond(row["is_on"], "On", "Off"), class_name="text-sm"),
        ),
        key=row["key"],
        class_name=_ROW,
    )


def dialogs() -> rx.Component:
    """Return the form, and the question before a persona is deleted."""
    return rx.fragment(
        _form(),
        confirm(
            title=rx.Var.create("Delete ") + AutopilotState.deleting_name + "?",
            text=AutopilotState.deleting_words,
            yes="Delete it",
            is_open=AutopilotState.deleting != 0,
            on_yes=AutopilotState.delete,
            on_close=AutopilotState.ask_to_delete(0),
        ),
    )


def _check(name: Any, label: Any, is_on: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=is_on, value="yes"),
        label,
        class_name="inline-flex items-center gap-1.5 min-h-8 max-md:min-h-touch text-sm",
    )


def _form() -> rx.Component:
    edited: Any = AutopilotState.edited
    channels: Any = AutopilotState.channels
    group = "flex flex-wrap gap-x-4 border-0 m-0 p-0"
    return dialog(
        rx.el.form(
            text_field("Name", id="name", default_value=edited["name"], required=True),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=LABEL),
                rx.foreach(
                    channels,
                    lambda c: _check(
                        "channel-" + c["id"], c["name"], edited["channels"].contains(c["id"])
                    ),
                ),
                class_name=group,
            ),
            rx.el.fieldset(
                rx.el.legend("Days", class_name=LABEL),
                *(
                    _check(f"day-{n}", day[:3], edited["days"].contains(str(n)))
                    for n, day in enumerate(DAYS)
                ),
                class_name=group,
            ),
            text_field(
                "Times", id="clock", default_value=edited["clock"], hint="Like 09:00, 18:30."
            ),
            text_field("Time zone", id="timezone", default_value=edited["timezone"]),
            field(
                "Caption",
                rx.el.textarea(
                    id="caption",
                    name="caption",
                    rows="3",
                    default_value=edited["caption"],
                    custom_attrs={"aria-describedby": "caption-hint"},
                    class_name=CONTROL + "py-2",
                ),
                id="caption",
                hint=_CAPTION_HINT,
            ),
            select_field(
                "Which picture goes next",
                option("The highest rated", "highest"),
                option("The newest", "freshest"),
                option("The least like the last ones", "different"),
                id="strategy",
                default_value=edited["strategy"],
            ),
            text_field(
                "Only from folders",
                id="folders",
                default_value=edited["folders"],
                hint="Parted by commas. Empty: from all.",
            ),
            text_field(
                "Only with one of these tags",
                id="tags",
                default_value=edited["tags"],
                hint="Parted by spaces. Empty: any picture.",
            ),
            select_field(
                "Shape",
                option("Any", ""),
                option("Landscape", "landscape"),
                option("Portrait", "portrait"),
                option("Square", "square"),
                id="orientation",
                default_value=edited["orientation"],
            ),
            text_field(
                "Lowest score",
                id="minimum_score",
                type="number",
                min="0",
                max="10",
                step="0.1",
                default_value=edited["minimum_score"],
            ),
            rx.el.div(
                _check(
                    "proposes_alt_text",
                    "Propose a description for a picture that has none",
                    edited["proposes_alt_text"],
                ),
                rx.el.p(
                    "Nobody reads it before it goes out. It needs Proposals under Settings, with "
                    "pictures. When that fails, the picture goes out without one, or, if this "
                    "workspace does not schedule undescribed media, another picture does or "
                    "none. The log says why.",
                    class_name=HINT,
                ),
            ),
            rx.cond(
                AutopilotState.refusal != "",
                rx.el.p(AutopilotState.refusal, role="alert", class_name="text-sm text-danger m-0"),
            ),
            actions(
                rx.cond(
                    edited["id"] != 0,
                    button(
                        "Delete…",
                        look="danger",
                        class_name="mr-auto",
                        on_click=AutopilotState.ask_to_delete(edited["id"]),
                    ),
                ),
                button("Cancel", on_click=AutopilotState.close),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=AutopilotState.save,
            key=edited["key"],
            class_name="flex flex-col gap-3",
        ),
        title=rx.cond(edited["id"] == 0, "New persona", "Edit the persona"),
        is_open=AutopilotState.is_editing,
        on_close=AutopilotState.close,
    )
