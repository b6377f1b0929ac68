"""The tab of the workspace: its name, its zone and its rules."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import option, select_field, text_field
from socialapp.ui.components.parts import card, some
from socialapp.ui.components.zone import zone_field
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.form import FORM, save
from socialapp.ui.settings.state import ALT_TEXT_RULES, APPROVAL_RULES, SettingsState


def tab() -> rx.Component:
    """Return the tab."""
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
                hint="New times are read in it. What is queued goes out at the same moment as "
                "before: only the way its time is written changes.",
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
                "When a picture or video has no description",
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
            rx.cond(LiveState.can_admin, save()),
            on_submit=SettingsState.save_workspace,
            class_name=FORM,
        ),
        title="Workspace",
    )


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
                            "1 post is queued. It goes out at the same moment; its time is written "
                            "anew:"
                        ),
                    ),
                    rx.fragment(
                        SettingsState.zone_queued,
                        " posts are queued. They go out at the same moments; only the way their "
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
