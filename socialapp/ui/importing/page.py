"""The import: a file, its columns, its rows, the end of it."""

from typing import Any

import reflex as rx

from socialapp.services.imports import FILE_AT_MOST_BYTES, ROWS_AT_MOST
from socialapp.ui import routes
from socialapp.ui.components.button import LOOKS, SHAPE, SIZES, button, button_link, file_link, link
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.parts import CARD, card, loaded, page_header, pagination, some
from socialapp.ui.components.zone import zone_field
from socialapp.ui.feed import LiveState
from socialapp.ui.importing.state import ImportState
from socialapp.ui.importing.widgets import SheetDrop, Ticks
from socialapp.ui.shell import QUEUE, shell

_CELL = "px-3 py-2 text-left align-top "


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Import",
            button_link("Queue", to=routes.QUEUE),
            text=f"Posts from a CSV file, up to {ROWS_AT_MOST:,} rows. Nothing is imported before "
            "you have seen the check.",
        ),
        rx.cond(
            LiveState.can_publish & LiveState.can_write | ~LiveState.is_ready,
            loaded(ImportState.is_loaded, _steps(), rows=4),
            rx.el.p("Your role may look at posts here, not import them."),
        ),
        Ticks.create(is_on=ImportState.is_working, on_tick=ImportState.refresh),
        confirm(
            title="Take the import back?",
            text="What has not gone out is cancelled, and its posts go to the trash. What is "
            "posted stays.",
            yes="Take it back",
            is_open=ImportState.is_asking,
            on_yes=ImportState.undo,
            on_close=ImportState.ask_undo(False),
        ),
        place=QUEUE,
    )


def _steps() -> rx.Component:
    return rx.match(
        ImportState.stage,
        ("uploaded", _columns()),
        ("checking", _under_way("Checking", ImportState.checked, ImportState.rows)),
        ("checked", _checked()),
        ("importing", _under_way("Importing", ImportState.made, ImportState.good)),
        ("imported", _done()),
        ("undoing", _under_way("Taking back", ImportState.undone, ImportState.made)),
        ("undone", _done()),
        _file(),
    )


def _stack(*children: Any) -> rx.Component:
    component: rx.Component = rx.el.div(*children, class_name="flex flex-col gap-4")
    return component


def _file() -> rx.Component:
    return _stack(
        card(
            SheetDrop.create(
                icon("upload"),
                max_bytes=FILE_AT_MOST_BYTES,
                on_done=ImportState.uploaded,
                class_name=SHAPE + SIZES["md"] + LOOKS["primary"],
            ),
            rx.el.p(
                "One row is one post. The first line names the columns; which is which is asked "
                "next. ",
                file_link("Download a sample", href="/api/schedules/sample"),
                class_name="m-0 mt-4 text-sm text-muted",
            ),
        ),
        rx.cond(
            some(ImportState.earlier),
            card(
                rx.el.ul(
                    rx.foreach(
                        ImportState.earlier,
                        lambda one: rx.el.li(
                            link(one["name"], to=one["to"]),
                            rx.el.span(one["words"], class_name="text-sm text-muted"),
                            key=one["key"],
                            class_name="flex flex-wrap gap-x-3 items-center py-2",
                        ),
                    ),
                    class_name="list-none m-0 p-0 divide-y divide-line",
                ),
                title="Earlier imports",
            ),
        ),
    )


