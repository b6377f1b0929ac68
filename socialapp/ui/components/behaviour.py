"""The form that tells a sandbox account what to do with its next requests."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.field import option, select
from socialapp.ui.components.icon import icon

BEHAVIOURS: dict[str, str] = {
    "normal": "Normal: it takes the post",
    "slow": "Slow: it answers after three seconds",
    "refuse": "Refuse: this post is not allowed",
    "fail": "Fail: an error of its own",
    "busy": "Busy: come back later",
    "limited": "Limited: too many requests",
    "unauthorised": "Access lost: reconnect",
    "answer_lost": "Answer lost: it posts, and we are not told",
    "request_lost": "Request lost: it never arrives",
    "rubbish": "Unreadable: it posts, and answers nonsense",
}
"""What a sandbox account can be told to do, in words for who tries it."""
SLOW_MS = 3000


def asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form asks for, as services.channels.set_behaviour takes it."""
    behaviour, requests = str(given.get("behaviour", "normal")), given.get("requests")
    return {
        "behaviour": behaviour,
        "requests": int(requests) if requests in {"1", "5", "-1"} else 1,
        "delay_ms": SLOW_MS if behaviour == "slow" else 0,
    }


def folded(channel: Any, *, told: Any, requests: Any, on_submit: Any) -> rx.Component:
    """Return it, folded away; `channel` is the id as text."""
    return rx.el.details(
        rx.el.summary(
            icon("flask_conical", size=14, class_name="text-faint"),
            rx.cond(
                told == "normal",
                "Try what goes wrong",
                rx.fragment("Simulates: ", rx.match(told, *BEHAVIOURS.items(), "?")),
            ),
            class_name="flex items-center gap-2 text-sm text-muted hover:text-ink py-1.5",
        ),
        form(channel, told=told, requests=requests, on_submit=on_submit),
        class_name="mt-3 pt-2 border-t border-line",
    )


def form(channel: Any, *, told: Any, requests: Any, on_submit: Any) -> rx.Component:
    """Return the form alone."""
    return rx.el.form(
        select(
            *(option(words, key) for key, words in BEHAVIOURS.items()),
            name="behaviour",
            default_value=told,
            aria_label="What it does",
        ),
        select(
            option("With the next request", "1"),
            option("With the next five", "5"),
            option("With every request", "-1"),
            name="requests",
            default_value=requests,
            aria_label="How often",
        ),
        button("Simulate", type="submit"),
        # In the form, not in the handler's arguments: Reflex lifts the handler out of the loop.
        rx.el.input(type="hidden", name="channel_id", value=channel),
        on_submit=on_submit,
        key=told.to(str) + requests.to(str),
        class_name="flex flex-col gap-2 pt-1",
    )
