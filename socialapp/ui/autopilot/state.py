"""What the autopilot page does: personas, the week ahead, the log, stop and go on."""

from datetime import datetime
from typing import Any

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services.autopilot import (
    outcomes,
    personas,
    photographs,
    runs,
    stopping,
    troubles,
    week,
)
from socialapp.store import autopilot as rows
from socialapp.store import channels, media
from socialapp.store.session import AsyncSession, database, reading, transaction
from socialapp.ui.autopilot.views import (
    PersonaRow,
    PlanRow,
    blank,
    instant_of,
    note_row,
    persona_row,
    score_of,
    thumbnail,
)
from socialapp.ui.changes import put
from socialapp.ui.components import notice
from socialapp.ui.rows import clock_words
from socialapp.ui.session import needs, signed_in

LOG_SHOWN = 50


class AutopilotState(rx.State):
    """The page, but for the photographs."""

    personas: list[PersonaRow] = []
    plan: list[PlanRow] = []
    log: list[dict[str, str]] = []
    channels: list[dict[str, str]] = []
    is_loaded: bool = False
    is_stopped: bool = False
    """Whether there is something to turn on again."""
    edited: PersonaRow = blank()
    is_editing: bool = False
    refusal: str = ""
    deleting: int = 0
    """The persona that is asked about."""
    deleting_name: str = ""
    deleting_words: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read all of it, again."""
        await self._show(await signed_in(self))

    @needs(Right.PUBLISH)
    async def edit(self, persona_id: int) -> None:
        """Open the form for a persona; 0 is a new one."""
        by = await signed_in(self)
        known = {row["id"]: row for row in self.personas}
        self.edited = known.get(persona_id) or blank(by.zone)
        self.is_editing, self.refusal = True, ""

    @needs(Right.READ)
    async def close(self) -> None:
        """Put the form away."""
        self.is_editing = False

    @needs(Right.PUBLISH)
    async def save(self, form: dict[str, Any]) -> Any:
        """Keep the persona of the form, or say beside it why not."""
        by = await signed_in(self)
        given = {name: str(value) for name, value in form.items() if value}
        try:
            async with transaction() as db:
                await personas.save(
                    db,
                    by,
                    self.edited["id"] or None,
                    name=given.get("name", ""),
                    channel_ids=_numbers(given, "channel-"),
                    days=_numbers(given, "day-"),
                    clock=given.get("clock", ""),
                    timezone=given.get("timezone", ""),
                    caption=given.get("caption", ""),
                    folders=given.get("folders", "").split(","),
                    tags=[given.get("tags", "")],
                    orientation=given.get("orientation", ""),
                    minimum_score=score_of(given.get("minimum_score", "0")),
                    strategy=given.get("strategy", ""),
                    proposes_alt_text="proposes_alt_text" in given,
                    now=utc_now(),
                )
        except Rejected as no:
            self.refusal = no.detail
            return None
        self.is_editing = False
        await self._show(by)
        return notice.good("The persona is saved.")

    @needs(Right.PUBLISH)
    async def switch(self, persona_id: int, is_on: bool) -> None:
        """Let a persona post by itself, or not any more."""
        by = await signed_in(self)
        async with transaction() as db:
            await personas.switch(db, by, persona_id, is_on=is_on, now=utc_now())
        await self._show(by)

    @needs(Right.PUBLISH)
    async def run_now(self, persona_id: int) -> Any:
        """Post the next photograph of a persona."""
        by = await signed_in(self)
        async with transaction() as db:
            made = await runs.run(db, by, persona_id, now=utc_now())
        await self._show(by)
        return notice.good(made.words) if made.schedule_id else notice.error(made.words)

    @needs(Right.PUBLISH)
    async def stop(self) -> Any:
        """Turn everything off at once."""
        by = await signed_in(self)
        async with transaction() as db:
            cancelled = await stopping.stop_everything(db, by, now=utc_now())
        await self._show(by)
        return notice.good(f"Autopilot is off. {cancelled} on their way were cancelled.")

    @needs(Right.PUBLISH)
    async def go_on(self) -> Any:
        """Turn on again what was stopped."""
        by = await signed_in(self)
        async with transaction() as db:
            number = await stopping.go_on(db, by, now=utc_now())
        await self._show(by)
        return notice.good(f"{number} on again. What was cancelled stays out until you release it.")

    @needs(Right.PUBLISH)
    async def ask_to_delete(self, persona_id: int) -> None:
        """Say what deleting a persona would do; 0 puts the question away."""
        by = await signed_in(self)
        self.deleting = 0
        if not persona_id:
            return
        async with reading() as db:
            persona = await rows.persona(db, by.workspace_id, persona_id)
            if persona is None:
                raise NotFound("There is no such persona.")
            waits = len(await rows.on_their_way(db, by.workspace_id, persona_id))
        number = "1 picture is" if waits == 1 else f"{waits} pictures are"
        self.deleting, self.deleting_name = persona_id, persona.name
        self.deleting_words = (
            f"{number} on the way: what has not left is cancelled, and stays out until somebody"
            " releases it. What was posted stays, at the networks and on record. Its pictures stay."
        )

    @needs(Right.PUBLISH)
    async def delete(self) -> Any:
        """Delete the persona that was asked about."""
        by, persona_id = await signed_in(self), self.deleting
        self.deleting = 0
        async with transaction() as db:
            await personas.remove(db, by, persona_id, now=utc_now())
        self.is_editing = False
        await self._show(by)
        return notice.good(f"{self.deleting_name} is deleted.")

    @needs(Right.PUBLISH)
    async def swap(self, media_id: int, at: str) -> None:
        """Take another photograph for a moment."""
        by = await signed_in(self)
        async with transaction() as db:
            await photographs.swap(db, by, media_id, at=instant_of(at))
        await self._show(by)

    @needs(Right.PUBLISH)
    async def skip(self, persona_id: int, at: str) -> None:
        """Leave out a moment."""
        by = await signed_in(self)
        async with transaction() as db:
            await personas.skip(db, by, persona_id, at=instant_of(at))
        await self._show(by)

    @needs(Right.PUBLISH)
    async def veto(self, media_id: int) -> None:
        """Never post the photograph of a moment."""
        by = await signed_in(self)
        async with transaction() as db:
            await photographs.veto(db, by, media_id)
        await self._show(by)

    async def _show(self, by: Member) -> None:
        await outcomes.settle(database())
        now = utc_now()
        async with reading() as db:
            there = await channels.of_workspace(db, by.workspace_id)
            names = {c.id or 0: c.name for c in there}
            known = await rows.personas(db, by.workspace_id)
            in_the_way = await troubles.of(db, by.workspace_id, known)
            plan = await _plan(db, by, now=now)
            notes = await rows.notes(db, by.workspace_id, limit=LOG_SHOWN)
        put(
            self,
            personas=[persona_row(p, names, in_the_way.get(p.id or 0)) for p in known],
            plan=plan,
            is_stopped=any(p.is_stopped for p in known),
            channels=[{"id": str(key), "name": name} for key, name in names.items()],
            log=[note_row(note, by.zone, now=now) for note in notes],
            is_loaded=True,
        )


def _numbers(given: dict[str, str], prefix: str) -> list[int]:
    ends = [name.removeprefix(prefix) for name in given if name.startswith(prefix)]
    return [int(end[:18]) for end in ends if end.isascii() and end.isdigit()]


async def _plan(db: AsyncSession, by: Member, *, now: datetime) -> list[PlanRow]:
    ahead = await week.preview(db, by.workspace_id, now=now)
    assets = await media.some(db, by.workspace_id, {each.media_id or 0 for each in ahead})
    found = []
    for each in ahead:
        asset = assets.get(each.media_id or 0)
        found.append(
            PlanRow(
                key=f"{each.persona_id}:{each.at.isoformat()}",
                persona_id=each.persona_id,
                persona=each.persona,
                at=each.at.isoformat(),
                when=clock_words(each.at, by.zone, now=now),
                media_id=each.media_id or 0,
                filename=asset.filename if asset else "",
                thumbnail=thumbnail(asset) if asset else "",
                why=each.why,
            )
        )
    return found
