"""The form of a comparison, and the plan that is looked at before it starts."""

from typing import Any

import reflex as rx

from socialapp.domain import comparing as rules
from socialapp.domain.paired import PAIRS_AT_LEAST, PAIRS_AT_MOST
from socialapp.ui.comparisons.state import ComparisonsState
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import (
    CONTROL,
    LABEL,
    field,
    option,
    select_field,
    text_field,
)

QUIET = "m-0 text-sm text-muted "
_WARN = "m-0 text-sm text-ink bg-warning-soft rounded-md px-3 py-2 "


def _letter(words: Any) -> rx.Component:
    component: rx.Component = rx.el.span(
        words,
        class_name="shrink-0 size-6 rounded-md bg-sunken text-ink text-xs font-semibold "
        "inline-grid place-items-center",
    )
    return component


def wordings(row: Any) -> rx.Component:
    """Return the two wordings, side by side where there is room."""

    def one(letter: str, text: Any) -> rx.Component:
        component: rx.Component = rx.el.li(
            _letter(letter),
            rx.el.span(
                text, class_name="min-w-0 break-words whitespace-pre-line line-clamp-4 text-sm"
            ),
            class_name="flex gap-2 min-w-0",
        )
        return component

    return rx.el.ul(
        one("A", row["a"]),
        one("B", row["b"]),
        aria_label="Wordings",
        class_name="list-none m-0 mt-2 p-0 grid gap-2 md:grid-cols-2",
    )


def _refusal() -> rx.Component:
    return rx.cond(
        ComparisonsState.refusal != "",
        rx.el.p(ComparisonsState.refusal, role="alert", class_name="m-0 text-sm text-danger"),
    )


def form() -> rx.Component:
    """Return the dialog in which a comparison is written."""
    state = ComparisonsState
    said: Any = state.form
    return dialog(
        rx.el.form(
            text_field(
                "Name",
                id="name",
                max_length=100,
                default_value=said["name"],
                hint="Empty: the first words of A.",
            ),
            _wording("A", said, "Also with its thread. The post itself stays as it is."),
            _wording("B", said, "Without one, B gets the pictures of the post that A copies."),
            rx.el.fieldset(
                rx.el.legend("Channels", class_name=LABEL),
                rx.foreach(
                    state.channels,
                    lambda one: rx.el.label(
                        rx.el.input(
                            type="checkbox",
                            name=f"to-{one['value']}",
                            default_checked=one["is_on"],
                        ),
                        one["label"],
                        class_name="flex items-center gap-2 min-h-8 max-md:min-h-11",
                    ),
                ),
                rx.el.p(
                    "They take turns: more channels need fewer weeks. Those are shown whose "
                    "networks say what a post gets.",
                    class_name="text-xs text-muted m-0 basis-full",
                ),
                class_name="flex flex-wrap gap-x-4 border-0 p-0 m-0",
            ),
            select_field(
                "What counts",
                rx.foreach(state.measures, lambda one: option(one["label"], one["value"])),
                id="measure",
                default_value=said["measure"],
                hint="Chosen now; nothing else is looked at later.",
            ),
            select_field(
                "Counted at the age of",
                *(option(f"{n} day{'' if n == 1 else 's'}", str(n)) for n in rules.AGES),
                id="age_days",
                default_value=said["age_days"],
            ),
            text_field(
                "Pairs",
                id="pairs",
                type="number",
                min=str(rules.PAIRS_FEWEST),
                max=str(PAIRS_AT_MOST),
                required=True,
                default_value=said["pairs"],
                hint="Each takes two weeks of one channel. Nothing can be told of fewer than "
                f"{PAIRS_AT_LEAST}; small differences take more.",
            ),
            field(
                rx.fragment("First post, ", state.zone),
                rx.el.input(
                    type="datetime-local",
                    id="starts",
                    name="starts",
                    required=True,
                    default_value=said["starts"],
                    class_name=CONTROL + "h-9 max-md:h-11",
                ),
                id="starts",
                hint="All others have the same weekday and time.",
            ),
            _refusal(),
            actions(
                button("Cancel", on_click=state.close),
                button("See the plan", look="primary", type="submit"),
            ),
            on_submit=state.look,
            key=said["key"],
            class_name="flex flex-col gap-4",
        ),
        title="New comparison",
        is_open=state.is_writing,
        on_close=state.close,
    )


def _wording(letter: str, said: Any, hint: str) -> rx.Component:
    state, name = ComparisonsState, letter.lower()
    text = rx.el.textarea(
        id=name,
        name=name,
        rows="3",
        default_value=said[name],
        class_name=CONTROL + "py-2",
    )
    return rx.el.div(
        field(f"Wording {letter}", text, id=name),
        select_field(
            f"Or copy a post as {letter}",
            option("None: as written above", ""),
            rx.foreach(state.posts, lambda one: option(one["label"], one["value"])),
            id=f"{name}_post",
            default_value=said[f"{name}_post"],
            hint=hint,
        ),
        class_name="flex flex-col gap-2",
    )


def plan() -> rx.Component:
    """Return the dialog that shows every post before it is planned."""
    state = ComparisonsState
    there: Any = state.plan
    return dialog(
        rx.el.div(
            rx.el.p(there["words"], class_name="m-0"),
            rx.foreach(there["warnings"].to(list[str]), lambda one: rx.el.p(one, class_name=_WARN)),
            wordings(there),
            rx.el.ul(
                rx.foreach(
                    there["fits"].to(list[str]), lambda one: rx.el.li(one, class_name=QUIET)
                ),
                aria_label="Lengths",
                class_name="list-none m-0 p-0",
            ),
            rx.el.h3(
                "Every post, times in ", there["zone"], class_name="m-0 mt-1 text-sm font-semibold"
            ),
            rx.el.ol(
                rx.foreach(there["slots"].to(list[dict[str, str]]), _slot),
                aria_label="Posts",
                class_name="list-none m-0 p-0 divide-y divide-line border-y border-line",
            ),
            _refusal(),
            actions(
                button("Back", on_click=state.back),
                button("Start", look="primary", icon_name="play", on_click=state.start),
            ),
            class_name="flex flex-col gap-3",
        ),
        title="The plan",
        is_open=state.is_planned,
        on_close=state.close,
    )


def _slot(slot: Any) -> rx.Component:
    return rx.el.li(
        _letter(slot["wording"]),
        rx.el.time(slot["when"], date_time=slot["at"], class_name="font-medium grow"),
        rx.el.span(slot["channel"], " · ", slot["pair"], class_name="text-sm text-muted"),
        key=slot["key"],
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5",
    )
