"""Autopilot: photographs in, the best one out at each moment of a persona, and stop."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import curation, moments, slots
from socialapp.domain.curation import Filters, PhotoStatus, Pick
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.domain.score import VERSION, score
from socialapp.domain.slots import WeeklyTime
from socialapp.imaging import workshop
from socialapp.services import media, posts, schedules
from socialapp.store import autopilot as rows
from socialapp.store import people
from socialapp.store import schedules as schedule_rows
from socialapp.store.files import files
from socialapp.store.media import for_job
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import (
    AutopilotNote,
    Delivery,
    MediaAsset,
    Persona,
    Photo,
    PhotoAnalysis,
    PhotoPosting,
    Schedule,
)

AHEAD = timedelta(seconds=90)
"""So long before its moment a picture is chosen: the engine then posts it on time."""
LATE = timedelta(minutes=15)
"""What nothing ran for is made up for so long; later, the moment is left out and said."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """What a run did, or would do. No schedule: nothing was left, or it was only asked."""

    words: str
    media_id: int | None = None
    schedule_id: int | None = None


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at Autopilot here, not change it.")


def note(
    db: AsyncSession, workspace_id: int, words: str, *, persona: str = "", is_warning: bool = False
) -> None:
    """Write a line of the log that people read."""
    db.add(
        AutopilotNote(
            workspace_id=workspace_id, persona=persona, words=words, is_warning=is_warning
        )
    )
    aftermath(db).workspaces.add(workspace_id)
    if is_warning:
        _log.warning("Autopilot, workspace %s, %s: %s", workspace_id, persona, words)


async def add(
    db: AsyncSession, by: Member, media_id: int, *, folder: str = "", now: datetime
) -> Photo:
    """Let autopilot post a picture of the library; twice is harmless."""
    _allow(by)
    asset = await media.get(db, by, media_id)
    if asset.kind != "image":
        raise Rejected(
            Problem("not_a_photo", "Autopilot takes pictures that do not move.", "media_id")
        )
    if there := await rows.photo(db, by.workspace_id, media_id):
        return there
    photo = Photo(
        media_id=media_id, workspace_id=by.workspace_id, folder=folder.strip()[:120], created_at=now
    )
    db.add(photo)
    await db.flush()
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.jobs.append(("analyse_photo", media_id))
    return photo


async def analyse(database: Database, media_id: int, *, now: datetime) -> None:
    """Score a photograph; commits. Twice is harmless; one that cannot be read is worth 0."""
    async with database.reading() as db:
        asset = await for_job(db, media_id)
        known = await db.get(PhotoAnalysis, media_id)
    if asset is None or (known and known.version >= VERSION):
        return
    try:
        measures = await workshop.measure(files().path(asset.key))
        fingerprint = str(measures.pop("fingerprint"))
        found = score(measures)
        worth, parts = found.value, [vars(part) for part in found.parts]
    except Rejected as no:
        worth, fingerprint, parts = 0.0, "", [{"name": "readable", "value": 0.0, "why": no.detail}]
    async with database.transaction() as db:
        if await db.get(Photo, media_id) is None:
            return  # deleted meanwhile
        await db.merge(
            PhotoAnalysis(
                media_id=media_id,
                version=VERSION,
                score=worth,
                parts=parts,
                fingerprint=fingerprint,
                analysed_at=now,
            )
        )
        aftermath(db).workspaces.add(asset.workspace_id)


async def analyse_missing(database: Database, *, now: datetime) -> None:
    """Score what has no score, or one of an older formula."""
    async with database.reading() as db:
        waiting = await rows.unanalysed(db, VERSION)
    for media_id in waiting:
        await analyse(database, media_id, now=now)


async def save_persona(
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
    orientation: str = "",
    minimum_score: float = 0.0,
    strategy: str = "highest",
    now: datetime,
) -> Persona:
    """Make a persona, off at first, or change one. Raises Rejected in words.

    What its new times would have been before now is not made up for. `folders` of None stay.
    """
    _allow(by)
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
    persona.orientation, persona.strategy = orientation, strategy
    persona.minimum_score = min(10.0, max(0.0, minimum_score))
    persona.created_by = by.person_id
    db.add(persona)
    await db.flush()
    aftermath(db).workspaces.add(by.workspace_id)
    return persona


_ORIENTATIONS = ("", "landscape", "portrait", "square")


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
    _allow(by)
    persona = await get(db, by, persona_id)
    if persona.is_on != is_on:
        persona.is_on = is_on
        persona.seen_until = max(now, persona.seen_until) if is_on else persona.seen_until
        note(
            db,
            by.workspace_id,
            f"{by.name} turned it {'on' if is_on else 'off'}.",
            persona=persona.name,
        )
    return persona


async def stop_everything(db: AsyncSession, by: Member, *, now: datetime) -> int:
    """Turn every persona off and cancel what has not left; return how many were cancelled."""
    _allow(by)
    for persona in await rows.personas(db, by.workspace_id):
        await switch(db, by, persona.id or 0, is_on=False, now=now)
    cancelled = 0
    for posting in await rows.open_postings(db, by.workspace_id):
        if posting.status != "posting":
            continue
        try:
            await schedules.cancel(db, by, posting.schedule_id, now=now)
        except Conflict:
            continue  # it has left
        cancelled += 1
    note(
        db,
        by.workspace_id,
        f"{by.name} stopped everything; {cancelled} on their way were cancelled.",
    )
    return cancelled


async def veto(db: AsyncSession, by: Member, media_id: int, *, is_vetoed: bool = True) -> None:
    """Never post a photograph, or allow it again."""
    _allow(by)
    photo = await _photo(db, by, media_id)
    asset = await media.get(db, by, media_id)
    before, after = PhotoStatus.NEW, PhotoStatus.VETOED
    if not is_vetoed:
        before, after = after, before
    if photo.status != before:
        raise Conflict(f"{asset.filename} is {photo.status}. Nothing was changed.")
    photo.status = after
    verb = "vetoed" if is_vetoed else "allowed"
    note(db, by.workspace_id, f"{by.name} {verb} {asset.filename}.")


async def release(db: AsyncSession, by: Member, media_id: int, *, now: datetime) -> None:
    """Let a photograph whose posting failed be picked again.

    What failed is cancelled, so that nobody retries it beside the new one. Raises Conflict when
    somebody has retried it already.
    """
    _allow(by)
    photo = await _photo(db, by, media_id)
    if photo.status != PhotoStatus.FAILED:
        raise Conflict("Only a photograph whose posting failed is released.")
    for posting in await rows.open_postings(db, by.workspace_id, [media_id]):
        await _give_up(db, by, posting, now=now)
        posting.status = "released"
    await db.flush()
    photo.status = PhotoStatus.NEW
    asset = await media.get(db, by, media_id)
    note(db, by.workspace_id, f"{by.name} lets {asset.filename} be picked again.")


async def _give_up(db: AsyncSession, by: Member, posting: PhotoPosting, *, now: datetime) -> None:
    await schedule_rows.lock(db, [posting.schedule_id])
    there = await schedule_rows.deliveries_of(db, [posting.schedule_id])
    theirs = there.get(posting.schedule_id, [])
    if _ended(theirs) != "failed":
        raise Conflict("Somebody is trying it again. Wait for what becomes of that.")
    if any(delivery.status != Status.CANCELLED for delivery in theirs):
        await schedules.cancel(db, by, posting.schedule_id, now=now)


async def _photo(db: AsyncSession, by: Member, media_id: int) -> Photo:
    found = await rows.photo(db, by.workspace_id, media_id)
    if found is None:
        raise NotFound("There is no such photograph.")
    await db.refresh(found, with_for_update=True)
    return found


async def swap(db: AsyncSession, by: Member, media_id: int, *, at: datetime) -> None:
    """Take another photograph for a moment; this one may be picked for a later one."""
    _allow(by)
    photo = await _photo(db, by, media_id)
    photo.not_before = at + timedelta(seconds=1)
    asset = await media.get(db, by, media_id)
    note(db, by.workspace_id, f"{by.name} put {asset.filename} off to a later moment.")


async def skip(db: AsyncSession, by: Member, persona_id: int, *, at: datetime) -> None:
    """Leave out one moment of a persona."""
    _allow(by)
    persona = await get(db, by, persona_id)
    kept = [s for s in persona.skipped if datetime.fromisoformat(s) > persona.seen_until]
    persona.skipped = sorted({*kept, at.isoformat()})[:366]
    words = f"{by.name} left out {moments.spoken(at, persona.timezone, now=at)}."
    note(db, by.workspace_id, words, persona=persona.name)


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
        for moment in coming(
            persona, after=max(now, persona.seen_until), until=now + timedelta(days=days)
        )
    )
    plan = []
    for at, persona_id, persona in ahead[:50]:
        picks = _choices(persona, photos, recent, at=at)
        first = picks[0] if picks else None
        if first:
            taken = next(p for p in photos if p.media_id == first.media_id)
            photos = [p for p in photos if p is not taken]
            recent = [*recent, taken.fingerprint]
        why = first.why if first else "no photograph is left for it"
        plan.append(Planned(persona_id, persona.name, at, first.media_id if first else None, why))
    return plan


def _choices(
    persona: Persona, photos: Sequence[curation.Candidate], recent: Sequence[str], *, at: datetime
) -> list[Pick]:
    filters = Filters(persona.folders, persona.orientation, persona.minimum_score)
    return curation.choices(photos, recent, filters=filters, strategy=persona.strategy, at=at)


async def run(
    db: AsyncSession,
    by: Member,
    persona_id: int,
    *,
    at: Moment | None = None,
    is_dry: bool = False,
    now: datetime,
) -> Chosen:
    """Pick a photograph and schedule it, for now without `at`; all in the caller's transaction.

    The record that it is on its way is committed together with its schedule, so before anything
    can be sent. A photograph that a channel would refuse is left for the next best.
    """
    _allow(by)
    persona = await get(db, by, persona_id)
    at = at or moments.read(moments.iso(now), zone=persona.timezone)
    # One at a time in a workspace: two personas must not pick two pictures of the same thing.
    await people.one_at_a_time(db, f"autopilot:{by.workspace_id}")
    if await rows.posting_at(db, persona_id, at.at):
        return Chosen("Another run has posted for this moment.")
    photos = await rows.candidates(db, by.workspace_id)
    recent = await rows.recent(db, by.workspace_id, now=now)
    refused = ""
    for pick in _choices(persona, photos, recent, at=at.at):
        asset = await media.get(db, by, pick.media_id)
        if is_dry:
            return Chosen(f"{asset.filename}: {pick.why}.", pick.media_id)
        try:
            async with db.begin_nested():
                if not await rows.take(db, pick.media_id):
                    continue
                made = await _post(db, by, persona, asset, pick, at=at, now=now)
        except Rejected as no:
            refused = f"{asset.filename} was passed over: {no.detail}"
            note(db, by.workspace_id, refused, persona=persona.name, is_warning=True)
            continue
        return Chosen(f"{asset.filename}: {pick.why}.", pick.media_id, made.id)
    words = (
        "No photograph is left that fits. Nothing was posted; upload more, or widen the filters."
    )
    if refused:
        words = f"Nothing was posted. {refused}"
    if not is_dry:
        note(db, by.workspace_id, words, persona=persona.name, is_warning=True)
    return Chosen(words)


async def _post(
    db: AsyncSession,
    by: Member,
    persona: Persona,
    asset: MediaAsset,
    pick: Pick,
    *,
    at: Moment,
    now: datetime,
) -> Schedule:
    photo = await _photo(db, by, pick.media_id)
    text = caption(persona.caption, photo, at)
    post = await posts.create(
        db,
        by,
        text=text,
        media_ids=[pick.media_id],
        channel_ids=persona.channel_ids,
        may_be_blank=True,
        now=now,
    )
    made = await schedules.create(
        db,
        by,
        post_id=post.id or 0,
        at=at if at.at >= now else moments.read(moments.iso(now), zone=persona.timezone),
        channel_ids=persona.channel_ids,
        now=now,
    )
    db.add(
        PhotoPosting(
            workspace_id=by.workspace_id,
            persona_id=persona.id or 0,
            media_id=pick.media_id,
            schedule_id=made.id or 0,
            due_at=at.at,
            why=pick.why,
            created_at=now,
        )
    )
    when = moments.spoken(made.scheduled_at, persona.timezone, now=now)
    note(
        db, by.workspace_id, f"{asset.filename} goes out {when}: {pick.why}.", persona=persona.name
    )
    return made


def caption(template: str, photo: Photo, at: Moment) -> str:
    """Fill in {date}, {folder} and {tags}; other braces stay as they are."""
    return (
        template.replace("{date}", f"{at.local.day} {at.local:%B %Y}")
        .replace("{folder}", photo.folder)
        .replace("{tags}", " ".join(f"#{tag}" for tag in photo.tags))
    )


async def tick(database: Database, *, now: datetime) -> None:
    """Post for every moment that is due in a moment, and note what became of earlier ones."""
    await settle(database)
    async with database.reading() as db:
        active = await rows.personas(db, None)
    for persona in active:
        if coming(persona, after=persona.seen_until, until=now + AHEAD):
            await _serve(database, persona, now=now)


async def _serve(database: Database, known: Persona, *, now: datetime) -> None:
    try:
        async with database.transaction() as db:
            persona = await rows.persona(db, known.workspace_id, known.id or 0, lock=True)
            if persona is None or not persona.is_on:
                return
            due = coming(persona, after=persona.seen_until, until=now + AHEAD)
            if not due:
                return  # another run was faster
            persona.seen_until = due[-1].at
            late = [moment for moment in due if moment.at < now - LATE]
            if late:
                words = f"{len(late)} moments passed while nothing ran. They are left out."
                note(db, persona.workspace_id, words, persona=persona.name, is_warning=True)
            by = await people.member(
                db, person_id=persona.created_by or 0, workspace_id=persona.workspace_id
            )
            if by is None:
                raise NotAllowed("Whoever made this persona is no longer here. Save it again.")
            for moment in due[len(late) :][-1:]:
                await run(db, by, persona.id or 0, at=moment, now=now)
    except (Rejected, NotAllowed, NotFound, Conflict) as no:
        async with database.transaction() as db:
            persona = await rows.persona(db, known.workspace_id, known.id or 0, lock=True)
            if persona is not None:
                due = coming(persona, after=persona.seen_until, until=now + AHEAD)
                persona.seen_until = due[-1].at if due else persona.seen_until
                words = f"Nothing was posted: {no.detail}"
                note(db, persona.workspace_id, words, persona=persona.name, is_warning=True)


async def settle(database: Database) -> None:
    """Write down what became of what was on its way; commits when something did."""
    async with database.reading() as db:
        open_ones = [
            p.id for p, theirs in await rows.unsettled(db) if _ended(theirs) not in ("", p.status)
        ]
    if not open_ones:
        return
    async with database.transaction() as db:
        for posting, theirs in await rows.unsettled(db, lock=True):
            ended = _ended(theirs)
            if ended in ("", posting.status):
                continue
            posting.status = ended
            photo = await db.get(Photo, posting.media_id)
            if photo is not None:
                photo.status = PhotoStatus(ended)
            await _record(db, posting, theirs)


async def _record(db: AsyncSession, posting: PhotoPosting, theirs: Sequence[Delivery]) -> None:
    asset = await db.get(MediaAsset, posting.media_id)
    name = asset.filename if asset else f"Photograph {posting.media_id}"
    out = [d for d in theirs if d.status == Status.POSTED]
    if posting.status == "posted":
        posting.remote_id, posting.url = out[0].remote_id, out[0].url
        posting.posted_at = out[0].posted_at
        missing = f" to {len(out)} of {len(theirs)} channels" if len(out) < len(theirs) else ""
        note(db, posting.workspace_id, f"{name} was posted{missing}.")
        return
    reason = next((d.reason for d in theirs if d.reason), "it was cancelled or missed its time")
    words = f"{name} was not posted: {reason} It stays out until you release it."
    note(db, posting.workspace_id, words, is_warning=True)


_OVER = {Status.POSTED, Status.FAILED, Status.MISSED, Status.CANCELLED}


def _ended(theirs: Sequence[Delivery]) -> str:
    """Say how it ended; nothing while any is under way, or has to be checked by a person."""
    states = {delivery.status for delivery in theirs}
    if not states <= _OVER:
        return ""
    return "posted" if Status.POSTED in states else "failed"
