"""What the forms of the settings share."""

import reflex as rx

from socialapp.ui.components.button import button

FORM = "flex flex-col gap-4 max-w-md"


def save(words: str = "Save") -> rx.Component:
    """Return the button that sends the form."""
    return rx.el.div(button(words, look="primary", type="submit"), class_name="pt-1")
