"""The dashboard. What is live on it comes from LiveState; nothing here polls."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link, icon_button, link, new_post
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import card, counted, empty, page_header, some
from socialapp.ui.components.schedule_row import schedule_row
from socialapp.ui.dashboard import figures
from socialapp.ui.dashboard.state import DashboardState
from socialapp.ui.feed import LiveState
from socialapp.ui.pause import pause_button
from socialapp.ui.shell import DASHBOARD, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Dashboard",
            pause_button(),
            new_post(),
            text=rx.fragment("Times in ", LiveState.zone),
        ),
        rx.cond(DashboardState.shows_steps, _checklist()),
        _counts(),
        rx.el.div(
            rx.el.div(_attention(), _publishing(), _next_up(), _posted(), class_name=_COLUMN),
            rx.el.div(_week(), _lateness(), class_name=_COLUMN),
            class_name="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] items-start",
        ),
        watch(LiveState.version, on_stale=DashboardState.load),
        place=DASHBOARD,
    )


_COLUMN = "flex flex-col gap-4 min-w-0"
_LIST = "list-none m-0 p-0 divide-y divide-line -mx-4 md:-mx-5 -mb-4 md:-mb-5"


def _rows(rows: Any, **looks: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, lambda row: schedule_row(row, **looks)), class_name=_LIST)


def _attention() -> rx.Component:
    approves = LiveState.can_approve & (LiveState.counts["waits_for_approval"] > 0)
    is_needed = some(LiveState.attention) | some(LiveState.lost) | approves
    return card(
        rx.foreach(LiveState.lost, _lost),
        rx.cond(approves, _approvals()),
        rx.match(
            True,
            (some(LiveState.attention), _rows(LiveState.attention, with_date=True)),
            (some(LiveState.lost) | approves, rx.fragment()),
            _quiet("Nothing. What fails, is missed or needs a check appears here."),
        ),
        title="Needs attention",
        action=rx.cond(some(LiveState.attention), link("See all", to=f"{routes.QUEUE}?tab=failed")),
        class_name=rx.cond(is_needed, "!border-danger-line", ""),
    )


def _approvals() -> rx.Component:
    number = LiveState.counts["waits_for_approval"]
    return rx.el.div(
        icon("user_check", class_name="text-s-needs-approval shrink-0"),
        rx.el.span(
            rx.cond(number == 1, "1 post waits", rx.fragment(counted(number), " posts wait")),
            " for approval.",
            class_name="grow",
        ),
        link("See them", to=f"{routes.QUEUE}?tab=approvals"),
        class_name="flex flex-wrap items-center gap-x-2.5 min-h-10",
    )


def _lost(channel: Any) -> rx.Component:
    return rx.el.div(
        icon("unplug", class_name="text-danger shrink-0"),
        rx.el.span("Access was lost to ", rx.el.strong(channel["name"]), ".", class_name="grow"),
        link("Connect it again", to=channel["address"]),
        key=channel["key"],
        class_name="flex flex-wrap items-center gap-x-2.5 min-h-10",
    )


def _publishing() -> rx.Component:
    return card(
        rx.cond(
            some(LiveState.publishing),
            _rows(LiveState.publishing, with_date=True),
            _quiet("Nothing at this moment."),
        ),
        title="Publishing now",
    )


def _quiet(words: str) -> rx.Component:
    """Hold the place of one row: what comes and goes must not push the rest about."""
    return rx.el.p(words, class_name="m-0 h-12 flex items-center text-sm text-muted")


def _next_up() -> rx.Component:
    return card(
        rx.cond(
            some(LiveState.next_up),
            _rows(LiveState.next_up, counts_down=True),
            empty(
                "calendar_clock",
                "Nothing is queued",
                "What you schedule appears here, and counts down to its moment.",
                button_link("Write a post", to=routes.COMPOSE, icon_name="plus"),
            ),
        ),
        title="Next up",
    )


def _posted() -> rx.Component:
    return rx.cond(
        some(LiveState.posted),
        card(
            _rows(LiveState.posted, with_date=True),
            title="Just posted",
            action=link("See all", to=f"{routes.QUEUE}?tab=posted"),
        ),
    )


def _counts() -> rx.Component:
    tiles = (
        ("In the queue", "tab_queue", f"{routes.QUEUE}?tab=queue", "text-s-queued"),
        ("Drafts", "draft", f"{routes.QUEUE}?tab=drafts", "text-s-draft"),
        ("Posted", "tab_posted", f"{routes.QUEUE}?tab=posted", "text-s-posted"),
        ("Needs attention", "tab_attention", f"{routes.QUEUE}?tab=failed", "text-s-failed"),
    )
    return rx.el.div(
        *(_tile(*tile) for tile in tiles),
        class_name="grid grid-cols-2 lg:grid-cols-4 gap-3 mb-4",
    )


def _tile(label: str, key: str, address: str, colour: str) -> rx.Component:
    return link(
        rx.el.span(
            rx.el.span(class_name=f"size-1.5 rounded-full bg-current {colour}", aria_hidden="true"),
            label,
            class_name="flex items-center gap-1.5 text-sm text-muted",
        ),
        rx.el.span(
            counted(LiveState.counts[key]),
            class_name="text-2xl font-semibold tabular-nums tracking-tight text-ink",
        ),
        to=address,
        class_name="flex flex-col gap-0.5 rounded-lg border border-line bg-surface shadow-card "
        "px-4 py-3 no-underline hover:border-line-strong",
    )


def _week() -> rx.Component:
    return card(
        rx.el.svg(
            rx.foreach(DashboardState.bars, _bar),
            view_box=f"0 -18 {figures.WIDTH} {figures.HEIGHT + 38}",
            role="img",
            custom_attrs={"aria-label": DashboardState.chart},
            class_name="w-full h-auto block",
        ),
        title="The coming 7 days",
    )


def _bar(bar: Any) -> rx.Component:
    text = "fill-[var(--muted)] text-[11px] [text-anchor:middle]"
    return rx.el.svg.g(
        rx.el.svg.rect(
            x=bar["x"],
            y=bar["y"],
            width=bar["width"],
            height=bar["height"],
            rx="3",
            class_name=rx.cond(
                bar["count"] > 0, "fill-[var(--accent)]", "fill-[var(--line-strong)]"
            ),
        ),
        rx.cond(
            bar["count"] > 0,
            rx.el.svg.text(bar["count"], x=bar["middle"], y=bar["y"] - 5, class_name=text),
        ),
        rx.el.svg.text(bar["label"], x=bar["middle"], y=figures.HEIGHT + 16, class_name=text),
        key=bar["label"],
    )


def _lateness() -> rx.Component:
    late: Any = DashboardState.lateness
    cells = (("p50", "Half within"), ("p95", "95 % within"), ("p99", "99 % within"))
    return card(
        rx.cond(
            late.contains("p50"),
            rx.fragment(
                rx.el.dl(
                    *(
                        rx.el.div(
                            rx.el.dt(words, class_name="text-xs text-muted"),
                            rx.el.dd(
                                late[key],
                                class_name="m-0 text-lg font-semibold tabular-nums",
                            ),
                        )
                        for key, words in cells
                    ),
                    class_name="grid grid-cols-3 gap-2 m-0",
                ),
                rx.el.p(
                    "of the moment they were planned for. Measured: ",
                    late["of"],
                    ".",
                    class_name="text-xs text-muted m-0 mt-2",
                ),
            ),
            rx.el.p(
                "Nothing went out in the last 24 hours, so there is nothing to measure.",
                class_name="text-sm text-muted m-0",
            ),
        ),
        title="On time, last 24 hours",
    )


def _checklist() -> rx.Component:
    return card(
        rx.el.ol(
            rx.foreach(DashboardState.steps, _step),
            class_name="list-none m-0 p-0 grid gap-x-6 gap-y-3 md:grid-cols-2",
        ),
        title=rx.fragment(
            "First steps ",
            rx.el.span(
                DashboardState.steps_done, " of 4", class_name="text-sm font-normal text-muted"
            ),
        ),
        action=icon_button(
            "x", "Put the first steps away", size=14, on_click=DashboardState.hide_steps
        ),
        class_name="mb-4",
    )


def _step(step: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            step["done"],
            icon("circle_check", size=18, class_name="text-good mt-0.5 shrink-0"),
            icon("circle", size=18, class_name="text-faint mt-0.5 shrink-0"),
        ),
        rx.el.div(
            rx.el.span(step["title"], class_name="font-medium"),
            rx.cond(step["done"], rx.el.span(" (done)", class_name="sr-only")),
            rx.el.p(step["text"], class_name="text-sm text-muted m-0"),
            rx.cond(~step["done"], link(step["action"], to=step["address"])),
        ),
        key=step["title"],
        class_name="flex gap-2.5",
    )
