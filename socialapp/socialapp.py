"""The wiring of the web process: pages + API + live -> `serve`."""

import reflex as rx
from fastapi import FastAPI
from starlette.types import ASGIApp

from socialapp import edge
from socialapp.settings import get_settings

api = FastAPI(title="socialapp", docs_url=None, redoc_url=None, openapi_url=None)


@api.get("/api/health")
async def health() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


def index() -> rx.Component:
    """Show that the pages work."""
    return rx.el.main(
        rx.el.h1("socialapp"),
        rx.el.span(custom_attrs={"data-hydrated": rx.State.is_hydrated.to_string()}, hidden=True),
    )


app = rx.App(api_transformer=api)
app.add_page(index, route="/", title="socialapp")


def serve() -> ASGIApp:
    """Return what granian serves: Reflex's layers inside, the edge around all of them."""
    return edge.wrap(app(), get_settings())
