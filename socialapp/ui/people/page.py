"""People, under Settings: who is here, in which role, and who was invited."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components import revocable
from socialapp.ui.components.button import button
from socialapp.ui.components.button import link as page_link
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.field import option, select, select_field
from socialapp.ui.components.parts import card, empty, loaded, page_header
from socialapp.ui.people.state import PeopleState
from socialapp.ui.shell import SETTINGS, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_link("← Settings", to=routes.SETTINGS),
        page_header("People"),
        loaded(
            PeopleState.is_loaded,
            rx.cond(
                PeopleState.is_allowed,
                rx.el.div(
                    _invite(),
                    _members(),
                    _invitations(),
                    class_name="flex flex-col gap-4",
                ),
                empty("users", "For owners and admins", "Ask one of them to invite people."),
            ),
        ),
        revocable.shown_once(
            PeopleState.link,
            title="The link of the invitation",
            words="Send it to one person. It is shown this once, and kept only as a hash.",
            on_close=PeopleState.forget_link,
            is_address=True,
        ),
        confirm(
            title=rx.Var.create("Remove ") + PeopleState.removing_name + "?",
            text="Their browsers are out of this workspace at once, and so are the calendar feeds "
            "that they made. What they wrote and scheduled stays.",
            yes="Remove",
            is_open=PeopleState.removing > 0,
            on_yes=PeopleState.remove,
            on_close=PeopleState.ask_remove(0, ""),
        ),
        place=SETTINGS,
    )


def _invite() -> rx.Component:
    return card(
        rx.el.form(
            select_field(
                "Role",
                rx.foreach(PeopleState.roles, lambda each: option(each["words"], each["role"])),
                id="invited_role",
                default_value="editor",
                hint="You get a link to send to one person. It works once, for seven days.",
            ),
            rx.el.div(button("Make a link", look="primary", type="submit")),
            on_submit=PeopleState.invite,
            class_name="flex flex-col gap-4 max-w-md",
        ),
        title="Invite somebody",
    )


def _members() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(PeopleState.people, _person), class_name=revocable.LIST),
        title="Members",
    )


def _person(person: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            person["initials"],
            aria_hidden="true",
            class_name="grid place-items-center size-9 shrink-0 rounded-full bg-sunken border "
            "border-line text-xs font-semibold",
        ),
        rx.el.div(
            rx.el.p(
                person["name"],
                rx.cond(person["is_me"], " (you)", ""),
                class_name="m-0 font-medium break-words",
            ),
            rx.el.p(
                person["email"],
                " · since ",
                person["since"],
                class_name="m-0 text-xs text-muted break-words",
            ),
            class_name="min-w-0 grow basis-48",
        ),
        rx.cond(
            person["can_change"],
            rx.el.div(
                select(
                    rx.foreach(
                        PeopleState.roles,
                        lambda each: option(each["words"].to(str).split(":")[0], each["role"]),
                    ),
                    default_value=person["role"],
                    aria_label="Role of " + person["name"].to(str),
                    on_change=lambda role: PeopleState.change_role(person["id"], role),
                    class_name="!w-auto",
                ),
                button(
                    "Remove…",
                    look="danger",
                    aria_label="Remove " + person["name"].to(str),
                    on_click=PeopleState.ask_remove(person["id"], person["name"]),
                ),
                class_name="flex items-center gap-2",
            ),
            rx.el.span(person["role_words"], class_name="text-sm text-muted"),
        ),
        key=person["key"],
        class_name="flex flex-wrap items-center gap-3 py-3",
    )


def _invitations() -> rx.Component:
    return card(
        revocable.listed(
            PeopleState.invitations,
            _invitation,
            none="Nobody has an open invitation.",
            label="Open invitations",
        ),
        title="Open invitations",
    )


def _invitation(invitation: Any) -> rx.Component:
    return revocable.line(
        invitation["role_words"],
        "Works until ",
        invitation["expires"],
        action=revocable.revoke(
            rx.Var.create("the invitation as ") + invitation["role_words"].to(str),
            on_click=PeopleState.revoke(invitation["id"]),
            asks=False,
        ),
        key=invitation["key"],
    )
