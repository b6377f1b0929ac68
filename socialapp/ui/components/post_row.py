"""One line of a list of posts: opens the post where it is written."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import link
from socialapp.ui.components.icon import icon
from socialapp.ui.components.status import status_badge

ROW_LIST = "list-none m-0 p-0 divide-y divide-line"


def post_row(row: Any) -> rx.Component:
    """Return the line."""
    return rx.el.li(
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
                icon("text", size=16),
                class_name="size-11 shrink-0 rounded-md bg-sunken text-faint grid "
                "place-items-center",
            ),
        ),
        rx.el.div(
            link(
                rx.cond(row["text"] != "", row["text"], "A post without text"),
                to=f"{routes.COMPOSE}?post=" + row["key"],
                class_name="block truncate text-ink no-underline before:absolute before:inset-0 "
                "before:content-['']",
            ),
            rx.el.p(
                rx.el.time(row["when"], date_time=row["at"], class_name="tabular-nums"),
                " ",
                rx.el.span(row["zone"], class_name="text-faint"),
                rx.cond(row["channels"] != "", rx.fragment(" · ", row["channels"])),
                class_name="text-xs text-muted m-0 mt-0.5 truncate",
            ),
            class_name="min-w-0 grow",
        ),
        status_badge(row["status"]),
        key=row["key"],
        custom_attrs={"data-post": row["key"]},
        class_name="relative flex items-center gap-3 px-3 md:px-4 py-2.5 hover:bg-sunken",
    )
