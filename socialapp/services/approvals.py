"""Approval: submit, approve, request changes, comment; and what holds a post until then.

A post that has to be approved has no delivery that is queued: they stand at `needs_approval`, which
no worker takes. An approval is for one revision, so an edit makes it void by itself.
"""

from collections.abc import Collection
from datetime import datetime

from socialapp.domain import approval as rules
from socialapp.domain.approval import Rule, Said
from socialapp.domain.content import Kind
from socialapp.domain.delivery import AWAITING, UNSENT, Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected, Stale
from socialapp.domain.notifications import Event
from socialapp.domain.people import Member, Right, Role
from socialapp.services import notifications
from socialapp.store import approvals, deliveries, destinations, people, posts, schedules, team
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Post, PostComment

TEXT_AT_MOST = 5000
EXCERPT = 120
"""Characters of a post or a comment in a notification."""
WAITS = (Shown.NEEDS_APPROVAL, Shown.CHANGES_REQUESTED)


async def rule_of(db: AsyncSession, workspace_id: int) -> Rule:
    """Return the rule of a workspace."""
    return Rule((await people.workspace(db, workspace_id)).approval_rule)


async def is_cleared(db: AsyncSession, workspace_id: int, schedule_ids: Collection[int]) -> bool:
    """Whether nothing of these would have to be approved if it were queued again."""
    rule = await rule_of(db, workspace_id)
    return rule is Rule.NONE or not await approvals.is_any_uncleared(db, schedule_ids)


async def asks(db: AsyncSession, by: Member) -> bool:
    """Whether what this member schedules waits for somebody's approval."""
    rule = await rule_of(db, by.workspace_id)
    return rule is not Rule.NONE and not by.may(Right.APPROVE)


async def on_plan(db: AsyncSession, by: Member, post: Post, *, now: datetime) -> None:
    """Hold what was just queued of a post that is not approved.

    Who may approve does so by planning it. Called by whoever queues a delivery, before the commit.
    """
    rule = await rule_of(db, by.workspace_id)
    if rule is Rule.NONE or post.approved_revision == post.revision:
        return
    if by.may(Right.APPROVE) and await _approve(db, by, post, rule, text="", now=now):
        await _release(db, post, now=now)
        return
    if await approvals.hold(db, await _schedule_ids(db, post)) and not by.may(Right.APPROVE):
        await _tell(db, by, post, Said.SUBMITTED, "", now=now)


async def hold_with_the_rest(db: AsyncSession, post: Post, schedule_id: int) -> None:
    """Hold what was queued again of a schedule whose other deliveries wait, whoever did it."""
    rule = await rule_of(db, post.workspace_id)
    if rule is not Rule.NONE and post.approved_revision != post.revision:
        await approvals.hold(db, [schedule_id])


async def waits_for_answer(db: AsyncSession, post: Post) -> bool:
    """Whether an approval of a post was asked for that nobody has given since."""
    said = await approvals.comments_of(db, post.workspace_id, post.id or 0)
    asked = max((each.revision for each in said if each.kind in _ASKS), default=None)
    return asked is not None and asked > (post.approved_revision or 0)


_ASKS = (Said.SUBMITTED, Said.CHANGES_REQUESTED)


async def on_edit(db: AsyncSession, by: Member, post: Post, *, before: int, now: datetime) -> None:
    """Take the approval away that an edit makes void; who may approve gives theirs by editing.

    Never lets anything go: a keystroke is no approval of what waits. `before` is the revision
    that was edited.
    """
    ids = await _schedule_ids(db, post)
    there = [d for some in (await schedules.deliveries_of(db, ids)).values() for d in some]
    was_cleared = post.approved_revision == before or any(
        Status(d.status) in {*UNSENT, Status.PAUSED} for d in there
    )
    rule = await rule_of(db, by.workspace_id)
    if rule is Rule.NONE or not was_cleared:
        return
    if by.may(Right.APPROVE) and await _approve(db, by, post, rule, text="", now=now):
        return
    if await approvals.hold(db, ids):
        if not by.may(Right.APPROVE):
            await _tell(db, by, post, Said.SUBMITTED, "Changed after it was approved.", now=now)
        await _changed(db, by, ids, now=now)


