"""How the pages are built and served; the addresses and secrets are in socialapp/settings.py."""

from typing import Any, cast

import reflex as rx

from socialapp.launch.pages import AnyAddress
from socialapp.ui.theme import TAILWIND

config = rx.Config(
    app_name="socialapp",
    plugins=[rx.plugins.TailwindV4Plugin(cast("Any", TAILWIND)), AnyAddress()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    # The first that the browser takes; brotli is about a sixth smaller than gzip.
    frontend_compression_formats=["brotli", "gzip"],
    # What only dynamic components need is not sent with every page.
    frontend_lazy_bundled_libraries=True,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Overridden by the environment when several web processes share one Redis.
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
)
