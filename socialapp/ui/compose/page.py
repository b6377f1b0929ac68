"""The page on which a post is written, and on which it is seen going out."""

from typing import Any

import reflex as rx

from socialapp.services.media import ALT_TEXT_LIMIT
from socialapp.ui import routes
from socialapp.ui.components.button import button_link
from socialapp.ui.components.parts import empty
from socialapp.ui.components.uploader import ACCEPT
from socialapp.ui.compose.result import result
from socialapp.ui.compose.state import ComposeState
from socialapp.ui.compose.widgets import RULES, Composer
from socialapp.ui.feed import LiveState
from socialapp.ui.review import dialog as review
from socialapp.ui.review.state import ReviewState
from socialapp.ui.shell import shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        rx.cond(
            LiveState.can_write, rx.fragment(_editor(), _outcome(), review.dialogs()), _readers()
        ),
        place=None,
    )


def _editor() -> rx.Component:
    return rx.el.div(
        Composer.create(
            draft=ComposeState.draft,
            rules=RULES,
            channels=ComposeState.channels,
            saved=ComposeState.saved,
            moment=ComposeState.moment,
            thread=ComposeState.thread,
            editing=LiveState.editing,
            me=LiveState.me,
            template=ComposeState.template,
            suggested=ComposeState.suggested,
            max_bytes=ComposeState.max_bytes,
            accept=ACCEPT,
            alt_limit=ALT_TEXT_LIMIT,
            on_edit=ComposeState.be_here,
            on_open=ComposeState.open,
            on_save=ComposeState.save,
            on_send=ComposeState.send,
            on_speak=ComposeState.speak,
            on_split=ComposeState.split,
            on_template=ComposeState.keep_template,
            on_suggest=ComposeState.suggest,
            on_review=ReviewState.ask_for_post,
        ),
        # Hidden rather than gone: it still has to throw away its copy of what was sent.
        hidden=ComposeState.sent["schedule_id"] != 0,
    )


def _readers() -> rx.Component:
    return empty("eye", "You may look at posts here", "Your role does not write them.")


def _outcome() -> rx.Component:
    same: Any = ComposeState.sent["channel_ids"]
    again = button_link(
        "Write another",
        to=f"{routes.COMPOSE}?channels=" + same.to(str),
        look="primary",
        icon_name="plus",
    )
    return result(ComposeState, again=again)
