"""The dialog for a list of addresses, and how far it is."""

from typing import Any

import reflex as rx

from socialapp.ui.autopilot.links_state import LinksState
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import CONTROL, field, text_field
from socialapp.ui.components.parts import PROGRESS, some


def button_for_links() -> rx.Component:
    """Return the way in."""
    return button("By address…", icon_name="link", on_click=LinksState.ask(True))


def progress() -> rx.Component:
    """Say how far it is, and which lines failed, until somebody puts that away."""
    failed: Any = LinksState.failed
    done: Any = LinksState.done
    total: Any = LinksState.total
    return rx.cond(
        LinksState.is_under_way | some(failed),
        rx.el.section(
            rx.el.div(
                rx.el.span(
                    *(done, " of ", total, " addresses looked at"),
                    role="status",
                    class_name="text-sm grow",
                ),
                button(
                    rx.cond(LinksState.is_under_way, "Stop", "Put away"),
                    size="sm",
                    on_click=LinksState.stop,
                ),
                class_name="flex items-center gap-3",
            ),
            rx.el.progress(
                value=done.to_string(),
                max=total.to_string(),
                aria_label="Addresses looked at",
                class_name=PROGRESS + "w-full",
            ),
            rx.el.ul(
                rx.foreach(
                    failed,
                    lambda line: rx.el.li(
                        rx.el.span(line["url"], class_name="break-all"),
                        ": ",
                        rx.el.span(line["why"], class_name="text-danger"),
                        key=line["key"],
                    ),
                ),
                aria_label="Addresses that failed",
                class_name="m-0 pl-4 text-sm empty:hidden max-h-60 overflow-y-auto",
            ),
            aria_label="Pictures by address",
            class_name="flex flex-col gap-2 mb-4 rounded-md border border-line p-3",
        ),
    )


def asking() -> rx.Component:
    """Return the dialog."""
    return dialog(
        rx.el.form(
            field(
                "Addresses, one in each line",
                rx.el.textarea(
                    id="urls",
                    name="urls",
                    rows="8",
                    placeholder="https://example.org/harbour.jpg",
                    class_name=CONTROL + "py-2 font-mono",
                ),
                id="urls",
                hint="Each is fetched once by this server, at most 50 MB. Addresses inside of its "
                "own network are not.",
            ),
            text_field("Folder", id="links_folder", list="known_folders"),
            rx.cond(
                LinksState.refusal != "",
                rx.el.p(LinksState.refusal, role="alert", class_name="text-sm text-danger m-0"),
            ),
            actions(
                button("Cancel", on_click=LinksState.ask(False)),
                button("Fetch", look="primary", type="submit"),
            ),
            on_submit=LinksState.start,
            class_name="flex flex-col gap-3",
        ),
        title="Add pictures by their addresses",
        is_open=LinksState.is_open,
        on_close=LinksState.ask(False),
    )
