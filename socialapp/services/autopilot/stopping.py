"""*Stop everything*, and go on."""

from datetime import datetime

from socialapp.domain.people import Member
from socialapp.services.autopilot import log, outcomes, personas, rights
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession


async def stop_everything(db: AsyncSession, by: Member, *, now: datetime) -> int:
    """Turn every persona off and cancel what has not left; return how many were cancelled."""
    rights.allow(by)
    for persona in await rows.personas(db, by.workspace_id):
        was_on = persona.is_on
        await personas.switch(db, by, persona.id or 0, is_on=False, now=now)
        persona.is_stopped = persona.is_stopped or was_on
    theirs = await rows.on_their_way(db, by.workspace_id)
    cancelled = await outcomes.cancel(db, by, theirs, now=now)
    log.note(
        db,
        by.workspace_id,
        f"{by.name} stopped everything; {cancelled} on their way were cancelled.",
    )
    return cancelled


async def go_on(db: AsyncSession, by: Member, *, now: datetime) -> int:
    """Turn on again what was stopped; return how many personas. What was cancelled stays out."""
    rights.allow(by)
    stopped = [p for p in await rows.personas(db, by.workspace_id) if p.is_stopped]
    for persona in stopped:
        await personas.switch(db, by, persona.id or 0, is_on=True, now=now)
    return len(stopped)
