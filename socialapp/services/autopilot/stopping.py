"""*Stop everything*."""

from datetime import datetime

from socialapp.domain.errors import Conflict
from socialapp.domain.people import Member
from socialapp.services import schedules
from socialapp.services.autopilot import log, personas, rights
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession


async def stop_everything(db: AsyncSession, by: Member, *, now: datetime) -> int:
    """Turn every persona off and cancel what has not left; return how many were cancelled."""
    rights.allow(by)
    for persona in await rows.personas(db, by.workspace_id):
        await personas.switch(db, by, persona.id or 0, is_on=False, now=now)
    cancelled = 0
    for posting in await rows.open_postings(db, by.workspace_id):
        if posting.status != "posting":
            continue
        try:
            await schedules.cancel(db, by, posting.schedule_id, now=now)
        except Conflict:
            continue  # it has left
        cancelled += 1
    log.note(
        db,
        by.workspace_id,
        f"{by.name} stopped everything; {cancelled} on their way were cancelled.",
    )
    return cancelled
