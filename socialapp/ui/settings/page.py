"""The settings page: one tab for each subject."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.browser import copy_button
from socialapp.ui.components.button import LOOKS, button, button_link
from socialapp.ui.components.dialog import actions, confirm, dialog
from socialapp.ui.components.field import option, select_field, text_field
from socialapp.ui.components.parts import card, loaded, page_header, some, tabs
from socialapp.ui.components.zone import zone_field
from socialapp.ui.feed import LiveState
from socialapp.ui.settings import feeds, telling
from socialapp.ui.settings.state import ALT_TEXT_RULES, APPROVAL_RULES, SCOPES, SettingsState
from socialapp.ui.shell import SETTINGS, shell

_FORM = "flex flex-col gap-4 max-w-md"
_LIST = "list-none m-0 p-0 divide-y divide-line"


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
                    ("profile", _profile()),
                    ("sessions", _sessions()),
                    ("keys", _keys()),
                    ("notifications", telling.tab()),
                    ("calendar", feeds.tab()),
                    ("publishing", _publishing()),
                    _workspace(),
                ),
                rows=3,
                height="h-16",
            ),
            class_name="pt-4",
        ),
        place=SETTINGS,
    )


def _save(words: str = "Save") -> rx.Component:
    return rx.el.div(button(words, look="primary", type="submit"), class_name="pt-1")


def _zone_question() -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(
                rx.match(
                    SettingsState.zone_queued,
                    (0, rx.fragment("Nothing is queued.")),
                    (
                        1,
                        rx.fragment(
                            "1 schedule is queued. It keeps its instant; its time is written anew:"
                        ),
                    ),
                    rx.fragment(
                        SettingsState.zone_queued,
                        " schedules are queued. They keep their instants; only the way their "
                        "times are written changes:",
                    ),
                ),
                class_name="m-0",
            ),
            _examples(SettingsState.zone_stays),
            rx.cond(
                some(SettingsState.zone_moves),
                rx.fragment(
                    rx.el.p(
                        "Posting times stay on the wall clock, so free slots move to other "
                        "instants:",
                        class_name="m-0",
                    ),
                    _examples(SettingsState.zone_moves),
                ),
            ),
            rx.el.p("Times typed from now on are read in the new zone.", class_name="m-0"),
            class_name="flex flex-col gap-3",
        ),
        actions(
            button("Keep the zone", on_click=SettingsState.keep_zone),
            button("Change the zone", look="primary", on_click=SettingsState.move_zone),
        ),
        title=rx.Var.create("Change the zone to ") + SettingsState.zone_asked + "?",
        is_open=SettingsState.zone_asked != "",
        on_close=SettingsState.keep_zone,
    )


def _examples(lines: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(lines, lambda line: rx.el.li(line, key=line)),
        class_name="m-0 pl-5 text-sm text-muted list-disc flex flex-col gap-1 empty:hidden",
    )


def _workspace() -> rx.Component:
    return card(
        _zone_question(),
        rx.el.form(
            text_field(
                "Name",
                id="workspace_name",
                default_value=SettingsState.name,
                required=True,
                max_length=100,
                disabled=~LiveState.can_admin,
            ),
            zone_field(
                "Time zone",
                id="workspace_zone",
                value=SettingsState.zone,
                hint="New times are read in it. Posts that are queued keep their instant: "
                "only the way their time is written changes.",
            ),
            text_field(
                "Minutes after which a post is missed",
                id="missed_after_minutes",
                type="number",
                min=0,
                max=10080,
                default_value=SettingsState.missed_after_minutes,
                required=True,
                hint="When the worker did not run at a post's time, the post still goes out this "
                "many minutes late. Later than that it is held as missed, and you decide.",
            ),
            select_field(
                "When a picture or film has no description",
                *(option(words, rule) for rule, words in ALT_TEXT_RULES.items()),
                id="alt_text_rule",
                default_value=SettingsState.alt_text_rule,
                disabled=~LiveState.can_admin,
                hint="Descriptions are for people who cannot see it. The rule holds where the "
                "network takes descriptions.",
            ),
            select_field(
                "What editors schedule",
                *(option(words, rule) for rule, words in APPROVAL_RULES.items()),
                id="approval_rule",
                default_value=SettingsState.approval_rule,
                disabled=~LiveState.can_admin,
                hint="Until it is approved it does not go out, and an editor's change afterwards "
                "needs approval again. Owners, admins and approvers approve by scheduling; under "
                "“all”, everybody whose role is approver has to. What is queued already stays "
                "queued.",
            ),
            select_field(
                "Where a picture was taken",
                option("Forget it", "no"),
                option("Keep the coordinates", "yes"),
                id="keeps_place",
                default_value=SettingsState.keeps_place,
                disabled=~LiveState.can_admin,
                hint="Cameras write it into the file. It is taken out of every file that is "
                "uploaded. If you keep the coordinates, captions of Autopilot with {place} publish "
                "them, also those of your home. Forgetting deletes all that were kept.",
            ),
            rx.cond(LiveState.can_admin, _save()),
            on_submit=SettingsState.save_workspace,
            class_name=_FORM,
        ),
        title="Workspace",
    )


def _profile() -> rx.Component:
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
                rx.el.p(
                    "You sign in as ",
                    rx.el.strong(SettingsState.email),
                    ".",
                    class_name="text-sm text-muted m-0",
                ),
                _save(),
                on_submit=SettingsState.save_profile,
                class_name=_FORM,
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
                _save("Change the password"),
                on_submit=SettingsState.change_password,
                reset_on_submit=True,
                class_name=_FORM,
            ),
            title="Password",
        ),
        class_name="flex flex-col gap-4",
    )


def _sessions() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(SettingsState.sessions, _session), class_name=_LIST),
        title="Where you are signed in",
    )


def _session(session: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(session["browser"], class_name="m-0 font-medium"),
            rx.el.p(
                "Seen ",
                session["seen"],
                " · signed in ",
                session["since"],
                class_name="m-0 text-xs text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
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
        class_name="flex items-center gap-3 py-3",
    )


def _keys() -> rx.Component:
    return rx.el.div(
        rx.cond(
            LiveState.can_admin,
            card(_new_key(), title="Make a key"),
        ),
        card(
            rx.cond(
                some(SettingsState.keys),
                rx.el.ul(rx.foreach(SettingsState.keys, _key), class_name=_LIST),
                rx.el.p(
                    "No keys yet. A key lets a script or another program post through this app.",
                    class_name="text-muted m-0",
                ),
            ),
            title="Keys",
        ),
        _secret(),
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
        _save("Make the key"),
        on_submit=SettingsState.create_key,
        reset_on_submit=True,
        class_name=_FORM,
    )


def _secret() -> rx.Component:
    return dialog(
        rx.el.p(
            "Copy it now: it is shown this once and kept only as a hash.",
            class_name="m-0 mb-3 text-muted",
        ),
        rx.el.code(
            SettingsState.new_secret,
            custom_attrs={"data-copy": ""},
            tab_index=0,
            class_name="block font-mono text-sm break-all rounded-md bg-sunken border border-line "
            "p-3",
        ),
        actions(
            copy_button(
                SettingsState.new_secret,
                "inline-flex items-center justify-center h-9 max-md:h-11 px-3.5 rounded-md "
                "font-medium " + LOOKS["plain"],
            ),
            button("I have it", look="primary", on_click=SettingsState.forget_secret),
        ),
        title="The new key",
        is_open=SettingsState.new_secret != "",
        on_close=SettingsState.forget_secret,
    )


def _key(key: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                key["name"],
                rx.el.code(
                    key["prefix"], "…", class_name="font-mono text-xs text-muted font-normal ml-2"
                ),
                class_name="m-0 font-medium",
            ),
            rx.el.p(
                key["scopes"],
                " · used ",
                key["used"],
                " · made ",
                key["created"],
                class_name="m-0 text-xs text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        button(
            "Revoke…",
            size="sm",
            look="danger",
            aria_label="Revoke " + key["name"].to(str),
            on_click=SettingsState.ask_revoke(key["id"], key["name"]),
        ),
        key=key["key"],
        class_name="flex items-center gap-3 py-3",
    )


def _publishing() -> rx.Component:
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
            rx.cond(LiveState.can_admin, _save()),
            on_submit=SettingsState.save_publishing,
            class_name=_FORM,
        ),
        title="Publishing",
    )
