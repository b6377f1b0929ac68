"""The page of series: each with its next dates, and the ways to change it."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui import routes
from socialapp.ui.components import live
from socialapp.ui.components.button import button, button_link, new_post
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget
from socialapp.ui.components.parts import CARD, empty, page_header, paged_rows
from socialapp.ui.feed import LiveState
from socialapp.ui.series.state import SeriesState
from socialapp.ui.shell import SERIES, shell


class _SeriesChange(Widget):
    library = rx.asset("change.jsx", shared=True).importable_path
    tag = "SeriesChange"
    is_default = False

    dates: rx.Var[list[dict[str, Any]]]
    clock: rx.Var[str]
    zone: rx.Var[str]
    moment: rx.Var[dict[str, str]]
    events = {"on_speak": passthrough_event_spec(str, str, str)}


_CHIP = "shrink-0 rounded-full px-2 py-0.5 text-xs font-medium "


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header("Series", new_post(), text="Posts that repeat by a rule."),
        paged_rows(SeriesState, _series, label="Series", nothing=_none()),
        _form(),
        confirm(
            title="End this series?",
            text="What is planned of it is cancelled, and no more is made. The text of the next "
            "one becomes a draft again. What is out stays.",
            yes="End it",
            is_open=SeriesState.ending["id"] != 0,
            on_yes=SeriesState.end,
            on_close=SeriesState.close,
        ),
        live.watch(
            LiveState.version,
            number=LiveState.counts["tab_posted"] + LiveState.counts["tab_attention"],
            on_stale=SeriesState.load,
        ),
        place=SERIES,
    )


def _none() -> rx.Component:
    return empty(
        "repeat",
        "Nothing repeats yet",
        "Write a post, choose a time, and choose under Repeat how often it goes out.",
        button_link("Write a post", to=routes.COMPOSE, icon_name="plus"),
    )


def _series(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(
                rx.cond(row["text"] != "", row["text"], "A post without text"),
                class_name="m-0 text-md font-semibold truncate min-w-0 grow",
            ),
            rx.match(
                row["state"],
                (
                    "paused",
                    rx.el.span("Paused", class_name=_CHIP + "bg-s-paused-soft text-s-paused"),
                ),
                ("ended", rx.el.span("Ended", class_name=_CHIP + "bg-sunken text-muted")),
                rx.el.span("Repeats", class_name=_CHIP + "bg-s-queued-soft text-s-queued"),
            ),
            class_name="flex items-center gap-3",
        ),
        rx.el.p(
            icon("repeat", size=14, class_name="inline mr-1.5 align-[-2px] text-faint"),
            row["words"],
            class_name="m-0 mt-1",
        ),
        rx.el.p("To ", row["channels"], class_name="m-0 mt-0.5 text-sm text-muted"),
        rx.cond(
            row["next"] != "",
            rx.el.p("Next: ", rx.el.strong(row["next"]), class_name="m-0 mt-0.5 text-sm"),
        ),
        rx.cond(
            row["trouble"] != "",
            rx.el.p(
                "The next one could not be made. ",
                row["trouble"],
                role="alert",
                class_name="m-0 mt-2 text-sm text-danger",
            ),
        ),
        rx.cond(row["state"] != "ended", _more(row)),
        key=row["key"],
        custom_attrs={"data-series": row["key"]},
        class_name=CARD + "p-4",
    )


def _more(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.details(
            rx.el.summary(
                "Next dates",
                class_name="cursor-pointer text-sm text-accent-ink min-h-8 max-md:min-h-11 flex "
                "items-center w-fit",
            ),
            rx.el.ul(
                rx.foreach(
                    row["dates"].to(list[dict[str, Any]]),
                    lambda date: _date(row, date),
                ),
                class_name="list-none m-0 p-0 divide-y divide-line border-y border-line",
            ),
            class_name="mt-2",
        ),
        rx.cond(LiveState.can_publish, _deeds(row)),
    )


def _date(row: Any, date: Any) -> rx.Component:
    return rx.el.li(
        rx.el.time(
            date["words"],
            date_time=date["at"],
            class_name=rx.cond(date["is_skipped"], "text-faint line-through", ""),
        ),
        rx.cond(
            date["is_skipped"],
            rx.el.span("Skipped", class_name="text-sm text-muted"),
            rx.cond(
                LiveState.can_publish,
                button(
                    "Skip",
                    size="sm",
                    aria_label=f"Skip {date['words']}",
                    on_click=SeriesState.skip(row["id"], date["at"]),
                ),
            ),
        ),
        class_name="flex items-center justify-between gap-3 min-h-11",
    )


def _deeds(row: Any) -> rx.Component:
    series_id = row["id"]
    return rx.el.div(
        rx.cond(
            row["state"] == "paused",
            button("Resume", size="sm", icon_name="play", on_click=SeriesState.resume(series_id)),
            rx.fragment(
                button(
                    "Pause", size="sm", icon_name="pause", on_click=SeriesState.pause(series_id)
                ),
                button("Change…", size="sm", on_click=SeriesState.edit(series_id)),
                rx.cond(
                    row["next_post"] != 0,
                    button_link(
                        "Change the text",
                        to=f"{routes.COMPOSE}?post={row['next_post']}",
                        size="sm",
                    ),
                ),
            ),
        ),
        button("End", size="sm", look="quiet", on_click=SeriesState.ask_end(series_id)),
        class_name="flex flex-wrap gap-2 mt-3",
    )


def _box(channel: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=f"to-{channel['id']}",
            default_checked=channel["is_on"],
            class_name="size-4 accent-[var(--accent)]",
        ),
        channel["name"],
        key=channel["id"],
        class_name="flex items-center gap-2 min-h-8 max-md:min-h-11 text-sm",
    )


def _form() -> rx.Component:
    edited: Any = SeriesState.edited
    return dialog(
        rx.el.form(
            _SeriesChange.create(
                dates=edited["dates"],
                clock=edited["clock"],
                zone=edited["zone"],
                moment=SeriesState.moment,
                on_speak=SeriesState.speak,
                key=edited["key"],
            ),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name="text-sm font-medium p-0"),
                rx.foreach(SeriesState.channels, _box),
                class_name="flex flex-wrap gap-x-4 border-0 p-0 m-0",
            ),
            rx.cond(
                SeriesState.refusal != "",
                rx.el.p(SeriesState.refusal, role="alert", class_name="m-0 text-sm text-danger"),
            ),
            actions(
                button("Keep it as it is", on_click=SeriesState.close),
                button("Change", look="primary", type="submit"),
            ),
            on_submit=SeriesState.change,
            key=edited["key"],
            class_name="flex flex-col gap-4",
        ),
        title="Change the series",
        is_open=edited["id"] != 0,
        on_close=SeriesState.close,
    )
