"""The page behind a review link: for somebody without an account."""

from typing import Any

import reflex as rx

from socialapp.ui.components.jsx import Widget
from socialapp.ui.components.markdown import READER
from socialapp.ui.components.status import LOOKS
from socialapp.ui.compose.widgets import RULES
from socialapp.ui.pages.editor import widgets as page_editor
from socialapp.ui.shell import hydrated

assert page_editor.ACCEPT  # its folder has the preview of pages that review.jsx imports


class _Review(Widget):
    library = rx.asset("review.jsx", shared=True).importable_path
    tag = "Review"
    is_default = False
    lib_dependencies: list[str] = [READER]

    rules: rx.Var[dict[str, Any]]
    badges: rx.Var[dict[str, str]]


def page() -> rx.Component:
    """Return the page. Its part after the # never leaves the browser but in the body of a POST."""
    return rx.el.main(
        rx.el.meta(name="robots", content="noindex, nofollow"),
        rx.el.meta(name="referrer", content="no-referrer"),
        _Review.create(rules=RULES, badges=LOOKS, class_name="w-full max-w-5xl mx-auto"),
        hydrated(),
        class_name="min-h-dvh px-4 md:px-8 py-6 md:py-10",
    )
