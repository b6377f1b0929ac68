"""What the list of posts does."""

import reflex as rx

from socialapp.ui.listing import Listing


class PostsState(Listing, rx.State):
    """The list of posts."""
