"""How a channel and its network are shown: the chip of its state, the sign of its network."""

from typing import Any

import reflex as rx

from socialapp.ui.components.icon import icon

_CHIP = "inline-flex items-center gap-1.5 rounded-full px-2 h-6 text-xs font-medium "


def state_chip(state: Any) -> rx.Component:
    """Return whether a channel is connected, on hold, or has lost its access."""
    return rx.match(
        state,
        ("paused", _chip("pause", "On hold", "text-s-paused bg-s-paused-soft")),
        ("reconnect", _chip("unplug", "Access lost", "text-s-failed bg-s-failed-soft")),
        _chip("check", "Connected", "text-s-posted bg-s-posted-soft"),
    )


def _chip(sign: str, words: str, colours: str) -> rx.Component:
    return rx.el.span(icon(sign, size=12), words, class_name=_CHIP + colours)


def network_mark(letters: Any, *, small: bool = False) -> rx.Component:
    """Return the square sign of a network; its name stands beside it."""
    size = "size-6 text-2xs" if small else "size-9 text-xs"
    return rx.el.span(
        letters,
        aria_hidden="true",
        class_name=f"grid place-items-center {size} shrink-0 rounded-md border border-line "
        "bg-sunken text-ink font-semibold",
    )
