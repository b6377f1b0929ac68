"""What the autopilot page shows of a row."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import slots
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.origins import Origin
from socialapp.services.autopilot.troubles import Trouble
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
    """A photograph of the grid: only what is seen there, for each score sends all of them anew."""

    id: int
    key: str
    filename: str
    alt_text: str
    thumbnail: str
    """Empty until the small picture is made: the whole one may have megabytes."""
    score: str
    """What it counts as; empty until it is scored."""
    is_own_score: bool
    status: str
    state: str
    folder: str
    tags: str


class OnePhoto(PhotoTile):
    """A photograph that is open, with why it is worth what it is."""

    preview: str
    measured: str
    """Empty until it is measured."""
    own_score: str
    parts: list[dict[str, str]]
    about: str
    """When, with what and where it was taken, in words."""


class PersonaRow(TypedDict):
    """A persona, with what it does in a sentence."""

    id: int
    key: str
    name: str
    promise: str
    trouble: str
    """Why it cannot post anything."""
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
        trouble="",
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
    """Return the address of a small picture; empty until it is made."""
    return f"/api/media/{asset.id}/thumbnail?made" if asset.has_thumbnail else ""


def no_photo() -> OnePhoto:
    """Return nothing: no photograph is open."""
    return OnePhoto(
        id=0,
        key="0",
        filename="",
        alt_text="",
        thumbnail="",
        score="",
        is_own_score=False,
        status="",
        state="",
        folder="",
        tags="",
        preview="",
        measured="",
        own_score="",
        parts=[],
        about="",
    )


def photo_tile(photo: Photo, asset: MediaAsset, analysis: PhotoAnalysis | None) -> PhotoTile:
    """Return the tile of a photograph."""
    own = photo.own_score
    score = own if own is not None else analysis and analysis.score
    return PhotoTile(
        id=photo.media_id,
        key=str(photo.media_id),
        filename=asset.filename,
        alt_text=asset.alt_text,
        thumbnail=thumbnail(asset),
        score="" if score is None else f"{score:.1f}",
        is_own_score=own is not None,
        status=str(photo.status),
        state=_STATES.get(photo.status, str(photo.status)),
        folder=photo.folder,
        tags=" ".join(photo.tags),
    )


def one_photo(
    photo: Photo,
    asset: MediaAsset,
    analysis: PhotoAnalysis | None,
    origin: Origin,
    *,
    zone: str,
    now: datetime,
) -> OnePhoto:
    """Return all that is shown of a photograph."""
    return OnePhoto(
        **photo_tile(photo, asset, analysis),
        preview=f"/api/media/{asset.id}/preview{'?made' if asset.has_thumbnail else ''}",
        measured=f"{analysis.score:.1f}" if analysis else "",
        own_score="" if photo.own_score is None else f"{photo.own_score:g}",
        parts=[
            {"name": p["name"], "value": f"{10 * p['value']:.1f}", "why": p["why"]}
            for p in (analysis.parts if analysis else [])
        ],
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


def persona_row(persona: Persona, names: dict[int, str], trouble: Trouble | None) -> PersonaRow:
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
        trouble=trouble.words if trouble else "",
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
