"""The page of comparisons: each with its pairs, and what may be said of them."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.comparisons.forms import QUIET, form, plan, wordings
from socialapp.ui.comparisons.state import ComparisonsState
from socialapp.ui.components import live
from socialapp.ui.components.button import button, button_link, file_link, link
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.parts import CARD, empty, page_header, paged_rows
from socialapp.ui.components.status import status_badge
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import ANALYTICS, shell

_CHIP = "shrink-0 rounded-full px-2 py-0.5 text-xs font-medium "
_SUMMARY = "cursor-pointer text-sm text-accent-ink min-h-8 max-md:min-h-11 flex items-center w-fit"
_TH = "text-left text-xs font-medium text-muted py-2 pr-3 align-bottom "
_TD = "py-2 pr-3 align-top "


def _new() -> rx.Component:
    return rx.cond(
        LiveState.can_publish,
        button(
            "New comparison",
            look="primary",
            icon_name="plus",
            on_click=ComparisonsState.begin,
        ),
    )


def page() -> rx.Component:
    """Return the page."""
    state = ComparisonsState
    nothing = empty(
        "scale",
        "Nothing is compared yet",
        "Two wordings take turns at the same weekday and time. At the end it says which did "
        "better, or that it cannot be told.",
        _new(),
    )
    return shell(
        page_header(
            "Comparisons",
            button_link("Analytics", to=routes.ANALYTICS),
            _new(),
            text="Two wordings in comparable slots, and what may be said of them.",
        ),
        paged_rows(ComparisonsState, _comparison, label="Comparisons", nothing=nothing),
        form(),
        plan(),
        confirm(
            title="Stop this comparison?",
            text="What it has planned goes to the trash. What is out stays, and there will be no "
            "verdict: whoever stops early finds what they want to find.",
            yes="Stop it",
            no="Let it run",
            is_open=state.stopping != 0,
            on_yes=state.stop,
            on_close=state.close,
        ),
        live.watch(
            LiveState.version,
            number=LiveState.counts["tab_posted"] + LiveState.counts["tab_attention"],
            on_stale=state.load,
        ),
        place=ANALYTICS,
    )


def _comparison(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(row["name"], class_name="m-0 text-md font-semibold truncate min-w-0 grow"),
            rx.match(
                row["stage"],
                ("running", _chip(row["stage_words"], "bg-s-queued-soft text-s-queued")),
                ("ended", _chip(row["stage_words"], "bg-s-posted-soft text-s-posted")),
                _chip(row["stage_words"], "bg-s-paused-soft text-s-paused"),
            ),
            class_name="flex items-center gap-3",
        ),
        rx.el.p(row["statement"], class_name="m-0 mt-1 font-medium"),
        wordings(row),
        rx.el.p(row["words"], class_name=QUIET + "mt-2"),
        rx.el.details(
            rx.el.summary("Pairs", class_name=_SUMMARY),
            _pairs(row),
            file_link("Download as CSV", href=row["table"]),
            class_name="mt-1",
        ),
        rx.el.details(
            rx.el.summary("What it rests on", class_name=_SUMMARY),
            rx.el.ul(
                rx.foreach(row["rests"].to(list[str]), rx.el.li),
                class_name="m-0 pl-5 text-sm text-muted list-disc",
            ),
        ),
        rx.cond(
            LiveState.can_publish & row["may_be_stopped"],
            rx.el.div(
                button("Stop", size="sm", on_click=ComparisonsState.ask_stop(row["id"])),
                class_name="mt-3",
            ),
        ),
        key=row["key"],
        custom_attrs={"data-comparison": row["key"]},
        class_name=CARD + "p-4",
    )


def _chip(words: Any, look: str) -> rx.Component:
    component: rx.Component = rx.el.span(words, class_name=_CHIP + look)
    return component


def _pairs(row: Any) -> rx.Component:
    heads = ("Pair", "Channel", "A", "B", "First")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col", class_name=_TH) for head in heads))),
            rx.el.tbody(
                rx.foreach(row["pairs"].to(list[dict[str, Any]]), _pair),
                class_name="divide-y divide-line",
            ),
            class_name="w-full border-collapse text-sm",
        ),
        tab_index=0,
        role="region",
        aria_label="Pairs of " + row["name"].to(str),
        class_name="relative overflow-x-auto -mx-4 px-4 mb-2",
    )


def _pair(pair: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(pair["key"], scope="row", class_name=_TD + "text-left font-medium tabular-nums"),
        rx.el.td(pair["channel"], class_name=_TD + "break-words"),
        rx.el.td(_sent(pair["a"].to(dict[str, str])), class_name=_TD),
        rx.el.td(_sent(pair["b"].to(dict[str, str])), class_name=_TD),
        rx.el.td(pair["first"], class_name=_TD),
        key=pair["key"],
        class_name=rx.cond(pair["is_lost"], "text-muted", ""),
    )


def _sent(sent: Any) -> rx.Component:
    value, when = sent["value"].to(str), rx.el.time(sent["when"], date_time=sent["at"])
    return rx.fragment(
        rx.cond(
            value != "",
            rx.el.strong(value, class_name="block tabular-nums"),
            status_badge(sent["status"]),
        ),
        rx.cond(
            sent["address"] != "",
            link(
                when,
                to=sent["address"],
                class_name="block text-xs text-muted whitespace-nowrap underline-offset-2 "
                "hover:underline min-h-6 max-md:min-h-11",
            ),
            rx.el.span(when, class_name="block text-xs text-muted whitespace-nowrap"),
        ),
        rx.cond(sent["lost"] != "", rx.el.span(sent["lost"], class_name="block text-xs min-w-32")),
    )
