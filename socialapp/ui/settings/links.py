"""The tab of links: the utm parameters that they get when a post is sent."""

from typing import Any

import reflex as rx

from socialapp.ui.components.button import button
from socialapp.ui.components.field import CONTROL, field, text_field
from socialapp.ui.components.parts import card, loaded, some
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.links_state import LinksState


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        loaded(LinksState.is_loaded, _card(), rows=4, height="h-16"), on_mount=LinksState.load
    )


def _card() -> rx.Component:
    return card(
        rx.el.p(
            "Links in posts can get utm parameters when they are sent, so that a website's "
            "statistics tell where visitors came from. The preview shows each link as it goes "
            "out, and the counts and the check are of that. A link with a utm parameter of its "
            "own stays as it is written.",
            class_name="text-muted m-0 mb-4 max-w-2xl",
        ),
        rx.el.form(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name="utm_on",
                    default_checked=LinksState.is_on,
                    disabled=~LiveState.can_admin,
                    class_name="size-4 accent-[var(--accent)]",
                ),
                "Put utm parameters into links",
                class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11 font-medium",
            ),
            _template("Source", "utm_source", LinksState.source),
            _template("Medium", "utm_medium", LinksState.medium),
            _template(
                "Campaign",
                "utm_campaign",
                LinksState.campaign,
                "In all three {network}, {channel} (its handle) and {campaign} (the post's) are "
                "filled in. What is empty is left out.",
            ),
            field(
                "Only links to these sites",
                rx.el.textarea(
                    id="utm_hosts",
                    name="utm_hosts",
                    default_value=LinksState.hosts,
                    rows=3,
                    disabled=~LiveState.can_admin,
                    custom_attrs={"aria-describedby": "utm_hosts-hint"},
                    class_name=CONTROL + "py-2",
                ),
                id="utm_hosts",
                hint="One on each line, as example.org; its subdomains are meant, too. Empty: all "
                "links.",
            ),
            rx.cond(
                LiveState.can_admin,
                rx.el.div(button("Save", look="primary", type="submit")),
                rx.el.p("Only an admin changes this.", class_name="m-0 text-sm text-muted"),
            ),
            on_submit=LinksState.save,
            class_name="flex flex-col gap-4 max-w-md",
        ),
        rx.cond(
            some(LinksState.examples),
            rx.el.div(
                rx.el.h3("A link as it is sent", class_name="m-0 mb-1 text-sm font-semibold"),
                rx.el.ul(
                    rx.foreach(LinksState.examples, _example),
                    aria_label="A link as it is sent",
                    class_name="list-none m-0 p-0 flex flex-col gap-2",
                ),
                class_name="mt-5 pt-4 border-t border-line",
            ),
        ),
        title="Links",
    )


def _template(label: str, id: str, value: Any, hint: str | None = None) -> rx.Component:
    return text_field(
        label,
        id=id,
        hint=hint,
        default_value=value,
        max_length=100,
        auto_complete="off",
        disabled=~LiveState.can_admin,
    )


def _example(example: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(example["channel"], class_name="block text-xs text-muted"),
        rx.el.span(example["link"], class_name="block font-mono text-sm break-all"),
        key=example["channel"],
    )
