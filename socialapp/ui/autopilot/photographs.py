"""The photographs: ways in, filters, the grid, and what is chosen of it."""

from typing import Any

import reflex as rx

from socialapp.ui.autopilot import links
from socialapp.ui.autopilot.photographs_state import PhotographsState
from socialapp.ui.autopilot.views import STATES
from socialapp.ui.components.button import button
from socialapp.ui.components.field import option, select
from socialapp.ui.components.focus import keep_focus
from socialapp.ui.components.parts import PROGRESS, card, empty, other_pages, some
from socialapp.ui.components.search import search_field
from socialapp.ui.components.uploader import uploader
from socialapp.ui.feed import LiveState

_GRID = (
    "list-none m-0 p-0 grid gap-3 items-start "
    "grid-cols-[repeat(auto-fill,minmax(min(12rem,100%),1fr))]"
)


def cards() -> rx.Component:
    """Return the card with all of it."""
    tiles: Any = PhotographsState.tiles
    return card(
        rx.cond(LiveState.can_publish, rx.fragment(_ways_in(), links.progress())),
        rx.cond(
            PhotographsState.is_empty,
            empty("images", "No pictures yet", "What you add here may be posted by itself."),
            rx.fragment(
                _filters(),
                rx.el.div(
                    rx.cond(LiveState.can_publish, _choice()),
                    _scoring(),
                    class_name="flex flex-wrap items-center gap-x-4 gap-y-2 mb-3 min-h-8",
                ),
                rx.cond(
                    some(tiles),
                    keep_focus(
                        rx.el.ul(
                            rx.foreach(tiles, _tile),
                            aria_label="Photographs, the best first",
                            class_name=_GRID,
                        ),
                        page=PhotographsState.number,
                    ),
                    empty("search_x", "Nothing found", "No photograph passes these filters."),
                ),
                other_pages(PhotographsState),
            ),
        ),
        title="Photographs",
    )


def _ways_in() -> rx.Component:
    return rx.el.div(
        uploader(
            max_bytes=PhotographsState.max_bytes,
            on_done=PhotographsState.uploaded,
            label="Add pictures",
        ),
        button(
            "From the library…",
            icon_name="images",
            on_click=PhotographsState.look_into_library(True),
        ),
        links.button_for_links(),
        class_name="flex flex-wrap items-start gap-2 mb-4",
    )


def _chosen_by(label: str, *options: Any, value: Any, on_change: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(label, class_name="text-xs text-muted", aria_hidden="true"),
        select(*options, value=value, on_change=on_change, aria_label=label),
        class_name="flex flex-col gap-0.5 min-w-32 max-md:grow",
    )


def _filters() -> rx.Component:
    folders: Any = PhotographsState.folders
    tags: Any = PhotographsState.tags
    state = PhotographsState
    return rx.el.div(
        search_field("Search names", value=state.query, on_search=state.search),
        _chosen_by(
            "Folder",
            option("All folders", "*"),
            option("In no folder", ""),
            rx.foreach(folders, lambda name: option(name, name)),
            value=state.folder,
            on_change=state.only_folder,
        ),
        _chosen_by(
            "Tag",
            option("Any tag", ""),
            rx.foreach(tags, lambda name: option(name, name)),
            value=state.tag,
            on_change=state.only_tag,
        ),
        _chosen_by(
            "State",
            option("Any state", ""),
            *(option(words, name) for name, words in STATES),
            value=state.status,
            on_change=state.only_status,
        ),
        _chosen_by(
            "Score",
            option("Any score", "0"),
            *(option(f"{n} or more", str(n)) for n in (5, 6, 7, 8, 9)),
            value=state.minimum_score,
            on_change=state.at_least,
        ),
        rx.el.span(state.place, class_name="text-sm text-muted tabular-nums pb-2", role="status"),
        class_name="flex flex-wrap items-end gap-3 mb-4",
    )


