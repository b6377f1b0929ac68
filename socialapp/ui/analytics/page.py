"""The page of analytics: one network at a time, by post, channel, hour of the week and tag."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.analytics import views
from socialapp.ui.analytics.state import RANGES, AnalyticsState
from socialapp.ui.components import live
from socialapp.ui.components.button import button_link, file_link, link, outside
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.parts import card, empty, loaded, other_pages, page_header, some
from socialapp.ui.feed import LiveState
from socialapp.ui.shell import ANALYTICS, shell

_QUIET = "m-0 text-sm text-muted "
_TH = "text-left text-xs font-medium text-muted py-2 pr-3 align-bottom "
_TD = "py-2 pr-3 align-top "


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Analytics",
            button_link("Comparisons", to=routes.COMPARISONS, icon_name="scale"),
            text="What people did with what is out, as its networks say.",
        ),
        loaded(
            AnalyticsState.is_loaded,
            rx.cond(some(AnalyticsState.networks), _all(), _none()),
            rows=4,
            height="h-24",
        ),
        live.watch(LiveState.results, on_stale=AnalyticsState.load),
        place=ANALYTICS,
    )


def _none() -> rx.Component:
    return empty(
        "chart_column",
        "No network here says anything",
        "Mastodon, Bluesky and the sandbox say what people did with a post; others do not.",
        button_link("Connect a channel", to=routes.CONNECT, icon_name="plug"),
    )


def _all() -> rx.Component:
    return rx.el.div(
        _choices(),
        rx.el.p(
            AnalyticsState.known,
            rx.cond(
                AnalyticsState.silent != "",
                rx.fragment(" Without results: ", AnalyticsState.silent, "."),
            ),
            role="status",
            class_name=_QUIET,
        ),
        rx.cond(
            some(AnalyticsState.lines),
            rx.fragment(
                # Empty tables say less than the sentence above.
                rx.cond(some(AnalyticsState.by_channel), rx.fragment(_channels(), _week())),
                _labels(),
                _posts(),
            ),
            empty(
                "chart_column",
                "Not enough data · 0 posts",
                "Nothing went out at this network in these days. Look further back, or post.",
                button_link("Write a post", to=routes.COMPOSE, icon_name="plus"),
            ),
        ),
        class_name="flex flex-col gap-4",
    )


def _choices() -> rx.Component:
    def choose(label: str, id: str, value: Any, options: Any, on_change: Any) -> rx.Component:
        field = select_field(label, *options, id=id, value=value, on_change=on_change)
        return rx.el.div(field, class_name="grow basis-36 max-w-60")

    def listed(choices: Any) -> rx.Component:
        return rx.foreach(choices, lambda one: option(one["label"], one["value"]))

    state = AnalyticsState
    return rx.el.div(
        choose("Network", "network", state.network, [listed(state.networks)], state.choose_network),
        choose(
            "Channel",
            "channel",
            state.channel,
            [option("All channels", ""), listed(state.channels)],
            state.choose_channel,
        ),
        choose(
            "Posted in the last",
            "days",
            state.days,
            [option(label, value) for value, label in RANGES.items()],
            state.choose_days,
        ),
        rx.el.div(
            file_link("Download as CSV", href=state.table),
            class_name="min-h-9 max-md:min-h-11 flex items-center ml-auto",
        ),
        class_name="flex flex-wrap items-end gap-3",
    )


def _scrolling(label: str, *content: Any) -> rx.Component:
    return rx.el.div(
        rx.el.table(*content, class_name="w-full border-collapse text-sm"),
        tab_index=0,
        role="region",
        aria_label=label,
        class_name="relative overflow-x-auto -mx-4 md:-mx-5 px-4 md:px-5",
    )


def _groups(label: str, head: str, rows: Any) -> rx.Component:
    return _scrolling(
        label,
        rx.el.thead(
            rx.el.tr(
                rx.el.th(head, scope="col", class_name=_TH),
                rx.el.th("Posts", scope="col", class_name=_TH),
                rx.foreach(
                    AnalyticsState.metrics,
                    lambda m: rx.el.th(m["label"], scope="col", class_name=_TH),
                ),
            )
        ),
        rx.el.tbody(rx.foreach(rows, _group), class_name="divide-y divide-line"),
    )


def _group(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["name"], scope="row", class_name=_TD + "text-left font-medium break-words"),
        rx.el.td(row["posts"], class_name=_TD + "whitespace-nowrap"),
        rx.foreach(row["cells"].to(list[dict[str, str]]), _figure),
        key=row["key"],
    )


def _figure(cell: Any) -> rx.Component:
    return rx.el.td(
        rx.el.span(cell["total"], class_name="block tabular-nums font-medium"),
        rx.el.span(cell["typical"], class_name="block text-xs text-muted"),
        key=cell["key"],
        class_name=_TD,
    )


def _channels() -> rx.Component:
    return card(
        _groups("Results by channel", "Channel", AnalyticsState.by_channel), title="By channel"
    )


def _labels() -> rx.Component:
    return rx.cond(
        some(AnalyticsState.by_label),
        card(
            _groups("Results by campaign and tag", "Campaign or tag", AnalyticsState.by_label),
            title="By campaign and tag",
        ),
    )


def _week() -> rx.Component:
    return card(
        rx.el.p(
            "What a post typically came to, by when it went out. ",
            "A dot: not enough data. Times in ",
            AnalyticsState.zone,
            ".",
            class_name=_QUIET + "mb-2",
        ),
        _scrolling(
            "Results by hour of the week",
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(rx.el.span("Day", class_name="sr-only"), scope="col", class_name=_TH),
                    rx.foreach(
                        AnalyticsState.hours,
                        lambda hour: rx.el.th(
                            hour, scope="col", class_name=_TH + "!text-center whitespace-nowrap"
                        ),
                    ),
                )
            ),
            rx.el.tbody(rx.foreach(AnalyticsState.week, _day)),
        ),
        title="By hour of the week",
        action=rx.el.div(
            rx.el.label("What is shown", html_for="metric", class_name="sr-only"),
            rx.el.select(
                rx.foreach(AnalyticsState.metrics, lambda one: option(one["label"], one["value"])),
                id="metric",
                value=AnalyticsState.metric,
                on_change=AnalyticsState.choose_metric,
                class_name="rounded-md border border-control bg-surface text-ink text-sm h-8 "
                "max-md:h-11 px-2",
            ),
        ),
    )


def _day(day: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(day["name"], scope="row", class_name="text-left text-sm font-medium pr-3"),
        rx.foreach(day["cells"].to(list[dict[str, str]]), _hour),
        key=day["key"],
    )


def _hour(cell: Any) -> rx.Component:
    return rx.el.td(
        rx.el.span(cell["shown"], aria_hidden="true"),
        rx.el.span(cell["label"], class_name="sr-only"),
        key=cell["key"],
        title=cell["label"],
        style={"background": f"color-mix(in srgb, var(--accent) {cell['shade']}%, var(--surface))"},
        class_name="h-8 min-w-11 text-center text-sm tabular-nums border border-line",
    )


def _posts() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(AnalyticsState.lines, _post),
            aria_label="Posts with their results",
            class_name="list-none m-0 p-0 divide-y divide-line",
        ),
        other_pages(AnalyticsState),
        title="Posts",
    )


def _post(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(
                line["text"],
                to=line["address"],
                class_name="text-ink font-medium no-underline hover:underline break-words "
                "line-clamp-2",
            ),
            rx.el.p(
                line["channel"],
                " · ",
                rx.el.time(line["when"], date_time=line["at"]),
                class_name=_QUIET,
            ),
            rx.el.p(
                rx.el.strong(line["words"], class_name="font-medium"),
                rx.cond(
                    line["read"] != "",
                    rx.el.span(" · ", line["read"], class_name="text-muted"),
                ),
                class_name="m-0 text-sm tabular-nums",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            line["line"] != "",
            rx.el.svg(
                rx.el.svg.polyline(
                    points=line["line"],
                    fill="none",
                    stroke="var(--accent-ink)",
                    stroke_width="1.5",
                    stroke_linejoin="round",
                ),
                view_box=f"0 0 {views.WIDTH} {views.HEIGHT}",
                role="img",
                custom_attrs={"aria-label": line["chart"]},
                class_name="w-24 h-6 shrink-0",
            ),
        ),
        rx.cond(line["url"] != "", outside("See it", href=line["url"])),
        key=line["key"],
        custom_attrs={"data-result": line["key"]},
        class_name="flex flex-wrap items-center gap-x-4 gap-y-1 py-3",
    )
