"""One line of a list of schedules; its status is live, its place changes when the list is read."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import link, outside
from socialapp.ui.components.editing import editing_line
from socialapp.ui.components.moment import countdown
from socialapp.ui.components.parts import (
    avatar,
    content_icon,
    label_mark,
    page_mark,
    repeat_mark,
    untitled,
)
from socialapp.ui.components.status import status_badge
from socialapp.ui.feed import LiveState

_LINE = (
    "group relative flex items-center gap-3 px-3 md:px-4 py-2.5 hover:bg-sunken "
    "transition-colors duration-100 "
)
_TITLE = (
    "block w-full text-left text-ink no-underline truncate before:absolute before:inset-0 "
    "before:content-[''] "
)
_NOTE = "m-0 mt-0.5 text-xs line-clamp-2 "

_MAY_BREAK = "/\u200b"
"""The slash of a zone, where a narrow line may break."""


def _live(row: Any, name: str) -> rx.Var[str]:
    """Return the newest value of a row's field: what was broadcast, else what was read."""
    changed: Any = LiveState.changed
    value: rx.Var[str] = rx.cond(changed.contains(row["key"]), changed[row["key"]][name], row[name])
    return value


def schedule_row(
    row: Any,
    *,
    on_open: Any = None,
    with_date: bool = False,
    counts_down: bool = False,
    leading: Any = None,
) -> rx.Component:
    """Return the line; `on_open` opens the details here, without it they open in the queue.

    `leading` stands at its beginning, above the link that the line is.
    """
    return rx.el.li(
        leading if leading is not None else rx.fragment(),
        _when(row, with_date=with_date, counts_down=counts_down),
        _picture(row),
        rx.el.div(
            _title(row, on_open),
            _below(row),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            _live(row, "url") != "",
            rx.el.span(
                outside(
                    rx.el.span("See the post", class_name="max-md:sr-only"),
                    href=_live(row, "url"),
                    class_name="inline-flex items-center gap-1 text-sm text-accent-ink "
                    "hover:underline min-h-8 max-md:min-h-touch max-md:min-w-8",
                ),
                class_name="relative z-10 shrink-0",
            ),
        ),
        rx.el.span(status_badge(_live(row, "status")), class_name="shrink-0 max-sm:hidden"),
        key=row["key"],
        custom_attrs={"data-schedule": row["key"]},
        class_name=_LINE,
    )


def _when(row: Any, *, with_date: bool, counts_down: bool) -> rx.Component:
    quiet = "text-xs text-muted whitespace-nowrap"
    day = rx.cond(row["short"] != "", row["short"], "Today")
    if counts_down:
        second = rx.cond(_live(row, "status") == "queued", countdown(row["at"], class_name=quiet))
        third = rx.cond(row["short"] != "", rx.el.span(row["short"], class_name=quiet))
    elif with_date:
        second, third = rx.el.span(day, class_name=quiet), rx.fragment()
    else:
        second = rx.el.span(
            row["zone"].to(str).replace("/", _MAY_BREAK),
            class_name="text-2xs text-faint md:truncate max-md:leading-tight max-md:break-words",
        )
        third = rx.fragment()
    time = rx.el.time(
        row["time"], date_time=row["at"], class_name="font-medium tabular-nums text-base"
    )
    return rx.el.div(
        time, second, third, class_name="own-below flex flex-col w-20 md:w-24 shrink-0 min-w-0"
    )


def _picture(row: Any) -> rx.Component:
    return rx.cond(
        row["thumbnail"] != "",
        rx.el.span(
            rx.el.img(
                src=row["thumbnail"],
                alt=row["alt"],
                loading="lazy",
                width="44",
                height="44",
                class_name="size-11 rounded-md object-cover bg-sunken border border-line",
            ),
            rx.cond(
                row["more_media"] > 0,
                rx.el.span(
                    "+",
                    row["more_media"],
                    class_name="absolute -bottom-1 -right-1 rounded-full bg-ink text-ground "
                    "text-2xs px-1",
                ),
            ),
            class_name="relative shrink-0 max-sm:hidden",
        ),
        rx.el.span(
            content_icon(row["is_page"]),
            class_name="size-11 shrink-0 rounded-md bg-sunken text-faint grid place-items-center "
            "max-sm:hidden",
        ),
    )


def _title(row: Any, on_open: Any) -> rx.Component:
    words = untitled(row)
    if on_open is None:
        return link(words, to=f"{routes.QUEUE}?schedule=" + row["key"], class_name=_TITLE)
    component: rx.Component = rx.el.button(
        words, type="button", on_click=on_open, class_name=_TITLE
    )
    return component


def _below(row: Any) -> rx.Component:
    reason, late = _live(row, "reason"), _live(row, "late")
    is_queued = _live(row, "status") == "queued"
    is_quiet = is_queued | (_live(row, "status") == "paused")
    return rx.fragment(
        rx.el.div(
            rx.el.span(status_badge(_live(row, "status")), class_name="sm:hidden"),
            page_mark(row["is_page"]),
            repeat_mark(row["is_repeated"]),
            avatar_small(row["letters"]),
            rx.el.span(row["channels"], class_name="truncate"),
            editing_line(row["post_id"].to_string()),
            label_mark(row["labels"]),
            rx.cond(
                (late != "") & ~is_queued,
                rx.el.span("· ", late, class_name="text-warning whitespace-nowrap"),
            ),
            class_name="flex items-center gap-1.5 text-xs text-muted mt-0.5 min-w-0",
        ),
        rx.cond(
            (late != "") & is_queued,
            rx.el.p(late, class_name=_NOTE + "text-warning first-letter:uppercase"),
        ),
        rx.cond(
            reason != "",
            rx.el.p(
                reason,
                class_name=rx.cond(is_quiet, _NOTE + "text-muted", _NOTE + "text-danger"),
            ),
        ),
    )


def avatar_small(letters: Any) -> rx.Component:
    """Return the channel's sign at the height of a line."""
    return rx.el.span(avatar(letters), class_name="[&>span]:size-4.5 [&>span]:text-[0.5625rem]")
