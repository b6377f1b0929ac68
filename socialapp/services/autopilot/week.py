"""What would go out in the days to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import curation
from socialapp.domain.curation import Filters, Pick
from socialapp.services.autopilot import personas
from socialapp.store import autopilot as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Persona


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
    people_of = await rows.personas(db, workspace_id)
    photos = await rows.candidates(db, workspace_id)
    recent = await rows.recent(db, workspace_id, now=now)
    ahead = sorted(
        (moment.at, persona.id or 0, persona)
        for persona in people_of
        if persona.is_on
        for moment in personas.coming(
            persona, after=max(now, persona.seen_until), until=now + timedelta(days=days)
        )
    )
    plan = []
    for at, persona_id, persona in ahead[:50]:
        first = next(choices(persona, photos, recent, at=at), None)
        if first:
            taken = next(p for p in photos if p.media_id == first.media_id)
            photos = [p for p in photos if p is not taken]
            recent = [*recent, taken.fingerprint]
        why = first.why if first else "no photograph is left for it"
        plan.append(Planned(persona_id, persona.name, at, first.media_id if first else None, why))
    return plan


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
