"""The page of texts that are used again: snippets, groups of hashtags, templates."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button, button_link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import CONTROL, field, text_field
from socialapp.ui.components.parts import (
    CARD,
    empty,
    label_mark,
    loaded,
    page_header,
    some,
    tabs,
)
from socialapp.ui.components.search import search_field
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import TEXTS, shell
from socialapp.ui.texts.state import TEMPLATES, TextsState


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Texts",
            rx.cond(LiveState.can_write, _new()),
            text="Written once, used again in posts.",
        ),
        tabs(
            [
                ("text", "Snippets", None),
                ("hashtags", "Hashtags", None),
                (TEMPLATES, "Templates", None),
            ],
            current=TextsState.tab,
            choose=TextsState.choose_tab,
        ),
        rx.el.div(
            search_field("Search texts", value=TextsState.query, on_search=TextsState.search),
            class_name="flex flex-wrap gap-2 py-3",
        ),
        rx.el.div(
            loaded(TextsState.is_loaded, _list(), rows=5, height="h-14"),
            class_name=CARD + "overflow-hidden",
        ),
        _form(),
        confirm(
            title=rx.Var.create("Delete “") + TextsState.deleting_name + "”?",
            text="Posts that were written with it stay as they are.",
            yes="Delete it",
            is_open=TextsState.deleting > 0,
            on_yes=TextsState.delete,
            on_close=TextsState.ask_delete(0, ""),
        ),
        place=TEXTS,
    )


def _new() -> rx.Component:
    return rx.cond(
        TextsState.tab == TEMPLATES,
        button_link("Write a post", to=routes.COMPOSE, look="primary", icon_name="plus"),
        button(
            rx.cond(TextsState.tab == "hashtags", "New group of hashtags", "New snippet"),
            look="primary",
            icon_name="plus",
            on_click=TextsState.write(0),
        ),
    )


def _list() -> rx.Component:
    return rx.cond(
        some(TextsState.rows),
        rx.el.ul(
            rx.foreach(TextsState.rows, _row),
            aria_label="Texts",
            class_name="list-none m-0 p-0 divide-y divide-line",
        ),
        rx.cond(TextsState.query != "", _nothing_found(), _none()),
    )


def _nothing_found() -> rx.Component:
    return empty(
        "search_x",
        "Nothing matches",
        "None of them says that in its name or text.",
        button("Clear the search", on_click=TextsState.search("")),
    )


def _none() -> rx.Component:
    return rx.match(
        TextsState.tab,
        (
            "hashtags",
            empty(
                "hash",
                "No groups of hashtags yet",
                "Keep hashtags that go together. While you write, Ctrl I puts them in at the"
                " cursor.",
            ),
        ),
        (
            TEMPLATES,
            empty(
                "layout_template",
                "No templates yet",
                "Write a post and choose Save as template; new posts can begin with it.",
            ),
        ),
        empty(
            "text_quote",
            "No snippets yet",
            "Keep a piece of text that you write often. While you write, Ctrl I puts it in at the"
            " cursor.",
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(row["name"], class_name="m-0 text-base font-medium truncate"),
            rx.el.p(row["text"], class_name="m-0 text-sm text-muted truncate"),
            rx.el.p(
                label_mark(row["labels"]), class_name="m-0 text-xs text-muted empty:hidden flex"
            ),
            class_name="min-w-0 grow basis-56",
        ),
        rx.cond(
            LiveState.can_write,
            rx.el.div(
                rx.cond(
                    row["address"] != "",
                    button_link(
                        "New post",
                        to=row["address"],
                        size="sm",
                        aria_label="New post from " + row["name"].to(str),
                    ),
                ),
                button(
                    rx.cond(row["address"] != "", "Rename…", "Edit…"),
                    size="sm",
                    aria_label="Change " + row["name"].to(str),
                    on_click=TextsState.write(row["id"]),
                ),
                button(
                    "Delete…",
                    size="sm",
                    look="danger",
                    aria_label="Delete " + row["name"].to(str),
                    on_click=TextsState.ask_delete(row["id"], row["name"]),
                ),
                class_name="flex flex-wrap gap-2",
            ),
        ),
        key=row["key"],
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 md:px-4 py-2.5",
    )


def _form() -> rx.Component:
    is_group = TextsState.tab == "hashtags"
    return dialog(
        rx.el.form(
            text_field(
                "Name",
                id="text_name",
                default_value=TextsState.form["name"],
                required=True,
                max_length=100,
                auto_complete="off",
                auto_focus=True,
            ),
            rx.cond(
                TextsState.tab != TEMPLATES,
                field(
                    "Text",
                    rx.el.textarea(
                        id="text_text",
                        name="text_text",
                        default_value=TextsState.form["text"],
                        required=True,
                        max_length=10_000,
                        rows=6,
                        custom_attrs={"aria-describedby": "text_text-hint"},
                        class_name=CONTROL + "py-2",
                    ),
                    id="text_text",
                    hint=rx.cond(
                        is_group,
                        "Words with or without #, with a space between them.",
                        "It is put in as it stands here.",
                    ),
                ),
            ),
            actions(
                button("Leave it", on_click=TextsState.close),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=TextsState.save,
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(
            TextsState.form["id"] > 0,
            rx.cond(TextsState.tab == TEMPLATES, "Rename the template", "Change it"),
            rx.cond(is_group, "New group of hashtags", "New snippet"),
        ),
        is_open=TextsState.form["is_open"],
        on_close=TextsState.close,
    )
