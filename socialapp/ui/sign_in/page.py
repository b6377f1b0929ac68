"""The sign-in form, and the form of the first visit that makes the owner."""

from typing import Any

import reflex as rx

from socialapp.ui.components import notice
from socialapp.ui.components.button import LOOKS
from socialapp.ui.components.field import text_field
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library
from socialapp.ui.components.zone import zone_field
from socialapp.ui.shell import hydrated

_SEND = (
    "inline-flex items-center justify-center gap-2 w-full h-10 max-md:h-11 rounded-md text-base "
    "font-medium disabled:opacity-60 " + LOOKS["primary"]
)


class _EntryForm(Widget):
    """A form that is sent with fetch, and followed by a full load: the socket needs the cookie."""

    library = library("entry")
    tag = "EntryForm"
    is_default = False
    address: rx.Var[str]
    submit: rx.Var[str]
    waiting: rx.Var[str]
    submit_class: rx.Var[str]


def sign_in_page() -> rx.Component:
    """Return the page for people who have an account."""
    return _frame(
        "Sign in",
        "Plan it, see it go out, know that it did.",
        _EntryForm.create(
            _email(),
            _password("current-password", None),
            address="/api/session",
            submit="Sign in",
            waiting="Signing in…",
            submit_class=_SEND,
            class_name="flex flex-col gap-4",
        ),
    )


def welcome_page() -> rx.Component:
    """Return the page of the first visit."""
    return _frame(
        "Welcome",
        "You are the first here, so this app becomes yours. It takes a minute.",
        _EntryForm.create(
            text_field("Your name", id="name", required=True, auto_complete="name", max_length=200),
            _email(),
            _password("new-password", "At least 10 characters. A few words are easy to keep."),
            text_field(
                "What do you post for?",
                id="workspace",
                max_length=100,
                auto_complete="organization",
                hint="The shop, the band, the client: your workspace is called so. May stay empty.",
            ),
            zone_field(
                "Time zone",
                id="zone",
                guess=True,
                hint="Posts are planned in it. You can change it later.",
            ),
            address="/api/owner",
            submit="Create your account",
            waiting="Creating…",
            submit_class=_SEND,
            class_name="flex flex-col gap-4",
        ),
    )


def _email() -> rx.Component:
    return text_field(
        "E-mail", id="email", type="email", required=True, auto_complete="username", max_length=254
    )


def _password(kind: str, hint: Any) -> rx.Component:
    return text_field(
        "Password",
        id="password",
        type="password",
        required=True,
        auto_complete=kind,
        hint=hint,
        **({"min_length": 10} if kind == "new-password" else {}),
    )


def _frame(title: str, text: str, form: rx.Component) -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.el.div(
                rx.el.span(
                    icon("send", size=18),
                    class_name="grid place-items-center size-10 rounded-lg bg-accent "
                    "text-on-accent",
                ),
                rx.el.h1(title, class_name="text-2xl font-semibold tracking-tight m-0 mt-4"),
                rx.el.p(text, class_name="text-muted m-0 mt-1"),
                class_name="mb-6",
            ),
            form,
            class_name="w-full max-w-sm rounded-xl border border-line bg-surface shadow-card p-6 "
            "md:p-8",
        ),
        notice.area(),
        hydrated(),
        class_name="min-h-dvh grid place-items-center p-4",
    )
