"""What the page of evergreen lists shows of recycling: the rule, its proposals, what was found."""

from typing import Any

import reflex as rx

from socialapp.domain import recycling as rules
from socialapp.services import recycling
from socialapp.ui.components.button import LOOKS, SHAPE, SIZES, button, link
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import option, select_field, text_field
from socialapp.ui.components.jsx import Widget
from socialapp.ui.evergreen.recycling_state import RecyclingState
from socialapp.ui.feed import LiveState

_LINE = "flex flex-wrap items-center justify-between gap-x-3 gap-y-1 min-h-11 py-2"
_LIST = "list-none m-0 p-0 divide-y divide-line border-y border-line"
SUMMARY = "cursor-pointer text-sm text-accent-ink min-h-8 max-md:min-h-11 flex items-center w-fit"


class _Finds(Widget):
    library = rx.asset("finds.jsx", shared=True).importable_path
    tag = "Finds"
    is_default = False

    address: rx.Var[str]


def about(row: Any) -> rx.Component:
    """Return the rule of a list in words, what waits for an answer, and what was found."""
    waits: Any = row["proposals"].to(list[dict[str, Any]])
    found: Any = row["recycled"].to(list[dict[str, Any]])
    return rx.fragment(
        rx.cond(
            row["recycling"] != "",
            rx.el.div(
                rx.el.p(
                    rx.el.span("Recycling: ", class_name="font-medium text-ink"),
                    row["recycling"],
                    class_name="m-0",
                ),
                rx.el.p(row["recycling_said"], class_name="m-0 mt-0.5"),
                class_name="mt-2 text-sm text-muted",
            ),
        ),
        rx.cond(
            waits.length() > 0,
            rx.el.section(
                rx.el.h3(
                    "Proposed (",
                    waits.length(),
                    ")",
                    class_name="m-0 mt-3 mb-1 text-sm font-medium",
                ),
                rx.el.ul(
                    rx.foreach(waits, lambda one: _proposal(row, one)),
                    class_name=_LIST,
                    aria_label="Proposed",
                ),
            ),
        ),
        rx.cond(
            found.length() > 0,
            rx.el.details(
                rx.el.summary("Recycled so far (", found.length(), ")", class_name=SUMMARY),
                rx.el.ul(rx.foreach(found, _found), class_name=_LIST),
                class_name="mt-2",
            ),
        ),
    )


def _said(one: Any) -> rx.Component:
    return rx.el.div(
        link(one["text"], to=one["address"], class_name="break-words text-ink"),
        rx.el.span(one["why"], class_name="block text-sm text-muted"),
        class_name="min-w-0 grow basis-48",
    )


def _proposal(row: Any, one: Any) -> rx.Component:
    text = one["text"].to(str)
    return rx.el.li(
        _said(one),
        rx.cond(
            LiveState.can_publish,
            rx.el.div(
                button(
                    "Accept",
                    size="sm",
                    look="primary",
                    aria_label="Accept: " + text,
                    on_click=RecyclingState.accept(row["id"], one["id"]),
                ),
                button(
                    "Dismiss",
                    size="sm",
                    aria_label="Dismiss: " + text,
                    on_click=RecyclingState.dismiss(row["id"], one["id"]),
                ),
                class_name="flex gap-2",
            ),
        ),
        key=one["key"],
        class_name=_LINE,
    )


def _found(one: Any) -> rx.Component:
    return rx.el.li(
        _said(one),
        rx.el.span(one["words"], class_name="text-sm text-muted"),
        key=one["key"],
        class_name=_LINE,
    )


def change(row: Any) -> rx.Component:
    """Return the button that opens the rule of a list."""
    return button(
        "Recycling",
        size="sm",
        icon_name="recycle",
        on_click=RecyclingState.edit(row["id"]),
    )


def _count(label: str, name: str, low: int, high: int, hint: Any = None) -> rx.Component:
    form: Any = RecyclingState.form
    return text_field(
        label,
        id=name,
        type="number",
        min=str(low),
        max=str(high),
        required=True,
        default_value=form[name],
        hint=hint,
    )


def form() -> rx.Component:
    """Return the dialog in which a rule is written, tried and saved."""
    state, shown = RecyclingState, RecyclingState.form
    written: Any = shown
    pair = "grid grid-cols-2 gap-3 items-start"
    return dialog(
        rx.el.form(
            rx.el.p(
                "Posts that went out from the channels of ",
                written["name"],
                " and did well are added to it. Each is compared with the other posts of its "
                f"channel by what it had within {rules.AGE.days} days. It looks now, and "
                "once a day.",
                class_name="m-0 text-sm text-muted",
            ),
            select_field(
                "What counts",
                *(option(each.value.capitalize(), each.value) for each in recycling.measures()),
                id="measure",
                default_value=written["measure"],
                hint="One of them; networks that do not tell it add nothing.",
            ),
            rx.el.div(
                _count("Best percent", "best_percent", 1, 100, "Of the posts of a channel."),
                _count("And at least", "at_least", 1, rules.AT_LEAST_AT_MOST, "Of what counts."),
                class_name=pair,
            ),
            rx.el.div(
                _count("Days old at least", "from_days", rules.AGE.days, rules.DAYS_AT_MOST),
                _count("Days old at most", "to_days", rules.AGE.days, rules.DAYS_AT_MOST),
                class_name=pair,
            ),
            _count("Posts a week at most", "per_week", 1, rules.PER_WEEK_AT_MOST),
            select_field(
                "What happens to them",
                option("Wait for my yes", "ask"),
                option("Add at once", "add"),
                id="how",
                default_value=written["how"],
                hint="Polls, what repeats already, what Autopilot, a feed or a comparison posted "
                "and what was deleted are left out. Each post is found once.",
            ),
            _Finds.create(
                address=written["address"],
                class_name=f"{SHAPE}{SIZES['md']}{LOOKS['plain']}",
            ),
            rx.cond(
                state.refusal != "",
                rx.el.p(state.refusal, role="alert", class_name="m-0 text-sm text-danger"),
            ),
            actions(
                rx.cond(
                    written["is_kept"],
                    button("Remove the rule", look="quiet", on_click=state.remove),
                ),
                button("Cancel", on_click=state.close),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=state.save,
            key=written["key"],
            class_name="flex flex-col gap-4",
        ),
        title="Recycling",
        is_open=state.list_id != 0,
        on_close=state.close,
    )
