"""The small pieces of a page: header, card, empty state, skeleton, tabs, pagination, avatar."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from socialapp.store.pages import COUNTED_UP_TO
from socialapp.ui.components.button import button
from socialapp.ui.components.icon import icon

CARD = "rounded-lg border border-line bg-surface shadow-card "

PROGRESS = (
    "block h-1.5 appearance-none rounded-full overflow-hidden bg-sunken "
    "[&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent "
    "[&::-moz-progress-bar]:bg-accent "
)


def page_header(title: Any, *actions: Any, text: Any = None) -> rx.Component:
    """Return the head of a page: its title left, its actions right."""
    return rx.el.header(
        rx.el.div(
            rx.el.h1(title, class_name="text-xl font-semibold tracking-tight m-0"),
            rx.el.p(text, class_name="text-muted mt-0.5") if text is not None else rx.fragment(),
            class_name="min-w-0 grow",
        ),
        rx.el.div(*actions, class_name="flex flex-wrap items-center gap-2"),
        class_name="flex flex-wrap items-start gap-3 mb-5",
    )


def folded(*children: Any, label: str, is_on: Any) -> rx.Component:
    """Return what lies behind a button on a phone, and open beside its neighbours elsewhere.

    `is_on` tells that something in it narrows the page: it is said while it is folded.
    """
    return rx.fragment(
        rx.el.label(
            rx.el.input(type="checkbox", class_name="peer sr-only"),
            icon("sliders_horizontal", size=14),
            label,
            rx.cond(is_on, rx.el.span("on", class_name="text-sm text-accent-ink font-medium")),
            class_name="md:hidden inline-flex items-center justify-center gap-2 h-11 px-3 grow "
            "rounded-md border border-line-strong bg-surface text-base has-checked:bg-accent-soft "
            "has-checked:text-accent-ink has-focus-visible:outline-2 "
            "has-focus-visible:outline-accent",
        ),
        rx.el.div(*children, class_name="folded"),
    )


def card(*children: Any, title: Any = None, action: Any = None, **props: Any) -> rx.Component:
    """Return a box with an optional title (a level-two heading) and an action beside it."""
    more = props.pop("class_name", "")
    head = (
        rx.el.div(
            rx.el.h2(title, class_name="text-md font-semibold m-0"),
            action if action is not None else rx.fragment(),
            class_name="flex items-center justify-between gap-3 mb-3 min-h-6",
        )
        if title is not None
        else rx.fragment()
    )
    component: rx.Component = rx.el.section(
        head, *children, class_name=rx.Var.create(f"{CARD}p-4 md:p-5 ") + more, **props
    )
    return component


def empty(icon_name: str, title: Any, text: Any, *actions: Any) -> rx.Component:
    """Say what this place is for, why there is nothing in it, and the one thing to do."""
    return rx.el.div(
        rx.el.div(
            icon(icon_name, size=22),
            class_name="size-11 rounded-full bg-accent-soft text-accent-ink grid "
            "place-items-center",
        ),
        rx.el.h2(title, class_name="text-md font-semibold m-0 mt-1"),
        rx.el.p(text, class_name="text-muted max-w-sm m-0"),
        rx.el.div(*actions, class_name="flex flex-wrap gap-2 mt-2 justify-center"),
        class_name="flex flex-col items-center text-center gap-1.5 py-12 px-4",
    )


def skeleton(*, rows: int = 3, height: str = "h-14") -> rx.Component:
    """Return grey rows of about the size of what will be there."""
    bar = f"{height} rounded-md bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]"
    return rx.el.div(
        *(rx.el.div(class_name=bar) for _ in range(rows)),
        rx.el.span("Loading", class_name="sr-only"),
        class_name="flex flex-col gap-2",
        aria_busy="true",
    )


def loaded(is_loaded: Any, content: Any, *, rows: int = 3, height: str = "h-14") -> rx.Component:
    """Return the content once it is there; until then a skeleton, never the defaults."""
    component: rx.Component = rx.cond(is_loaded, content, skeleton(rows=rows, height=height))
    return component


def tabs(options: Sequence[tuple[str, str, Any]], *, current: Any, choose: Any) -> rx.Component:
    """Return a row of views: (key, label, count or None); `choose(key)` is called with the key."""
    return rx.el.div(
        *(_tab(key, label, count, current, choose) for key, label, count in options),
        role="group",
        aria_label="View",
        class_name="flex gap-1 overflow-x-auto border-b border-line -mx-4 px-4 md:mx-0 md:px-0 "
        "[scrollbar-width:none]",
    )


def _tab(key: str, label: str, count: Any, current: Any, choose: Any) -> rx.Component:
    is_current = current == key
    number = (
        rx.el.span(
            counted(count),
            class_name="text-xs tabular-nums rounded-full bg-sunken text-muted px-1.5 min-w-5 "
            "text-center",
        )
        if count is not None
        else rx.fragment()
    )
    shape = (
        "flex shrink-0 items-center gap-1.5 h-10 max-md:h-11 px-3 text-base whitespace-nowrap "
        "border-b-2 -mb-px "
    )
    component: rx.Component = rx.el.button(
        label,
        number,
        type="button",
        aria_pressed=rx.cond(is_current, "true", "false"),
        on_click=choose(key),
        class_name=rx.cond(
            is_current,
            shape + "border-accent-ink text-ink font-medium",
            shape + "border-transparent text-muted hover:text-ink",
        ),
    )
    return component


def other_pages(state: Any) -> rx.Component:
    """Return the way to the other pages of a list, while there are any."""
    return rx.cond(
        state.has_before | state.has_after,
        pagination(
            text=state.place,
            has_before=state.has_before,
            has_after=state.has_after,
            go=state.go,
        ),
    )


def paged_rows(state: Any, each: Any, *, label: str, nothing: rx.Component) -> rx.Component:
    """Return the `rows` of a state, one below the other, page by page, or that there is nothing."""
    return loaded(
        state.is_loaded,
        rx.cond(
            some(state.rows),
            rx.fragment(
                rx.el.ul(
                    rx.foreach(state.rows, each),
                    class_name="list-none m-0 p-0 flex flex-col gap-3",
                    aria_label=label,
                ),
                other_pages(state),
            ),
            nothing,
        ),
    )


def pagination(*, text: Any, has_before: Any, has_after: Any, go: Any) -> rx.Component:
    """Return "51-100 of 430" with a step back and forth; `go(-1)` and `go(1)` are called."""
    return rx.el.nav(
        rx.el.span(text, class_name="text-sm text-muted tabular-nums", role="status"),
        rx.el.div(
            button("Previous", size="sm", disabled=~has_before, on_click=go(-1)),
            button("Next", size="sm", disabled=~has_after, on_click=go(1)),
            class_name="flex gap-2",
        ),
        aria_label="Pages of the list",
        class_name="flex items-center justify-between gap-3 py-3",
    )


def counted(number: Any) -> Any:
    """Return a count as people read it; beyond a limit nobody counts."""
    return rx.cond(number > COUNTED_UP_TO, f"{COUNTED_UP_TO:,}+", number)


def some(rows: Any) -> Any:
    """Whether a list of the state has anything in it; on a page it is a Var, whatever its type."""
    return rows.length() > 0


def avatar(letters: Any) -> rx.Component:
    """Return the round sign of a channel: the first letters of its name."""
    return rx.el.span(
        letters,
        aria_hidden="true",
        class_name="inline-grid place-items-center size-7 shrink-0 rounded-full bg-accent-soft "
        "text-accent-ink text-2xs font-semibold uppercase",
    )


def untitled(row: Any) -> Any:
    """Return what a row is called: its title or the beginning of its text, or that it has none."""
    blank = rx.cond(row["is_page"], "A page without text", "A post without text")
    return rx.cond(row["text"] != "", row["text"], blank)


def content_icon(is_page: Any) -> rx.Component:
    """Return what stands for a picture in the row of a post or page that has none."""
    component: rx.Component = rx.cond(
        is_page, icon("notebook_text", size=16), icon("text", size=16)
    )
    return component


def page_mark(is_page: Any) -> rx.Component:
    """Return the word that tells a page from a post, in words for everybody."""
    component: rx.Component = rx.cond(
        is_page,
        rx.el.span(
            "Page",
            class_name="shrink-0 rounded-sm border border-line-strong px-1 text-2xs text-muted",
        ),
    )
    return component


def label_mark(labels: Any) -> rx.Component:
    """Return the campaign and tags of a row, when it has any."""
    component: rx.Component = rx.cond(
        labels != "",
        rx.el.span(
            icon("tag", size=12, class_name="shrink-0 text-faint"),
            rx.el.span("Tags: ", class_name="sr-only"),
            rx.el.span(labels, class_name="truncate"),
            title=labels,
            class_name="inline-flex items-center gap-1 min-w-0 max-w-48",
        ),
    )
    return component


def repeat_mark(is_repeated: Any) -> rx.Component:
    """Return the small sign of an occurrence of a series."""
    component: rx.Component = rx.cond(
        is_repeated,
        rx.el.span(
            icon("repeat", size=12),
            rx.el.span("Repeats", class_name="sr-only"),
            title="Repeats: see Series",
            class_name="shrink-0 text-accent-ink",
        ),
    )
    return component
