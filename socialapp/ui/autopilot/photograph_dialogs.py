"""What is asked about photographs: one of them, those that are chosen, more from the library."""

from typing import Any

import reflex as rx

from socialapp.ui.autopilot import links
from socialapp.ui.autopilot.photographs_state import PhotographsState
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import option, text_field
from socialapp.ui.components.parts import some
from socialapp.ui.feed import LiveState


def dialogs() -> rx.Component:
    """Return what opens: one photograph, those that are chosen, the library."""
    return rx.fragment(_one(), _chosen(), _library(), links.asking(), _known_folders())


def _refusal() -> rx.Component:
    return rx.cond(
        PhotographsState.refusal != "",
        rx.el.p(PhotographsState.refusal, role="alert", class_name="text-sm text-danger m-0"),
    )


def _one() -> rx.Component:
    shown: Any = PhotographsState.shown
    return dialog(
        rx.el.img(
            src=shown["preview"],
            alt=shown["alt_text"],
            class_name="w-full max-h-80 object-contain rounded-md bg-sunken",
        ),
        rx.el.p(shown["state"], class_name="text-sm text-muted mt-2 mb-0"),
        rx.el.p(shown["about"], class_name="text-sm text-muted mt-0 mb-3"),
        _why(shown),
        rx.cond(
            LiveState.can_publish,
            rx.el.form(
                text_field(
                    "Your score",
                    id="own_score",
                    default_value=shown["own_score"],
                    inputmode="decimal",
                    hint=rx.cond(
                        shown["own_score"] != "",
                        "From 0 to 10. Empty it, and the measured one counts again.",
                        "From 0 to 10; it counts instead of the measured one, also when that is "
                        "measured anew.",
                    ),
                ),
                text_field(
                    "Folder", id="one_folder", default_value=shown["folder"], list="known_folders"
                ),
                text_field(
                    "Tags",
                    id="one_tags",
                    default_value=shown["tags"],
                    hint="Parted by spaces or commas.",
                ),
                _refusal(),
                actions(
                    button("Cancel", on_click=PhotographsState.open(0)),
                    button("Save", look="primary", type="submit"),
                ),
                on_submit=PhotographsState.save,
                key=shown["key"],
                class_name="flex flex-col gap-3",
            ),
        ),
        title=shown["filename"],
        is_open=shown["id"] != 0,
        on_close=PhotographsState.open(0),
    )


def _why(shown: Any) -> rx.Component:
    return rx.cond(
        shown["measured"] != "",
        rx.el.section(
            rx.el.h3("Measured: ", shown["measured"], class_name="text-sm font-semibold m-0 mb-1"),
            rx.el.ul(
                rx.foreach(
                    shown["parts"],
                    lambda part: rx.el.li(
                        rx.el.span(part["name"], class_name="font-medium text-ink w-24 shrink-0"),
                        rx.el.span(part["value"], class_name="tabular-nums w-8 shrink-0"),
                        rx.el.span(part["why"]),
                        class_name="flex gap-2",
                    ),
                ),
                aria_label="Parts of the score",
                class_name="list-none m-0 p-0 flex flex-col gap-0.5 text-xs text-muted",
            ),
            class_name="mb-4",
        ),
    )


def _known_folders() -> rx.Component:
    folders: Any = PhotographsState.folders
    return rx.el.datalist(rx.foreach(folders, lambda name: option(name, name)), id="known_folders")


def _chosen() -> rx.Component:
    number: Any = PhotographsState.chosen.length()  # type: ignore[attr-defined]
    return dialog(
        rx.el.form(
            text_field(
                "Folder",
                id="more_folder",
                list="known_folders",
                hint="Empty: each stays where it is.",
            ),
            rx.el.label(
                rx.el.input(type="checkbox", name="no_folder", value="yes"),
                "Take them out of their folders",
                class_name="inline-flex items-center gap-1.5 min-h-8 max-md:min-h-touch text-sm",
            ),
            text_field(
                "Add tags", id="more_tags", hint="Parted by spaces or commas. Those it has stay."
            ),
            actions(
                button("Cancel", on_click=PhotographsState.ask_to_arrange(False)),
                button("Save", look="primary", type="submit"),
            ),
            on_submit=PhotographsState.arrange,
            class_name="flex flex-col gap-3",
        ),
        title=rx.Var.create("Folder and tags of ") + number.to_string() + " photographs",
        is_open=PhotographsState.is_arranging,
        on_close=PhotographsState.ask_to_arrange(False),
    )


def _library() -> rx.Component:
    pictures: Any = PhotographsState.library
    return dialog(
        rx.el.form(
            rx.cond(
                PhotographsState.library_words != "",
                rx.el.p(PhotographsState.library_words, class_name="text-sm text-muted m-0"),
            ),
            rx.el.ul(
                rx.foreach(
                    pictures,
                    lambda picture: rx.el.li(
                        rx.el.label(
                            rx.el.img(
                                src=picture["thumbnail"],
                                alt="",
                                loading="lazy",
                                class_name="w-full aspect-square object-cover rounded-md bg-sunken",
                            ),
                            rx.el.span(
                                rx.el.input(
                                    type="checkbox", name="media-" + picture["id"], value="yes"
                                ),
                                rx.el.span(picture["name"], class_name="truncate"),
                                class_name="flex items-center gap-1.5 text-xs min-h-8 min-w-0",
                            ),
                            class_name="block cursor-pointer",
                        ),
                        key=picture["id"],
                    ),
                ),
                aria_label="Pictures of the library",
                class_name="list-none m-0 p-0 grid gap-2 "
                "grid-cols-[repeat(auto-fill,minmax(7rem,1fr))]",
            ),
            _refusal(),
            actions(
                button("Cancel", on_click=PhotographsState.look_into_library(False)),
                rx.cond(some(pictures), button("Add", look="primary", type="submit")),
            ),
            on_submit=PhotographsState.add_from_library,
            class_name="flex flex-col gap-3",
        ),
        title="Add from the library",
        is_open=PhotographsState.is_adding,
        on_close=PhotographsState.look_into_library(False),
    )
