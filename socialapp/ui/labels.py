"""What lists do to be narrowed down by tag and campaign."""

from typing import Any

import reflex as rx

from socialapp.domain.labels import CAMPAIGN_AT_MOST, TAG_AT_MOST
from socialapp.domain.people import Member
from socialapp.store import texts
from socialapp.store.session import AsyncSession
from socialapp.ui.components.field import option, select


class Labelled(rx.State, mixin=True):
    """The labels that a list is narrowed down to, and those to choose from."""

    tag: str = ""
    campaign: str = ""
    tags: list[str] = []
    campaigns: list[str] = []

    def _choose_label(self, what: str, value: str) -> None:
        if what == "tag":
            self.tag = value[:TAG_AT_MOST]
        if what == "campaign":
            self.campaign = value[:CAMPAIGN_AT_MOST]

    async def _read_labels(self, db: AsyncSession, by: Member) -> None:
        """Read those in use; what is chosen is among them, also when an address named it."""
        used = await texts.labels(db, by.workspace_id)
        self.tags = sorted({*used.tags, self.tag} - {""}, key=str.casefold)
        self.campaigns = sorted({*used.campaigns, self.campaign} - {""}, key=str.casefold)


def label_filters(state: Any, on_choose: Any, *, class_name: str) -> rx.Component:
    """Return the two choices, each when there is one; `on_choose(what)` makes a handler."""
    return rx.fragment(
        *(
            rx.cond(
                there.length() > 0,
                select(
                    option(every, ""),
                    rx.foreach(there, lambda one: option(one, one)),
                    value=value,
                    on_change=on_choose(what),
                    aria_label=name,
                    class_name=class_name,
                ),
            )
            for what, name, every, there, value in (
                ("tag", "Tag", "Every tag", state.tags, state.tag),
                ("campaign", "Campaign", "Every campaign", state.campaigns, state.campaign),
            )
        )
    )
