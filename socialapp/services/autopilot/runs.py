"""A run: a photograph is picked, and scheduled."""

from dataclasses import dataclass
from datetime import datetime

from socialapp.domain import captions, moments
from socialapp.domain.captions import Facts
from socialapp.domain.curation import Pick
from socialapp.domain.errors import Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.origins import Origin
from socialapp.domain.people import Member
from socialapp.services import ahead, media, posts, schedules
from socialapp.services.autopilot import log, personas, photographs, rights, troubles, week
from socialapp.store import autopilot as rows
from socialapp.store import people
from socialapp.store import photographs as photo_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import MediaAsset, Persona, PhotoPosting, Schedule


@dataclass(frozen=True)
class Chosen:
    """What a run did, or would do. No schedule: nothing was left, or it was only asked."""

    words: str
    media_id: int | None = None
    schedule_id: int | None = None


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
    rights.allow(by)
    persona = await personas.get(db, by, persona_id)
    at = at or moments.read(moments.iso(now), zone=persona.timezone)
    # One at a time in a workspace: two personas must not pick two pictures of the same thing.
    await people.one_at_a_time(db, f"autopilot:{by.workspace_id}")
    if await rows.posting_at(db, persona_id, at.at):
        return Chosen("Another run has posted for this moment.")
    photos = await rows.candidates(db, by.workspace_id)
    recent = await rows.recent(db, by.workspace_id, now=now)
    refused = ""
    picks = list(week.choices(persona, photos, recent, at=at.at))
    if not is_dry and not picks:
        await troubles.tell_dry(db, persona, now=now)
    for pick in picks:
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
            log.note(db, by.workspace_id, refused, persona=persona.name, is_warning=True)
            continue
        if not await troubles.of_one(db, persona):  # it posts again by itself, too
            persona.ran_dry_at = None
        return Chosen(f"{asset.filename}: {pick.why}.", pick.media_id, made.id)
    words = (
        "No photograph is left that fits. Nothing was posted; upload more, or widen the filters."
    )
    if refused:
        words = f"Nothing was posted. {refused}"
    if not is_dry:
        log.note(db, by.workspace_id, words, persona=persona.name, is_warning=True)
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
    photo = await photographs.get(db, by, pick.media_id)
    written = await photo_rows.origins(db, [pick.media_id])
    facts = Facts(photo.folder, photo.tags, written.get(pick.media_id, Origin()))
    text = captions.fill(persona.caption, facts, at)
    post = await posts.create(
        db,
        ahead.working(by),
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
    log.note(
        db, by.workspace_id, f"{asset.filename} goes out {when}: {pick.why}.", persona=persona.name
    )
    return made
