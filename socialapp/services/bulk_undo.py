"""The way back of what was done to many posts: each as it was, unless somebody touched it since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Conflict, ForPeople
from socialapp.domain.people import Member
from socialapp.services import assigning, moves, posts, schedules, versions
from socialapp.services.assigning import How
from socialapp.services.moves import Before
from socialapp.services.together import Begin
from socialapp.store import people
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession


@dataclass(frozen=True)
class Back:
    """The way back for one post."""

    post_id: int
    revision: int
    """That it had afterwards; at another it is left alone."""
    tags: tuple[str, ...] | None = None
    channels: tuple[tuple[int | None, tuple[int, ...]], ...] = ()
    """By the schedule; by None those of a draft."""
    made: tuple[tuple[int, datetime], ...] = ()
    """Schedules that were made, and for when."""
    cancelled: tuple[Before, ...] = ()
    is_in_trash: bool = False


async def undo(
    begin: Begin, by: Member, done: Sequence[Back], *, now: datetime
) -> tuple[int, list[str]]:
    """Put posts back as they were; returns how many, and why others were left alone."""
    back, troubles = 0, list[str]()
    ours: dict[int, int] = {}  # what putting back made of the revisions of posts
    for each in reversed(done):
        try:
            async with begin() as db:
                revision = ours.get(each.post_id, each.revision)
                troubles += await _put_back(db, by, each, revision, now)
                ours[each.post_id] = await _revision(db, by, each.post_id)
            back += 1
        except ForPeople as no:
            troubles.append(no.detail)
    return back, troubles


async def _revision(db: AsyncSession, by: Member, post_id: int) -> int:
    post = await posts.get(db, by, post_id, kind=None)
    await db.refresh(post)
    return post.revision


async def _put_back(
    db: AsyncSession, by: Member, was: Back, revision: int, now: datetime
) -> list[str]:
    await people.keep_workspace(db, by.workspace_id)
    if was.is_in_trash:
        return await _out_of_the_trash(db, by, was, now)
    post = await posts.get(db, by, was.post_id, kind=None, lock=True)
    await db.refresh(post)
    if post.revision != revision:
        raise Conflict("Somebody changed it since then; it was left as it is.")
    if was.tags is not None:
        tags = list(was.tags)
        await posts.edit(db, by, was.post_id, kind=None, revision=None, tags=tags, now=now)
    for schedule_id, channel_ids in was.channels:
        if schedule_id is None and await _is_planned(db, was.post_id):
            raise Conflict("It was planned since then; its channels stay.")
        await assigning.assign(
            db,
            by,
            was.post_id,
            how=How.REPLACE,
            channel_ids=channel_ids,
            schedule_id=schedule_id,
            now=now,
        )
    for schedule_id, at in was.made:
        made = await schedules.get(db, by, schedule_id, now=now)
        if made.scheduled_at != at:
            raise Conflict("Somebody moved it since then; it stays in the queue.")
        await schedules.cancel(db, by, schedule_id, now=now)
    return []


async def _is_planned(db: AsyncSession, post_id: int) -> bool:
    there = await schedule_rows.of_post(db, post_id)
    return any(each.status != Shown.CANCELLED for each in there)


async def _out_of_the_trash(db: AsyncSession, by: Member, was: Back, now: datetime) -> list[str]:
    if not await post_rows.restore(db, by.workspace_id, was.post_id, was.revision, now=now):
        raise Conflict("It is not in the trash any more, or was changed there.")
    post = await posts.get(db, by, was.post_id, kind=None, lock=True)
    await db.refresh(post)
    await versions.after_edit(db, by, post, now=now)
    troubles, ours = [], set[int]()
    for each in was.cancelled:
        try:
            async with db.begin_nested():
                await moves.undo(db, by, [replace(each, put_at=None)], ours=ours, now=now)
        except ForPeople as no:
            troubles.append(no.detail)
    return troubles
