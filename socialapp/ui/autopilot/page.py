"""Autopilot: who posts what by itself, what goes out next, the photographs, and the log."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.autopilot import personas, photograph_dialogs, photographs
from socialapp.ui.autopilot.links_state import LinksState
from socialapp.ui.autopilot.photographs_state import PhotographsState
from socialapp.ui.autopilot.state import AutopilotState
from socialapp.ui.components.button import button, button_link
from socialapp.ui.components.focus import keep_focus
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import card, loaded, page_header, some
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import AUTOPILOT, shell

_LIST = "list-none m-0 p-0 flex flex-col divide-y divide-line"
_ROW = "flex flex-wrap items-center gap-3 py-3"


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Autopilot",
            button_link("Sources", to=routes.SOURCES, icon_name="rss"),
            rx.cond(LiveState.can_publish, _stop()),
            text="Posts your best pictures by itself, each of them once.",
        ),
        loaded(
            AutopilotState.is_loaded,
            rx.el.div(
                personas.cards(),
                _week(),
                photographs.cards(),
                _log(),
                class_name="flex flex-col gap-5",
            ),
            rows=3,
            height="h-40",
        ),
        personas.dialogs(),
        photograph_dialogs.dialogs(),
        watch(
            LiveState.autopilot,
            on_stale=[AutopilotState.load, PhotographsState.load, LinksState.load],
        ),
        place=AUTOPILOT,
    )


def _stop() -> rx.Component:
    return rx.el.div(
        rx.cond(
            AutopilotState.is_stopped,
            button("Go on", icon_name="play", on_click=AutopilotState.go_on),
        ),
        button(
            "Stop everything", look="danger", icon_name="octagon_x", on_click=AutopilotState.stop
        ),
        class_name="flex flex-wrap gap-2",
    )


def _week() -> rx.Component:
    rows: Any = AutopilotState.plan
    return card(
        rx.cond(
            rows.length() > 0,
            keep_focus(rx.el.ul(rx.foreach(rows, _planned), class_name=_LIST)),
            rx.el.p("Nothing goes out by itself: no persona is on.", class_name="text-muted m-0"),
        ),
        title="The next seven days",
    )


def _planned(row: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            row["media_id"] != 0,
            rx.el.img(
                src=row["thumbnail"],
                alt="",
                loading="lazy",
                class_name="size-12 rounded-md object-cover bg-sunken",
            ),
        ),
        rx.el.div(
            rx.el.p(row["when"], " · ", row["persona"], class_name="text-base font-medium m-0"),
            rx.el.p(
                row["filename"],
                rx.cond(row["media_id"] != 0, ": ", ""),
                row["why"],
                class_name="text-sm text-muted m-0",
            ),
            class_name="min-w-0 grow basis-48",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.el.div(
                rx.cond(
                    row["media_id"] != 0,
                    rx.fragment(
                        button(
                            "Swap",
                            size="sm",
                            aria_label="Swap " + row["filename"],
                            title="Take another picture; this one stays for later",
                            on_click=AutopilotState.swap(row["media_id"], row["at"]),
                        ),
                        button(
                            "Veto",
                            size="sm",
                            aria_label="Veto " + row["filename"],
                            title="Never post this picture",
                            on_click=AutopilotState.veto(row["media_id"]),
                        ),
                    ),
                ),
                button(
                    "Skip",
                    size="sm",
                    aria_label="Skip " + row["when"] + ", " + row["persona"],
                    title="Post nothing at this moment",
                    on_click=AutopilotState.skip(row["persona_id"], row["at"]),
                ),
                class_name="flex gap-2 max-md:basis-full",
            ),
        ),
        key=row["key"],
        class_name=_ROW,
    )


def _log() -> rx.Component:
    lines: Any = AutopilotState.log
    return card(
        rx.cond(
            some(lines),
            rx.fragment(),
            rx.el.p("Nothing has been chosen yet.", class_name="text-muted m-0"),
        ),
        rx.el.ul(
            rx.foreach(
                lines,
                lambda line: rx.el.li(
                    rx.el.span(line["when"], class_name="text-muted tabular-nums"),
                    rx.cond(line["persona"] != "", " · " + line["persona"], ""),
                    ": ",
                    rx.el.span(
                        line["words"],
                        class_name=rx.cond(line["level"] == "warning", "text-warning", ""),
                    ),
                    key=line["key"],
                    class_name="py-1.5 text-sm",
                ),
            ),
            class_name=_LIST,
        ),
        title="Log",
    )
