"""What the list of pages does."""

import reflex as rx

from socialapp.domain.content import Kind
from socialapp.ui.listing import Listing


class PagesState(Listing, rx.State):
    """The list of pages."""

    _kind: Kind = Kind.PAGE