async def submit(
    db: AsyncSession, by: Member, post_id: int, *, kind: Kind | None, text: str = "", now: datetime
) -> Post:
    """Ask for approval again after changes were requested. Raises Conflict when nothing is held."""
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not submit them.")
    post, ids = await _held(db, by, post_id, kind)
    _check_text(text)
    await approvals.ask_again(db, ids)
    await _tell(db, by, post, Said.SUBMITTED, text, now=now)
    await _changed(db, by, ids, now=now)
    await db.refresh(post)
    return post


async def approve(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    kind: Kind | None,
    revision: int | None = None,
    text: str = "",
    now: datetime,
) -> Post:
    """Approve a post as it stood at `revision` (None: as it is). Raises Stale when it was edited.

    What is planned for later is queued; what is late is missed, and never goes out by itself.
    """
    _check_approver(by)
    _check_text(text)
    await people.keep_workspace(db, by.workspace_id)
    post, ids = await _held(db, by, post_id, kind)
    if revision is not None and revision != post.revision:
        message = f"This {post.kind} was changed meanwhile. Look at it again; it is not approved."
        raise Stale(message)
    rule = await rule_of(db, by.workspace_id)
    if await _approve(db, by, post, rule, text=text, now=now):
        await _release(db, post, now=now)
        await _notify(db, by, post, Said.APPROVED, text, what=f"approved:{post.revision}", now=now)
    await _changed(db, by, ids, now=now)
    await db.refresh(post)
    return post


async def request_changes(
    db: AsyncSession, by: Member, post_id: int, *, kind: Kind | None, text: str, now: datetime
) -> Post:
    """Give a post back to its author, who is told why."""
    _check_approver(by)
    _check_text(text, is_required=True)
    post, ids = await _held(db, by, post_id, kind)
    if not await approvals.ask_for_changes(db, ids):
        raise Conflict("Changes were requested already.")
    await destinations.withdraw(db, post.id or 0, Event.REMINDER)
    await _tell(db, by, post, Said.CHANGES_REQUESTED, text, now=now)
    await _changed(db, by, ids, now=now)
    await db.refresh(post)
    return post


async def comment(
    db: AsyncSession, by: Member, post_id: int, *, kind: Kind | None, text: str, now: datetime
) -> PostComment:
    """Say something about a post; who wrote it and who said something of it before are told."""
    if not (by.may(Right.WRITE) or by.may(Right.APPROVE)):
        raise NotAllowed("You may look at posts here, not comment on them.")
    _check_text(text, is_required=True)
    post = await _post(db, by, post_id, kind)
    said = _say(db, by, post, Said.COMMENT, text, now=now)
    await db.flush()
    await _tell_others(db, by, post, said, now=now)
    ids = await _schedule_ids(db, post)
    await schedules.lock(db, ids)
    await _changed(db, by, ids, now=now)  # whoever has one of them open reads it again
    return said


async def comments_of(
    db: AsyncSession, by: Member, post_id: int, *, kind: Kind | None
) -> list[PostComment]:
    """Return what was said about a post, oldest first."""
    post = await posts.get(db, by.workspace_id, post_id, kind=kind)
    if post is None:
        raise NotFound(f"There is no such {kind or Kind.POST}.")
    return await approvals.comments_of(db, by.workspace_id, post_id)


async def _post(db: AsyncSession, by: Member, post_id: int, kind: Kind | None) -> Post:
    post = await posts.get(db, by.workspace_id, post_id, kind=kind, lock=True)
    if post is None:
        raise NotFound(f"There is no such {kind or Kind.POST}.")
    await db.refresh(post)
    return post


async def _held(
    db: AsyncSession, by: Member, post_id: int, kind: Kind | None
) -> tuple[Post, list[int]]:
    """Return a post that waits for approval, kept from everybody else, and its schedules."""
    post = await _post(db, by, post_id, kind)
    ids = await _schedule_ids(db, post)
    await schedules.lock(db, ids)
    there = [d for some in (await schedules.deliveries_of(db, ids)).values() for d in some]
    if not any(Status(d.status) in AWAITING for d in there):
        message = f"Nothing of this {post.kind} waits for approval. Schedule it first."
        raise Conflict(message, code="not_awaiting")
    return post, ids


async def _schedule_ids(db: AsyncSession, post: Post) -> list[int]:
    return [schedule.id or 0 for schedule in await schedules.of_post(db, post.id or 0)]