def _columns() -> rx.Component:
    return _stack(
        card(
            rx.el.p(
                "Which column holds what? Guessed from the first line of ",
                rx.el.strong(ImportState.name),
                ".",
                class_name="m-0 mb-4 text-muted",
            ),
            rx.el.div(
                rx.foreach(ImportState.fields, _field),
                class_name="grid gap-4 sm:grid-cols-2 lg:grid-cols-3",
            ),
            title="Columns",
        ),
        card(
            rx.el.div(
                zone_field(
                    "Times are in",
                    id="import_zone",
                    value=ImportState.zone,
                    on_change=ImportState.choose_zone,
                    hint="Unless a row names its own zone.",
                ),
                select_field(
                    "3/4/2027 means",
                    option("3 April 2027", "day_first"),
                    option("4 March 2027", "month_first"),
                    id="import_order",
                    value=ImportState.order,
                    on_change=ImportState.choose_order,
                ),
                select_field(
                    "Rows without a time become",
                    option("Drafts", ""),
                    option("Posts in the next free slot", "queue"),
                    id="import_without_time",
                    value=ImportState.without_time,
                    on_change=ImportState.choose_without_time,
                ),
                select_field(
                    "Rows without a channel go to",
                    option("The default channel", ""),
                    rx.foreach(
                        ImportState.channels, lambda one: option(one["label"], one["value"])
                    ),
                    id="import_channel",
                    value=ImportState.channel,
                    on_change=ImportState.choose_channel,
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            title="How to read it",
        ),
        rx.el.div(
            button("Check every row", look="primary", on_click=ImportState.check),
            button("Another file…", on_click=ImportState.discard),
            class_name="flex flex-wrap gap-2",
        ),
        _table(),
    )


def _field(one: Any) -> rx.Component:
    """Return the select of one field; its label is beside it in the same order as on the page."""
    where = rx.Var.create("field-") + one["key"].to(str)
    return rx.el.div(
        rx.el.label(one["label"], html_for=where, class_name="block text-sm font-medium mb-1"),
        rx.el.select(
            option("None", ""),
            rx.foreach(ImportState.columns, lambda each: option(each["label"], each["value"])),
            id=where,
            value=one["column"],
            on_change=lambda chosen: ImportState.choose_column(one["key"], chosen),
            class_name="w-full rounded-md border border-control bg-surface text-ink px-3 pr-8 "
            "text-base h-9 max-md:h-11",
        ),
        key=one["key"],
    )


def _under_way(what: str, done: Any, total: Any) -> rx.Component:
    return _stack(
        card(
            rx.el.p(
                rx.el.strong(what, " ", ImportState.name),
                rx.el.span(done, " of ", total, class_name="tabular-nums text-muted ml-2"),
                class_name="m-0 mb-2",
            ),
            rx.el.progress(
                value=ImportState.percent,
                max=100,
                aria_label=what,
                class_name="block w-full h-2 accent-[var(--accent)]",
            ),
            rx.el.p(
                "A worker does this. You may close the page; it goes on, and you find it here.",
                class_name="m-0 mt-3 text-sm text-muted",
            ),
        ),
    )


def _fact(number: Any, words: str, tone: str = "") -> rx.Component:
    component: rx.Component = rx.el.div(
        rx.el.div(number, class_name=f"text-xl font-semibold tabular-nums {tone}"),
        rx.el.div(words, class_name="text-sm text-muted"),
        class_name="min-w-20",
    )
    return component


def _checked() -> rx.Component:
    has_problems = (ImportState.faulty + ImportState.warned) > 0
    return _stack(
        card(
            rx.el.div(
                _fact(ImportState.good, "can be imported"),
                _fact(ImportState.faulty, "with an error", "text-danger"),
                _fact(ImportState.warned, "to look at"),
                role="status",
                class_name="flex flex-wrap gap-x-5 gap-y-3",
            ),
            rx.el.div(
                button(
                    "Import ",
                    ImportState.good,
                    " rows",
                    look="primary",
                    disabled=ImportState.good == 0,
                    on_click=ImportState.confirm,
                ),
                button("Change the columns", on_click=ImportState.change),
                button("Another file…", on_click=ImportState.discard),
                class_name="flex flex-wrap gap-2 mt-4",
            ),
            rx.cond(
                ImportState.faulty > 0,
                rx.el.p(
                    "Rows with an error are left out.", class_name="m-0 mt-3 text-sm text-muted"
                ),
            ),
            title=ImportState.name,
        ),
        rx.cond(has_problems, _problems()),
        _table(),
    )


def _problems() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=ImportState.only_problems,
                on_change=ImportState.show_problems,
                class_name="size-4 accent-[var(--accent)]",
            ),
            "Only rows with a problem",
            class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11 grow",
        ),
        file_link(
            icon("download", size=14),
            "Download these rows as CSV",
            href=ImportState.table,
            class_name="inline-flex items-center gap-1.5 min-h-8 max-md:min-h-11 text-accent-ink "
            "hover:underline",
        ),
        class_name="flex flex-wrap items-center gap-x-4 text-sm",
    )


def _done() -> rx.Component:
    is_undone = ImportState.stage == "undone"
    return _stack(
        card(
            rx.el.div(
                rx.cond(
                    is_undone,
                    _fact(ImportState.undone, "taken back"),
                    _fact(ImportState.made, "imported"),
                ),
                rx.cond(
                    ImportState.faulty > 0,
                    _fact(ImportState.faulty, "left out", "text-danger"),
                ),
                role="status",
                class_name="flex flex-wrap gap-x-5 gap-y-3",
            ),
            rx.cond(
                ImportState.trouble != "",
                rx.el.p(ImportState.trouble, class_name="m-0 mt-3 text-danger"),
            ),
            rx.el.div(
                button_link("Open the queue", to=routes.QUEUE, look="primary"),
                button_link("Import another file", to=routes.IMPORT),
                rx.cond(
                    ~is_undone,
                    button("Undo…", icon_name="undo_2", on_click=ImportState.ask_undo(True)),
                ),
                class_name="flex flex-wrap gap-2 mt-4",
            ),
            title=ImportState.name,
        ),
        rx.cond(ImportState.faulty > 0, _problems()),
        _table(),
    )


def _table() -> rx.Component:
    heads = ("Row", "Text", "When", "Channels", "State", "Problem")
    return _stack(
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(
                            rx.el.th(head, scope="col", class_name=_CELL + "font-medium")
                            for head in heads
                        ),
                        class_name="text-muted border-b border-line",
                    )
                ),
                rx.el.tbody(rx.foreach(ImportState.lines, _line)),
                class_name="w-full text-sm border-collapse",
            ),
            tab_index=0,
            role="region",
            aria_label="Rows of the file",
            class_name=CARD + "overflow-x-auto",
        ),
        pagination(
            text=ImportState.place,
            has_before=ImportState.page > 1,
            has_after=ImportState.has_after,
            go=ImportState.go,
        ),
    )


def _line(line: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line["number"], class_name=_CELL + "tabular-nums text-muted"),
        rx.el.td(line["text"], class_name=_CELL + "min-w-40 max-w-72 break-words"),
        rx.el.td(line["when"], class_name=_CELL + "min-w-36 tabular-nums"),
        rx.el.td(line["channels"], class_name=_CELL + "min-w-24 max-w-48 break-words"),
        rx.el.td(
            line["mark"],
            class_name=rx.match(
                line["state"],
                ("faulty", _CELL + "text-danger font-medium whitespace-nowrap"),
                ("warned", _CELL + "font-medium whitespace-nowrap"),
                _CELL + "whitespace-nowrap text-muted",
            ),
        ),
        rx.el.td(line["problem"], class_name=_CELL + "min-w-48 break-words"),
        key=line["key"],
        class_name="border-b border-line last:border-0",
    )
