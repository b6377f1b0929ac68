"""The screen on which a page is written, and on which it is seen going out."""

import reflex as rx

from socialapp.services.attachments import DESCRIPTION_LIMIT
from socialapp.ui import routes
from socialapp.ui.components.button import button_link
from socialapp.ui.components.parts import empty
from socialapp.ui.compose.result import result
from socialapp.ui.compose.widgets import RULES
from socialapp.ui.feed import LiveState
from socialapp.ui.pages.editor.state import PageState
from socialapp.ui.pages.editor.widgets import ACCEPT, PageEditor
from socialapp.ui.shell import PAGES, shell


def page() -> rx.Component:
    """Return the screen."""
    readers = empty("eye", "You may look at pages here", "Your role does not write them.")
    return shell(
        rx.cond(LiveState.can_write, rx.fragment(_editor(), _outcome()), readers), place=PAGES
    )


def _editor() -> rx.Component:
    return rx.el.div(
        PageEditor.create(
            draft=PageState.draft,
            rules=RULES,
            channels=PageState.channels,
            saved=PageState.saved,
            moment=PageState.moment,
            editing=LiveState.editing,
            me=LiveState.me,
            max_bytes=PageState.max_bytes,
            accept=ACCEPT,
            about_limit=DESCRIPTION_LIMIT,
            on_edit=PageState.be_here,
            on_open=PageState.open,
            on_save=PageState.save,
            on_send=PageState.send,
            on_speak=PageState.speak,
        ),
        # Hidden rather than gone: it still has to throw away its copy of what was sent.
        hidden=PageState.sent["schedule_id"] != 0,
    )


def _outcome() -> rx.Component:
    again = button_link("Write another", to=routes.EDIT_PAGE, look="primary", icon_name="plus")
    return result(PageState, again=again)
