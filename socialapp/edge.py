"""The layers around every request: who may ask from where, what may be kept, where it came from."""

from starlette.types import ASGIApp

from socialapp.settings import Settings


def wrap(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Put the layers around `app`."""
    return app
