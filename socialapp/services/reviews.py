"""Review links: somebody without an account sees posts as they will be, and comments.

What is said through a link is advice: it is no approval, whatever the workspace's rule.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import review as rules
from socialapp.domain.approval import ADVICE, Said
from socialapp.domain.content import Capabilities, Content
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    Problem,
    Rejected,
    Stale,
    TooMany,
)
from socialapp.domain.people import Member, Right
from socialapp.domain.text import excerpt, storable
from socialapp.services import dry_run, members, notifications
from socialapp.store import channels, contents, people, posts, reviews, schedules
from socialapp.store.reviews import Listed
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import (
    Channel,
    Delivery,
    MediaAsset,
    Post,
    PostComment,
    ReviewLink,
    Schedule,
)

LINKS_AT_MOST = 500
"""That open at once, in a workspace."""
SECRET_AT_MOST = 100
OPENED_EVERY = timedelta(minutes=1)
SAID_WITHIN = timedelta(minutes=10)
SAID_AT_MOST = 20
SAID_IN_ALL = 500
"""Through one link within that time; all its readers share it."""
_EXCERPT = 120
_NEWS = {
    Said.COMMENT: "commented",
    Said.LOOKS_GOOD: "says that it looks good",
    Said.WANTS_CHANGES: "asks for changes",
}


def _allow(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("Only who may write here makes and revokes review links.")


async def create(
    db: AsyncSession,
    by: Member,
    post_ids: Sequence[int],
    *,
    days: int = rules.LASTS_AT_FIRST,
    takes_advice: bool = False,
    now: datetime,
) -> tuple[ReviewLink, str]:
    """Make a link to posts and pages, and return it with its secret: shown once.

    It ends when its days are over, when it is revoked, or when whoever made it is removed.
    """
    _allow(by)
    ids = list(dict.fromkeys(post_ids))
    if days not in rules.LASTS_DAYS:
        message = f"A link lasts {', '.join(map(str, rules.LASTS_DAYS))} days. None was made."
        raise Rejected(Problem("days_unknown", message, "days"))
    if not 0 < len(ids) <= rules.POSTS_AT_MOST:
        message = f"Choose between 1 and {rules.POSTS_AT_MOST} posts. No link was made."
        raise Rejected(Problem("posts_number", message, "post_ids"))
    for post_id in ids:
        if await posts.get(db, by.workspace_id, post_id, kind=None) is None:
            raise NotFound("There is no such post. No link was made.")
    await people.one_at_a_time(db, f"reviews:{by.workspace_id}")
    if len(await reviews.of_workspace(db, by.workspace_id, now=now)) >= LINKS_AT_MOST:
        raise Conflict("There are too many review links. Revoke some first.")
    secret = secrets.token_urlsafe(32)
    made = ReviewLink(
        workspace_id=by.workspace_id,
        secret_hash=members.hash_secret(secret),
        takes_advice=takes_advice,
        created_by=by.person_id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    await reviews.add(db, made, ids)
    return made, secret


async def of_workspace(
    db: AsyncSession, by: Member, *, post_ids: Sequence[int] = (), now: datetime
) -> list[Listed]:
    """Return the links that still open, newest first; only those that show one of these posts."""
    found = await reviews.of_workspace(db, by.workspace_id, now=now)
    wanted = set(post_ids)
    return [each for each in found if not wanted or wanted & set(each.post_ids)]


async def revoke(db: AsyncSession, by: Member, link_id: int, *, now: datetime) -> None:
    """End a link, at once."""
    _allow(by)
    if not await reviews.revoke(db, by.workspace_id, link_id, now=now):
        raise NotFound("There is no such review link.")


@dataclass(frozen=True)
class AtChannel:
    """A post as one channel will show it."""

    channel_id: int
    name: str
    handle: str
    network: str
    can: Capabilities
    content: Content


@dataclass(frozen=True)
class Reviewed:
    """One post, as its reader sees it."""

    post: Post
    status: Shown
    planned: tuple[tuple[datetime, str], ...]
    """When it goes out or went, each with its zone."""
    shared: Content
    channels: tuple[AtChannel, ...]
    said: tuple[PostComment, ...]
    """Through this link only: what members say stays among them."""


@dataclass(frozen=True)
class Review:
    """All that is behind a link."""

    link: ReviewLink
    workspace_name: str
    made_by: str
    posts: tuple[Reviewed, ...]


async def look(database: Database, secret: str, *, now: datetime) -> Review:
    """Return what a link shows; that it was opened is noted once a minute.

    Raises NotFound, in the same words whether it has expired, was revoked or never made.
    """
    async with database.reading() as db:
        link, workspace_name, made_by = await _opens(db, secret, now=now)
        there = await reviews.posts_of(db, link)
        if not there:
            raise _gone()
        shown = await _reviewed(db, link, there)
    if link.last_opened_at is None or now - link.last_opened_at > OPENED_EVERY:
        async with database.transaction() as db:
            await reviews.opened(db, link.id or 0, now=now)
    return Review(link, workspace_name, made_by, shown)


async def comment(
    db: AsyncSession,
    secret: str,
    post_id: int,
    *,
    name: str,
    text: str,
    said: Said = Said.COMMENT,
    revision: int | None = None,
    now: datetime,
) -> PostComment:
    """Say something about a post, beside what its people say.

    Advice is about the `revision` that was read. Raises Stale when the post is another by now,
    TooMany when too much was said.
    """
    link, _, _ = await _opens(db, secret, now=now)
    name, text = storable(name), storable(text)
    rules.check(said, name=name, text=text, takes_advice=link.takes_advice)
    if post_id not in {post.id for post in await reviews.posts_of(db, link)}:
        raise NotFound("This link does not show that post. Nothing was sent.")
    post = await posts.get(db, link.workspace_id, post_id, kind=None, lock=True)
    if post is None:
        raise _gone()
    await db.refresh(post)
    if said in ADVICE and revision != post.revision:
        raise Stale("It was changed meanwhile. Look at it again; nothing was sent.")
    await people.one_at_a_time(db, f"review:{link.id}")
    if await reviews.count_said(db, link.id or 0, since=now - SAID_WITHIN) >= SAID_AT_MOST:
        minutes = int(SAID_WITHIN.total_seconds() // 60)
        raise TooMany(
            f"Too much was said through this link. Try again in {minutes} minutes.",
            retry_after_s=int(SAID_WITHIN.total_seconds()),
        )
    if await reviews.count_said(db, link.id or 0, since=link.created_at) >= SAID_IN_ALL:
        message = "As much as a link takes was said through this one. Ask for another."
        raise TooMany(message, retry_after_s=int(SAID_WITHIN.total_seconds()))
    kept = PostComment(
        workspace_id=post.workspace_id,
        post_id=post_id,
        revision=post.revision,
        kind=said,
        author_name=name.strip(),
        link_id=link.id,
        text=text.strip(),
        created_at=now,
    )
    db.add(kept)
    await db.flush()
    await _tell(db, post, kept, now=now)
    return kept


async def _tell(db: AsyncSession, post: Post, kept: PostComment, *, now: datetime) -> None:
    about = excerpt(post.title or post.text, _EXCERPT) or f"A {post.kind} without text"
    await notifications.tell_from_outside(
        db,
        post.workspace_id,
        post_id=post.id or 0,
        comment_id=kept.id or 0,
        title=f"{kept.author_name} (outside) {_NEWS[Said(kept.kind)]}",
        text=f"{about}: {excerpt(kept.text, _EXCERPT)}" if kept.text else about,
        now=now,
    )
    ids = [each.id or 0 for each in await schedules.of_post(db, post.id or 0)]
    await schedules.lock(db, ids)
    await schedules.refresh_status(db, ids, now=now)  # whoever has it open reads it again
    aftermath(db).workspaces.add(post.workspace_id)


async def medium(
    db: AsyncSession, link_id: int, media_id: int, tag: str, *, now: datetime
) -> MediaAsset:
    """Return a medium that a link shows. Raises NotFound for every other."""
    found = await reviews.medium(db, link_id, media_id, now=now)
    if found is None or not hmac.compare_digest(
        rules.tag(found[1], media_id).encode(), tag.encode()
    ):
        raise NotFound("There is nothing here.")
    return found[0]


def _gone() -> NotFound:
    return NotFound(
        "This link has expired, or it was taken back. Ask whoever sent it for a new one.",
        code="review_gone",
    )


async def _opens(db: AsyncSession, secret: str, *, now: datetime) -> tuple[ReviewLink, str, str]:
    # Whatever else stands there is none of ours, and could not even be hashed.
    found = None
    if secret.isascii() and 0 < len(secret) <= SECRET_AT_MOST:
        found = await reviews.by_secret(db, members.hash_secret(secret), now=now)
    if found is None:
        raise _gone()
    link, workspace, made_by = found
    return link, workspace.name, made_by


async def _reviewed(
    db: AsyncSession, link: ReviewLink, there: Sequence[Post]
) -> tuple[Reviewed, ...]:
    ids = [post.id or 0 for post in there]
    written = await contents.written(db, ids)
    said = await reviews.said_through(db, link.id or 0)
    planned = {post_id: await _planned(db, post_id) for post_id in ids}
    goes_to = {
        post.id or 0: _goes_to(planned[post.id or 0]) or list(post.channel_ids) for post in there
    }
    every = {channel_id for some in goes_to.values() for channel_id in some}
    known = await channels.by_id(db, link.workspace_id, every)
    return tuple(
        Reviewed(
            post=post,
            status=Shown(post.status),
            planned=tuple((each.scheduled_at, each.timezone) for each, _ in planned[post.id or 0]),
            shared=written[post.id or 0].shared,
            channels=_at_channels(written[post.id or 0], goes_to[post.id or 0], known),
            said=tuple(said.get(post.id or 0, ())),
        )
        for post in there
    )


async def _planned(db: AsyncSession, post_id: int) -> list[tuple[Schedule, list[Delivery]]]:
    alive = [s for s in await schedules.of_post(db, post_id) if s.status != Shown.CANCELLED]
    parts = await schedules.deliveries_of(db, [s.id or 0 for s in alive])
    return [(s, parts.get(s.id or 0, [])) for s in alive]


def _goes_to(planned: Sequence[tuple[Schedule, Sequence[Delivery]]]) -> list[int]:
    """Return the channels of what is planned, without those that were cancelled."""
    there = (part for _, parts in planned for part in parts)
    return list(dict.fromkeys(p.channel_id for p in there if p.status != Status.CANCELLED))


def _at_channels(
    written: contents.Written, wanted: Sequence[int], known: Mapping[int, Channel]
) -> tuple[AtChannel, ...]:
    found = []
    for channel in (known[each] for each in wanted if each in known):
        network, can = dry_run.takes(channel, written.shared.kind)
        content = written.sent(channel, can)
        found.append(
            AtChannel(channel.id or 0, channel.name, channel.handle, network, can, content)
        )
    return tuple(found)
