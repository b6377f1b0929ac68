"""The workspace that one is in, and the way to the others."""

from typing import Any

import reflex as rx

from socialapp.ui.components import menu
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library
from socialapp.ui.components.parts import some
from socialapp.ui.feed import LiveState


class _Switch(Widget):
    library = library("browser")
    tag = "WorkspaceSwitch"
    is_default = False
    workspace: rx.Var[str]


def name_or_switch() -> rx.Component:
    """Return the workspace's name; a menu of the others for who is in several."""
    face = rx.fragment(
        rx.el.span(LiveState.workspace, class_name="truncate grow text-left"),
        icon("chevrons_up_down", size=14, class_name="text-faint shrink-0"),
    )
    component: rx.Component = rx.cond(
        some(LiveState.workspaces),
        rx.el.div(
            menu.menu(
                others(),
                label="Workspace",
                face=face,
                place="below-left",
                button_class="flex items-center gap-1 w-full min-w-0 rounded-md px-1 min-h-8 "
                "font-semibold text-base text-ink hover:bg-sunken",
            ),
            class_name="only-wide grow min-w-0",
        ),
        rx.el.span(
            rx.cond(LiveState.workspace != "", LiveState.workspace, "socialapp"),
            title=LiveState.workspace,
            class_name="only-wide font-semibold text-base truncate grow",
        ),
    )
    return component


def others(*, only_phone: bool = False) -> rx.Component:
    """Return an entry of a menu for each other workspace."""
    component: rx.Component = rx.foreach(
        LiveState.workspaces, lambda other: _entry(other, "md:hidden" if only_phone else "")
    )
    return component


def _entry(other: Any, more: str) -> rx.Component:
    return _Switch.create(
        rx.el.span("Go to ", other["name"], class_name="truncate"),
        workspace=other["id"],
        class_name=menu.ITEM + more,
    )
