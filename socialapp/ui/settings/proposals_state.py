"""What proposes captions and descriptions to the workspace. Its key is never in here."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Right
from socialapp.domain.proposals import host
from socialapp.providers import proposer
from socialapp.services import proposals
from socialapp.services.proposals import Given
from socialapp.store.session import reading, transaction
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in

_LONGEST = 5_000


class ProposalsState(rx.State):
    """The tab."""

    is_loaded: bool = False
    is_on: bool = False
    host: str = ""
    """Where what is asked goes: every member is told."""
    sees_pictures: bool = False
    url: str = ""
    """This and what follows only admins are told."""
    model: str = ""
    instruction: str = ""
    has_key: bool = False
    named: list[str] = []
    """Addresses inside this network that whoever runs this installation allows."""
    turn: str = "0"
    """Each time that something was saved: the form is drawn anew, and the key is gone from it."""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read it again."""
        await self._read(await signed_in(self))

    @needs(Right.ADMIN)
    async def save(self, form: dict[str, Any]) -> EventSpec:
        """Keep what the form says."""
        by = await signed_in(self)
        given = Given(
            url=_said(form, "proposal_url"),
            model=_said(form, "proposal_model"),
            key=_said(form, "proposal_key"),
            sees_pictures=bool(form.get("proposal_sees")),
            instruction=_said(form, "proposal_instruction"),
            is_on=bool(form.get("proposal_on")),
            forgets_key=bool(form.get("proposal_forget")),
        )
        had_key = self.has_key
        async with transaction() as db:
            kept = await proposals.change(db, by, given, now=utc_now())
        await self._read(by)
        said = "Saved. Editors can have texts proposed." if kept.is_on else "Saved. It is off."
        if had_key and not kept.sealed and not given.forgets_key:
            said += " The key was for another server, so it was forgotten: type the new one."
        return notice.good(said)

    async def _read(self, by: Member) -> None:
        async with reading() as db:
            found = await proposals.get(db, by)
        may = by.may(Right.ADMIN)
        self.is_on, self.sees_pictures = found.is_on, found.sees_pictures
        self.host = host(found.url)
        self.url, self.model = (found.url, found.model) if may else ("", "")
        self.instruction = found.instruction if may else ""
        self.has_key = may and bool(found.sealed)
        self.named = proposer.named() if may else []
        self.turn = str(int(self.turn) + 1)
        self.is_loaded = True


def _said(form: dict[str, Any], name: str) -> str:
    return str(form.get(name) or "")[:_LONGEST]
