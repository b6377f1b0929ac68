"""The tab of keys: make one for a program, and revoke it."""

from typing import Any

import reflex as rx

from socialapp.ui.components import revocable
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.field import text_field
from socialapp.ui.components.parts import card
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.form import FORM, save
from socialapp.ui.settings.state import SCOPES, SettingsState


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        rx.cond(
            LiveState.can_admin,
            card(_new_key(), title="Make a key"),
        ),
        card(
            revocable.listed(
                SettingsState.keys,
                _key,
                none="No keys yet. A key lets a script or another program post through this app.",
                label="Keys",
            ),
            title="Keys",
        ),
        revocable.shown_once(
            SettingsState.new_secret,
            title="The new key",
            words="Copy it now: it is shown this once and kept only as a hash.",
            on_close=SettingsState.forget_secret,
        ),
        confirm(
            title=rx.Var.create("Revoke ") + SettingsState.revoking_name + "?",
            text="Programs that use it are refused at once. It cannot be brought back.",
            yes="Revoke the key",
            is_open=SettingsState.revoking > 0,
            on_yes=SettingsState.revoke_key,
            on_close=SettingsState.ask_revoke(0, ""),
        ),
        class_name="flex flex-col gap-4",
    )


def _new_key() -> rx.Component:
    return rx.el.form(
        text_field(
            "What is it for",
            id="key_name",
            required=True,
            max_length=100,
            placeholder="For example: shop script",
        ),
        rx.el.fieldset(
            rx.el.legend("It may", class_name="text-sm font-medium mb-1 p-0"),
            *(
                rx.el.label(
                    rx.el.input(
                        type="checkbox",
                        name=f"scope_{scope}",
                        id=f"scope_{scope}",
                        default_checked=scope != "admin",
                        class_name="size-4 accent-[var(--accent)]",
                    ),
                    words,
                    class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-touch",
                )
                for scope, words in SCOPES.items()
            ),
            class_name="border-0 m-0 p-0",
        ),
        save("Make the key"),
        on_submit=SettingsState.create_key,
        reset_on_submit=True,
        class_name=FORM,
    )


def _key(key: Any) -> rx.Component:
    return revocable.line(
        rx.fragment(
            key["name"],
            rx.el.code(
                key["prefix"], "…", class_name="font-mono text-xs text-muted font-normal ml-2"
            ),
        ),
        key["scopes"],
        " · used ",
        key["used"],
        " · made ",
        key["created"],
        action=revocable.revoke(
            key["name"].to(str), on_click=SettingsState.ask_revoke(key["id"], key["name"])
        ),
        key=key["key"],
    )
