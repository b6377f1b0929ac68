"""One line of a list of posts or pages: opens it where it is written."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import link
from socialapp.ui.components.editing import editing_line
from socialapp.ui.components.parts import content_icon, label_mark, page_mark, untitled
from socialapp.ui.components.status import status_badge
from socialapp.ui.feed import LiveState

ROW_LIST = "list-none m-0 p-0 divide-y divide-line"


def post_row(
    row: Any, *, tells_pages: bool = True, action: Any = None, leading: Any = None
) -> rx.Component:
    """Return the line; its status is live. Where all are pages, no line has to say so.

    `action` stands before the status, above the link that the line is; `leading` at its beginning.
    """
    posts: Any = LiveState.posts
    return rx.el.li(
        leading if leading is not None else rx.fragment(),
        rx.cond(
            row["thumbnail"] != "",
            rx.el.img(
                src=row["thumbnail"],
                alt=row["alt"],
                loading="lazy",
                width="44",
                height="44",
                class_name="size-11 shrink-0 rounded-md object-cover bg-sunken border border-line",
            ),
            rx.el.span(
                content_icon(row["is_page"]),
                class_name="size-11 shrink-0 rounded-md bg-sunken text-faint grid "
                "place-items-center",
            ),
        ),
        rx.el.div(
            link(
                untitled(row),
                to=row["address"],
                class_name="block truncate text-ink no-underline before:absolute before:inset-0 "
                "before:content-['']",
            ),
            rx.el.p(
                page_mark(row["is_page"]) if tells_pages else rx.fragment(),
                rx.el.span(
                    rx.el.time(row["when"], date_time=row["at"], class_name="tabular-nums"),
                    " ",
                    rx.el.span(row["zone"], class_name="text-faint"),
                    rx.cond(row["channels"] != "", rx.fragment(" · ", row["channels"])),
                    class_name="truncate",
                ),
                editing_line(row["key"]),
                label_mark(row["labels"]),
                class_name="flex items-center gap-1.5 text-xs text-muted m-0 mt-0.5",
            ),
            class_name="min-w-0 grow",
        ),
        action if action is not None else rx.fragment(),
        status_badge(rx.cond(posts.contains(row["key"]), posts[row["key"]], row["status"])),
        key=row["key"],
        custom_attrs={"data-post": row["key"]},
        class_name="relative flex items-center gap-3 px-3 md:px-4 py-2.5 hover:bg-sunken",
    )
