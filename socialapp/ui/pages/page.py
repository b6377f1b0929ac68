"""The list of pages."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link
from socialapp.ui.components.parts import empty
from socialapp.ui.components.post_list import post_list
from socialapp.ui.pages.state import PagesState
from socialapp.ui.shell import PAGES, shell


def page() -> rx.Component:
    """Return the page."""
    new = button_link("New page", to=routes.EDIT_PAGE, look="primary", icon_name="plus")
    nothing = empty(
        "notebook_text",
        "No pages yet",
        "A page is a longer piece with a title and files, for channels that take such.",
        button_link("Write a page", to=routes.EDIT_PAGE, icon_name="plus"),
    )
    return shell(post_list(PagesState, title="Pages", new=new, nothing=nothing), place=PAGES)
