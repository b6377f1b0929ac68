"""What a handler asks of its caller. Without a right declared here nobody may call it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from socialapp.domain.people import Right

PUBLIC = "public"
"""Marks the few handlers that a visitor without an account may call."""
_MARK = "_socialapp_right"


def needs(right: Right | str) -> Callable[[Callable[..., Any]], Any]:
    """Make a method an event handler that asks for a Right of its caller, or for PUBLIC."""

    def mark(handler: Callable[..., Any]) -> Any:
        setattr(handler, _MARK, right)
        return rx.event(handler)

    return mark


def right_of(handler: Callable[..., Any]) -> Right | str | None:
    """Return what was declared with `@needs`, or None."""
    return getattr(handler, _MARK, None)
