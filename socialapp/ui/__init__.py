"""The door for people. `register` adds all of it to the app; importing this loads nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import reflex as rx


def register(app: "rx.App") -> None:
    """Add the pages, the guard in front of every handler, and the task that keeps pages live."""
    from socialapp.ui import head, screens
    from socialapp.ui.feed import live_feed
    from socialapp.ui.session import Guard, explain

    head.dress(app)
    app.add_middleware(Guard())
    app.backend_exception_handler = explain
    app.register_lifespan_task(live_feed)
    screens.add_all(app)
