"""Autopilot: who posts what by itself, what goes out next, the photographs, and the log."""

from typing import Any

import reflex as rx

from socialapp.domain.slots import DAYS
from socialapp.ui import routes
from socialapp.ui.autopilot.state import AutopilotState
from socialapp.ui.components.button import button, button_link
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import LABEL, option, select_field, text_field
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import card, empty, loaded, page_header
from socialapp.ui.components.uploader import uploader
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
            rx.cond(
                LiveState.can_publish,
                button(
                    "Stop everything",
                    look="danger",
                    icon_name="octagon_x",
                    on_click=AutopilotState.stop,
                ),
            ),
            text="Posts your best pictures by itself, each of them once.",
        ),
        loaded(
            AutopilotState.is_loaded,
            rx.el.div(_personas(), _week(), _photos(), _log(), class_name="flex flex-col gap-5"),
            rows=3,
            height="h-40",
        ),
        _form(),
        watch(LiveState.autopilot, on_stale=AutopilotState.load),
        place=AUTOPILOT,
    )


def _personas() -> rx.Component:
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
            class_name="min-w-0 grow basis-60",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.fragment(
                button(
                    rx.cond(row["is_on"], "On", "Off"),
                    size="sm",
                    role="switch",
                    aria_checked=rx.cond(row["is_on"], "true", "false"),
                    aria_label=row["name"] + " posts by itself",
                    class_name=rx.cond(row["is_on"], "!bg-accent-soft !text-accent-ink", ""),
                    on_click=AutopilotState.switch(row["id"], ~row["is_on"]),
                ),
                button("Post one now", size="sm", on_click=AutopilotState.run_now(row["id"])),
                button("Edit", size="sm", look="quiet", on_click=AutopilotState.edit(row["id"])),
            ),
            rx.el.span(rx.cond(row["is_on"], "On", "Off"), class_name="text-sm"),
        ),
        key=row["key"],
        class_name=_ROW,
    )


def _week() -> rx.Component:
    rows: Any = AutopilotState.plan
    return card(
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _planned), class_name=_LIST),
            rx.el.p("Nothing goes out by itself: no persona is on.", class_name="text-muted m-0"),
        ),
        title="The next seven days",
    )


def _planned(row: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            row["media_id"] != 0,
            rx.el.img(
                src=row["thumbnail"], alt="", class_name="size-12 rounded-md object-cover bg-sunken"
            ),
        ),
        rx.el.div(
            rx.el.p(row["when"], " · ", row["persona"], class_name="text-base font-medium m-0"),
            rx.el.p(row["filename"], " ", row["why"], class_name="text-sm text-muted m-0"),
            class_name="min-w-0 grow basis-48",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.fragment(
                rx.cond(
                    row["media_id"] != 0,
                    rx.fragment(
                        button(
                            "Swap",
                            size="sm",
                            title="Take another picture; this one stays for later",
                            on_click=AutopilotState.swap(row["media_id"], row["at"]),
                        ),
                        button(
                            "Veto",
                            size="sm",
                            title="Never post this picture",
                            on_click=AutopilotState.veto(row["media_id"], True),
                        ),
                    ),
                ),
                button(
                    "Skip",
                    size="sm",
                    title="Post nothing at this moment",
                    on_click=AutopilotState.skip(row["persona_id"], row["at"]),
                ),
            ),
        ),
        key=row["key"],
        class_name=_ROW,
    )


def _photos() -> rx.Component:
    tiles: Any = AutopilotState.photos
    return card(
        rx.cond(
            LiveState.can_publish,
            rx.el.div(
                uploader(
                    max_bytes=AutopilotState.max_bytes,
                    on_done=AutopilotState.uploaded,
                    label="Add pictures",
                ),
                class_name="mb-4",
            ),
        ),
        rx.cond(
            tiles.length() > 0,
            rx.el.ul(
                rx.foreach(tiles, _tile),
                aria_label="Photographs, the best first",
                class_name="list-none m-0 p-0 grid gap-3 items-start "
                "grid-cols-[repeat(auto-fill,minmax(min(12rem,100%),1fr))]",
            ),
            empty("images", "No pictures yet", "What you add here may be posted by itself."),
        ),
        title="Photographs",
    )


def _tile(tile: Any) -> rx.Component:
    act = rx.match(
        tile["status"],
        ("new", button("Veto", size="sm", on_click=AutopilotState.veto(tile["id"], True))),
        ("vetoed", button("Allow", size="sm", on_click=AutopilotState.veto(tile["id"], False))),
        ("failed", button("Release", size="sm", on_click=AutopilotState.release(tile["id"]))),
        rx.fragment(),
    )
    return rx.el.li(
        rx.el.img(
            src=tile["thumbnail"],
            alt=tile["alt_text"],
            loading="lazy",
            class_name="w-full aspect-[3/2] object-cover bg-sunken",
        ),
        rx.el.div(
            rx.el.p(tile["filename"], class_name="text-sm font-medium truncate m-0"),
            rx.el.div(
                rx.el.span(tile["status"], class_name="text-xs text-muted capitalize grow"),
                rx.cond(LiveState.can_publish, act),
                class_name="flex items-center min-h-8",
            ),
            rx.cond(
                tile["score"] != "",
                rx.el.details(
                    rx.el.summary("Score ", tile["score"], class_name="text-sm cursor-pointer"),
                    rx.el.ul(
                        rx.foreach(
                            tile["parts"],
                            lambda part: rx.el.li(
                                rx.el.span(
                                    part["name"], " ", part["value"], class_name="font-medium"
                                ),
                                ": ",
                                part["why"],
                            ),
                        ),
                        class_name="m-0 mt-1 pl-4 text-xs text-muted",
                    ),
                ),
                rx.el.p("Being scored…", class_name="text-sm text-muted m-0"),
            ),
            class_name="px-2.5 py-2",
        ),
        key=tile["key"],
        class_name="rounded-lg border border-line bg-surface shadow-card overflow-hidden",
    )


def _log() -> rx.Component:
    lines: Any = AutopilotState.log
    return card(
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
            text_field(
                "Caption",
                id="caption",
                default_value=edited["caption"],
                hint="{date} becomes the day it goes out.",
            ),
            select_field(
                "Which picture goes next",
                option("The highest rated", "highest"),
                option("The newest", "freshest"),
                option("The least like the last ones", "different"),
                id="strategy",
                default_value=edited["strategy"],
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
            rx.cond(
                AutopilotState.refusal != "",
                rx.el.p(AutopilotState.refusal, role="alert", class_name="text-sm text-danger m-0"),
            ),
            actions(
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
