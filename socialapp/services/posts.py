"""Posts: create, edit with a revision, delete, restore."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from socialapp.domain import checks
from socialapp.domain import text as texts
from socialapp.domain.content import Content
from socialapp.domain.delivery import IN_FLIGHT, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected, Stale
from socialapp.domain.people import Member, Right
from socialapp.providers import kind
from socialapp.store import channels, deliveries, posts, schedules
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, MediaAsset, Post

TEXT_AT_MOST = 100_000
MEDIA_AT_MOST = 50


def _allow(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at posts here, not change them.")


async def create(
    db: AsyncSession,
    by: Member,
    *,
    text: str,
    media_ids: Sequence[int] = (),
    channel_ids: Sequence[int] = (),
    tags: Sequence[str] = (),
    campaign: str = "",
    notes: str = "",
    may_be_blank: bool = False,
    now: datetime,
) -> Post:
    """Keep a new draft. `may_be_blank`: it is being written, and saved meanwhile."""
    _allow(by)
    text = texts.normalised(text)
    _check_text(text, may_be_blank=may_be_blank)
    await _check_media(db, by, media_ids)
    await _check_channels(db, by, channel_ids)
    post = Post(
        workspace_id=by.workspace_id,
        text=text,
        channel_ids=list(channel_ids),
        tags=list(tags),
        campaign=campaign,
        notes=notes,
        author_id=by.person_id,
        created_at=now,
        updated_at=now,
    )
    post_id = await posts.add(db, post)
    await posts.add_media(db, post_id, media_ids)
    aftermath(db).workspaces.add(by.workspace_id)
    return post


async def edit(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    revision: int | None,
    text: str | None = None,
    media_ids: Sequence[int] | None = None,
    channel_ids: Sequence[int] | None = None,
    tags: Sequence[str] | None = None,
    campaign: str | None = None,
    notes: str | None = None,
    may_be_blank: bool = False,
    now: datetime,
) -> Post:
    """Change what is given; None leaves a thing as it is, and a revision of None whatever it is.

    Raises Stale when somebody was faster, Conflict when the post is out or on its way.
    """
    _allow(by)
    post = await _get(db, by, post_id)
    changes: dict[str, Any] = {
        name: value
        for name, value in {
            "tags": list(tags) if tags is not None else None,
            "campaign": campaign,
            "notes": notes,
        }.items()
        if value is not None
    }
    if text is not None:
        changes["text"] = texts.normalised(text)
        _check_text(changes["text"], may_be_blank=may_be_blank)
    if media_ids is not None:
        await _check_media(db, by, media_ids)
    if channel_ids is not None:
        await _check_channels(db, by, channel_ids)
        changes["channel_ids"] = list(channel_ids)
    planned_for = await _take_back(db, post)
    if planned_for and channel_ids is not None and set(channel_ids) != planned_for:
        message = "This post is planned, and its channels stay. Cancel it to choose others."
        raise Conflict(message, code="channels_planned")
    if not await posts.edit(db, post_id, revision=revision, now=now, **changes):
        raise Stale("Somebody changed this post meanwhile. Nothing was overwritten; reload it.")
    if media_ids is not None:
        await posts.set_media(db, post_id, media_ids)
    await db.refresh(post)
    if planned_for:
        there = await channels.by_id(db, by.workspace_id, planned_for)
        await check_channels(db, post, list(there.values()))
    aftermath(db).workspaces.add(by.workspace_id)
    return post


async def delete(db: AsyncSession, by: Member, post_id: int, *, now: datetime) -> None:
    """Put a post in the trash; what it had queued is cancelled."""
    _allow(by)
    post = await _get(db, by, post_id)
    await _take_back(db, post)
    for schedule in await schedules.of_post(db, post_id):
        await deliveries.change_unsent(db, schedule.id or 0, Status.CANCELLED)
        await schedules.refresh_status(db, [schedule.id or 0], now=now)
    await posts.edit(db, post_id, revision=None, now=now, deleted_at=now)
    aftermath(db).workspaces.add(by.workspace_id)


async def _get(db: AsyncSession, by: Member, post_id: int) -> Post:
    post = await posts.get(db, by.workspace_id, post_id, lock=True)
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def _take_back(db: AsyncSession, post: Post) -> set[int]:
    """Take unsent deliveries out of the workers' hands: they must not send what is old by now.

    Returns the channels that it is planned for. Raises Conflict when one has left.
    """
    ids = [schedule.id or 0 for schedule in await schedules.of_post(db, post.id or 0)]
    await schedules.lock(db, ids)
    await deliveries.take_back(db, ids)
    there = [d for some in (await schedules.deliveries_of(db, ids)).values() for d in some]
    for delivery in there:
        if words := _CLOSED_WORDS.get(Status(delivery.status)):
            raise Conflict(f"This post is {words} and stays as it is.")
    return {d.channel_id for d in there if Status(d.status) is not Status.CANCELLED}


_CLOSED_WORDS = {
    Status.POSTED: "posted",
    Status.NEEDS_CHECK: "waiting for a check",
    **dict.fromkeys(IN_FLIGHT, "being published"),
}


def _check_text(text: str, *, may_be_blank: bool) -> None:
    if not text.strip() and not may_be_blank:
        raise Rejected(Problem("text_required", "Write something: the text is empty.", "text"))
    if len(text) > TEXT_AT_MOST:
        message = f"The text is longer than {TEXT_AT_MOST} characters. Nothing was saved."
        raise Rejected(Problem("text_too_long", message, "text"))


async def _check_media(db: AsyncSession, by: Member, media_ids: Sequence[int]) -> None:
    if not media_ids:
        return
    if len(media_ids) > MEDIA_AT_MOST:
        message = f"A post holds at most {MEDIA_AT_MOST} pictures and films."
        raise Rejected(Problem("too_many_media", message, "media_ids"))
    if len(set(media_ids)) != len(media_ids):
        raise Rejected(Problem("media_twice", "A picture is in it twice.", "media_ids"))
    query = select(col(MediaAsset.id)).where(
        MediaAsset.workspace_id == by.workspace_id, col(MediaAsset.id).in_(media_ids)
    )
    known = set((await db.execute(query)).scalars())
    unknown = [str(i) for i in media_ids if i not in known]
    if unknown:
        message = f"There is no media with the id {', '.join(unknown)}. Nothing was saved."
        raise Rejected(Problem("media_unknown", message, "media_ids"))


async def _check_channels(db: AsyncSession, by: Member, channel_ids: Sequence[int]) -> None:
    if not channel_ids:
        return
    known = {c.id for c in await channels.of_workspace(db, by.workspace_id)}
    unknown = [str(i) for i in channel_ids if i not in known]
    if unknown:
        message = f"There is no channel with the id {', '.join(unknown)}. Nothing was saved."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))


async def content(db: AsyncSession, post: Post) -> Content:
    """Return what the checks look at."""
    found = await posts.media_of(db, [post.id or 0])
    return Content(post.text, tuple(posts.as_media(m) for m in found.get(post.id or 0, [])))


async def check_channels(db: AsyncSession, post: Post, to: Sequence[Channel]) -> None:
    """Raise Rejected with everything that some channel would refuse."""
    found_content = await content(db, post)
    found: dict[tuple[str, str], Problem] = {}
    for provider in {kind(channel.provider) for channel in to}:
        verdict = checks.check(found_content, provider.capabilities, network=provider.name)
        for problem in verdict.problems:
            if problem.severity == "error":
                found[problem.code, problem.message] = problem
    if found:
        raise Rejected(*found.values())
