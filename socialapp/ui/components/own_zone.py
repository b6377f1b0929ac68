"""A person's own time beside every time of the page, written in the browser."""

from typing import Any

import reflex as rx

from socialapp.ui.components.jsx import Widget, library


class _OwnTimes(Widget):
    library = library("own_zone")
    tag = "OwnTimes"
    is_default = False
    zone: rx.Var[str]
    workspace_zone: rx.Var[str]


def own_times(zone: Any, workspace_zone: Any) -> rx.Component:
    """Return what writes it; nothing without a zone, or with the workspace's."""
    return _OwnTimes.create(zone=zone, workspace_zone=workspace_zone)
