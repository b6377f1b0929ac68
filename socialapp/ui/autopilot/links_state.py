"""Pictures by a list of addresses: asked for, and how far it is."""

from typing import Any

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Right
from socialapp.services.autopilot import links
from socialapp.store import links as rows
from socialapp.store.session import reading, transaction
from socialapp.ui.session import needs, signed_in


class LinksState(rx.State):
    """The dialog and the list under it."""

    is_open: bool = False
    refusal: str = ""
    done: int = 0
    total: int = 0
    is_under_way: bool = False
    failed: list[dict[str, str]] = []

    @needs(Right.READ)
    async def load(self) -> None:
        """Read how far it is."""
        by = await signed_in(self)
        async with reading() as db:
            there = await rows.of_workspace(db, by.workspace_id)
        self.total = len(there)
        self.done = len([link for link in there if link.status != "waiting"])
        self.is_under_way = self.done < self.total
        self.failed = [
            {"key": str(link.id), "url": link.url[:200], "why": link.why}
            for link in there
            if link.status == "failed"
        ]

    @needs(Right.PUBLISH)
    async def ask(self, is_open: bool) -> None:
        """Open the dialog, or close it."""
        self.is_open, self.refusal = is_open, ""

    @needs(Right.PUBLISH)
    async def start(self, form: dict[str, Any]) -> Any:
        """Have them fetched, or say why not."""
        by = await signed_in(self)
        text, folder = str(form.get("urls") or ""), str(form.get("links_folder") or "")
        try:
            async with transaction() as db:
                await links.start(db, by, text.splitlines(), folder=folder, now=utc_now())
        except ForPeople as no:
            self.refusal = no.detail
            return None
        self.is_open = False
        return LinksState.load()

    @needs(Right.PUBLISH)
    async def stop(self) -> Any:
        """Fetch no more, and put the list away."""
        by = await signed_in(self)
        async with transaction() as db:
            await links.stop(db, by)
        return LinksState.load()
