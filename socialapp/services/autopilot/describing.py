"""Descriptions of pictures that go out soon, proposed where a persona asks for it.

Apart from the clock's look, which must not wait for anybody's server: a picture whose description
is late, or fails, goes out as it is.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Member
from socialapp.services import media, proposals
from socialapp.services.autopilot import log, personas, week
from socialapp.store import autopilot as rows
from socialapp.store import media as media_rows
from socialapp.store import people
from socialapp.store.session import Database, aftermath
from socialapp.store.tables import Persona

AHEAD = timedelta(minutes=10)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Picture:
    """What goes out soon, undescribed."""

    by: Member
    media_id: int
    filename: str


async def look_ahead(database: Database, *, now: datetime) -> None:
    """Ask for a description of each picture that goes out within ten minutes and has none."""
    async with database.reading() as db:
        active = await rows.personas(db, None)
    for persona in active:
        if not persona.proposes_alt_text:
            continue
        try:
            if picture := await _next(database, persona, now=now):
                await _describe(database, persona, picture, now=now)
        except Exception:  # whatever is wrong with one does not hinder the others
            _log.exception("What persona %d posts next could not be described.", persona.id or 0)


async def _next(database: Database, known: Persona, *, now: datetime) -> _Picture | None:
    """Return what a persona would post next, once for each moment; None when nothing is to do."""
    async with database.transaction() as db:
        persona = await rows.persona(db, known.workspace_id, known.id or 0, lock=True)
        if persona is None or not (persona.is_on and persona.proposes_alt_text):
            return None
        after = max(persona.seen_until, persona.described_until or persona.seen_until)
        due = personas.coming(persona, after=after, until=now + AHEAD)
        if not due:
            return None
        persona.described_until = due[-1].at
        by = await people.member(
            db, person_id=persona.created_by or 0, workspace_id=persona.workspace_id
        )
        photos = await rows.candidates(db, persona.workspace_id)
        recent = await rows.recent(db, persona.workspace_id, now=now)
        pick = next(week.choices(persona, photos, recent, at=due[-1].at), None)
        if by is None or pick is None:
            return None  # the run says so
        asset = await media.get(db, by, pick.media_id)
        if asset.alt_text:
            return None
        return _Picture(by, asset.id or 0, asset.filename)


async def _describe(
    database: Database, persona: Persona, picture: _Picture, *, now: datetime
) -> None:
    is_warning, text = False, ""
    try:
        found = await proposals.alt_text(database, picture.by, picture.media_id, now=now)
        words = f"{found.host} described {picture.filename}, and nobody has read it: {found.text}"
        text = found.text
    except ForPeople as no:
        words = f"{picture.filename} has no description, and none could be proposed. {no.detail}"
        is_warning = True
    async with database.transaction() as db:
        workspace_id = persona.workspace_id
        if text and not await media_rows.describe_if_nobody_has(
            db, workspace_id, picture.media_id, text
        ):
            return  # a person has, meanwhile
        aftermath(db).workspaces.add(workspace_id)
        log.note(db, workspace_id, words, persona=persona.name, is_warning=is_warning)
