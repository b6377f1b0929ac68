"""What was done last, in words, with the way back."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button, icon_button


def done_bar(words: Any, *, can_undo: Any, on_undo: Any, on_forget: Any) -> rx.Component:
    """Return the bar; there is nothing to see while `words` is empty."""
    return rx.el.div(
        rx.cond(
            words != "",
            rx.el.div(
                rx.el.span(words, class_name="grow"),
                rx.cond(
                    can_undo,
                    button("Undo", size="sm", icon_name="undo_2", on_click=on_undo),
                ),
                icon_button("x", "Put this away", on_click=on_forget),
                class_name="flex items-center gap-2 rounded-lg border border-line-strong "
                "bg-raised shadow-float pl-3 pr-1 py-1 text-sm",
            ),
        ),
        role="status",
        aria_label="What was done",
    )
