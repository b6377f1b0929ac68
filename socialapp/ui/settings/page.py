"""The settings page: one tab for each subject."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link
from socialapp.ui.components.parts import loaded, page_header, tabs
from socialapp.ui.feed import LiveState
from socialapp.ui.settings import (
    feeds,
    keys,
    links,
    profile,
    proposals,
    publishing,
    telling,
    workspace,
)
from socialapp.ui.settings.state import SettingsState
from socialapp.ui.shell import SETTINGS, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Settings",
            rx.cond(
                LiveState.can_admin,
                button_link("People", to=routes.PEOPLE, icon_name="users"),
            ),
        ),
        tabs(
            [
                ("workspace", "Workspace", None),
                ("profile", "Profile", None),
                ("sessions", "Sessions", None),
                ("keys", "Keys", None),
                ("notifications", "Notifications", None),
                ("calendar", "Calendar feed", None),
                ("links", "Links", None),
                ("proposals", "Proposals", None),
                ("publishing", "Publishing", None),
            ],
            current=SettingsState.tab,
            choose=SettingsState.choose_tab,
        ),
        rx.el.div(
            loaded(
                SettingsState.is_loaded,
                rx.match(
                    SettingsState.tab,
                    ("profile", profile.tab()),
                    ("sessions", profile.sessions()),
                    ("keys", keys.tab()),
                    ("notifications", telling.tab()),
                    ("calendar", feeds.tab()),
                    ("links", links.tab()),
                    ("proposals", proposals.tab()),
                    ("publishing", publishing.tab()),
                    workspace.tab(),
                ),
                rows=3,
                height="h-16",
            ),
            class_name="pt-4",
        ),
        place=SETTINGS,
    )
