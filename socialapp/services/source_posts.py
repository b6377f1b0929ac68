"""The posts that become of a source's items: each exactly once, whoever makes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from socialapp.domain import sources as rules
from socialapp.domain.errors import ForPeople, NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.sources import Becomes, Item, ItemState
from socialapp.services import ahead, dry_run, posts, queueing, schedules, sources
from socialapp.services.writing import VariantGiven
from socialapp.store import people
from socialapp.store import sources as rows
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Channel, Post, Source, SourceItem

_WAITS_FOR_PEOPLE = frozenset(
    {"no_free_slot", "no_slots", "channel_unknown", "channel_required", "conflict"}
)
"""It is the channels' trouble: the next item would have it, too."""


_CANNOT_BE_A_POST = frozenset({"text_required", "text_too_long"})
"""It is the item's own trouble: the next one may be made."""


async def make(database: Database, workspace_id: int, source_id: int, *, now: datetime) -> str:
    """Make posts of what waits, as many as the day allows; return what is in the way, for people.

    Each is made in a transaction of its own, which also says that it was made.
    """
    said = ""
    while True:
        try:
            async with database.transaction() as db:
                words = await _make_next(db, workspace_id, source_id, now=now)
        except ForPeople as no:
            if no.code not in _CANNOT_BE_A_POST:
                return no.detail
            async with database.transaction() as db:
                await _leave_out(db, workspace_id, source_id)
            words = f"An item was left out. {no.detail}"
        if words is None:
            return said
        said = words or said


async def _make_next(
    db: AsyncSession, workspace_id: int, source_id: int, *, now: datetime
) -> str | None:
    """Make the next post. None: nothing is to be made; else why it became only a draft, or ""."""
    workspace = await people.keep_workspace(db, workspace_id)
    source = await rows.get(db, workspace_id, source_id, lock=True)
    if source is None or source.paused_at:
        return None
    made = await rows.made_since(db, source_id, since=now - timedelta(days=1))
    item = await rows.next_waiting(db, source_id) if made < source.per_day else None
    if item is None:
        return None
    by = await ahead.maker(db, workspace_id, source.created_by, zone=workspace.zone)
    post = await _write(db, by, source, item, now=now)
    item.made_at = now
    if source.becomes == Becomes.QUEUE:
        try:
            async with db.begin_nested():
                await queueing.add(
                    db, by, post_id=post.id or 0, channel_ids=source.channel_ids, now=now
                )
        except ForPeople as no:
            if no.code in _WAITS_FOR_PEOPLE:
                raise
            what = item.title or item.link or "An item"
            return f"“{what[:80]}” became a draft and was not queued. {no.detail}"
    return ""


async def _leave_out(db: AsyncSession, workspace_id: int, source_id: int) -> None:
    """Go on without the next item."""
    await people.keep_workspace(db, workspace_id)
    await rows.get(db, workspace_id, source_id, lock=True)
    if item := await rows.next_waiting(db, source_id):
        item.state = str(ItemState.LEFT_OUT)
        db.add(item)


async def _write(
    db: AsyncSession, by: Member, source: Source, item: SourceItem, *, now: datetime
) -> Post:
    to = await _channels(db, by, source.channel_ids)
    text, variants = words_for(source.template, as_item(item), to, zone=by.zone)
    post = await posts.create(
        db,
        by,
        text=text,
        variants=variants,
        channel_ids=[channel.id or 0 for channel in to],
        now=now,
    )
    item.state, item.post_id = str(ItemState.MADE), post.id
    db.add(item)
    await db.flush()
    return post


async def _channels(db: AsyncSession, by: Member, ids: Sequence[int]) -> list[Channel]:
    if not ids:
        message = "None of its channels is there any more. Choose others."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    return await schedules.channels_for(db, by, ids)


def words_for(
    template: str, item: Item, to: Sequence[Channel], *, zone: str
) -> tuple[str, dict[int, VariantGiven]]:
    """Return the text of a post, and the shorter one of each channel for which it is too long."""
    text = rules.text_of(template, item, zone=zone)
    found = {}
    for channel in to:
        _, can = dry_run.takes(channel)
        shorter = rules.fitted(template, item, can, zone=zone)
        if shorter != text:
            found[channel.id or 0] = VariantGiven(text=shorter)
    return text, found


def as_item(row: SourceItem) -> Item:
    """Return a kept item as the rules see it."""
    return Item(row.key, row.title, row.link, row.summary, row.author, row.published_at)


async def take(
    db: AsyncSession, by: Member, source_id: int, number: int, *, now: datetime
) -> list[Post]:
    """Make drafts of the newest that were there first; of each at most one, ever."""
    sources.allow(by)
    if not 1 <= number <= sources.TAKEN_AT_MOST:
        message = f"From 1 to {sources.TAKEN_AT_MOST} items can be taken at once."
        raise Rejected(Problem("number_invalid", message, "number"))
    await people.keep_workspace(db, by.workspace_id)
    source = await rows.get(db, by.workspace_id, source_id, lock=True)
    if source is None:
        raise NotFound("There is no such source.")
    newest = await rows.newest_known(db, source_id, number=number)
    made = []
    for item in newest:
        try:
            async with db.begin_nested():
                made.append(await _write(db, by, source, item, now=now))
        except Rejected as no:
            if no.code not in _CANNOT_BE_A_POST:
                raise
    aftermath(db).workspaces.add(by.workspace_id)
    return made
