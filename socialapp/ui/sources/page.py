"""Sources: the list with how it is with each, and the form of one."""

from typing import Any

import reflex as rx

from socialapp.domain.sources import PER_DAY_AT_MOST
from socialapp.ui import routes
from socialapp.ui.components.ask import ask_button
from socialapp.ui.components.button import LOOKS, SHAPE, SIZES, button, button_link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import LABEL, option, select_field, text_field
from socialapp.ui.components.jsx import Widget
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import card, empty, loaded, page_header
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import AUTOPILOT, shell
from socialapp.ui.sources.state import TAKEN, SourcesState


class _Trial(Widget):
    library = rx.asset("trial.jsx", shared=True).importable_path
    tag = "Trial"
    is_default = False

    channels: rx.Var[list[dict[str, str]]]


_LIST = "list-none m-0 p-0 flex flex-col divide-y divide-line"


def page() -> rx.Component:
    """Return the page."""
    rows: Any = SourcesState.sources
    add = rx.cond(
        LiveState.can_write,
        button("Add a source", look="primary", icon_name="plus", on_click=SourcesState.edit(0)),
    )
    return shell(
        page_header(
            "Sources",
            button_link("Autopilot", to=routes.AUTOPILOT),
            add,
            text="The new items of a feed become posts, each of them once.",
        ),
        loaded(
            SourcesState.is_loaded,
            card(
                rx.cond(
                    rows.length() > 0,
                    rx.el.ul(rx.foreach(rows, _source), class_name=_LIST),
                    empty(
                        "rss",
                        "No sources yet",
                        "Add the address of a feed, or of a page that has one. What is in it by "
                        "then is not posted.",
                    ),
                ),
            ),
        ),
        _form(),
        confirm(
            title="Delete this source?",
            text=SourcesState.deleting_name + " is not looked at any more. Its posts stay.",
            yes="Delete the source",
            is_open=SourcesState.deleting != 0,
            on_yes=SourcesState.delete,
            on_close=SourcesState.ask_delete(0, ""),
        ),
        watch(LiveState.version, on_stale=SourcesState.load),
        place=AUTOPILOT,
    )


def _source(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(row["name"], class_name="text-base font-semibold m-0 break-words"),
            rx.el.p(row["state"], class_name="text-sm text-muted m-0"),
            rx.cond(
                row["trouble"] != "",
                rx.el.p(row["trouble"], class_name="text-sm text-warning m-0 break-words"),
            ),
            class_name="min-w-0 grow basis-60",
        ),
        rx.cond(LiveState.can_write, _acts(row)),
        key=row["key"],
        class_name="flex flex-wrap items-center gap-3 py-3",
    )


def _acts(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row["can_take"],
            button(
                f"Take the newest {TAKEN} as drafts",
                size="sm",
                on_click=SourcesState.take(row["id"]),
            ),
        ),
        rx.cond(
            row["is_paused"],
            button("Resume", size="sm", on_click=SourcesState.pause(row["id"], False)),
            rx.fragment(
                ask_button(
                    "Look now",
                    address=row["look"],
                    busy="Looking…",
                    on_answer=SourcesState.looked,
                    icon_name="refresh_cw",
                    size="sm",
                ),
                button("Pause", size="sm", on_click=SourcesState.pause(row["id"], True)),
            ),
        ),
        button("Edit", size="sm", look="quiet", on_click=SourcesState.edit(row["id"])),
        button(
            "Delete",
            size="sm",
            look="quiet",
            on_click=SourcesState.ask_delete(row["id"], row["name"]),
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def _form() -> rx.Component:
    edited: Any = SourcesState.edited
    channels: Any = SourcesState.channels
    return dialog(
        rx.el.form(
            text_field(
                "Address",
                id="url",
                default_value=edited["url"],
                required=True,
                hint="Of a feed, or of a page that has one.",
            ),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=LABEL),
                rx.foreach(
                    channels,
                    lambda c: rx.el.label(
                        rx.el.input(
                            type="checkbox",
                            name="channel-" + c["id"],
                            default_checked=edited["channels"].contains(c["id"]),
                            value="yes",
                        ),
                        c["name"],
                        class_name="inline-flex items-center gap-1.5 min-h-8 max-md:min-h-touch "
                        "text-sm",
                    ),
                ),
                class_name="flex flex-wrap gap-x-4 border-0 m-0 p-0",
            ),
            select_field(
                "What becomes of new items",
                option("Draft", "draft"),
                option("Add to queue", "queue"),
                id="becomes",
                default_value=edited["becomes"],
            ),
            text_field(
                "Text",
                id="template",
                default_value=edited["template"],
                hint="{title}, {link}, {summary}, {author} and {date} are filled in.",
            ),
            text_field(
                "Only items with one of these words",
                id="must_have",
                default_value=edited["must_have"],
                hint="Separated by commas; empty takes all.",
            ),
            text_field(
                "No items with any of these words",
                id="must_not_have",
                default_value=edited["must_not_have"],
            ),
            text_field(
                "At most a day",
                id="per_day",
                type="number",
                min="1",
                max=str(PER_DAY_AT_MOST),
                default_value=edited["per_day"],
            ),
            rx.cond(
                SourcesState.refusal != "",
                rx.el.p(SourcesState.refusal, role="alert", class_name="text-sm text-danger m-0"),
            ),
            _Trial.create(channels=channels, class_name=f"{SHAPE}{SIZES['md']}{LOOKS['plain']}"),
            actions(
                button("Cancel", on_click=SourcesState.close),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=SourcesState.submit,
            key=edited["key"],
            class_name="flex flex-col gap-3",
        ),
        title=rx.cond(edited["id"] == 0, "Add a source", "Edit the source"),
        is_open=SourcesState.is_editing,
        on_close=SourcesState.close,
    )
