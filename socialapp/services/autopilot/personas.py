"""Personas: made, changed, switched, and their moments to come."""

from collections.abc import Sequence
from datetime import datetime

from socialapp.domain import curation, moments, slots
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.domain.slots import WeeklyTime
from socialapp.services import schedules
from socialapp.services.autopilot import log, outcomes, rights, troubles
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Persona

_ORIENTATIONS = ("", "landscape", "portrait", "square")


async def save(
    db: AsyncSession,
    by: Member,
    persona_id: int | None = None,
    *,
    name: str,
    channel_ids: Sequence[int],
    clock: str = "09:00",
    days: Sequence[int] = tuple(range(7)),
    timezone: str = "",
    caption: str = "",
    folders: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
    orientation: str = "",
    minimum_score: float = 0.0,
    strategy: str = "highest",
    proposes_alt_text: bool = False,
    now: datetime,
) -> Persona:
    """Make a persona, off at first, or change one. Raises Rejected in words.

    What its new times would have been before now is not made up for. `folders` and
    `tags` of None stay.
    """
    rights.allow(by)
    name = " ".join(name.split())[:80]
    if not name:
        raise Rejected(Problem("name_required", "Give the persona a name.", "name"))
    if any(p.name == name and p.id != persona_id for p in await rows.personas(db, by.workspace_id)):
        raise Rejected(Problem("name_taken", f"There is a persona called {name}.", "name"))
    if strategy not in curation.STRATEGIES or orientation not in _ORIENTATIONS:
        raise Rejected(Problem("choice_unknown", "That is none of the choices.", "strategy"))
    if not days:
        raise Rejected(Problem("days_required", "Choose at least one day.", "days"))
    times = sorted({slots.read_time(0, each).minute for each in clock.split(",") if each.strip()})
    if not times:
        raise Rejected(Problem("time_required", "Give a time, like 09:00.", "time"))
    weekly = [slots.read_time(day, "00:00").weekday for day in days]
    zone = timezone or by.zone
    moments.zone_info(zone)
    if not channel_ids:
        raise Rejected(Problem("channel_required", "Choose at least one channel.", "channel_ids"))
    to = await schedules.channels_for(db, by, channel_ids)
    if persona_id is None:
        persona = Persona(
            workspace_id=by.workspace_id, name=name, timezone=zone, seen_until=now, created_at=now
        )
    else:
        persona = await get(db, by, persona_id)
        persona.seen_until = max(now, persona.seen_until)
    persona.name, persona.timezone = name, zone
    persona.channel_ids = [channel.id or 0 for channel in to]
    persona.days, persona.minutes = sorted(set(weekly)), times
    persona.caption = caption.strip()[:2000]
    if folders is not None:
        persona.folders = [folder.strip() for folder in folders if folder.strip()]
    if tags is not None:
        persona.tags = curation.read_tags(" ".join(tags))
    persona.orientation, persona.strategy = orientation, strategy
    persona.proposes_alt_text = proposes_alt_text
    persona.minimum_score = min(10.0, max(0.0, minimum_score))
    await _own(db, by, persona)
    db.add(persona)
    await db.flush()
    aftermath(db).workspaces.add(by.workspace_id)
    return persona


async def _own(db: AsyncSession, by: Member, persona: Persona) -> None:
    """Let it act for whoever saves it; a program takes it only from who may post no more."""
    trouble = await troubles.of_one(db, persona) if persona.id else None
    if trouble:
        persona.ran_dry_at = None  # should there be one again, it is another one
    if by.person_id is not None or (trouble and trouble.is_makers):
        persona.created_by = by.person_id


async def get(db: AsyncSession, by: Member, persona_id: int) -> Persona:
    """Return a persona that nobody else acts for until the commit. Raises NotFound."""
    found = await rows.persona(db, by.workspace_id, persona_id, lock=True)
    if found is None:
        raise NotFound("There is no such persona.")
    return found


async def switch(
    db: AsyncSession, by: Member, persona_id: int, *, is_on: bool, now: datetime
) -> Persona:
    """Let a persona post by itself from now on, or not any more."""
    rights.allow(by)
    persona = await get(db, by, persona_id)
    persona.is_stopped = False
    if persona.is_on != is_on:
        persona.is_on = is_on
        persona.seen_until = max(now, persona.seen_until) if is_on else persona.seen_until
        log.note(
            db,
            by.workspace_id,
            f"{by.name} turned it {'on' if is_on else 'off'}.",
            persona=persona.name,
        )
    return persona


async def remove(db: AsyncSession, by: Member, persona_id: int, *, now: datetime) -> int:
    """Delete a persona and cancel what of it has not left; return how many that were.

    What was posted stays on record, and what was cancelled stays out until it is released.
    """
    rights.allow(by)
    persona = await get(db, by, persona_id)
    theirs = await rows.on_their_way(db, by.workspace_id, persona_id)
    cancelled = await outcomes.cancel(db, by, theirs, now=now)
    words = f"{by.name} deleted it; {cancelled} on their way were cancelled."
    log.note(db, by.workspace_id, words, persona=persona.name)
    await db.flush()
    await rows.remove_persona(db, persona_id)
    return cancelled


async def skip(db: AsyncSession, by: Member, persona_id: int, *, at: datetime) -> None:
    """Leave out one moment of a persona."""
    rights.allow(by)
    persona = await get(db, by, persona_id)
    kept = [s for s in persona.skipped if datetime.fromisoformat(s) > persona.seen_until]
    persona.skipped = sorted({*kept, at.isoformat()})[:366]
    words = f"{by.name} left out {moments.spoken(at, persona.timezone, now=at)}."
    log.note(db, by.workspace_id, words, persona=persona.name)


def coming(persona: Persona, *, after: datetime, until: datetime) -> list[Moment]:
    """Return a persona's moments after one instant, up to another, without those left out."""
    times = [WeeklyTime(day, minute) for day in persona.days for minute in persona.minutes]
    found = []
    for moment in slots.coming(times, persona.timezone, after=after):
        if moment.at > until:
            break
        if moment.at.isoformat() not in persona.skipped:
            found.append(moment)
    return found
