"""Proposals: set up what is asked, and ask it for a description or a text. Nothing is kept of it.

The endpoint is asked outside of any transaction, and only while a workspace has it switched on:
that is read, and the request counted, when everything else is ready.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from socialapp.clock import going_on
from socialapp.domain import counting
from socialapp.domain import proposals as rules
from socialapp.domain.content import Capabilities
from socialapp.domain.errors import (
    Conflict,
    NotAllowed,
    Problem,
    Rejected,
    UnsupportedType,
)
from socialapp.domain.fitting import Limits
from socialapp.domain.people import Member, Right
from socialapp.domain.proposals import Endpoint, Offer, Picture, Shortest
from socialapp.imaging import workshop
from socialapp.providers import proposer
from socialapp.services import asking, dry_run, media, schedules, uploads
from socialapp.store import media as media_rows
from socialapp.store import proposals as rows
from socialapp.store.files import PREVIEW, files, raise_if_full
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Channel, MediaAsset, ProposalEndpoint

MODEL_LENGTH = 200
KEY_LENGTH = 500
_LIMITS = Limits(rules.PICTURE_BYTES, ("image/jpeg",), side=rules.PICTURE_SIDE)
_TEXT_AT_MOST = 20_000
_DESCRIBED = 20
"""So many descriptions are sent at most."""
# A red square: what is tried has nothing of a workspace in it.
_RED = Picture(
    "image/png",
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsItz/UOYywi+hcEKLNO+"
        "FgEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGBywKh0mEAv8EVFgAAAABJ"
        "RU5ErkJggg=="
    ),
)


@dataclass(frozen=True)
class Given:
    """What an admin says of an endpoint."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    """Empty: the one that is kept, as long as it is for the same server."""
    sees_pictures: bool = False
    instruction: str = ""
    is_on: bool = False
    forgets_key: bool = False


@dataclass(frozen=True)
class Proposal:
    """A text that nobody has agreed to yet, and where it is from."""

    text: str
    host: str
    model: str


@dataclass(frozen=True)
class TooLong:
    """A network that takes less than a proposal has; nothing was cut off."""

    network: str
    count: int
    limit: int


@dataclass(frozen=True)
class Caption(Proposal):
    """A proposed text, and whom it is too long for."""

    too_long: Sequence[TooLong] = ()


async def get(db: AsyncSession, by: Member) -> ProposalEndpoint:
    """Return what the workspace has set up; its key is sealed. Blank and off when it is nothing."""
    found = await rows.get(db, by.workspace_id)
    return found or ProposalEndpoint(workspace_id=by.workspace_id)


async def offer(db: AsyncSession, by: Member) -> Offer:
    """Return what `by` may have proposed here."""
    found = await rows.get(db, by.workspace_id)
    if found is None or not found.is_on or not by.may(Right.WRITE):
        return Offer.NOTHING
    return Offer.PICTURES if found.sees_pictures else Offer.TEXTS


async def change(db: AsyncSession, by: Member, given: Given, *, now: datetime) -> ProposalEndpoint:
    """Keep what is asked from now on. With another server, the key of the old one is forgotten."""
    _allow_admin(by)
    endpoint = _checked(given)
    row = await rows.to_change(db, by.workspace_id)
    if given.key:
        row.sealed = rows.sealed(by.workspace_id, endpoint.key)
    elif given.forgets_key or not rules.is_same_server(row.url, endpoint.url):
        row.sealed = ""
    row.url, row.model, row.is_on = endpoint.url, endpoint.model, given.is_on
    row.sees_pictures, row.instruction = endpoint.sees_pictures, endpoint.instruction
    row.updated_at = now
    db.add(row)
    await db.flush()
    return row


def _allow_admin(by: Member) -> None:
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin sets up proposals. Nothing was changed.")


def _checked(given: Given) -> Endpoint:
    model, key = " ".join(given.model.split()), given.key.strip()
    instruction = given.instruction.strip()
    if not model or len(model) > MODEL_LENGTH:
        message = f"Name the model, in at most {MODEL_LENGTH} characters."
        raise Rejected(Problem("model_required", message, "model"))
    is_sendable = key.isascii() and key.isprintable() and " " not in key
    if len(key) > KEY_LENGTH or not is_sendable:
        message = f"A key has at most {KEY_LENGTH} letters, digits and signs, and no spaces."
        raise Rejected(Problem("key_invalid", message, "key"))
    if len(instruction) > rules.INSTRUCTION_LENGTH:
        message = f"The instruction has at most {rules.INSTRUCTION_LENGTH:,} characters."
        raise Rejected(Problem("instruction_too_long", message, "instruction"))
    url = proposer.checked(given.url)
    return Endpoint(url, model, key, given.sees_pictures, instruction)


async def attempt(database: Database, by: Member, given: Given, *, now: datetime) -> Proposal:
    """Ask an endpoint something that has only the key of the workspace in it. Nothing is kept."""
    _allow_admin(by)
    endpoint = _checked(given)
    async with database.transaction() as db:
        row = await get(db, by)
        if not endpoint.key and rules.is_same_server(row.url, endpoint.url):
            endpoint = replace(endpoint, key=asking.key_of(row))
        await asking.count(db, by, now=now)
    question = rules.trial_question(_RED if endpoint.sees_pictures else None)
    said = await proposer.ask(endpoint, question)
    return _proposal(endpoint, said, at_most=rules.CAPTION_AT_MOST)


async def alt_text(
    database: Database,
    by: Member,
    media_id: int,
    *,
    limit: int = media.ALT_TEXT_LIMIT,
    now: datetime,
) -> Proposal:
    """Propose the description of a picture; the picture keeps the one that it has.

    Raises Conflict when it is off or may not see pictures, TooMany, and Unanswered.
    """
    uploads.check_may_write(by)
    clock = going_on(now)
    async with database.reading() as db:
        asset = await media.get(db, by, media_id)
        if asset.kind == "video":
            message = "A video cannot be shown to what proposes. Nothing was asked; describe it."
            raise Rejected(Problem("not_a_picture", message, "media_id"))
        asking.check_sees(await asking.look(db, by, now=now))
    picture = await _reduced(asset)
    async with database.transaction() as db:
        endpoint = await asking.counted(db, by, now=clock())
        asking.check_sees(endpoint)
    question = rules.alt_text_question(endpoint, picture, limit=limit)
    said = await proposer.ask(endpoint, question)
    return _proposal(endpoint, said, at_most=limit)


async def caption(
    database: Database,
    by: Member,
    *,
    text: str = "",
    media_ids: Sequence[int] = (),
    channel_ids: Sequence[int] = (),
    now: datetime,
) -> Caption:
    """Propose the text of a post, from its pictures and what is written. Nothing is changed.

    Raises Rejected when there is nothing to go by, Conflict when it is off, TooMany, Unanswered.
    """
    uploads.check_may_write(by)
    if len(text) > _TEXT_AT_MOST:
        message = f"The text has more than {_TEXT_AT_MOST:,} characters. Nothing was asked."
        raise Rejected(Problem("text_too_long", message, "text"))
    clock = going_on(now)
    async with database.reading() as db:
        assets = await _assets(db, by, media_ids)
        to = await schedules.channels_for(db, by, channel_ids) if channel_ids else []
        endpoint = await asking.look(db, by, now=now)
    shown = [each for each in assets if each.kind != "video"][: rules.PICTURES_AT_MOST]
    described = [each.alt_text for each in assets if each.alt_text.strip()][:_DESCRIBED]
    has_words = bool(text.strip() or described)
    _check_goes_by(endpoint, assets, shown, has_words=has_words)
    pictures = [await _reduced(each) for each in shown] if endpoint.sees_pictures else []
    async with database.transaction() as db:
        endpoint = await asking.counted(db, by, now=clock())
        pictures = pictures if endpoint.sees_pictures else []
        _check_goes_by(endpoint, assets, pictures, has_words=has_words)
    limits = _limits(to, has_media=bool(assets))
    question = rules.caption_question(
        endpoint,
        text=text,
        descriptions=described,
        pictures=pictures,
        shortest=min(
            (Shortest(name, limit) for name, (limit, _) in limits.items() if limit),
            key=lambda one: one.limit,
            default=None,
        ),
    )
    said = await proposer.ask(endpoint, question)
    found = _proposal(endpoint, said, at_most=rules.CAPTION_AT_MOST)
    return Caption(found.text, found.host, found.model, _too_long(found.text, limits))


async def _assets(db: AsyncSession, by: Member, ids: Sequence[int]) -> list[MediaAsset]:
    found = await media_rows.some(db, by.workspace_id, ids)
    if unknown := [str(i) for i in dict.fromkeys(ids) if i not in found]:
        message = f"There is no media with the id {', '.join(unknown)}. Nothing was asked."
        raise Rejected(Problem("media_unknown", message, "media_ids"))
    return [found[i] for i in dict.fromkeys(ids)]


def _check_goes_by(
    endpoint: Endpoint,
    assets: Sequence[MediaAsset],
    shown: Sequence[object],
    *,
    has_words: bool,
) -> None:
    if has_words or (shown and endpoint.sees_pictures):
        return
    message = "There is nothing to go by. Write a few words, or describe a picture, first."
    if not assets:
        message = "There is nothing to go by. Add a picture or write a few words first."
    raise Rejected(Problem("nothing_to_go_by", message, "text"))


async def _reduced(asset: MediaAsset) -> Picture:
    """Return a picture as it is sent: small, a JPEG, with nothing in it but what is to be seen."""
    preview = files().sized(asset.key, PREVIEW)
    source = preview if preview.exists() else files().path(asset.key)
    target = files().temporary()
    try:
        made = await workshop.fit(source, target, _LIMITS)
        return Picture(made.mime_type, await asyncio.to_thread(target.read_bytes))
    except UnsupportedType:
        message = f"{asset.filename} cannot be made small enough to be sent. Nothing was asked."
        raise Conflict(message, code="picture_unreadable") from None
    except OSError as error:
        raise_if_full(error)
        raise
    finally:
        target.unlink(missing_ok=True)


def _proposal(endpoint: Endpoint, said: str, *, at_most: int) -> Proposal:
    text = rules.usable(said, host=endpoint.host, at_most=at_most)
    return Proposal(text, endpoint.host, endpoint.model)


def _limits(to: Sequence[Channel], *, has_media: bool) -> dict[str, tuple[int, Capabilities]]:
    """Return the limit of each network among the channels, the smallest of its servers."""
    found: dict[str, tuple[int, Capabilities]] = {}
    for channel in to:
        name, can = dry_run.takes(channel)
        limit = (has_media and can.media_text_limit) or can.text_limit
        if name not in found or limit < found[name][0]:
            found[name] = limit, can
    return found


def _too_long(text: str, limits: dict[str, tuple[int, Capabilities]]) -> list[TooLong]:
    counts = {
        name: counting.count(text, can.count, link_length=can.link_length)
        for name, (_, can) in limits.items()
    }
    return [
        TooLong(name, counts[name], limit)
        for name, (limit, _) in limits.items()
        if limit and counts[name] > limit
    ]
