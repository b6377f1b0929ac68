"""The wiring of the web process: pages + API + live -> `serve`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex.utils.prerequisites import get_web_dir
from starlette.types import ASGIApp

from socialapp import edge, live, outward, providers, ui
from socialapp.api import address
from socialapp.api.app import build
from socialapp.api.repeats import Repeats
from socialapp.launch import processes
from socialapp.providers import proposer
from socialapp.providers.http import Http
from socialapp.providers.syndication import reader
from socialapp.settings import VERSION, get_settings
from socialapp.store import files, knobs, session, vault


@asynccontextmanager
async def tools() -> AsyncIterator[None]:
    """Open what this process works with, before its first request, and close it after the last."""
    settings = get_settings()
    line = live.connect(settings.redis)
    database = session.connect(settings.database, after_commit=line.tell_of)
    files.connect(settings.media_dir, limit_bytes=settings.max_upload_mb * 1024 * 1024)
    knobs.connect(settings.sweep_seconds)
    address.connect(settings.url)
    outward.connect(allow_private=settings.allow_private_addresses)
    vault.connect(keys=settings.secret_key, folder=settings.data_dir)
    try:
        async with Http(
            allow_private=settings.allow_private_addresses,
            version=VERSION,
            public_url=settings.url,
        ) as http:
            providers.use(providers.connect(http))
            reader.use(http)
            proposer.use(
                http,
                addresses=settings.proposal_addresses.split(","),
                within_s=settings.proposal_seconds,
            )
            yield
    finally:
        await line.close()
        await database.close()


app = rx.App(api_transformer=[build(), Repeats])
app.register_lifespan_task(tools)
ui.register(app)


def serve() -> ASGIApp:
    """Return what granian serves: Reflex's layers inside, the edge around all of them."""
    processes.die_with(os.getppid())  # granian's own process; it could be killed without a word
    return edge.wrap(app(), get_settings(), get_web_dir() / "build" / "client")
