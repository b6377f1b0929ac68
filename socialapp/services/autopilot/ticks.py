"""The clock's look: a run for each moment that is near."""

from datetime import datetime, timedelta

from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.services.autopilot import log, outcomes, personas, runs, troubles
from socialapp.store import autopilot as rows
from socialapp.store.session import Database
from socialapp.store.tables import Persona

AHEAD = timedelta(seconds=90)
"""So long before its moment a picture is chosen: the engine then posts it on time."""
LATE = timedelta(minutes=15)
"""What nothing ran for is made up for so long; later, the moment is left out and said."""


async def tick(database: Database, *, now: datetime) -> None:
    """Post for every moment that is due in a moment, and note what became of earlier ones."""
    await outcomes.settle(database)
    async with database.reading() as db:
        active = await rows.personas(db, None)
    for persona in active:
        if personas.coming(persona, after=persona.seen_until, until=now + AHEAD):
            await _serve(database, persona, now=now)


async def _serve(database: Database, known: Persona, *, now: datetime) -> None:
    try:
        async with database.transaction() as db:
            persona = await rows.persona(db, known.workspace_id, known.id or 0, lock=True)
            if persona is None or not persona.is_on:
                return
            due = personas.coming(persona, after=persona.seen_until, until=now + AHEAD)
            if not due:
                return  # another run was faster
            persona.seen_until = due[-1].at
            late = [moment for moment in due if moment.at < now - LATE]
            if late:
                words = f"{len(late)} moments passed while nothing ran. They are left out."
                log.note(db, persona.workspace_id, words, persona=persona.name, is_warning=True)
            trouble, by = await troubles.of_one(db, persona), await troubles.actor(db, persona)
            if trouble:
                raise NotAllowed(trouble.words, code=trouble.code)
            assert by is not None
            for moment in due[len(late) :][-1:]:
                await runs.run(db, by, persona.id or 0, at=moment, now=now)
    except (Rejected, NotAllowed, NotFound, Conflict) as no:
        async with database.transaction() as db:
            persona = await rows.persona(db, known.workspace_id, known.id or 0, lock=True)
            if persona is not None:
                due = personas.coming(persona, after=persona.seen_until, until=now + AHEAD)
                persona.seen_until = due[-1].at if due else persona.seen_until
                words = f"Nothing was posted: {no.detail}"
                log.note(db, persona.workspace_id, words, persona=persona.name, is_warning=True)
                if isinstance(no, Rejected | NotAllowed):  # the next moment would have it, too
                    await troubles.tell(db, persona, no.code, no.detail, now=now)
