"""The list of posts."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button_link, new_post
from socialapp.ui.components.parts import empty
from socialapp.ui.components.post_list import post_list
from socialapp.ui.evergreen.adding import add_to_list_button, add_to_list_dialog
from socialapp.ui.posts.state import PostsState
from socialapp.ui.shell import POSTS, shell


def _actions() -> rx.Component:
    return rx.fragment(button_link("Import", to=routes.IMPORT, icon_name="upload"), new_post())


def page() -> rx.Component:
    """Return the page."""
    nothing = empty(
        "file_text",
        "No posts yet",
        "Everything you write is kept here, from the first draft on.",
        button_link("Write a post", to=routes.COMPOSE, icon_name="plus"),
    )
    there = post_list(
        PostsState, title="Posts", new=_actions(), nothing=nothing, more=add_to_list_button
    )
    return shell(there, add_to_list_dialog(), place=POSTS)
