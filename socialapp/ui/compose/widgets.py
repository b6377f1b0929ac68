"""The editor's JSX, beside its Python."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.domain import checks, patterns, utm
from socialapp.ui.components.jsx import Widget, library

for _piece in (
    "channels.jsx",
    "checks.js",
    "conflict.jsx",
    "copies.js",
    "counts.js",
    "desk.js",
    "difference.js",
    "difference.jsx",
    "editor.jsx",
    "facts.js",
    "focus.jsx",
    "groups.jsx",
    "look.js",
    "notices.jsx",
    "offers.js",
    "options.jsx",
    "order.jsx",
    "parts.jsx",
    "pick.jsx",
    "poll.jsx",
    "post.js",
    "presence.jsx",
    "preview.jsx",
    "proposed.jsx",
    "punycode.js",
    "repeat.jsx",
    "saving.js",
    "snippets.jsx",
    "strip.jsx",
    "suggested.jsx",
    "tabs.jsx",
    "thread.js",
    "tags.jsx",
    "templates.jsx",
    "timing.jsx",
    "utm.js",
    "variants.js",
    "versions.jsx",
    "words.js",
):
    rx.asset(_piece, shared=True)

library("propose")  # the editor's JSX imports from it

RULES: dict[str, Any] = {
    **patterns.FOR_BROWSER,
    "checks": checks.FOR_BROWSER,
    "utm": utm.FOR_BROWSER,
}
"""How texts are counted and contents checked, as the server does."""


class Composer(Widget):
    """The editor: everything that follows a keystroke happens in it, in the browser."""

    library = rx.asset("composer.jsx", shared=True).importable_path
    tag = "Composer"
    is_default = False

    draft: rx.Var[dict[str, Any]]
    rules: rx.Var[dict[str, Any]]
    channels: rx.Var[list[dict[str, Any]]]
    saved: rx.Var[dict[str, Any]]
    moment: rx.Var[dict[str, str]]
    thread: rx.Var[dict[str, Any]]
    editing: rx.Var[dict[str, list[dict[str, str]]]]
    me: rx.Var[str]
    template: rx.Var[dict[str, str]]
    suggested: rx.Var[dict[str, Any]]
    max_bytes: rx.Var[int]
    accept: rx.Var[str]
    alt_limit: rx.Var[int]
    events = {
        "on_edit": passthrough_event_spec(int),
        "on_open": passthrough_event_spec(dict[str, Any]),
        "on_save": passthrough_event_spec(dict[str, Any]),
        "on_send": passthrough_event_spec(dict[str, Any]),
        "on_speak": passthrough_event_spec(str, str, str),
        "on_split": passthrough_event_spec(dict[str, Any]),
        "on_template": passthrough_event_spec(dict[str, Any]),
        "on_suggest": passthrough_event_spec(list[int]),
        "on_review": passthrough_event_spec(int),
    }


class Follow(Widget):
    """Calls `on_change` whenever `value` is another."""

    library = rx.asset("follow.jsx", shared=True).importable_path
    tag = "Follow"
    is_default = False
    value: rx.Var[str]
    events = {"on_change": passthrough_event_spec()}


class History(Widget):
    """A button that opens what a post or page said before."""

    library = rx.asset("versions.jsx", shared=True).importable_path
    tag = "History"
    is_default = False
    kind: rx.Var[str]
    post_id: rx.Var[int]
    zone: rx.Var[str]
    can_restore: rx.Var[bool]
    events = {"on_restored": passthrough_event_spec()}
