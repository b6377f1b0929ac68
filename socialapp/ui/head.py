"""What surrounds all pages: tokens and settings in <head>, minus what Reflex adds."""

import reflex as rx

from socialapp.ui import theme


def dress(app: rx.App) -> None:
    """Give every page the tokens; drop Reflex's toasts and its connection toast.

    They are 10 KiB, and ours say what is the matter (components/notice.py and live.py).
    """
    app.html_lang = "en"
    app.toaster = None
    app.app_wraps.pop((5, "Overlay"), None)
    app.head_components = [
        rx.el.style(custom_attrs=_inner(theme.stylesheet())),
        rx.el.script(custom_attrs=_inner(theme.BEFORE_PAINT)),
        rx.el.meta(name="theme-color", content=theme.LIGHT["ground"]),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    ]


def _inner(text: str) -> dict[str, dict[str, str]]:
    return {"dangerouslySetInnerHTML": {"__html": text}}
