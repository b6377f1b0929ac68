"""The queue: tabs with live counts, filters, rows by day, and the details beside them."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import (
    button,
    button_link,
    file_link,
    icon_button,
    link,
    new_post,
)
from socialapp.ui.components.field import INPUT, option, select
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import (
    CARD,
    empty,
    folded,
    loaded,
    page_header,
    pagination,
    some,
    tabs,
)
from socialapp.ui.components.post_row import ROW_LIST, post_row
from socialapp.ui.components.schedule_row import schedule_row
from socialapp.ui.components.search import search_field
from socialapp.ui.components.status import LABELS
from socialapp.ui.feed import LiveState
from socialapp.ui.labels import label_filters
from socialapp.ui.pause import pause_button
from socialapp.ui.queue import filters, gaps, panel, questions, toolbar
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.queue.bulk import BulkState
from socialapp.ui.queue.gaps import Gap
from socialapp.ui.queue.state import TABS, QueueState
from socialapp.ui.queue.widgets import Address, Slots
from socialapp.ui.queueing import add_button
from socialapp.ui.shell import QUEUE, shell


def page() -> rx.Component:
    """Return the page."""
    counts = LiveState.counts
    views = [
        ("queue", "Queue", counts["tab_queue"]),
        ("drafts", "Drafts", counts["draft"]),
        ("approvals", "Approvals", counts["tab_approvals"]),
        ("posted", "Posted", counts["tab_posted"]),
        ("failed", "Failed", counts["tab_attention"]),
        ("all", "All", counts["tab_all"]),
    ]
    return shell(
        page_header(
            "Queue",
            icon_button("refresh_cw", "Refresh", on_click=QueueState.refresh),
            button_link("Import", to=routes.IMPORT, icon_name="upload"),
            pause_button(),
            new_post(),
            text=rx.fragment("Times in ", LiveState.zone),
        ),
        tabs(
            views,
            current=QueueState.tab,
            choose=lambda key: [QueueState.choose_tab(key), BulkState.clear()],
        ),
        _filters(),
        rx.el.div(
            toolbar.head(),
            loaded(QueueState.is_loaded, _list(), rows=6, height="h-16"),
            class_name=CARD + "overflow-hidden",
        ),
        rx.cond(
            QueueState.is_loaded,
            pagination(
                text=QueueState.place,
                has_before=QueueState.has_before,
                has_after=QueueState.has_after,
                go=QueueState.go,
            ),
        ),
        rx.cond(
            some(QueueState.rows),
            file_link(
                icon("download", size=14),
                "Export as CSV",
                href=QueueState.table,
                class_name="inline-flex items-center gap-1.5 min-h-8 max-md:min-h-11 text-sm "
                "text-muted hover:text-ink hover:underline",
            ),
        ),
        toolbar.foot(),
        questions.dialogs(),
        Address.create(value=QueueState.address),
        watch(
            LiveState.version,
            number=rx.match(QueueState.tab, *((key, number) for key, _, number in views), 0),
            on_stale=QueueState.refresh,
        ),
        panel.panel(more=toolbar.places),
        place=QUEUE,
    )


def _filters() -> rx.Component:
    planned = QueueState.tab != "drafts"
    return rx.el.div(
        rx.el.div(
            search_field(
                "Search the queue", value=QueueState.query, on_search=_narrow(QueueState.search)
            ),
            folded(
                rx.cond(
                    planned,
                    _choice(
                        "Status",
                        option("Every status", ""),
                        rx.match(
                            QueueState.tab,
                            *(
                                (key, _statuses(statuses))
                                for key, statuses in TABS.items()
                                if statuses
                            ),
                            _statuses(LABELS),
                        ),
                        name="status",
                    ),
                ),
                _choice(
                    "Channel", option("Every channel", ""), _options("channels"), name="channel"
                ),
                rx.cond(
                    QueueState.networks.length() > 1,  # type: ignore[attr-defined]
                    _choice(
                        "Network", option("Every network", ""), _options("networks"), name="network"
                    ),
                ),
                rx.cond(
                    planned,
                    _choice(
                        "Days",
                        option("Every day", ""),
                        *(option(label, value) for value, label in filters.DAYS.items()),
                        name="when",
                    ),
                ),
                rx.cond(
                    planned & (QueueState.when == filters.BETWEEN),
                    rx.fragment(_day("From", "since"), _day("Until", "until")),
                ),
                label_filters(
                    QueueState,
                    lambda what: lambda value: [QueueState.choose(what, value), BulkState.clear()],
                    class_name="!w-auto max-w-56 max-sm:grow max-sm:basis-32",
                ),
                rx.cond(
                    QueueState.channel_page != "",
                    button_link(
                        "About this channel",
                        to=QueueState.channel_page,
                        look="quiet",
                        icon_name="sliders_horizontal",
                    ),
                ),
                label="Filters",
                is_on=some(QueueState.chips),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(some(QueueState.chips), _chips()),
        class_name="flex flex-col gap-2 py-3",
    )


def _choice(label: str, *options: Any, name: str) -> rx.Component:
    return select(
        *options,
        value=getattr(QueueState, name),
        on_change=lambda value: [QueueState.choose(name, value), BulkState.clear()],
        aria_label=label,
        class_name="!w-auto max-sm:grow max-sm:basis-32",
    )


def _options(name: str) -> rx.Component:
    return rx.foreach(getattr(QueueState, name), lambda each: option(each["label"], each["value"]))


def _day(label: str, name: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="text-sm text-muted"),
        rx.el.input(
            type="date",
            default_value=getattr(QueueState, name),
            on_change=lambda value: [QueueState.choose(name, value), BulkState.clear()],
            class_name=f"{INPUT} !w-auto",
        ),
        class_name="inline-flex items-center gap-2",
    )


def _chips() -> rx.Component:
    """Return which filters are on: each is taken away by itself, or all together."""
    return rx.el.div(
        rx.el.span("Shown:", class_name="text-sm text-muted"),
        rx.el.ul(
            rx.foreach(
                QueueState.chips,
                lambda chip: rx.el.li(
                    rx.el.button(
                        rx.el.span(chip["label"], class_name="truncate max-w-56"),
                        icon("x", size=14),
                        type="button",
                        aria_label="Take away the filter " + chip["label"].to(str),
                        on_click=[QueueState.choose(chip["name"], ""), BulkState.clear()],
                        class_name="inline-flex items-center gap-1 h-7 max-md:h-11 rounded-full "
                        "border border-line-strong bg-surface pl-3 pr-2 text-sm hover:bg-sunken",
                    ),
                    key=chip["name"],
                ),
            ),
            aria_label="Filters that are on",
            class_name="list-none m-0 p-0 flex flex-wrap gap-1.5",
        ),
        button(
            "Clear all", look="quiet", size="sm", on_click=[QueueState.clear(), BulkState.clear()]
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def _narrow(handler: Any) -> Any:
    """Filter anew; nobody should act on lines that they do not see any more."""
    return lambda chosen: [handler(chosen), BulkState.clear()]


def _statuses(statuses: Any) -> rx.Component:
    return rx.fragment(*(option(LABELS[s], str(s)) for s in statuses if s != "draft"))


def _list() -> rx.Component:
    return rx.match(
        True,
        (
            some(QueueState.drafts),
            rx.el.ul(
                rx.foreach(
                    QueueState.drafts,
                    lambda row: post_row(
                        row, action=add_button(row), leading=toolbar.leading_draft(row)
                    ),
                ),
                class_name=ROW_LIST,
            ),
        ),
        (
            some(QueueState.rows),
            Slots.create(
                rx.foreach(QueueState.rows, _row),
                rx.foreach(_gaps(gaps.END), _gap),
                on_put=BulkState.put,
                class_name=ROW_LIST,
            ),
        ),
        (
            (QueueState.tab == "queue") & some(_gaps(gaps.END)),
            rx.el.ul(rx.foreach(_gaps(gaps.END), _gap), class_name=ROW_LIST),
        ),
        _empty(),
    )


def _row(row: Any) -> rx.Component:
    return rx.fragment(
        rx.foreach(_gaps(row["key"]), _gap),
        _day_of(row),
        schedule_row(row, on_open=DetailsState.open(row["id"]), leading=toolbar.leading(row)),
        key=row["key"],
    )


def _day_of(line: Any) -> rx.Component:
    return rx.cond(
        line["day"] != "",
        rx.el.li(
            rx.el.h2(line["day"], class_name="m-0 text-xs font-semibold text-muted"),
            class_name="px-3 md:px-4 py-1.5 bg-sunken",
        ),
    )


def _gaps(key: Any) -> Any:
    gaps_by_line: Any = QueueState.gaps
    return gaps_by_line[key].to(list[Gap])


def _gap(gap: Any) -> rx.Component:
    """Return a free slot: a dashed line that opens the editor for its moment."""
    return rx.fragment(
        _day_of(gap),
        rx.cond(
            LiveState.can_write,
            rx.el.li(
                link(
                    icon("plus", size=14, class_name="shrink-0"),
                    rx.el.time(gap["time"], date_time=gap["at"], class_name="tabular-nums"),
                    rx.el.span("Free: ", gap["channels"], class_name="truncate"),
                    to=gap["address"],
                    aria_label="Write a post for "
                    + gap["time"].to(str)
                    + ", free: "
                    + gap["channels"].to(str),
                    class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11 rounded-md "
                    "border border-dashed border-line-strong px-2.5 text-sm text-muted "
                    "no-underline hover:text-ink hover:bg-sunken",
                ),
                class_name="px-3 md:px-4 py-1",
            ),
        ),
        key=gap["key"],
    )


def _empty() -> rx.Component:
    write = button_link("Write a post", to=routes.COMPOSE, icon_name="plus")
    return rx.cond(
        some(QueueState.chips),
        empty(
            "search_x",
            "Nothing matches",
            "No post fits the search and the filters together.",
            button("Clear them", on_click=QueueState.clear),
        ),
        rx.match(
            QueueState.tab,
            (
                "drafts",
                empty(
                    "pencil_line",
                    "No drafts",
                    "A post that is saved and not planned yet waits here.",
                    write,
                ),
            ),
            (
                "posted",
                empty(
                    "check",
                    "Nothing has gone out yet",
                    "What a network has confirmed is listed here, with its link.",
                    write,
                ),
            ),
            (
                "approvals",
                empty(
                    "user_check",
                    "Nothing waits for approval",
                    "When the workspace has a rule for it, what others schedule waits here.",
                ),
            ),
            (
                "failed",
                empty(
                    "circle_check",
                    "Nothing needs you",
                    "What failed, was missed, or needs a check is listed here with its reason.",
                ),
            ),
            empty(
                "calendar_clock",
                "The queue is empty",
                "What you schedule waits here for its moment.",
                write,
            ),
        ),
    )
