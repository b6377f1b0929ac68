"""What the autopilot page shows of a row."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import slots
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.origins import Origin
from socialapp.store.tables import AutopilotNote, MediaAsset, Persona, Photo, PhotoAnalysis
from socialapp.ui.rows import clock_words, day_words

NEEDS_RELEASE = ("failed", "cancelled")
_STATES = {
    "new": "Not posted yet",
    "posting": "On its way",
    "posted": "Posted",
    "failed": "Failed",
    "cancelled": "Cancelled by a person",
    "vetoed": "Vetoed",
}
STATES = list(_STATES.items())
"""What became of a photograph, as people read it."""


class PhotoTile(TypedDict):
    """A photograph of the grid."""

    id: int
    key: str
    filename: str
    alt_text: str
    thumbnail: str
    preview: str
    score: str
    """What it counts as; empty until it is scored."""
    measured: str
    """Beside a person's score, what was measured."""
    own_score: str
    status: str
    state: str
    parts: list[dict[str, str]]
    folder: str
    tags: str
    about: str
    """When, with what and where it was taken, in words."""


class PersonaRow(TypedDict):
    """A persona, with what it does in a sentence."""

    id: int
    key: str
    name: str
    promise: str
    is_on: bool
    clock: str
    timezone: str
    caption: str
    folders: str
    tags: str
    orientation: str
    minimum_score: str
    strategy: str
    proposes_alt_text: bool
    days: list[str]
    channels: list[str]


class PlanRow(TypedDict):
    """A moment of the week ahead."""

    key: str
    persona_id: int
    persona: str
    at: str
    when: str
    media_id: int
    filename: str
    thumbnail: str
    why: str


def blank(zone: str = "") -> PersonaRow:
    """Return what the form of a new persona shows."""
    return PersonaRow(
        id=0,
        key="0",
        name="",
        promise="",
        is_on=False,
        clock="09:00",
        timezone=zone,
        caption="",
        folders="",
        tags="",
        orientation="",
        minimum_score="0",
        strategy="highest",
        proposes_alt_text=False,
        days=[str(day) for day in range(7)],
        channels=[],
    )


def thumbnail(asset: MediaAsset) -> str:
    """Return the address of a small picture; another one when the smaller sizes are made."""
    return f"/api/media/{asset.id}/thumbnail{'?made' if asset.has_thumbnail else ''}"


def no_photo() -> PhotoTile:
    """Return a tile of nothing."""
    return PhotoTile(
        id=0,
        key="0",
        filename="",
        alt_text="",
        thumbnail="",
        preview="",
        score="",
        measured="",
        own_score="",
        status="",
        state="",
        parts=[],
        folder="",
        tags="",
        about="",
    )


def photo_tile(
    photo: Photo,
    asset: MediaAsset,
    analysis: PhotoAnalysis | None,
    origin: Origin,
    *,
    zone: str,
    now: datetime,
) -> PhotoTile:
    """Return the tile of a photograph."""
    measured = f"{analysis.score:.1f}" if analysis else ""
    own = photo.own_score
    made = "?made" if asset.has_thumbnail else ""
    return PhotoTile(
        id=photo.media_id,
        key=str(photo.media_id),
        filename=asset.filename,
        alt_text=asset.alt_text,
        thumbnail=thumbnail(asset),
        preview=f"/api/media/{asset.id}/preview{made}",
        score=measured if own is None else f"{own:.1f}",
        measured="" if own is None else measured or "not yet",
        own_score="" if own is None else f"{own:g}",
        status=str(photo.status),
        state=_STATES.get(photo.status, str(photo.status)),
        parts=[
            {"name": p["name"], "value": f"{10 * p['value']:.1f}", "why": p["why"]}
            for p in (analysis.parts if analysis else [])
        ],
        folder=photo.folder,
        tags=" ".join(photo.tags),
        about=_about(origin, zone=zone, now=now),
    )


def _about(origin: Origin, *, zone: str, now: datetime) -> str:
    found = []
    if origin.taken_at:
        found.append(f"Taken {day_words(origin.taken_at, zone, now=now)}")
    if origin.camera:
        found.append(origin.camera)
    if origin.place:
        found.append(f"{origin.place[0]:.4f}, {origin.place[1]:.4f}")
    return " · ".join(found)


def persona_row(persona: Persona, names: dict[int, str]) -> PersonaRow:
    """Return the line of a persona; `names` are those of the channels."""
    times = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in persona.minutes]
    every = "day" if len(persona.days) == 7 else ", ".join(slots.DAYS[d][:3] for d in persona.days)
    number = "one picture" if len(times) == 1 else f"{len(times)} pictures"
    to = ", ".join(names.get(each, "a channel that is gone") for each in persona.channel_ids)
    promise = f"Posts {number} every {every} at {', '.join(times)} {persona.timezone} to {to}."
    return PersonaRow(
        id=persona.id or 0,
        key=str(persona.id),
        name=persona.name,
        promise=promise + _only(persona),
        is_on=persona.is_on,
        clock=", ".join(times),
        timezone=persona.timezone,
        caption=persona.caption,
        folders=", ".join(persona.folders),
        tags=" ".join(persona.tags),
        orientation=persona.orientation,
        minimum_score=f"{persona.minimum_score:g}",
        strategy=persona.strategy,
        proposes_alt_text=persona.proposes_alt_text,
        days=[str(day) for day in persona.days],
        channels=[str(each) for each in persona.channel_ids],
    )


def _only(persona: Persona) -> str:
    found = []
    if persona.folders:
        found.append(f"from {' or '.join(persona.folders)}")
    if persona.tags:
        found.append(f"tagged {' or '.join('#' + tag for tag in persona.tags)}")
    return f" Only {', '.join(found)}." if found else ""


def note_row(note: AutopilotNote, zone: str, *, now: datetime) -> dict[str, str]:
    """Return a line of the log."""
    return {
        "key": str(note.id),
        "when": clock_words(note.created_at, zone, now=now),
        "persona": note.persona,
        "words": note.words,
        "level": "warning" if note.is_warning else "",
    }


def score_of(words: str) -> float:
    """Read a score that somebody typed. Raises Rejected."""
    try:
        found = float(words.replace(",", "."))
    except ValueError as error:
        raise Rejected(Problem("score_unreadable", "A score is a number from 0 to 10.")) from error
    return found if found == found else 0.0


def instant_of(words: str) -> datetime:
    """Read an instant that the page was given. Raises Rejected."""
    try:
        found = datetime.fromisoformat(words)
    except ValueError as error:
        raise Rejected(Problem("time_unreadable", "That is not a time.")) from error
    if found.tzinfo is None:
        raise Rejected(Problem("time_unreadable", "That is not a time."))
    return found
