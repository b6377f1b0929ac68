"""The page of comparisons: each with its pairs and what may be said; its form, and its plan."""

from typing import Any

import reflex as rx

from socialapp.domain import comparing as rules
from socialapp.domain.paired import PAIRS_AT_LEAST, PAIRS_AT_MOST
from socialapp.ui import routes
from socialapp.ui.comparisons.state import ComparisonsState
from socialapp.ui.components import live
from socialapp.ui.components.button import button, button_link, file_link, link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import (
    CONTROL,
    LABEL,
    field,
    option,
    select_field,
    text_field,
)
from socialapp.ui.components.parts import CARD, empty, loaded, page_header, pagination, some
from socialapp.ui.components.status import status_badge
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import ANALYTICS, shell

_CHIP = "shrink-0 rounded-full px-2 py-0.5 text-xs font-medium "
_SUMMARY = "cursor-pointer text-sm text-accent-ink min-h-8 max-md:min-h-11 flex items-center w-fit"
_TH = "text-left text-xs font-medium text-muted py-2 pr-3 align-bottom "
_TD = "py-2 pr-3 align-top "
_QUIET = "m-0 text-sm text-muted "
_WARN = "m-0 text-sm text-ink bg-warning-soft rounded-md px-3 py-2 "


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
        loaded(state.is_loaded, rx.cond(some(state.rows), _list(), nothing)),
        _form(),
        _plan(),
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


def _list() -> rx.Component:
    state = ComparisonsState
    return rx.fragment(
        rx.el.ul(
            rx.foreach(state.rows, _comparison),
            class_name="list-none m-0 p-0 flex flex-col gap-3",
            aria_label="Comparisons",
        ),
        rx.cond(
            state.has_before | state.has_after,
            pagination(
                text=state.place,
                has_before=state.has_before,
                has_after=state.has_after,
                go=state.go,
            ),
        ),
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
        _wordings(row),
        rx.el.p(row["words"], class_name=_QUIET + "mt-2"),
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
            LiveState.can_publish & (row["stage"] == "running"),
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


def _letter(words: Any) -> rx.Component:
    component: rx.Component = rx.el.span(
        words,
        class_name="shrink-0 size-6 rounded-md bg-sunken text-ink text-xs font-semibold "
        "inline-grid place-items-center",
    )
    return component


def _wordings(row: Any) -> rx.Component:
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


def _refusal() -> rx.Component:
    return rx.cond(
        ComparisonsState.refusal != "",
        rx.el.p(ComparisonsState.refusal, role="alert", class_name="m-0 text-sm text-danger"),
    )


def _form() -> rx.Component:
    state = ComparisonsState
    form: Any = state.form
    return dialog(
        rx.el.form(
            text_field(
                "Name",
                id="name",
                max_length=100,
                default_value=form["name"],
                hint="Empty: the first words of A.",
            ),
            _wording("A", form, "Also with its thread. The post itself stays as it is."),
            _wording("B", form, "Without one, B gets the pictures of the post that A copies."),
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
                default_value=form["measure"],
                hint="Chosen now; nothing else is looked at later.",
            ),
            select_field(
                "Counted at the age of",
                *(option(f"{n} day{'' if n == 1 else 's'}", str(n)) for n in rules.AGES),
                id="age_days",
                default_value=form["age_days"],
            ),
            text_field(
                "Pairs",
                id="pairs",
                type="number",
                min=str(rules.PAIRS_FEWEST),
                max=str(PAIRS_AT_MOST),
                required=True,
                default_value=form["pairs"],
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
                    default_value=form["starts"],
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
            key=form["key"],
            class_name="flex flex-col gap-4",
        ),
        title="New comparison",
        is_open=state.is_writing,
        on_close=state.close,
    )


def _wording(letter: str, form: Any, hint: str) -> rx.Component:
    state, name = ComparisonsState, letter.lower()
    text = rx.el.textarea(
        id=name,
        name=name,
        rows="3",
        default_value=form[name],
        class_name=CONTROL + "py-2",
    )
    return rx.el.div(
        field(f"Wording {letter}", text, id=name),
        select_field(
            f"Or copy a post as {letter}",
            option("None: as written above", ""),
            rx.foreach(state.posts, lambda one: option(one["label"], one["value"])),
            id=f"{name}_post",
            default_value=form[f"{name}_post"],
            hint=hint,
        ),
        class_name="flex flex-col gap-2",
    )


def _plan() -> rx.Component:
    state = ComparisonsState
    plan: Any = state.plan
    return dialog(
        rx.el.div(
            rx.el.p(plan["words"], class_name="m-0"),
            rx.foreach(plan["warnings"].to(list[str]), lambda one: rx.el.p(one, class_name=_WARN)),
            _wordings(plan),
            rx.el.ul(
                rx.foreach(
                    plan["fits"].to(list[str]), lambda one: rx.el.li(one, class_name=_QUIET)
                ),
                aria_label="Lengths",
                class_name="list-none m-0 p-0",
            ),
            rx.el.h3(
                "Every post, times in ", plan["zone"], class_name="m-0 mt-1 text-sm font-semibold"
            ),
            rx.el.ol(
                rx.foreach(plan["slots"].to(list[dict[str, str]]), _slot),
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
