"""Posts: create, edit with a revision, delete, restore."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from socialapp.domain import labels
from socialapp.domain import text as texts
from socialapp.domain.checks import AltText
from socialapp.domain.content import Kind
from socialapp.domain.delivery import IN_FLIGHT, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected, Stale
from socialapp.domain.people import Member, Right
from socialapp.services import approvals, dry_run, versions, writing
from socialapp.services.writing import Given, PartGiven, VariantGiven
from socialapp.store import channels, contents, deliveries, posts, schedules, slots
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Post


def allow(by: Member) -> None:
    """Raise NotAllowed for whoever may not write."""
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at posts here, not change them.")


async def create(
    db: AsyncSession,
    by: Member,
    *,
    text: str,
    kind: Kind = Kind.POST,
    title: str = "",
    media_ids: Sequence[int] = (),
    parts: Sequence[PartGiven] = (),
    options: Mapping[str, Any] | None = None,
    variants: Mapping[int, VariantGiven] | None = None,
    attachment_ids: Sequence[int] = (),
    channel_ids: Sequence[int] = (),
    tags: Sequence[str] = (),
    campaign: str = "",
    notes: str = "",
    may_be_blank: bool = False,
    is_aside: bool = False,
    now: datetime,
) -> Post:
    """Keep a new draft. `may_be_blank`: it is being written, and saved meanwhile.

    `is_aside`: it is a pattern, in no list.
    """
    allow(by)
    text = texts.normalised(text)
    _check_not_blank(text, may_be_blank=may_be_blank)
    given = Given(
        text, title, media_ids, parts, options or {}, variants or {}, channel_ids, attachment_ids
    )
    await writing.check(db, by, given)
    post = new(
        by,
        given,
        kind=kind,
        channel_ids=channel_ids,
        tags=tags,
        campaign=campaign,
        notes=notes,
        is_aside=is_aside,
        now=now,
    )
    post_id = await posts.add(db, post)
    await contents.add_media(db, post_id, writing.media_by_place(given))
    if attachment_ids:
        await contents.set_attachments(db, post_id, attachment_ids)
    aftermath(db).workspaces.add(by.workspace_id)
    return post


def new(
    by: Member,
    given: Given,
    *,
    kind: Kind = Kind.POST,
    channel_ids: Sequence[int] = (),
    tags: Sequence[str] = (),
    campaign: str = "",
    notes: str = "",
    is_aside: bool = False,
    now: datetime,
) -> Post:
    """Return a draft, to be added; what is `given` was checked."""
    return Post(
        workspace_id=by.workspace_id,
        kind=kind,
        title=texts.normalised(given.title or ""),
        text=given.text or "",
        parts=writing.kept_parts(given.parts or ()),
        options=dict(given.options or {}),
        variants=writing.kept_variants(given.variants or {}),
        channel_ids=list(channel_ids),
        tags=labels.tags(tags),
        campaign=labels.campaign(campaign),
        notes=notes,
        author_id=by.person_id,
        is_aside=is_aside,
        created_at=now,
        updated_at=now,
    )


async def edit(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    kind: Kind | None = Kind.POST,
    revision: int | None,
    text: str | None = None,
    title: str | None = None,
    media_ids: Sequence[int] | None = None,
    parts: Sequence[PartGiven] | None = None,
    options: Mapping[str, Any] | None = None,
    variants: Mapping[int, VariantGiven] | None = None,
    attachment_ids: Sequence[int] | None = None,
    channel_ids: Sequence[int] | None = None,
    tags: Sequence[str] | None = None,
    campaign: str | None = None,
    notes: str | None = None,
    may_be_blank: bool = False,
    is_pattern: bool = False,
    sitting: str = "",
    restored_from: int | None = None,
    now: datetime,
) -> Post:
    """Change what is given; None leaves a thing as it is, and a revision of None whatever it is.

    What it said before is kept as a version; saves of one `sitting` are one for a while. Raises
    Stale when somebody was faster, Conflict when the post is out or on its way, or aside and not
    changed as the pattern that it is: what is made of it would go out as others approved it.
    """
    allow(by)
    post = await get(db, by, post_id, kind=kind, lock=True)
    if not is_pattern:
        check_not_aside(post)
    given = Given(text, title, media_ids, parts, options, variants, channel_ids, attachment_ids)
    if text is not None:
        _check_not_blank(text, may_be_blank=may_be_blank)
    await writing.check(db, by, given)
    changes = _changes(given, tags=tags, campaign=campaign, notes=notes)
    planned_for = await take_back(db, post)
    if planned_for and channel_ids is not None and set(channel_ids) != planned_for:
        message = f"This {post.kind} is planned, and its channels stay. Cancel it to choose others."
        raise Conflict(message, code="channels_planned")
    media = await contents.media_ids(db, post_id)
    was_approved = post.approved_revision == post.revision
    await versions.before_edit(db, post)
    if not await posts.edit(db, post_id, revision=revision, now=now, **changes):
        message = (
            f"Somebody changed this {post.kind} meanwhile. Nothing was overwritten; reload it."
        )
        raise Stale(message)
    if given.media_ids is not None or given.parts is not None or given.variants is not None:
        await contents.set_media(db, post_id, _media_after(media, given))
    if attachment_ids is not None:
        await contents.set_attachments(db, post_id, attachment_ids)
    await db.refresh(post)
    await versions.after_edit(
        db,
        by,
        post,
        sitting=sitting,
        restored_from=restored_from,
        was_approved=was_approved,
        now=now,
    )
    await approvals.on_edit(db, by, post, before=post.revision - 1, now=now)
    if planned_for:
        there = await channels.by_id(db, by.workspace_id, planned_for)
        await check_channels(db, post, list(there.values()))
    aftermath(db).workspaces.add(by.workspace_id)
    return post


def check_not_aside(post: Post) -> None:
    """Raise Conflict for a pattern, and for a post of a series that is paused."""
    if post.is_aside:
        message = "It belongs to a series, list or template, and is changed there. Nothing changed."
        raise Conflict(message, code="belongs_elsewhere")


def _changes(given: Given, **plain: Any) -> dict[str, Any]:
    changes = {name: value for name, value in plain.items() if value is not None}
    if "tags" in changes:
        changes["tags"] = labels.tags(changes["tags"])
    if "campaign" in changes:
        changes["campaign"] = labels.campaign(changes["campaign"])
    if given.text is not None:
        changes["text"] = texts.normalised(given.text)
    if given.title is not None:
        changes["title"] = texts.normalised(given.title)
    if given.parts is not None:
        changes["parts"] = writing.kept_parts(given.parts)
    if given.options is not None:
        changes["options"] = dict(given.options)
    if given.variants is not None:
        changes["variants"] = writing.kept_variants(given.variants)
    if given.channel_ids is not None:
        changes["channel_ids"] = list(given.channel_ids)
    return changes


def _media_after(before: Mapping[str, Sequence[int]], given: Given) -> dict[str, Sequence[int]]:
    """Return the media by place: those given anew, and those of what was not given."""
    kept = {
        where: ids
        for where, ids in before.items()
        if not (
            (where == "" and given.media_ids is not None)
            or (where.isdigit() and given.parts is not None)
            or (where.startswith("@") and given.variants is not None)
        )
    }
    return {**kept, **{w: ids for w, ids in writing.media_by_place(given).items() if ids}}


async def delete(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    kind: Kind | None = Kind.POST,
    now: datetime,
) -> None:
    """Put a post in the trash; what it had queued is cancelled."""
    allow(by)
    post = await get(db, by, post_id, kind=kind, lock=True)
    await take_back(db, post)
    for schedule in await schedules.of_post(db, post_id):
        await deliveries.change_unsent(db, schedule.id or 0, Status.CANCELLED)
        await slots.give_back(db, [schedule.id or 0])
        await schedules.refresh_status(db, [schedule.id or 0], now=now)
    await posts.edit(db, post_id, revision=None, now=now, deleted_at=now)
    aftermath(db).workspaces.add(by.workspace_id)


async def get(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    kind: Kind | None = Kind.POST,
    lock: bool = False,
) -> Post:
    """Return a post of the workspace. Raises NotFound when it has none of that id and kind."""
    post = await posts.get(db, by.workspace_id, post_id, kind=kind, lock=lock)
    if post is None:
        raise NotFound(f"There is no such {kind or Kind.POST}.")
    return post


async def planned_for(db: AsyncSession, post: Post) -> set[int]:
    """Return the channels that a post is planned for."""
    ids = [schedule.id or 0 for schedule in await schedules.of_post(db, post.id or 0)]
    there = [d for some in (await schedules.deliveries_of(db, ids)).values() for d in some]
    return {d.channel_id for d in there if Status(d.status) is not Status.CANCELLED}


async def take_back(db: AsyncSession, post: Post) -> set[int]:
    """Take unsent deliveries out of the workers' hands: they must not send what is old by now.

    Returns the channels that it is planned for. Raises Conflict when one has left.
    """
    ids = [schedule.id or 0 for schedule in await schedules.of_post(db, post.id or 0)]
    await schedules.lock(db, ids)
    await deliveries.take_back(db, ids)
    there = [d for some in (await schedules.deliveries_of(db, ids)).values() for d in some]
    for delivery in there:
        if words := _CLOSED_WORDS.get(Status(delivery.status)):
            raise Conflict(f"This {post.kind} is {words} and stays as it is.")
        if delivery.progress and Status(delivery.status) is not Status.CANCELLED:
            raise Conflict("A part of this thread is out, so it stays as it is.")
    return {d.channel_id for d in there if Status(d.status) is not Status.CANCELLED}


_CLOSED_WORDS = {
    Status.POSTED: "posted",
    Status.NEEDS_CHECK: "waiting for a check",
    **dict.fromkeys(IN_FLIGHT, "being published"),
}


def _check_not_blank(text: str, *, may_be_blank: bool) -> None:
    if not text.strip() and not may_be_blank:
        raise Rejected(Problem("text_required", "Write something: the text is empty.", "text"))


def check_text(given: Given) -> None:
    """Raise Rejected for a text that cannot be kept."""
    _check_not_blank(given.text or "", may_be_blank=False)
    writing.check_sizes(given)


async def check_channels(db: AsyncSession, post: Post, to: Sequence[Channel]) -> None:
    """Raise Rejected with everything that some channel would refuse."""
    written = (await contents.written(db, [post.id or 0]))[post.id or 0]
    alt_text = await dry_run.alt_text_rule(db, post.workspace_id)
    check_written(written, to, alt_text=alt_text)


def check_written(written: Written, to: Sequence[Channel], *, alt_text: AltText) -> None:
    """Raise Rejected with everything that some channel would refuse of what is written."""
    found: dict[tuple[str, str], Problem] = {}
    for channel in to:
        verdict = dry_run.of_channel(written, channel, alt_text=alt_text).verdict
        for problem in verdict.problems:
            if problem.severity == "error":
                found[problem.code, problem.message] = problem
    if found:
        raise Rejected(*found.values())
