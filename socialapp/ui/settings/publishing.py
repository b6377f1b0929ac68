"""The tab of publishing: the workers, and how often they look."""

import reflex as rx

from socialapp.ui.components.field import text_field
from socialapp.ui.components.parts import card
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.form import FORM, save
from socialapp.ui.settings.state import SettingsState


def tab() -> rx.Component:
    """Return the tab."""
    return card(
        rx.el.p(
            rx.cond(
                SettingsState.workers > 0,
                rx.fragment("Workers running: ", SettingsState.workers, "."),
                "No worker is running. Start one with “socialapp run” or “socialapp worker”.",
            ),
            class_name="text-muted m-0 mb-4",
        ),
        rx.el.form(
            text_field(
                "Seconds between two looks for what is due",
                id="sweep_seconds",
                type="number",
                min=0.1,
                max=60,
                step="any",
                default_value=SettingsState.sweep_seconds,
                placeholder="1",
                required=True,
                hint="A safety net: workers are also woken the moment something is due soon.",
            ),
            rx.cond(LiveState.can_admin, save()),
            on_submit=SettingsState.save_publishing,
            class_name=FORM,
        ),
        title="Publishing",
    )
