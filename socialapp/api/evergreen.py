"""Evergreen lists: make, fill, look at what comes, start, pause, end."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.evergreen_views import (
    ContentIn,
    EntryChange,
    EntryOut,
    History,
    ListChange,
    ListOut,
    ListPage,
    NewEntry,
    NewList,
    NextOut,
    PastOut,
    Upcoming,
    changes,
    entries_out,
    lists_out,
    times_of,
)
from socialapp.api.series import Skip
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.evergreen import Rhythm
from socialapp.services import evergreen
from socialapp.services import evergreen_entries as entries
from socialapp.services.evergreen import Settings
from socialapp.services.evergreen_entries import Content, Limits
from socialapp.store import evergreen as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import EvergreenList

router = APIRouter(prefix="/api/evergreen", tags=["Evergreen lists"], route_class=Guarded)


async def _one(db: AsyncSession, found: EvergreenList) -> ListOut:
    return (await lists_out(db, [found]))[0]


async def _entry(db: AsyncSession, found: EvergreenList, entry_id: int) -> EntryOut:
    there = (await entries_out(db, found.workspace_id, [found.id or 0])).get(found.id or 0, [])
    return next(entry for entry in there if entry.id == entry_id)


def _until(words: str | None, zone: str) -> datetime | None:
    return moments.read(words, zone=zone).at if words else None


def _content(given: ContentIn) -> Content:
    if given.post_id is not None and (given.text or given.media_ids):
        message = "Give `post_id` or `text`, not both. Nothing was changed."
        raise Rejected(Problem("one_of_two", message, "post_id"))
    return Content(given.text, given.media_ids, given.post_id)


@router.get("", responses=problems(400, 401, 403))
async def list_evergreen_lists(
    by: Reads,
    db: Reading,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Words, Query(max_length=300)] = "",
) -> ListPage:
    """List the evergreen lists that have not been ended, the newest first."""
    page = await rows.page(db, by.workspace_id, limit=limit, cursor=cursor)
    items = await lists_out(db, page.items)
    return ListPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.post("", status_code=201, responses=problems(400, 401, 403))
async def make_evergreen_list(new: NewList, by: Publishes, db: Transaction) -> ListOut:
    """Make a list. It is paused: add entries, look at `upcoming`, then start it."""
    zone = new.timezone or by.zone
    settings = Settings(
        name=new.name,
        channel_ids=tuple(new.channel_ids),
        rhythm=Rhythm(times_of(new.times), new.per_week or 0),
        timezone=zone,
        rest_days=new.rest_days,
        ends_at=_until(new.ends_at, zone),
        rounds=new.rounds,
    )
    return await _one(db, await evergreen.create(db, by, settings, now=utc_now()))


@router.get("/{list_id}", responses=problems(400, 401, 403, 404))
async def get_evergreen_list(list_id: Id, by: Reads, db: Reading) -> ListOut:
    """Return a list with its entries."""
    return await _one(db, await evergreen.get(db, by, list_id))


@router.patch("/{list_id}", responses=problems(400, 401, 403, 404, 409))
async def change_evergreen_list(
    list_id: Id, change: ListChange, by: Publishes, db: Transaction
) -> ListOut:
    """Change how a list goes round, and pause or start it."""
    now = utc_now()
    given = changes(change)
    is_paused = given.pop("is_paused", None)
    found = await evergreen.get(db, by, list_id, lock=True)
    if is_paused is True:
        found = await evergreen.pause(db, by, list_id, now=now)
    if given:
        found = await evergreen.change(db, by, list_id, _changed(found, given), now=now)
    if is_paused is False:
        found = await evergreen.start(db, by, list_id, now=now)
    return await _one(db, found)


def _changed(found: EvergreenList, given: dict[str, object]) -> Settings:
    before = evergreen.settings_of(found)
    if given.get("times") is not None and given.get("per_week") is not None:
        message = "Give `times` or `per_week`, not both. Nothing was changed."
        raise Rejected(Problem("one_of_two", message, "per_week"))
    change = ListChange.model_construct(**given)  # type: ignore[arg-type]
    after = before
    if change.times is not None:
        after = replace(after, rhythm=Rhythm(times_of(change.times)))
    if change.per_week is not None:
        after = replace(after, rhythm=Rhythm(per_week=change.per_week))
    if change.channel_ids is not None:
        after = replace(after, channel_ids=tuple(change.channel_ids))
    if "ends_at" in given:
        zone = change.timezone or before.timezone
        after = replace(after, ends_at=_until(change.ends_at, zone))
    if "rounds" in given:
        after = replace(after, rounds=change.rounds)
    return replace(
        after,
        name=change.name or before.name,
        timezone=change.timezone or before.timezone,
        rest_days=change.rest_days or before.rest_days,
    )


@router.delete("/{list_id}", responses=problems(400, 401, 403, 404, 409))
async def end_evergreen_list(list_id: Id, by: Publishes, db: Transaction) -> ListOut:
    """End a list for good: what it has planned goes to the trash, what is out stays."""
    return await _one(db, await evergreen.end(db, by, list_id, now=utc_now()))


@router.get("/{list_id}/upcoming", responses=problems(400, 401, 403, 404))
async def upcoming_turns(list_id: Id, by: Reads, db: Reading) -> Upcoming:
    """Say what goes out in the next two weeks and why; of a paused list, what would."""
    found = await evergreen.get(db, by, list_id)
    coming = await evergreen.upcoming(db, by, found, now=utc_now())
    return Upcoming(items=[NextOut.of(each) for each in coming])


@router.get("/{list_id}/history", responses=problems(400, 401, 403, 404))
async def past_turns(
    list_id: Id, by: Reads, db: Reading, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> History:
    """Return the last turns, newest first."""
    await evergreen.get(db, by, list_id)
    found = await rows.past(db, list_id, limit=limit)
    return History(items=[PastOut.of(turn, post) for turn, post in found])


@router.post("/{list_id}/skip", responses=problems(400, 401, 403, 404, 409))
async def skip_turn(list_id: Id, skip: Skip, by: Publishes, db: Transaction) -> ListOut:
    """Leave out a turn, named by its `turn_at`; also one that is not made yet."""
    found = await evergreen.get(db, by, list_id, lock=True)
    at = moments.read(skip.at, zone=found.timezone).at
    return await _one(db, await evergreen.skip(db, by, list_id, at=at, now=utc_now()))


@router.post("/{list_id}/entries", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def add_entry(list_id: Id, new: NewEntry, by: Publishes, db: Transaction) -> EntryOut:
    """Add an entry: written, or as a copy of a post. Refused as a channel would refuse it."""
    found = await evergreen.get(db, by, list_id, lock=True)
    limits = Limits(new.at_most, _until(new.until, found.timezone))
    made = await entries.add(db, by, list_id, _content(new), limits, now=utc_now())
    return await _entry(db, found, made.id or 0)


@router.patch("/{list_id}/entries/{entry_id}", responses=problems(400, 401, 403, 404, 409))
async def limit_entry(
    list_id: Id, entry_id: Id, change: EntryChange, by: Publishes, db: Transaction
) -> EntryOut:
    """Change when an entry has gone out enough."""
    found = await evergreen.get(db, by, list_id, lock=True)
    entry = await rows.entry(db, by.workspace_id, list_id, entry_id)
    if entry is None:
        raise NotFound("There is no such entry.")
    given = changes(change)
    until = _until(given["until"], found.timezone) if "until" in given else entry.until
    limits = Limits(given.get("at_most", entry.at_most), until)
    await entries.limit(db, by, list_id, entry_id, limits, now=utc_now())
    return await _entry(db, found, entry_id)


@router.delete(
    "/{list_id}/entries/{entry_id}", status_code=204, responses=problems(400, 401, 403, 404, 409)
)
async def remove_entry(list_id: Id, entry_id: Id, by: Publishes, db: Transaction) -> None:
    """Take an entry out: what is planned of it is taken back, what is out stays."""
    await entries.remove(db, by, list_id, entry_id, now=utc_now())


@router.post(
    "/{list_id}/entries/{entry_id}/wordings",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409),
)
async def add_wording(
    list_id: Id, entry_id: Id, new: ContentIn, by: Publishes, db: Transaction
) -> EntryOut:
    """Add another wording to an entry."""
    found = await evergreen.get(db, by, list_id, lock=True)
    await entries.add_wording(db, by, list_id, entry_id, _content(new), now=utc_now())
    return await _entry(db, found, entry_id)


@router.put(
    "/{list_id}/entries/{entry_id}/wordings/{wording_id}",
    responses=problems(400, 401, 403, 404, 409),
)
async def rewrite_wording(
    list_id: Id, entry_id: Id, wording_id: Id, new: ContentIn, by: Publishes, db: Transaction
) -> EntryOut:
    """Change what a wording says, also where it is planned. What is out stays as it was."""
    found = await evergreen.get(db, by, list_id, lock=True)
    await entries.rewrite(db, by, list_id, entry_id, wording_id, _content(new), now=utc_now())
    return await _entry(db, found, entry_id)


@router.delete(
    "/{list_id}/entries/{entry_id}/wordings/{wording_id}",
    status_code=204,
    responses=problems(400, 401, 403, 404, 409),
)
async def remove_wording(
    list_id: Id, entry_id: Id, wording_id: Id, by: Publishes, db: Transaction
) -> None:
    """Take a wording away; the last one goes with its entry only."""
    await entries.remove_wording(db, by, list_id, entry_id, wording_id, now=utc_now())
