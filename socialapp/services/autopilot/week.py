"""What would go out in the days to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import curation
from socialapp.domain.curation import Filters, Pick
from socialapp.services.autopilot import personas, troubles
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Persona

MOMENTS_AT_MOST = 50


@dataclass(frozen=True)
class Planned:
    """What would go out at a moment."""

    persona_id: int
    persona: str
    at: datetime
    media_id: int | None
    why: str


async def preview(
    db: AsyncSession, workspace_id: int, *, now: datetime, days: int = 7
) -> list[Planned]:
    """Say what would go out, by what is known now: each photograph once."""
    plan = []
    for persona, at, pick, trouble in await ahead(
        db, workspace_id, now=now, until=now + timedelta(days=days)
    ):
        why = pick.why if pick else trouble or "no photograph is left for it"
        media_id = pick.media_id if pick else None
        plan.append(Planned(persona.id or 0, persona.name, at, media_id, why))
    return plan


async def ahead(
    db: AsyncSession, workspace_id: int, *, now: datetime, until: datetime
) -> list[tuple[Persona, datetime, Pick | None, str]]:
    """Return whose moments come, and what each would take; what one takes the next does not.

    Who cannot post takes nothing: the last of each says why.
    """
    people_of = await rows.personas(db, workspace_id)
    coming = sorted(
        (moment.at, persona.id or 0, persona)
        for persona in people_of
        if persona.is_on
        for moment in personas.coming(persona, after=max(now, persona.seen_until), until=until)
    )
    if not coming:
        return []
    photos = await rows.candidates(db, workspace_id)
    recent = await rows.recent(db, workspace_id, now=now)
    in_the_way = await troubles.of(db, workspace_id, people_of)
    found: list[tuple[Persona, datetime, Pick | None, str]] = []
    for at, _, persona in coming[:MOMENTS_AT_MOST]:
        if trouble := in_the_way.get(persona.id or 0):
            found.append((persona, at, None, trouble.words))
            continue
        first = next(choices(persona, photos, recent, at=at), None)
        if first:
            taken = next(p for p in photos if p.media_id == first.media_id)
            photos = [p for p in photos if p is not taken]
            recent = [*recent, taken.fingerprint]
        found.append((persona, at, first, ""))
    return found


def choices(
    persona: Persona, photos: Sequence[curation.Candidate], recent: Sequence[str], *, at: datetime
) -> Iterator[Pick]:
    """Yield what a persona may post at a moment, the best first."""
    filters = Filters(
        folders=persona.folders,
        tags=persona.tags,
        orientation=persona.orientation,
        minimum_score=persona.minimum_score,
    )
    return curation.choices(photos, recent, filters=filters, strategy=persona.strategy, at=at)
