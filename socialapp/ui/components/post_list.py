"""A list of posts or pages with its filters: a line opens one where it is written."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.field import option, select
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import CARD, empty, folded, loaded, page_header, pagination, some
from socialapp.ui.components.post_row import ROW_LIST, post_row
from socialapp.ui.components.search import search_field
from socialapp.ui.components.status import LABELS
from socialapp.ui.feed import LiveState
from socialapp.ui.labels import label_filters
from socialapp.ui.listing import Listing
from socialapp.ui.queue.widgets import Address
from socialapp.ui.queueing import add_button

_SELECT = "!w-auto max-w-56 max-sm:grow max-sm:basis-32"


def post_list(
    state: type[Listing],
    *,
    title: str,
    new: rx.Component,
    nothing: rx.Component,
    more: Callable[[Any], rx.Component] = lambda _row: rx.fragment(),
) -> rx.Component:
    """Return the list; `new` stands beside its title, `nothing` in its place while it is empty.

    `more` is what else a line offers.
    """
    words = title.lower()
    return rx.fragment(
        page_header(title, new, text=rx.fragment("Times in ", LiveState.zone)),
        rx.el.div(
            search_field(f"Search {words}", value=state.query, on_search=state.search),
            folded(
                select(
                    option("Every status", ""),
                    *(option(label, str(status)) for status, label in LABELS.items()),
                    value=state.status,
                    on_change=state.choose_status,
                    aria_label="Status",
                    class_name=_SELECT,
                ),
                label_filters(
                    state,
                    lambda what: lambda value: state.choose_label(what, value),
                    class_name=_SELECT,
                ),
                label="Filters",
                is_on=(state.status != "") | (state.tag != "") | (state.campaign != ""),
            ),
            class_name="flex flex-wrap gap-2 pb-3",
        ),
        rx.el.div(
            loaded(state.is_loaded, _rows(state, words, nothing, more), rows=6, height="h-16"),
            class_name=CARD + "overflow-hidden",
        ),
        rx.cond(
            state.is_loaded,
            pagination(
                text=state.place,
                has_before=state.has_before,
                has_after=state.has_after,
                go=state.go,
            ),
        ),
        watch(LiveState.version, on_stale=state.refresh),
        Address.create(value=state.address),
    )


def _rows(
    state: Any, words: str, nothing: rx.Component, more: Callable[[Any], rx.Component]
) -> rx.Component:
    component: rx.Component = rx.cond(
        some(state.rows),
        rx.el.ul(
            rx.foreach(
                state.rows,
                lambda row: post_row(
                    row, tells_pages=False, action=rx.fragment(add_button(row), more(row))
                ),
            ),
            class_name=ROW_LIST,
        ),
        rx.cond(
            (state.query != "") | (state.status != "") | (state.tag != "") | (state.campaign != ""),
            empty(
                "search_x",
                "Nothing matches",
                f"None of the {words} fits the search and the filters together.",
                button("Clear them", on_click=state.clear),
            ),
            nothing,
        ),
    )
    return component