async def _approve(
    db: AsyncSession, by: Member, post: Post, rule: Rule, *, text: str, now: datetime
) -> bool:
    """Note an approval; True when it was the last that was needed."""
    _say(db, by, post, Said.APPROVED, text, now=now)
    await db.flush()
    given = await approvals.approvals(db, post)
    roles = await team.roles(db, by.workspace_id)
    cleared = rules.is_cleared(
        rule,
        approved_by={each.author_id for each in given if each.author_id},
        approvers={who for who, role in roles.items() if role == Role.APPROVER},
        has_any=bool(given),
    )
    if cleared:
        await approvals.clear(db, post)
    return cleared


async def _release(db: AsyncSession, post: Post, *, now: datetime) -> None:
    ids = await _schedule_ids(db, post)
    await destinations.withdraw(db, post.id or 0, Event.REMINDER)
    await approvals.release(db, ids, now=now)
    for schedule_id in ids:
        await deliveries.hold_back(db, schedule_id)
    await schedules.refresh_status(db, ids, now=now)
    aftermath(db).is_due_soon = True


async def _changed(
    db: AsyncSession, by: Member, schedule_ids: Collection[int], *, now: datetime
) -> None:
    await schedules.refresh_status(db, schedule_ids, now=now)
    aftermath(db).workspaces.add(by.workspace_id)


def _say(
    db: AsyncSession, by: Member, post: Post, kind: Said, text: str, *, now: datetime
) -> PostComment:
    said = PostComment(
        workspace_id=post.workspace_id,
        post_id=post.id or 0,
        revision=post.revision,
        kind=kind,
        author_id=by.person_id,
        author_name=by.name,
        text=text.strip(),
        created_at=now,
    )
    db.add(said)
    return said


async def _tell(
    db: AsyncSession, by: Member, post: Post, kind: Said, text: str, *, now: datetime
) -> None:
    """Say it beside the post, and tell the workspace."""
    said = _say(db, by, post, kind, text, now=now)
    await db.flush()
    await _notify(db, by, post, kind, text, what=f"{kind}:{said.id}", now=now)


async def _tell_others(
    db: AsyncSession, by: Member, post: Post, said: PostComment, *, now: datetime
) -> None:
    before = await approvals.comments_of(db, by.workspace_id, post.id or 0)
    concerned = {post.author_id, *(each.author_id for each in before if each.text)}
    members = set(await team.roles(db, by.workspace_id))
    await notifications.tell_of_comment(
        db,
        post.workspace_id,
        post_id=post.id or 0,
        comment_id=said.id or 0,
        people={each for each in concerned if each in members and each != by.person_id},
        title=f"{by.name or 'A program'} commented on a {post.kind}",
        text=f"{_words(post)}: {said.text[:EXCERPT]}",
        now=now,
    )


def _words(post: Post) -> str:
    words = " ".join((post.title or post.text).split())[:EXCERPT]
    return words or f"A {post.kind} without text"


_NEWS = {
    Said.SUBMITTED: "{name} asks for approval",
    Said.CHANGES_REQUESTED: "{name} requests changes",
    Said.APPROVED: "{name} approved a {kind}",
}


async def _notify(
    db: AsyncSession, by: Member, post: Post, kind: Said, text: str, *, what: str, now: datetime
) -> None:
    excerpt = _words(post)
    await notifications.tell_of_approval(
        db,
        post.workspace_id,
        post_id=post.id or 0,
        what=what,
        title=_NEWS[kind].format(name=by.name or "A program", kind=post.kind),
        text=f"{excerpt}: {text.strip()[:EXCERPT]}" if text.strip() else excerpt,
        now=now,
    )


def _check_approver(by: Member) -> None:
    if not by.may(Right.APPROVE):
        raise NotAllowed("Only owners, admins and approvers approve posts.")


def _check_text(text: str, *, is_required: bool = False) -> None:
    if is_required and not text.strip():
        raise Rejected(Problem("text_required", "Say what, in a few words.", "comment"))
    if len(text) > TEXT_AT_MOST:
        message = f"A comment has at most {TEXT_AT_MOST} characters. Nothing was saved."
        raise Rejected(Problem("text_too_long", message, "comment"))
