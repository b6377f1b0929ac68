"""The dialog that makes, lists and revokes review links, and the buttons that open it."""

from typing import Any

import reflex as rx

from socialapp.domain.review import LASTS_AT_FIRST, LASTS_DAYS
from socialapp.ui.components.browser import copy_button, own_address
from socialapp.ui.components.button import LOOKS, button
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.parts import some
from socialapp.ui.feed import LiveState
from socialapp.ui.review.state import ReviewState


def of_schedule(schedule_id: Any) -> rx.Component:
    """Return the button for the post of a schedule, for whoever may write."""
    return rx.cond(
        LiveState.can_write,
        button(
            "Review link…",
            size="sm",
            icon_name="link",
            on_click=ReviewState.ask_for_schedule(schedule_id),
        ),
    )


def of_selected() -> rx.Component:
    """Return the button for what is selected in the queue."""
    return rx.cond(
        LiveState.can_write,
        button("Review link…", size="sm", on_click=ReviewState.ask_for_selected),
    )


def dialogs() -> rx.Component:
    """Return the dialog and its question; closed at first."""
    return rx.fragment(
        dialog(
            rx.cond(ReviewState.new_address != "", _address(), _choices()),
            title="Review link",
            is_open=ReviewState.is_open,
            on_close=ReviewState.close,
        ),
        confirm(
            title="Revoke this link?",
            text="Whoever has it sees nothing there any more. What was said through it stays.",
            yes="Revoke the link",
            is_open=ReviewState.revoking > 0,
            on_yes=ReviewState.revoke,
            on_close=ReviewState.ask_revoke(0),
        ),
    )


def _choices() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "For somebody without an account: they see this as each channel will show it, and can"
            " comment. They see nothing else of the workspace.",
            class_name="m-0 text-muted",
        ),
        rx.el.p(
            ReviewState.about,
            class_name="m-0 rounded-md bg-sunken px-3 py-2 font-medium break-words",
        ),
        rx.el.form(
            select_field(
                "It opens for",
                *(option("A day" if n == 1 else f"{n} days", str(n)) for n in LASTS_DAYS),
                id="review_days",
                default_value=str(LASTS_AT_FIRST),
            ),
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name="review_advice",
                    default_checked=True,
                    class_name="size-4 mt-0.5 accent-[var(--accent)] shrink-0",
                ),
                rx.el.span(
                    "Ask for ",
                    rx.el.em("Looks good"),
                    " or ",
                    rx.el.em("Changes requested"),
                    rx.el.span(
                        " This is advice: it approves nothing and holds nothing.",
                        class_name="block text-xs text-muted",
                    ),
                ),
                class_name="flex items-start gap-2.5 min-h-8 max-md:min-h-11",
            ),
            actions(button("Make the link", look="primary", type="submit")),
            on_submit=ReviewState.make,
            class_name="flex flex-col gap-3",
        ),
        rx.cond(some(ReviewState.links), _links()),
        class_name="flex flex-col gap-4",
    )


def _links() -> rx.Component:
    return rx.el.section(
        rx.el.h3("Links that open now", class_name="text-sm font-semibold m-0"),
        rx.el.ul(
            rx.foreach(ReviewState.links, _link),
            aria_label="Review links",
            class_name="list-none m-0 p-0 divide-y divide-line",
        ),
        class_name="border-t border-line pt-4",
    )


def _link(link: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(link["shows"], class_name="m-0 font-medium"),
            rx.el.p(link["stands"], class_name="m-0 text-xs text-muted"),
            class_name="min-w-0 grow",
        ),
        button(
            "Revoke…",
            size="sm",
            look="danger",
            aria_label="Revoke the link: " + link["stands"].to(str),
            on_click=ReviewState.ask_revoke(link["id"]),
        ),
        key=link["key"],
        class_name="flex items-center gap-3 py-3",
    )


def _address() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Send it to whoever shall look. It is shown this once, and kept only as a hash.",
            class_name="m-0 mb-3 text-muted",
        ),
        own_address(
            ReviewState.new_address,
            "block font-mono text-sm break-all rounded-md bg-sunken border border-line p-3",
        ),
        actions(
            copy_button(
                ReviewState.new_address,
                "inline-flex items-center justify-center h-9 max-md:h-11 px-3.5 rounded-md "
                "font-medium " + LOOKS["plain"],
            ),
            button("I have it", look="primary", on_click=ReviewState.close),
        ),
    )
