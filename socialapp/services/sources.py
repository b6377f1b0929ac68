"""Sources: feeds whose new items become posts. Make, change, pause, delete, take what was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialapp.domain import sources as rules
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.sources import Becomes
from socialapp.providers.syndication import reader
from socialapp.services import schedules
from socialapp.store import people
from socialapp.store import sources as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Source

SOURCES_AT_MOST = 100
"""Of a workspace."""
TAKEN_AT_MOST = 20
JOB = "look_at_source"


@dataclass(frozen=True)
class Given:
    """What a person says of a source."""

    url: str
    channel_ids: Sequence[int] = ()
    becomes: Becomes = Becomes.DRAFT
    template: str = rules.TEMPLATE
    must_have: Sequence[str] = ()
    must_not_have: Sequence[str] = ()
    per_day: int = 5


def allow(by: Member, *becomes: str) -> None:
    """Raise NotAllowed unless `by` may have posts made of items, and queued where they are."""
    if not by.may(Right.WRITE) or (Becomes.QUEUE in becomes and not by.may(Right.PUBLISH)):
        raise NotAllowed("You may look at sources here, not change them.")


async def create(db: AsyncSession, by: Member, given: Given, *, now: datetime) -> Source:
    """Make a source. A worker reads it at once; what is there by then becomes nothing by itself."""
    allow(by, given.becomes)
    await people.one_at_a_time(db, f"sources:{by.workspace_id}")
    if len(await rows.of_workspace(db, by.workspace_id)) >= SOURCES_AT_MOST:
        raise Conflict(f"A workspace has at most {SOURCES_AT_MOST} sources. Delete one first.")
    source = Source(
        workspace_id=by.workspace_id,
        url="",
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
        look_at=now,
    )
    await _write(db, by, source, given)
    await _kept(db, source)
    aftermath(db).jobs.append((JOB, source.id or 0))
    return source


async def edit(
    db: AsyncSession, by: Member, source_id: int, given: Given, *, now: datetime
) -> Source:
    """Change a source. With another address it begins anew: what is there then is known."""
    source = await _to_change(db, by, source_id)
    allow(by, given.becomes)
    before = source.url
    await _write(db, by, source, given)
    source.updated_at = now
    if not by.may(Right.APPROVE):  # what they let in is not approved by whoever made it
        source.created_by = by.person_id
    if source.url != before:
        source.feed_url = source.title = ""
        await _begin_anew(db, source, now=now)
    return await _kept(db, source)


async def _write(db: AsyncSession, by: Member, source: Source, given: Given) -> None:
    if not 1 <= given.per_day <= rules.PER_DAY_AT_MOST:
        message = f"From 1 to {rules.PER_DAY_AT_MOST} posts a day can be made of a source."
        raise Rejected(Problem("per_day_invalid", message, "per_day"))
    if not given.channel_ids:
        message = "Choose at least one channel."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    to = await schedules.channels_for(db, by, given.channel_ids)
    source.url = rules.read_address(given.url, allow_http=reader.allows_http())
    source.channel_ids = [channel.id or 0 for channel in to]
    source.becomes = given.becomes
    source.template = rules.check_template(given.template)
    source.must_have = rules.check_words(given.must_have, field="must_have")
    source.must_not_have = rules.check_words(given.must_not_have, field="must_not_have")
    source.per_day = given.per_day


async def _begin_anew(db: AsyncSession, source: Source, *, now: datetime) -> None:
    source.etag = source.last_modified = source.trouble = ""
    source.trouble_since = source.known_at = source.looking_until = None
    source.asked_to_wait_until = None
    source.failures, source.is_gone = 0, False
    source.look_at = None if source.paused_at else now
    await rows.settle_for_known(db, source.id or 0)
    if source.look_at:
        aftermath(db).jobs.append((JOB, source.id or 0))


async def get(db: AsyncSession, by: Member, source_id: int) -> Source:
    """Return a source of the workspace. Raises NotFound when it has none of that id."""
    source = await rows.get(db, by.workspace_id, source_id)
    if source is None:
        raise NotFound("There is no such source.")
    return source


async def _to_change(db: AsyncSession, by: Member, source_id: int) -> Source:
    await people.keep_workspace(db, by.workspace_id)
    source = await rows.get(db, by.workspace_id, source_id, lock=True)
    if source is None:
        raise NotFound("There is no such source.")
    allow(by, source.becomes)
    return source


async def pause(
    db: AsyncSession, by: Member, source_id: int, *, is_paused: bool, now: datetime
) -> Source:
    """Read a source no more, or again: what came meanwhile is left out. Twice is harmless."""
    source = await _to_change(db, by, source_id)
    if is_paused == bool(source.paused_at):
        return source
    source.paused_at = now if is_paused else None
    await _begin_anew(db, source, now=now)
    return await _kept(db, source)


async def delete(db: AsyncSession, by: Member, source_id: int) -> None:
    """Delete a source; the posts that were made of it stay."""
    source = await _to_change(db, by, source_id)
    await rows.forget(db, source.id or 0)
    aftermath(db).workspaces.add(by.workspace_id)


async def _kept(db: AsyncSession, source: Source) -> Source:
    db.add(source)
    await db.flush()
    aftermath(db).workspaces.add(source.workspace_id)
    return source


def given_of(source: Source, **changes: Any) -> Given:
    """Return what a source was told, with changes."""
    names = ("url", "channel_ids", "becomes", "template", "must_have", "must_not_have", "per_day")
    told = {name: getattr(source, name) for name in names} | changes
    return Given(**told | {"becomes": Becomes(told["becomes"])})
