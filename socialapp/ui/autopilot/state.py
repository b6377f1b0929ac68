"""What the autopilot page does: photographs, personas, the week ahead, the log, stop."""

from datetime import datetime
from typing import Any, TypedDict

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import slots
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services.autopilot import outcomes, personas, photographs, runs, stopping, week
from socialapp.store import autopilot as rows
from socialapp.store import channels
from socialapp.store.files import files
from socialapp.store.session import AsyncSession, database, reading, transaction
from socialapp.store.tables import MediaAsset, Persona, Photo, PhotoAnalysis
from socialapp.ui.components import notice
from socialapp.ui.rows import clock_words
from socialapp.ui.session import needs, signed_in

PHOTOS_SHOWN = 200
LOG_SHOWN = 50


class PhotoTile(TypedDict):
    """A photograph of the grid."""

    id: int
    key: str
    filename: str
    alt_text: str
    thumbnail: str
    score: str
    status: str
    parts: list[dict[str, str]]


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
    orientation: str
    minimum_score: str
    strategy: str
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
        orientation="",
        minimum_score="0",
        strategy="highest",
        days=[str(day) for day in range(7)],
        channels=[],
    )


class AutopilotState(rx.State):
    """The page."""

    photos: list[PhotoTile] = []
    personas: list[PersonaRow] = []
    plan: list[PlanRow] = []
    log: list[dict[str, str]] = []
    channels: list[dict[str, str]] = []
    is_loaded: bool = False
    max_bytes: int = 0
    edited: PersonaRow = blank()
    is_editing: bool = False
    refusal: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read all of it, again."""
        await self._show(await signed_in(self))

    @needs(Right.PUBLISH)
    async def uploaded(self, asset: dict[str, Any]) -> None:
        """Give a new upload to autopilot; what it is comes from the database."""
        by = await signed_in(self)
        media_id = asset.get("id")
        if not isinstance(media_id, int):
            raise Rejected(Problem("media_unknown", "There is no such picture."))
        async with transaction() as db:
            await photographs.add(db, by, media_id, now=utc_now())
        await self._show(by)

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
                    orientation=given.get("orientation", ""),
                    minimum_score=_score(given.get("minimum_score", "0")),
                    strategy=given.get("strategy", ""),
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
    async def swap(self, media_id: int, at: str) -> None:
        """Take another photograph for a moment."""
        by = await signed_in(self)
        async with transaction() as db:
            await photographs.swap(db, by, media_id, at=_instant(at))
        await self._show(by)

    @needs(Right.PUBLISH)
    async def skip(self, persona_id: int, at: str) -> None:
        """Leave out a moment."""
        by = await signed_in(self)
        async with transaction() as db:
            await personas.skip(db, by, persona_id, at=_instant(at))
        await self._show(by)

    @needs(Right.PUBLISH)
    async def veto(self, media_id: int, is_vetoed: bool) -> None:
        """Never post a photograph, or allow it again."""
        by = await signed_in(self)
        async with transaction() as db:
            await photographs.veto(db, by, media_id, is_vetoed=is_vetoed)
        await self._show(by)

    @needs(Right.PUBLISH)
    async def release(self, media_id: int) -> None:
        """Let one whose posting failed be picked again."""
        by = await signed_in(self)
        async with transaction() as db:
            await outcomes.release(db, by, media_id, now=utc_now())
        await self._show(by)

    async def _show(self, by: Member) -> None:
        await outcomes.settle(database())
        now = utc_now()
        async with reading() as db:
            photos = await rows.photos(db, by.workspace_id, limit=PHOTOS_SHOWN)
            there = await channels.of_workspace(db, by.workspace_id)
            names = {c.id or 0: c.name for c in there}
            self.personas = [_persona(p, names) for p in await rows.personas(db, by.workspace_id)]
            self.plan = await _plan(db, by, {a.id or 0: a for _, a, _ in photos}, now=now)
            notes = await rows.notes(db, by.workspace_id, limit=LOG_SHOWN)
        self.photos = [_tile(*each) for each in photos]
        self.channels = [{"id": str(key), "name": name} for key, name in names.items()]
        self.log = [
            {
                "key": str(note.id),
                "when": clock_words(note.created_at, by.zone, now=now),
                "persona": note.persona,
                "words": note.words,
                "level": "warning" if note.is_warning else "",
            }
            for note in notes
        ]
        self.max_bytes = files().limit_bytes
        self.is_loaded = True


def _numbers(given: dict[str, str], prefix: str) -> list[int]:
    ends = [name.removeprefix(prefix) for name in given if name.startswith(prefix)]
    return [int(end[:18]) for end in ends if end.isascii() and end.isdigit()]


def _score(words: str) -> float:
    try:
        found = float(words)
    except ValueError as error:
        raise Rejected(Problem("score_unreadable", "The lowest score is a number.")) from error
    return found if found == found else 0.0


def _instant(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError as error:
        raise Rejected(Problem("time_unreadable", "That is not a time.")) from error
    if found.tzinfo is None:
        raise Rejected(Problem("time_unreadable", "That is not a time."))
    return found


def _thumbnail(asset: MediaAsset) -> str:
    return f"/api/media/{asset.id}/thumbnail{'?made' if asset.has_thumbnail else ''}"


def _tile(photo: Photo, asset: MediaAsset, analysis: PhotoAnalysis | None) -> PhotoTile:
    return PhotoTile(
        id=photo.media_id,
        key=str(photo.media_id),
        filename=asset.filename,
        alt_text=asset.alt_text,
        thumbnail=_thumbnail(asset),
        score=f"{analysis.score:.1f}" if analysis else "",
        status=str(photo.status),
        parts=[
            {"name": p["name"], "value": f"{10 * p['value']:.1f}", "why": p["why"]}
            for p in (analysis.parts if analysis else [])
        ],
    )


def _persona(persona: Persona, names: dict[int, str]) -> PersonaRow:
    times = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in persona.minutes]
    every = "day" if len(persona.days) == 7 else ", ".join(slots.DAYS[d][:3] for d in persona.days)
    number = "one picture" if len(times) == 1 else f"{len(times)} pictures"
    to = ", ".join(names.get(each, "a channel that is gone") for each in persona.channel_ids)
    promise = f"Posts {number} every {every} at {', '.join(times)} {persona.timezone} to {to}."
    return PersonaRow(
        id=persona.id or 0,
        key=str(persona.id),
        name=persona.name,
        promise=promise,
        is_on=persona.is_on,
        clock=", ".join(times),
        timezone=persona.timezone,
        caption=persona.caption,
        folders=", ".join(persona.folders),
        orientation=persona.orientation,
        minimum_score=f"{persona.minimum_score:g}",
        strategy=persona.strategy,
        days=[str(day) for day in persona.days],
        channels=[str(each) for each in persona.channel_ids],
    )


async def _plan(
    db: AsyncSession, by: Member, assets: dict[int, MediaAsset], *, now: datetime
) -> list[PlanRow]:
    found = []
    for each in await week.preview(db, by.workspace_id, now=now):
        asset = assets.get(each.media_id or 0) or (
            await db.get(MediaAsset, each.media_id) if each.media_id else None
        )
        found.append(
            PlanRow(
                key=f"{each.persona_id}:{each.at.isoformat()}",
                persona_id=each.persona_id,
                persona=each.persona,
                at=each.at.isoformat(),
                when=clock_words(each.at, by.zone, now=now),
                media_id=each.media_id or 0,
                filename=asset.filename if asset else "",
                thumbnail=_thumbnail(asset) if asset else "",
                why=each.why,
            )
        )
    return found
