"""Descriptions of pictures that go out soon, proposed where a persona asks for it.

Apart from the clock's look, which must not wait for anybody's server: a picture whose description
is late, or fails, goes out without; where the workspace wants all described, it is passed over.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.clock import going_on
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Member
from socialapp.services import dry_run, media, proposals
from socialapp.services.autopilot import log, troubles, week
from socialapp.store import autopilot as rows
from socialapp.store import channels
from socialapp.store import media as media_rows
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Persona

AHEAD = timedelta(minutes=10)
AT_ONCE = 4
"""Workspaces, each with a server of its own that may be slow."""
BUDGET = timedelta(seconds=50)
"""After so long a workspace begins no other request until the next look, a minute later."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Picture:
    """What goes out soon, undescribed."""

    by: Member
    persona: str
    media_id: int
    filename: str
    at: datetime
    limit: int
    """What all of the persona's channels take: longer, and the picture would not go out."""


async def look_ahead(database: Database, *, now: datetime) -> None:
    """Ask for a description of each picture that goes out within ten minutes and has none."""
    clock = going_on(now)
    async with database.reading() as db:
        active = await rows.personas(db, None)
    turns = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for workspace_id in {each.workspace_id for each in active if each.proposes_alt_text}:
            group.create_task(_look(database, workspace_id, clock, turns))


async def _look(
    database: Database, workspace_id: int, clock: Callable[[], datetime], turns: asyncio.Semaphore
) -> None:
    """Ask for what a workspace posts soon; what it has no time for now the next look asks for."""
    async with turns:
        ends = clock() + BUDGET
        try:
            while picture := await _next(database, workspace_id, now=clock()):
                await _describe(database, picture, now=clock())
                if clock() >= ends:
                    return
        except Exception:  # whatever is wrong in one does not hinder the others
            _log.exception("What workspace %d posts next could not be described.", workspace_id)


async def _next(database: Database, workspace_id: int, *, now: datetime) -> _Picture | None:
    """Return what goes out soon and was not asked about; None when nothing is to do.

    Each moment of a persona is looked at once. What others post before it, it does not have.
    """
    async with database.reading() as db:
        coming = await week.ahead(db, workspace_id, now=now, until=now + AHEAD)
    for known, at, pick, _ in coming:
        if not _is_new(known, at):
            continue
        async with database.transaction() as db:
            persona = await rows.persona(db, workspace_id, known.id or 0, lock=True)
            if persona is None or not (persona.is_on and _is_new(persona, at)):
                continue
            persona.described_until = at
            if pick and (picture := await _undescribed(db, persona, pick.media_id, at=at)):
                return picture
    return None


def _is_new(persona: Persona, at: datetime) -> bool:
    until = persona.described_until
    return persona.proposes_alt_text and (until is None or at > until)


async def _undescribed(
    db: AsyncSession, persona: Persona, media_id: int, *, at: datetime
) -> _Picture | None:
    by = await troubles.actor(db, persona)
    if by is None:
        return None  # the run says so
    asset = await media.get(db, by, media_id)
    if asset.alt_text:
        return None
    if await media_rows.is_planned_by_people(db, media_id):
        _say_planned(db, by.workspace_id, persona.name, asset.filename)
        return None
    there = await channels.of_workspace(db, persona.workspace_id)
    to = [channel for channel in there if channel.id in persona.channel_ids]
    limits = [dry_run.takes(channel)[1].alt_text_limit for channel in to]
    limit = min(filter(None, [*limits, media.ALT_TEXT_LIMIT]))
    return _Picture(by, persona.name, asset.id or 0, asset.filename, at, limit)


async def _describe(database: Database, picture: _Picture, *, now: datetime) -> None:
    is_warning, text = False, ""
    try:
        async with asyncio.timeout((picture.at - now).total_seconds()):
            found = await proposals.alt_text(
                database, picture.by, picture.media_id, limit=picture.limit, now=now
            )
        words = f"{found.host} described {picture.filename}, and nobody has read it: {found.text}"
        text = found.text
    except TimeoutError:
        words = f"{picture.filename} has no description: none was proposed before its moment."
        is_warning = True
    except ForPeople as no:
        words = f"{picture.filename} has no description, and none could be proposed. {no.detail}"
        is_warning = True
    async with database.transaction() as db:
        workspace_id = picture.by.workspace_id
        asset = await media_rows.get(db, workspace_id, picture.media_id)
        if text and (asset is None or asset.alt_text):
            return  # a person was faster
        if text and await media_rows.is_planned_by_people(db, picture.media_id):
            _say_planned(db, workspace_id, picture.persona, picture.filename)
            return
        if text and not await media_rows.describe_if_nobody_has(
            db, workspace_id, picture.media_id, text
        ):
            return
        aftermath(db).workspaces.add(workspace_id)
        log.note(db, workspace_id, words, persona=picture.persona, is_warning=is_warning)


def _say_planned(db: AsyncSession, workspace_id: int, persona: str, filename: str) -> None:
    """Say why a picture stays as it is: what nobody reads must not go out with people's posts."""
    words = (
        f"{filename} has no description, and none was given to it: a post that is not out yet has"
        " this picture, too."
    )
    log.note(db, workspace_id, words, persona=persona, is_warning=True)
    aftermath(db).workspaces.add(workspace_id)
