"""The tabs of the person: name, password, and where they are signed in."""

from typing import Any

import reflex as rx

from socialapp.ui.components import revocable
from socialapp.ui.components.button import button
from socialapp.ui.components.field import text_field
from socialapp.ui.components.parts import card
from socialapp.ui.components.zone import zone_field
from socialapp.ui.settings.form import FORM, save
from socialapp.ui.settings.state import SettingsState


def tab() -> rx.Component:
    """Return the tab of the profile."""
    return rx.el.div(
        card(
            rx.el.form(
                text_field(
                    "Your name",
                    id="person_name",
                    default_value=SettingsState.person,
                    required=True,
                    max_length=200,
                    auto_complete="name",
                ),
                zone_field(
                    "Also show times in",
                    id="own_zone",
                    value=SettingsState.own_zone,
                    none="The workspace's zone alone",
                    hint="Your own time stands beside each time in the lists and details. "
                    "Planning stays in the zone that is printed there.",
                ),
                rx.el.p(
                    "You sign in as ",
                    rx.el.strong(SettingsState.email),
                    ".",
                    class_name="text-sm text-muted m-0",
                ),
                save(),
                on_submit=SettingsState.save_profile,
                class_name=FORM,
            ),
            title="Profile",
        ),
        card(
            rx.el.form(
                text_field(
                    "Old password",
                    id="old_password",
                    type="password",
                    required=True,
                    auto_complete="current-password",
                ),
                text_field(
                    "New password",
                    id="new_password",
                    type="password",
                    required=True,
                    min_length=10,
                    auto_complete="new-password",
                    hint="At least 10 characters. All other browsers are signed out.",
                ),
                save("Change the password"),
                on_submit=SettingsState.change_password,
                reset_on_submit=True,
                class_name=FORM,
            ),
            title="Password",
        ),
        class_name="flex flex-col gap-4",
    )


def sessions() -> rx.Component:
    """Return the tab of the sessions."""
    return card(
        rx.el.ul(rx.foreach(SettingsState.sessions, _session), class_name=revocable.LIST),
        title="Where you are signed in",
    )


def _session(session: Any) -> rx.Component:
    return revocable.line(
        session["browser"],
        "Seen ",
        session["seen"],
        " · signed in ",
        session["since"],
        action=rx.cond(
            session["is_this"],
            rx.el.span("This browser", class_name="text-sm text-good font-medium"),
            button(
                "Sign out",
                size="sm",
                aria_label="Sign out " + session["browser"].to(str),
                on_click=SettingsState.end_session(session["id"]),
            ),
        ),
        key=session["key"],
    )
