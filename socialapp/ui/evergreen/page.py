"""The page of evergreen lists: each with what is in it, what comes next and why, and what was."""

from typing import Any

import reflex as rx

from socialapp.domain import evergreen as rules
from socialapp.domain.slots import DAYS
from socialapp.ui.components import live
from socialapp.ui.components.button import button, link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import CONTROL, field, option, select_field, text_field
from socialapp.ui.components.parts import CARD, empty, page_header, paged_rows
from socialapp.ui.components.status import status_badge
from socialapp.ui.evergreen import recycling
from socialapp.ui.evergreen.recycling import SUMMARY
from socialapp.ui.evergreen.state import EvergreenState
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import EVERGREEN, shell

_CHIP = "shrink-0 rounded-full px-2 py-0.5 text-xs font-medium "
_LIST = "list-none m-0 p-0 divide-y divide-line border-y border-line"
_BOX = "flex items-center gap-2 min-h-8 max-md:min-h-11"


def _new() -> rx.Component:
    return rx.cond(
        LiveState.can_publish,
        button("New list", look="primary", icon_name="plus", on_click=EvergreenState.edit(0)),
    )


def page() -> rx.Component:
    """Return the page."""
    nothing = empty(
        "recycle",
        "Nothing goes round yet",
        "A list posts its entries again and again, each after a rest, at times that you choose.",
        _new(),
    )
    return shell(
        page_header("Evergreen", _new(), text="Posts that go round, the longest unused one first."),
        paged_rows(EvergreenState, _list, label="Evergreen lists", nothing=nothing),
        _form(),
        _writing(),
        recycling.form(),
        confirm(
            title="End this list?",
            text="What it has planned goes to the trash, and no more is made. What is out stays.",
            yes="End it",
            is_open=EvergreenState.ending != 0,
            on_yes=EvergreenState.end,
            on_close=EvergreenState.close,
        ),
        live.watch(
            LiveState.version,
            number=LiveState.counts["tab_posted"] + LiveState.counts["tab_attention"],
            on_stale=EvergreenState.load,
        ),
        place=EVERGREEN,
    )


def _list(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(row["name"], class_name="m-0 text-md font-semibold truncate min-w-0 grow"),
            rx.match(
                row["state"],
                (
                    "round",
                    rx.el.span("Goes round", class_name=_CHIP + "bg-s-queued-soft text-s-queued"),
                ),
                (
                    "stopped",
                    rx.el.span("Stopped", class_name=_CHIP + "bg-s-failed-soft text-s-failed"),
                ),
                rx.el.span("Paused", class_name=_CHIP + "bg-s-paused-soft text-s-paused"),
            ),
            class_name="flex items-center gap-3",
        ),
        rx.el.p(row["words"], class_name="m-0 mt-1"),
        rx.el.p(
            "To ", row["channels"], ". ", row["rest"], class_name="m-0 mt-0.5 text-sm text-muted"
        ),
        rx.cond(
            row["trouble"] != "",
            rx.el.p(row["trouble"], role="alert", class_name="m-0 mt-2 text-sm text-danger"),
        ),
        recycling.about(row),
        _part("What goes round", row, "wordings", _wording),
        _part("Next times", row, "ahead", _turn),
        _part("History", row, "past", _past),
        rx.cond(LiveState.can_publish, _deeds(row)),
        key=row["key"],
        custom_attrs={"data-list": row["key"]},
        class_name=CARD + "p-4",
    )


def _chip(words: str, look: str) -> rx.Component:
    component: rx.Component = rx.el.span(words, class_name=_CHIP + look)
    return component


def _part(title: str, row: Any, name: str, each: Any) -> rx.Component:
    some_rows = row[name].to(list[dict[str, Any]])
    return rx.el.details(
        rx.el.summary(title, " (", some_rows.length(), ")", class_name=SUMMARY),
        rx.el.ul(rx.foreach(some_rows, lambda one: each(row, one)), class_name=_LIST),
        class_name="mt-2",
    )


def _line(*children: Any) -> rx.Component:
    shape = "flex flex-wrap items-center justify-between gap-x-3 gap-y-1 min-h-11 py-1"
    component: rx.Component = rx.el.li(*children, class_name=shape)
    return component


def _wording(row: Any, one: Any) -> rx.Component:
    said = one["text"].to(str)
    ids = (row["id"], one["entry"], one["id"])
    return _line(
        rx.el.span(
            rx.cond(one["is_first"], "", rx.el.span("or: ", class_name="text-muted")),
            one["text"],
            rx.cond(
                one["origin"] != "",
                rx.el.span(
                    link("Recycled", to=one["original"], aria_label="Recycled from: " + said),
                    ": ",
                    one["origin"],
                    class_name="block text-sm text-muted",
                ),
            ),
            class_name="min-w-0 grow basis-48 break-words",
        ),
        rx.cond(
            LiveState.can_publish,
            rx.el.span(
                button(
                    "Rewrite",
                    size="sm",
                    aria_label="Rewrite: " + said,
                    on_click=EvergreenState.write(*ids),
                ),
                rx.cond(
                    one["is_first"],
                    button(
                        "Add a wording",
                        size="sm",
                        aria_label="Add a wording: " + said,
                        on_click=EvergreenState.write(row["id"], one["entry"], 0),
                    ),
                ),
                button(
                    "Remove",
                    size="sm",
                    look="quiet",
                    aria_label="Remove: " + said,
                    on_click=EvergreenState.remove(*ids),
                ),
                class_name="flex flex-wrap gap-2",
            ),
        ),
    )