def _choice() -> rx.Component:
    number: Any = PhotographsState.chosen.length()  # type: ignore[attr-defined]
    return rx.el.div(
        button("Select all shown", size="sm", on_click=PhotographsState.choose_all(True)),
        rx.cond(
            number > 0,
            rx.fragment(
                rx.el.span(number, " selected", role="status", class_name="text-sm tabular-nums"),
                button(
                    "Folder and tags…",
                    size="sm",
                    on_click=PhotographsState.ask_to_arrange(True),
                ),
                button(
                    "Select none",
                    size="sm",
                    look="quiet",
                    on_click=PhotographsState.choose_all(False),
                ),
            ),
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def _scoring() -> rx.Component:
    """Say how far the scores are, while some are missing; in a line that is there anyway."""
    scored: Any = PhotographsState.scored
    every: Any = PhotographsState.every
    return rx.cond(
        scored < every,
        rx.el.div(
            rx.el.span(
                *(scored, " of ", every, " scored"),
                class_name="text-sm text-muted tabular-nums whitespace-nowrap",
            ),
            rx.el.progress(
                value=scored.to_string(),
                max=every.to_string(),
                aria_label="Photographs scored",
                class_name=PROGRESS + "w-32",
            ),
            class_name="flex items-center gap-2 ml-auto",
        ),
    )


def _tile(tile: Any) -> rx.Component:
    def act(verb: str, on_click: Any) -> rx.Component:
        return button(verb, size="sm", aria_label=f"{verb} " + tile["filename"], on_click=on_click)

    state = PhotographsState
    opens = state.open(tile["id"])
    return rx.el.li(
        rx.el.div(
            _picture(tile, opens),
            rx.cond(LiveState.can_publish, _box(tile)),
            class_name="relative",
        ),
        rx.el.div(
            rx.el.p(
                tile["filename"],
                title=tile["filename"],
                class_name="text-sm font-medium truncate m-0",
            ),
            rx.el.p(
                rx.el.span(tile["state"]),
                rx.cond(tile["folder"] != "", " · ", ""),
                tile["folder"],
                rx.cond(tile["tags"] != "", " · ", ""),
                tile["tags"],
                title=tile["tags"],
                class_name="text-xs text-muted truncate m-0",
            ),
            rx.el.div(
                _score(tile, opens),
                rx.cond(
                    LiveState.can_publish,
                    rx.match(
                        tile["status"],
                        ("new", act("Veto", state.veto(tile["id"], True))),
                        ("vetoed", act("Allow", state.veto(tile["id"], False))),
                        ("failed", act("Release", state.release(tile["id"]))),
                        ("cancelled", act("Release", state.release(tile["id"]))),
                        rx.fragment(),
                    ),
                ),
                button(
                    "Edit",
                    size="sm",
                    look="quiet",
                    aria_label="Edit " + tile["filename"],
                    on_click=opens,
                ),
                class_name="flex items-center gap-1 min-h-8 max-md:min-h-touch -mr-1.5",
            ),
            class_name="px-2.5 py-2",
        ),
        key=tile["key"],
        class_name="rounded-lg border border-line bg-surface shadow-card overflow-hidden",
    )


def _picture(tile: Any, opens: Any) -> rx.Component:
    """Return the small picture; with a pointer it opens as *Edit* does."""
    shape = "block w-full aspect-[3/2] bg-sunken "
    return rx.cond(
        tile["thumbnail"] != "",
        rx.el.img(
            src=tile["thumbnail"],
            alt=tile["alt_text"],
            loading="lazy",
            on_click=opens,
            class_name=shape + "object-cover cursor-pointer",
        ),
        rx.el.div(class_name=shape + "animate-[shimmer_1.4s_ease-in-out_infinite]"),
    )


def _box(tile: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=PhotographsState.chosen.contains(tile["key"]),  # type: ignore[attr-defined]
            on_change=lambda _: PhotographsState.choose(tile["id"]),
            aria_label="Select " + tile["filename"],
            class_name="size-4 accent-[var(--accent)]",
        ),
        class_name="absolute top-1.5 left-1.5 grid place-items-center size-8 "
        "max-md:size-11 rounded-md bg-surface/85 cursor-pointer",
    )


def _score(tile: Any, opens: Any) -> rx.Component:
    return rx.cond(
        tile["score"] != "",
        rx.el.button(
            "Score ",
            tile["score"],
            rx.cond(tile["is_own_score"], " by a person", ""),
            type="button",
            title="Why so much?",
            on_click=opens,
            class_name="grow text-left text-sm tabular-nums min-h-8 max-md:min-h-touch rounded-sm "
            "hover:underline underline-offset-2 cursor-pointer",
        ),
        rx.el.span("Being scored…", class_name="grow text-sm text-muted"),
    )
