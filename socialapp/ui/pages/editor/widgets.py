"""The editor's JSX, beside its Python."""

from typing import Any

import reflex as rx

from socialapp.imaging import documents
from socialapp.ui.components import markdown
from socialapp.ui.components.jsx import Widget
from socialapp.ui.compose import widgets as compose

for _piece in ("files.jsx", "page_preview.jsx", "text.jsx"):
    rx.asset(_piece, shared=True)

ACCEPT = ",".join(f".{kind.extension}" for kind in documents.TYPES)
"""What a file picker offers; the server looks at the bytes."""


class PageEditor(Widget):
    """The editor: everything that follows a keystroke happens in it, in the browser."""

    library = rx.asset("page_editor.jsx", shared=True).importable_path
    tag = "PageEditor"
    is_default = False
    lib_dependencies: list[str] = [markdown.READER]

    draft: rx.Var[dict[str, Any]]
    rules: rx.Var[dict[str, Any]]
    channels: rx.Var[list[dict[str, Any]]]
    saved: rx.Var[dict[str, Any]]
    moment: rx.Var[dict[str, str]]
    editing: rx.Var[dict[str, list[dict[str, str]]]]
    me: rx.Var[str]
    max_bytes: rx.Var[int]
    accept: rx.Var[str]
    about_limit: rx.Var[int]
    events = compose.Composer.events  # whose pieces it is made of
