"""What an address without a page shows."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link
from socialapp.ui.components.parts import CARD, empty
from socialapp.ui.shell import hydrated


def page() -> rx.Component:
    """Return the page."""
    return rx.el.main(
        rx.el.h1("Not found", class_name="sr-only"),
        rx.el.div(
            empty(
                "map_pin_off",
                "There is no such page",
                "The address may be mistyped, or what was here has been removed.",
                button_link("Go to the dashboard", to=routes.HOME, look="primary"),
            ),
            class_name=CARD + "w-full max-w-md",
        ),
        hydrated(),
        class_name="min-h-dvh grid place-items-center p-4",
    )
