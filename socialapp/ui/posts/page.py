"""The list of posts: a line opens the post where it is written."""

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components.button import button, button_link, new_post
from socialapp.ui.components.field import option, select
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import CARD, empty, loaded, page_header, pagination, some
from socialapp.ui.components.post_row import ROW_LIST, post_row
from socialapp.ui.components.search import search_field
from socialapp.ui.components.status import LABELS
from socialapp.ui.feed import LiveState
from socialapp.ui.posts.state import PostsState
from socialapp.ui.shell import POSTS, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Posts",
            new_post(),
            text=rx.fragment("Times in ", LiveState.zone),
        ),
        rx.el.div(
            search_field("Search posts", value=PostsState.query, on_search=PostsState.search),
            select(
                option("Every status", ""),
                *(option(label, str(status)) for status, label in LABELS.items()),
                value=PostsState.status,
                on_change=PostsState.choose_status,
                aria_label="Status",
                class_name="!w-auto max-sm:grow max-sm:basis-32",
            ),
            class_name="flex flex-wrap gap-2 pb-3",
        ),
        rx.el.div(
            loaded(PostsState.is_loaded, _list(), rows=6, height="h-16"),
            class_name=CARD + "overflow-hidden",
        ),
        rx.cond(
            PostsState.is_loaded,
            pagination(
                text=PostsState.place,
                has_before=PostsState.has_before,
                has_after=PostsState.has_after,
                go=PostsState.go,
            ),
        ),
        watch(LiveState.version, on_stale=PostsState.load),
        place=POSTS,
    )


def _list() -> rx.Component:
    return rx.cond(
        some(PostsState.rows),
        rx.el.ul(rx.foreach(PostsState.rows, post_row), class_name=ROW_LIST),
        rx.cond(
            (PostsState.query != "") | (PostsState.status != ""),
            empty(
                "search_x",
                "Nothing matches",
                "No post fits the search and the status together.",
                button("Clear them", on_click=PostsState.clear),
            ),
            empty(
                "file_text",
                "No posts yet",
                "Everything you write is kept here, from the first draft on.",
                button_link("Write a post", to=routes.COMPOSE, icon_name="plus"),
            ),
        ),
    )
