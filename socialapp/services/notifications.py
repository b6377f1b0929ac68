"""What people are told: the list, what of it is read, and the hooks for what others find out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event, News, heard
from socialapp.domain.people import Member
from socialapp.store import notifications, people, workers
from socialapp.store.notifications import Told
from socialapp.store.session import AsyncSession

NO_WORKER_AFTER = timedelta(minutes=5)
"""A restart or an upgrade takes less."""


@dataclass(frozen=True)
class Inbox:
    """What somebody was told last, newest first, and how much they have not read."""

    told: list[Told]
    unread: int


async def inbox(db: AsyncSession, by: Member, *, limit: int = notifications.LISTED) -> Inbox:
    """Return it; for a program, which reads for nobody, all is unread."""
    events = heard(by.rights)
    return Inbox(
        await notifications.newest(db, by.workspace_id, by.person_id, events=events, limit=limit),
        await notifications.unread(db, by.workspace_id, by.person_id, events=events),
    )


async def read(
    db: AsyncSession, by: Member, ids: Collection[int] | None = None, *, now: datetime
) -> None:
    """Note that `by` has read these, or all without `ids`. Twice is harmless."""
    if by.person_id is None:
        raise Conflict("A key reads for nobody. Sign in as the person who has read it.")
    if ids is not None and await notifications.missing(db, by.workspace_id, by.person_id, ids):
        raise NotFound("There is no such notification.")
    await notifications.read(db, by.workspace_id, by.person_id, ids, now=now)


async def tell_of_approval(
    db: AsyncSession,
    workspace_id: int,
    *,
    post_id: int,
    what: str,
    title: str,
    text: str = "",
    now: datetime,
) -> None:
    """Tell a workspace of a step of an approval, in the transaction that takes it.

    `what` names the step for ever, like `requested:3` (the post's revision): the same step of the
    same post is told once. `title` and `text` are for people.
    """
    key = f"{Event.APPROVAL}:{post_id}:{what}"
    news = News(workspace_id, Event.APPROVAL, key, title=title, text=text, post_id=post_id)
    await notifications.tell(db, [news], now=now)


async def tell_from_outside(
    db: AsyncSession,
    workspace_id: int,
    *,
    post_id: int,
    comment_id: int,
    title: str,
    text: str,
    now: datetime,
) -> None:
    """Tell a workspace what somebody said through a review link, with the comment itself.

    A stranger's "@everyone" calls nobody where it is told: a mention ends at what is put in it.
    """
    title, text = (words.replace("@", "@\u200b") for words in (title, text))
    key = f"{Event.OUTSIDE}:{comment_id}"
    news = News(workspace_id, Event.OUTSIDE, key, title=title, text=text, post_id=post_id)
    await notifications.tell(db, [news], now=now)


async def tell_of_comment(
    db: AsyncSession,
    workspace_id: int,
    *,
    post_id: int,
    comment_id: int,
    people: Collection[int],
    title: str,
    text: str,
    now: datetime,
) -> None:
    """Tell some people what a member said about a post, with the comment itself; others not."""
    news = [
        News(
            workspace_id,
            Event.COMMENT,
            f"{Event.COMMENT}:{comment_id}:{person_id}",
            title=title,
            text=text,
            post_id=post_id,
            person_id=person_id,
        )
        for person_id in sorted(people)
    ]
    await notifications.tell(db, news, now=now)


async def miss_the_worker(db: AsyncSession, *, now: datetime) -> None:
    """Tell everybody when no worker has left a sign of life for a while; once for each while."""
    seen_at = max((beat.seen_at for beat in (await workers.beats(db)).values()), default=None)
    if seen_at is None or now - seen_at < NO_WORKER_AFTER:
        return
    text = (
        "Nothing is published until one runs again. Start it with “socialapp run”, or “socialapp"
        " worker” on the server."
    )
    news = [
        News(
            workspace_id,
            Event.NO_WORKER,
            f"{Event.NO_WORKER}:{iso(seen_at)}",
            title="The worker is not running",
            text=text,
        )
        for workspace_id in await people.workspace_ids(db)
    ]
    await notifications.tell(db, news, now=now)
