"""The calendar: filters, the views, what was done last, and the details beside them."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.calendar.state import CalendarState
from socialapp.ui.calendar.widgets import Calendar
from socialapp.ui.components.button import new_post
from socialapp.ui.components.done import done_bar
from socialapp.ui.components.field import option, select
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import folded, loaded, page_header
from socialapp.ui.components.status import LABELS
from socialapp.ui.feed import LiveState
from socialapp.ui.labels import label_filters
from socialapp.ui.pause import pause_button
from socialapp.ui.queue import panel
from socialapp.ui.queue.actions import DetailsState
from socialapp.ui.queue.widgets import Address
from socialapp.ui.shell import CALENDAR, shell

_SELECT = "!w-auto min-w-0 max-w-56 max-md:grow max-md:basis-32 text-ellipsis"


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Calendar",
            pause_button(),
            new_post(),
            text=rx.fragment("Times in ", LiveState.zone),
        ),
        _filters(),
        loaded(CalendarState.is_loaded, _calendar(), rows=6, height="h-24"),
        rx.el.div(
            done_bar(
                CalendarState.done,
                can_undo=CalendarState.can_undo,
                on_undo=CalendarState.undo,
                on_forget=CalendarState.forget,
            ),
            class_name="sticky bottom-3 max-md:bottom-20 z-30 mt-3",
        ),
        Address.create(value=CalendarState.address),
        watch(
            LiveState.version,
            number=LiveState.counts["tab_all"],
            on_stale=CalendarState.refresh,
        ),
        panel.panel(more=lambda shown: rx.fragment()),
        place=CALENDAR,
        wide=True,
    )


def _filters() -> rx.Component:
    return rx.el.div(
        folded(
            select(
                option("Every channel", ""),
                rx.foreach(CalendarState.channels, lambda one: option(one["label"], one["value"])),
                value=CalendarState.channel,
                on_change=lambda value: CalendarState.choose("channel", value),
                aria_label="Channel",
                class_name=_SELECT,
            ),
            select(
                option("Every network", ""),
                rx.foreach(CalendarState.networks, lambda one: option(one["label"], one["value"])),
                value=CalendarState.network,
                on_change=lambda value: CalendarState.choose("network", value),
                aria_label="Network",
                class_name=_SELECT,
            ),
            select(
                option("Every status", ""),
                *(
                    option(label, str(status))
                    for status, label in LABELS.items()
                    if status != "draft"
                ),
                value=CalendarState.status,
                on_change=lambda value: CalendarState.choose("status", value),
                aria_label="Status",
                class_name=_SELECT,
            ),
            label_filters(
                CalendarState,
                lambda what: lambda value: CalendarState.choose(what, value),
                class_name=_SELECT,
            ),
            label="Filters",
            is_on=(CalendarState.channel != "")
            | (CalendarState.network != "")
            | (CalendarState.status != "")
            | (CalendarState.tag != "")
            | (CalendarState.campaign != ""),
        ),
        class_name="flex flex-wrap gap-2 py-3",
    )


def _calendar() -> rx.Component:
    return Calendar.create(
        view=CalendarState.view,
        date=CalendarState.date,
        shown=CalendarState.shown,
        zone=LiveState.zone,
        planned=CalendarState.events,
        more=CalendarState.more,
        free=CalendarState.free,
        changed=LiveState.changed,
        answer=CalendarState.answer,
        foretold=CalendarState.foretold,
        can_move=LiveState.can_publish,
        can_write=LiveState.can_write,
        compose=routes.COMPOSE,
        on_show=CalendarState.show,
        on_open=DetailsState.open,
        on_move=CalendarState.move,
        on_foretell=CalendarState.foretell,
        on_undo=CalendarState.undo,
    )
