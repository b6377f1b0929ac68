"""A run: a photograph is picked, and scheduled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from socialapp.domain import captions, moments
from socialapp.domain.captions import Facts
from socialapp.domain.checks import AltText
from socialapp.domain.curation import Pick
from socialapp.domain.errors import Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.origins import Origin
from socialapp.domain.people import Member
from socialapp.services import ahead, dry_run, media, posts, schedules
from socialapp.services.autopilot import log, personas, photographs, rights, troubles, week
from socialapp.store import autopilot as rows
from socialapp.store import people
from socialapp.store import photographs as photo_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import MediaAsset, Persona, PhotoPosting, Schedule

TRIED_AT_MOST = 50
"""Pictures that are refused in a run: it keeps the writers of SQLite waiting."""
_DRY = "No photograph is left that fits. Nothing was posted; upload more, or widen the filters."


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
    can be sent. A photograph that a channel would refuse is left for the next best. Raises Rejected
    when none of its channels is there.
    """
    rights.allow(by)
    persona = await personas.get(db, by, persona_id)
    at = at or moments.read(moments.iso(now), zone=persona.timezone)
    # One at a time in a workspace: two personas must not pick two pictures of the same thing.
    await people.one_at_a_time(db, f"autopilot:{by.workspace_id}")
    if await rows.posting_at(db, persona_id, at.at):
        return Chosen("Another run has posted for this moment.")
    to = await troubles.channels_left(db, persona)
    photos = await rows.candidates(db, by.workspace_id)
    recent = await rows.recent(db, by.workspace_id, now=now)
    picks = week.choices(persona, photos, recent, at=at.at)
    if is_dry:
        return await _thought(db, by, picks)
    refused: list[str] = []
    tried = 0
    undescribed = await _undescribed(db, by.workspace_id)
    for pick in picks:
        if pick.media_id in undescribed:  # known at no cost: it is not tried
            refused.append("" if refused else await _without_words(db, by, pick.media_id))
            continue
        if tried == TRIED_AT_MOST:
            return await _nothing(db, persona, refused, is_given_up=True, now=now)
        tried += 1
        asset = await media.get(db, by, pick.media_id)
        try:
            async with db.begin_nested():
                if not await rows.take(db, pick.media_id):
                    continue
                made = await _post(db, by, persona, asset, pick, to=to, at=at, now=now)
        except Rejected as no:
            refused.append(f"{asset.filename} was passed over: {no.detail}")
            continue
        if refused:
            log.note(db, by.workspace_id, _said(refused), persona=persona.name, is_warning=True)
        if not await troubles.of_one(db, persona):  # it posts again by itself, too
            persona.ran_dry_at = None
        return Chosen(f"{asset.filename}: {pick.why}.", pick.media_id, made.id)
    return await _nothing(db, persona, refused, now=now)


async def _undescribed(db: AsyncSession, workspace_id: int) -> set[int]:
    """Return what may not go out for want of a description."""
    if await dry_run.alt_text_rule(db, workspace_id) is not AltText.REQUIRE:
        return set()
    return await rows.undescribed(db, workspace_id)


async def _without_words(db: AsyncSession, by: Member, media_id: int) -> str:
    asset = await media.get(db, by, media_id)
    why = "it has no description, and this workspace requires one."
    return f"{asset.filename} was passed over: {why}"


async def _thought(db: AsyncSession, by: Member, picks: Iterator[Pick]) -> Chosen:
    for pick in picks:
        asset = await media.get(db, by, pick.media_id)
        return Chosen(f"{asset.filename}: {pick.why}.", pick.media_id)
    return Chosen(_DRY)


async def _nothing(
    db: AsyncSession,
    persona: Persona,
    refused: Sequence[str],
    *,
    is_given_up: bool = False,
    now: datetime,
) -> Chosen:
    """Say that nothing was posted, and why; tell it once."""
    words = _DRY
    if refused:
        said = _said(refused, is_given_up=is_given_up)
        words = f"Nothing was posted. {said}"
        await troubles.tell(db, persona, "refused", said, now=now)
    else:
        await troubles.tell_dry(db, persona, now=now)
    log.note(db, persona.workspace_id, words, persona=persona.name, is_warning=True)
    return Chosen(words)


def _said(refused: Sequence[str], *, is_given_up: bool = False) -> str:
    """Say in a line which pictures were refused."""
    more = len(refused) - 1
    others = "1 more was passed over" if more == 1 else f"{more} more were passed over"
    end = ", and no others were tried." if is_given_up else "."
    return f"{refused[0]} {others}{end}" if more else refused[0]


async def _post(
    db: AsyncSession,
    by: Member,
    persona: Persona,
    asset: MediaAsset,
    pick: Pick,
    *,
    to: Sequence[int],
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
        channel_ids=to,
        may_be_blank=True,
        now=now,
    )
    made = await schedules.create(
        db,
        by,
        post_id=post.id or 0,
        at=at if at.at >= now else moments.read(moments.iso(now), zone=persona.timezone),
        channel_ids=to,
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
