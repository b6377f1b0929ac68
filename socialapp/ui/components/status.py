"""The status badge: dot, icon and label, never colour alone."""

import reflex as rx

from socialapp.domain.delivery import LABELS, Shown
from socialapp.ui.components.icon import icon, spinner

__all__ = ["LABELS", "LOOKS", "status_badge"]

_ICONS: dict[str, str] = {
    Shown.DRAFT: "pencil_line",
    Shown.NEEDS_APPROVAL: "user_check",
    Shown.CHANGES_REQUESTED: "message_square",
    Shown.QUEUED: "clock",
    Shown.POSTED: "check",
    Shown.PARTLY_POSTED: "circle_alert",
    Shown.FAILED: "x",
    Shown.NEEDS_CHECK: "circle_help",
    Shown.MISSED: "clock_alert",
    Shown.PAUSED: "pause",
    Shown.CANCELLED: "ban",
}
# Written out, because Tailwind finds the classes by reading.
_LOOKS: dict[str, str] = {
    Shown.DRAFT: "text-s-draft bg-s-draft-soft",
    Shown.NEEDS_APPROVAL: "text-s-needs-approval bg-s-needs-approval-soft",
    Shown.CHANGES_REQUESTED: "text-s-changes-requested bg-s-changes-requested-soft",
    Shown.QUEUED: "text-s-queued bg-s-queued-soft",
    Shown.PUBLISHING: "text-s-publishing bg-s-publishing-soft",
    Shown.POSTED: "text-s-posted bg-s-posted-soft",
    Shown.PARTLY_POSTED: "text-s-partly-posted bg-s-partly-posted-soft",
    Shown.FAILED: "text-s-failed bg-s-failed-soft",
    Shown.NEEDS_CHECK: "text-s-needs-check bg-s-needs-check-soft",
    Shown.MISSED: "text-s-missed bg-s-missed-soft",
    Shown.PAUSED: "text-s-paused bg-s-paused-soft",
    Shown.CANCELLED: "text-s-cancelled bg-s-cancelled-soft",
}
_SHAPE = (
    "inline-flex items-center gap-1.5 rounded-full pl-2 pr-2.5 h-6 text-xs font-medium "
    "whitespace-nowrap shrink-0 "
)


LOOKS: dict[str, str] = {status: _SHAPE + look for status, look in _LOOKS.items()}
"""The classes of each badge, for what is drawn in the browser."""


def _icon(status: str) -> rx.Component:
    return spinner(size=12) if status == Shown.PUBLISHING else icon(_ICONS[status], size=12)


def status_badge(status: rx.Var[str] | str) -> rx.Component:
    """Return the badge of a status, known now or only in the browser."""
    dot = rx.el.span(class_name="size-1.5 rounded-full bg-current", aria_hidden="true")
    return rx.el.span(
        dot,
        rx.match(status, *((s, _icon(s)) for s in LABELS), icon("circle", size=12)),
        rx.match(status, *LABELS.items(), "Unknown"),
        class_name=rx.match(
            status,
            *LOOKS.items(),
            LOOKS[Shown.DRAFT],
        ),
        custom_attrs={"data-status": status},
    )
