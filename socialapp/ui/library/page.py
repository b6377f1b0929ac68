"""The library: a grid of what may be posted, and one of them large."""

from typing import Any

import reflex as rx

from socialapp.services.media import ALT_TEXT_LIMIT
from socialapp.ui import routes
from socialapp.ui.components.button import button, button_link
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import LABEL
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.parts import empty, loaded, other_pages, page_header
from socialapp.ui.components.propose import PROPOSED, propose_button
from socialapp.ui.components.search import search_field
from socialapp.ui.components.uploader import uploader
from socialapp.ui.feed import LiveState
from socialapp.ui.library.state import LibraryState
from socialapp.ui.shell import LIBRARY, shell


def page() -> rx.Component:
    """Return the page."""
    return shell(
        page_header(
            "Library", text="Pictures and videos for posts. Drop them anywhere here, or paste."
        ),
        rx.cond(
            LiveState.can_write & LibraryState.is_loaded,
            rx.el.div(
                uploader(max_bytes=LibraryState.max_bytes, on_done=LibraryState.uploaded),
                class_name="mb-4",
            ),
        ),
        _filters(),
        loaded(LibraryState.is_loaded, _grid(), rows=3, height="h-40"),
        other_pages(LibraryState),
        _details(),
        watch(LiveState.library, on_stale=LibraryState.load),
        place=LIBRARY,
    )


def _filters() -> rx.Component:
    is_on = LibraryState.only_without_alt
    return rx.cond(
        ~LibraryState.is_empty,
        rx.el.div(
            search_field(
                "Search names and descriptions",
                value=LibraryState.query,
                on_search=LibraryState.search,
            ),
            rx.el.span(
                LibraryState.coverage, class_name="text-sm text-muted tabular-nums", role="status"
            ),
            button(
                "Only without a description",
                size="sm",
                aria_pressed=rx.cond(is_on, "true", "false"),
                class_name=rx.cond(is_on, "!bg-accent-soft !text-accent-ink", ""),
                on_click=LibraryState.show_without_alt(~is_on),
            ),
            class_name="flex flex-wrap items-center gap-3 mb-4",
        ),
    )


def _grid() -> rx.Component:
    tiles: Any = LibraryState.tiles
    return rx.cond(
        tiles.length() > 0,
        rx.el.ul(
            rx.foreach(tiles, _tile),
            aria_label="Pictures and videos",
            class_name="list-none m-0 p-0 grid gap-3 "
            "grid-cols-[repeat(auto-fill,minmax(min(10rem,45%),1fr))]",
        ),
        rx.cond(
            LibraryState.is_empty,
            empty(
                "images",
                "Nothing here yet",
                "What you upload here can be used in any post, and is described once.",
            ),
            empty("search_x", "Nothing found", "No name or description has these words."),
        ),
    )


def _tile(tile: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                _picture(tile, tile["thumbnail"], "size-full object-cover"),
                rx.cond(
                    tile["kind"] != "image",
                    rx.el.span(
                        rx.cond(tile["kind"] == "video", "Video", "GIF"),
                        class_name=_MARK + "right-2",
                    ),
                ),
                _alt_mark(tile),
                class_name="relative block aspect-square bg-sunken overflow-hidden",
            ),
            rx.el.span(
                rx.el.span(tile["filename"], class_name="block truncate text-sm font-medium"),
                rx.el.span(
                    tile["shape"],
                    " · ",
                    tile["size"],
                    class_name="block truncate text-xs text-muted",
                ),
                class_name="block px-2.5 py-2 text-left",
            ),
            type="button",
            aria_label="Open " + tile["filename"],
            on_click=LibraryState.open(tile["id"]),
            class_name="block w-full rounded-lg border border-line bg-surface shadow-card "
            "overflow-hidden hover:border-line-strong text-ink",
        ),
        key=tile["key"],
    )


_MARK = "absolute bottom-2 rounded-sm bg-black/75 text-white text-2xs font-bold px-1.5 "


def _alt_mark(tile: Any) -> rx.Component:
    return rx.cond(
        tile["alt_text"] != "",
        rx.el.span("ALT", title=tile["alt_text"], class_name=_MARK + "left-2"),
        rx.el.span(
            "No ALT",
            class_name="absolute bottom-2 left-2 rounded-sm px-1.5 text-2xs font-bold "
            "bg-warning-soft text-warning border border-warning-line",
        ),
    )


def _picture(tile: Any, source: Any, shape: str) -> rx.Component:
    return rx.cond(
        tile["kind"] == "video",
        rx.el.video(src=tile["file"] + "#t=0.1", muted=True, preload="metadata", class_name=shape),
        rx.el.img(src=source, alt=tile["alt_text"], loading="lazy", class_name=shape),
    )


def _details() -> rx.Component:
    shown = LibraryState.shown
    return dialog(
        rx.cond(
            shown["kind"] == "video",
            rx.el.video(
                src=shown["file"],
                controls=True,
                preload="metadata",
                class_name="w-full max-h-80 rounded-md bg-sunken",
            ),
            rx.el.img(
                src=shown["preview"],
                alt=shown["alt_text"],
                class_name="w-full max-h-80 object-contain rounded-md bg-sunken",
            ),
        ),
        rx.el.p(
            shown["type"], " · ", shown["shape"], " · ", shown["size"], " · ", shown["when"],
            class_name="text-sm text-muted mt-2 mb-4",
        ),
        rx.cond(LiveState.can_write, _description(shown), rx.el.p(shown["alt_text"])),
        title=shown["filename"],
        is_open=shown["id"] != 0,
        on_close=LibraryState.close,
    )  # fmt: skip


def _description(shown: Any) -> rx.Component:
    return rx.el.form(
        rx.el.label("Description", html_for="alt_text", class_name=LABEL),
        rx.el.textarea(
            id="alt_text",
            name="alt_text",
            default_value=shown["alt_text"],
            max_length=ALT_TEXT_LIMIT,
            rows="3",
            class_name="w-full rounded-md border border-control bg-surface text-ink px-3 py-2 "
            "text-base " + PROPOSED,
        ),
        rx.el.p(
            "For people who cannot see it: what matters in it, in a sentence or two.",
            class_name="text-xs text-muted mt-1 mb-0",
        ),
        rx.cond(
            (LibraryState.proposes == "pictures") & (shown["kind"] != "video"),
            rx.el.div(propose_button(media=shown["id"], field="alt_text"), class_name="mt-3"),
        ),
        rx.cond(
            LibraryState.refusal != "",
            rx.el.p(LibraryState.refusal, role="alert", class_name="text-sm text-danger mt-3 mb-0"),
        ),
        rx.cond(LibraryState.is_asking, _sure(), _acts(shown)),
        on_submit=LibraryState.describe,
        key=shown["key"],
    )


def _acts(shown: Any) -> rx.Component:
    return actions(
        button("Delete…", look="danger", on_click=LibraryState.ask(True), class_name="mr-auto"),
        button_link(
            icon("pencil_line"), "Use in a post", to=f"{routes.COMPOSE}?media=" + shown["key"]
        ),
        button("Save", look="primary", type="submit"),
    )


def _sure() -> rx.Component:
    return rx.el.div(
        rx.el.p("Delete it for good? Posts that are out keep theirs.", class_name="m-0 grow"),
        button("Keep it", on_click=LibraryState.ask(False)),
        button("Delete", look="danger", on_click=LibraryState.delete),
        role="alertdialog",
        aria_label="Delete it?",
        class_name="flex flex-wrap items-center gap-2 pt-4",
    )