def _turn(row: Any, one: Any) -> rx.Component:
    return _line(
        rx.el.span(
            rx.el.time(
                one["words"],
                date_time=one["at"],
                class_name=rx.cond(one["is_skipped"], "text-faint line-through", "font-medium"),
            ),
            rx.cond(one["text"] != "", rx.fragment(" · ", one["text"])),
            rx.el.span(one["why"], class_name="block text-sm text-muted"),
            class_name="min-w-0 grow basis-48 break-words",
        ),
        rx.cond(
            one["is_skipped"],
            rx.el.span("Skipped", class_name="text-sm text-muted"),
            rx.cond(
                LiveState.can_publish & (one["text"] != ""),
                button(
                    "Skip",
                    size="sm",
                    aria_label="Skip " + one["words"].to(str),
                    on_click=EvergreenState.skip(row["id"], one["at"]),
                ),
            ),
        ),
    )


def _past(_row: Any, one: Any) -> rx.Component:
    return _line(
        rx.el.span(
            one["words"], " · ", one["text"], class_name="min-w-0 grow basis-48 break-words"
        ),
        status_badge(one["status"]),
    )


def _deeds(row: Any) -> rx.Component:
    list_id = row["id"]
    return rx.el.div(
        rx.cond(
            row["state"] == "round",
            button("Pause", size="sm", icon_name="pause", on_click=EvergreenState.pause(list_id)),
            button("Start", size="sm", icon_name="play", on_click=EvergreenState.start(list_id)),
        ),
        button(
            "Add an entry",
            size="sm",
            icon_name="plus",
            on_click=EvergreenState.write(list_id, 0, 0),
        ),
        button("Change the list", size="sm", on_click=EvergreenState.edit(list_id)),
        recycling.change(row),
        button("End", size="sm", look="quiet", on_click=EvergreenState.ask_end(list_id)),
        class_name="flex flex-wrap gap-2 mt-3",
    )


def _refusal() -> rx.Component:
    return rx.cond(
        EvergreenState.refusal != "",
        rx.el.p(EvergreenState.refusal, role="alert", class_name="m-0 text-sm text-danger"),
    )


def _box(label: Any, name: Any, is_on: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=is_on), label, class_name=_BOX
    )


def _form() -> rx.Component:
    form: Any = EvergreenState.form
    group = "flex flex-wrap gap-x-4 border-0 p-0 m-0"
    legend = "text-sm font-medium p-0"
    return dialog(
        rx.el.form(
            text_field(
                "Name", id="name", required=True, max_length=100, default_value=form["name"]
            ),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=legend),
                rx.foreach(
                    EvergreenState.channels,
                    lambda one: _box(one["label"], f"to-{one['value']}", one["is_on"]),
                ),
                class_name=group,
            ),
            rx.el.fieldset(
                rx.el.legend("Days", class_name=legend),
                *(_box(day[:3], f"day-{n}", form["days"][n]) for n, day in enumerate(DAYS)),
                class_name=group,
            ),
            text_field("Times", id="clock", default_value=form["clock"], hint="Like 09:00, 17:30."),
            text_field(
                "Or so many times a week",
                id="list_per_week",
                inputmode="numeric",
                default_value=form["per_week"],
                hint="Then it takes the next free slots of its channels, whatever the days above.",
            ),
            text_field(
                "Days of rest",
                id="rest_days",
                inputmode="numeric",
                required=True,
                default_value=form["rest_days"],
                hint="No wording goes out twice in a channel within so many days: "
                f"{rules.REST_AT_LEAST} at least.",
            ),
            text_field(
                "Stop after so many rounds",
                id="rounds",
                inputmode="numeric",
                default_value=form["rounds"],
                hint="Empty: it goes on.",
            ),
            text_field("Last day", id="last_day", type="date", default_value=form["last_day"]),
            _refusal(),
            actions(
                button("Cancel", on_click=EvergreenState.close),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=EvergreenState.save,
            key=form["key"],
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(form["id"] == 0, "New evergreen list", "Change the list"),
        is_open=EvergreenState.is_editing,
        on_close=EvergreenState.close,
    )


def _writing() -> rx.Component:
    state = EvergreenState
    text = rx.el.textarea(
        id="text",
        name="text",
        rows="5",
        default_value=state.written,
        class_name=CONTROL + "py-2",
    )
    return dialog(
        rx.el.form(
            field("Text", text, id="text"),
            select_field(
                "Or copy a post",
                option("None: as written above", ""),
                rx.foreach(state.posts, lambda one: option(one["label"], one["value"])),
                id="post",
                hint="With its pictures and its thread. The post itself stays as it is.",
            ),
            _refusal(),
            actions(
                button("Cancel", on_click=state.close),
                button("Keep it", look="primary", type="submit"),
            ),
            on_submit=state.add,
            key=f"{state.writes_in}-{state.writes_entry}-{state.writes_wording}",
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(
            state.writes_wording != 0,
            "Rewrite",
            rx.cond(state.writes_entry != 0, "Add a wording", "Add an entry"),
        ),
        is_open=state.writes_in != 0,
        on_close=state.close,
    )
