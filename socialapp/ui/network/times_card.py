"""The card of posting times: by day, with the form that adds to them."""

from typing import Any

import reflex as rx

from socialapp.domain import slots as rules
from socialapp.ui.components.button import button, icon_button
from socialapp.ui.components.field import option, select_field, text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.parts import card, some
from socialapp.ui.components.zone import zone_field
from socialapp.ui.feed import LiveState
from socialapp.ui.network.times import EVERY_DAY, WEEKEND, WORKDAYS, TimesState

_QUIET = "m-0 text-sm text-muted"
_DELAYS = (0, 2, 5, 10, 15, 30, 60)


def times() -> rx.Component:
    """Return when the channel posts what is added to its queue."""
    return card(
        rx.el.p(
            "A post that is added to the queue goes out at the next of these times that is free. ",
            rx.cond(
                TimesState.next_free != "",
                rx.fragment("Next free: ", rx.el.strong(TimesState.next_free), "."),
                rx.cond(
                    TimesState.has_times,
                    "All of them are taken for two years.",
                    "There are none yet: nothing can be added to the queue of this channel.",
                ),
            ),
            class_name=_QUIET,
            role="status",
        ),
        rx.cond(LiveState.can_publish, _add()),
        rx.cond(LiveState.can_publish, _suggested()),
        rx.el.ul(
            rx.foreach(TimesState.days, _day),
            aria_label="Posting times by day",
            class_name="list-none p-0 m-0 mt-3 divide-y divide-line border-y border-line",
        ),
        rx.el.p("Read in ", TimesState.read_in, ".", class_name=_QUIET + " mt-2"),
        rx.cond(LiveState.can_publish, _more()),
        title="Posting times",
    )


def _add() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            select_field(
                "Days",
                option("Every day", EVERY_DAY),
                option("Monday to Friday", WORKDAYS),
                option("Saturday and Sunday", WEEKEND),
                *(option(name, str(number)) for number, name in enumerate(rules.DAYS)),
                id="days",
            ),
            class_name="grow basis-40",
        ),
        rx.el.div(
            text_field("Time", id="clock", type="time", required=True, default_value="09:00"),
            class_name="grow basis-28",
        ),
        button("Add the time", type="submit", icon_name="plus", class_name="max-sm:w-full"),
        on_submit=TimesState.add,
        class_name="flex flex-wrap items-end gap-2 mt-3",
    )


def _suggested() -> rx.Component:
    return rx.el.div(
        button("Suggest", icon_name="sparkles", size="sm", on_click=TimesState.suggest),
        rx.el.p(TimesState.rests_on, role="status", class_name=_QUIET + " grow"),
        rx.el.ul(
            rx.foreach(TimesState.suggestions, _suggestion),
            aria_label="Suggested posting times",
            class_name="list-none m-0 p-0 flex flex-wrap gap-1.5 basis-full empty:hidden",
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 mt-3",
    )


def _suggestion(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            icon("plus", size=14),
            rx.el.span(one["label"], class_name="tabular-nums"),
            rx.el.span(" · ", one["basis"], class_name="text-muted"),
            type="button",
            on_click=TimesState.add_suggested(one["weekday"], one["clock"]),
            class_name="inline-flex items-center gap-1.5 rounded-full border border-line-strong "
            "bg-surface hover:bg-sunken text-sm px-3 min-h-8 max-md:min-h-11",
        ),
        key=one["key"],
    )


def _day(day: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            day["name"],
            class_name="w-24 max-sm:w-full max-sm:pb-0 shrink-0 text-sm font-medium py-2.5",
        ),
        rx.el.div(
            rx.foreach(day["times"].to(list[dict[str, Any]]), _time),
            rx.cond(
                day["times"].length() == 0,
                rx.el.span("No time", class_name="text-sm text-faint py-2"),
            ),
            class_name="m-0 flex flex-wrap gap-1.5 grow basis-0 min-w-0 py-1.5 items-center",
        ),
        rx.cond(
            (day["times"].length() > 0) & LiveState.can_publish,
            icon_button(
                "copy",
                "Copy " + day["name"].to(str) + "'s times to every day",
                on_click=TimesState.copy_day(day["number"]),
            ),
        ),
        key=day["key"],
        class_name="flex items-start gap-2 max-sm:flex-wrap max-sm:gap-y-0",
    )


def _time(time: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(time["clock"], class_name="tabular-nums text-sm"),
        rx.cond(
            LiveState.can_publish,
            rx.el.button(
                icon("x", size=14),
                type="button",
                aria_label="Take away " + time["label"].to(str),
                on_click=TimesState.drop(time["weekday"], time["minute"]),
                class_name="grid place-items-center size-7 max-md:size-11 rounded-full text-muted "
                "hover:text-danger hover:bg-danger-soft",
            ),
        ),
        key=time["key"],
        class_name="inline-flex items-center rounded-full border border-line bg-sunken pl-3 "
        "pr-0.5 min-h-8",
    )


def _more() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron_right", size=14, class_name="turns shrink-0"),
            "Copy from another channel, time zone, natural delay",
            class_name="flex items-center gap-1.5 text-sm text-accent-ink hover:underline py-2 "
            "max-md:py-3",
        ),
        rx.el.div(
            rx.el.div(
                zone_field(
                    "Zone of the times",
                    id="times_zone",
                    value=TimesState.read_in,
                    on_change=TimesState.choose_zone,
                ),
                rx.cond(
                    TimesState.zone != "",
                    button(
                        "Use the workspace's zone",
                        size="sm",
                        class_name="mt-2",
                        on_click=TimesState.choose_zone(""),
                    ),
                ),
            ),
            select_field(
                "Natural delay",
                *(option(f"Up to {n} minutes" if n else "None", str(n)) for n in _DELAYS),
                rx.cond(
                    ~rx.Var.create([str(n) for n in _DELAYS]).contains(TimesState.delay),
                    option("Up to " + TimesState.delay + " minutes", TimesState.delay),
                ),
                id="delay",
                value=TimesState.delay,
                on_change=TimesState.choose_delay,
                hint="Each post goes out a little later than its time, by chance, so that it looks"
                " less like a machine's. You see the exact time once it is queued.",
            ),
            rx.cond(
                some(TimesState.others),
                rx.el.form(
                    rx.el.div(
                        select_field(
                            "Copy all of it from",
                            option("Choose a channel", ""),
                            rx.foreach(
                                TimesState.others,
                                lambda one: option(one["label"], one["value"]),
                            ),
                            id="source",
                            required=True,
                        ),
                        class_name="grow basis-40",
                    ),
                    button("Copy", type="submit", icon_name="copy"),
                    on_submit=TimesState.copy,
                    class_name="flex flex-wrap items-end gap-2",
                ),
            ),
            class_name="flex flex-col gap-4 pt-2",
        ),
        class_name="mt-1",
    )
