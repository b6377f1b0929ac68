"""What people are told: written with the fact itself, once; and what each of them has read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, exists, func, not_, or_
from sqlmodel import col, select

from socialapp.domain.content import Kind
from socialapp.domain.delivery import IN_FLIGHT, UNSENT
from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event, News, titled
from socialapp.domain.text import storable
from socialapp.store import bulk, destinations, people
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import (
    Channel,
    Delivery,
    Destination,
    Notification,
    NotificationRead,
    Post,
    Schedule,
    Workspace,
)

_NOTIFICATIONS: Table = Notification.__table__  # type: ignore[attr-defined]
_READ: Table = NotificationRead.__table__  # type: ignore[attr-defined]
_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_WAITS = (_DELIVERIES.c.channel_id == col(Channel.id)) & _DELIVERIES.c.status.in_(
    [*UNSENT, *IN_FLIGHT]
)
LISTED = 50
_KEYS_AT_ONCE = 500


async def tell(db: AsyncSession, news: Sequence[News], *, now: datetime) -> int:
    """Keep what is new of it, and show it after the commit; returns how much that was."""
    if not news:
        return 0
    rows = [
        {**asdict(each), "created_at": now}
        | {"title": storable(each.title), "text": storable(each.text)}
        for each in sorted(news, key=lambda each: (each.workspace_id, each.key))
    ]
    kept = await bulk.insert_new(db, _NOTIFICATIONS, rows, returning=_NOTIFICATIONS.c.id)
    found = await db.execute(select(Notification).where(bulk.among(db, _NOTIFICATIONS.c.id, kept)))
    told = list(found.scalars())
    aftermath(db).workspaces.update(each.workspace_id for each in told)
    await destinations.address(db, told, now=now)
    return len(told)


Ended = tuple[Event, int, str]
"""What happened to a delivery, its fence then, and the reason."""


async def tell_of_deliveries(
    db: AsyncSession, ended: Mapping[int, Ended], *, now: datetime
) -> None:
    """Tell of deliveries, by their ids: which post it is, where, and why."""
    if not ended:
        return
    query = (
        select(col(Delivery.id), col(Schedule.id), Post, col(Channel.name))
        .select_from(Delivery)
        .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
        .join(Post, col(Post.id) == Schedule.post_id)
        .join(Channel, col(Channel.id) == Delivery.channel_id)
        .where(bulk.among(db, _DELIVERIES.c.id, ended))
    )
    news = []
    for delivery_id, schedule_id, post, channel in (await db.execute(query)).all():
        event, fence, reason = ended[delivery_id or 0]
        words = post.title if post.kind == Kind.PAGE and post.title else post.text
        news.append(
            News(
                workspace_id=post.workspace_id,
                event=event,
                # Each try has a fence of its own: what a person sends again may fail again.
                key=f"{event}:{delivery_id}:{fence}",
                title=titled(event, words, channel),
                text=reason,
                schedule_id=schedule_id,
                post_id=post.id,
            )
        )
    await tell(db, news, now=now)


@dataclass(frozen=True)
class Told:
    """A notification as one person sees it."""

    it: Notification
    is_read: bool
    provider: str = ""
    """The network of its channel, if it is about one."""


def _is_for(person_id: int | None) -> ColumnElement[bool]:
    """Return the condition that something is told to somebody, and not to another one alone."""
    whose = _NOTIFICATIONS.c.person_id
    return or_(whose.is_(None), whose == (person_id or 0))


def _unread(
    workspace_id: int, person_id: int, events: Collection[Event] = frozenset(Event)
) -> Select[Any]:
    has_read = exists().where(
        _READ.c.notification_id == _NOTIFICATIONS.c.id, _READ.c.person_id == person_id
    )
    return select(_NOTIFICATIONS.c.id).where(
        _NOTIFICATIONS.c.workspace_id == workspace_id,
        _NOTIFICATIONS.c.event.in_(sorted(events)),
        _is_for(person_id),
        not_(has_read),
    )


async def newest(
    db: AsyncSession,
    workspace_id: int,
    person_id: int | None,
    *,
    events: Collection[Event],
    limit: int = LISTED,
) -> list[Told]:
    """Return what a workspace was told last of these events, newest first."""
    query = (
        select(Notification, col(NotificationRead.read_at), col(Channel.provider))
        .outerjoin(
            NotificationRead,
            (col(NotificationRead.notification_id) == Notification.id)
            & (col(NotificationRead.person_id) == (person_id or 0)),
        )
        .outerjoin(Channel, col(Channel.id) == Notification.channel_id)
        .where(Notification.workspace_id == workspace_id)
        .where(col(Notification.event).in_(sorted(events)), _is_for(person_id))
        .order_by(col(Notification.id).desc())
        .limit(limit)
    )
    rows = (await db.execute(query)).all()
    return [Told(it, read_at is not None, provider or "") for it, read_at, provider in rows]


async def unread(
    db: AsyncSession, workspace_id: int, person_id: int | None, *, events: Collection[Event]
) -> int:
    """Count what somebody has not read of these events."""
    mine = _unread(workspace_id, person_id or 0, events).subquery()
    query = select(func.count()).select_from(mine)
    return int((await db.execute(query)).scalar_one())


async def read(
    db: AsyncSession,
    workspace_id: int,
    person_id: int,
    ids: Iterable[int] | None,
    *,
    now: datetime,
) -> int:
    """Note that somebody has read these of the workspace's, or all; returns how many were new."""
    query = _unread(workspace_id, person_id)
    if ids is not None:
        query = query.where(bulk.among(db, _NOTIFICATIONS.c.id, ids))
    found = (await db.execute(query.limit(10_000))).scalars().all()
    rows = [{"notification_id": i, "person_id": person_id, "read_at": now} for i in found]
    done = len(await bulk.insert_new(db, _READ, rows, returning=_READ.c.notification_id))
    if done:
        aftermath(db).workspaces.add(workspace_id)
    return done


async def missing(
    db: AsyncSession, workspace_id: int, person_id: int, ids: Iterable[int]
) -> set[int]:
    """Return those ids that are of nothing that this person of the workspace is told."""
    wanted = set(ids)
    query = select(_NOTIFICATIONS.c.id).where(
        _NOTIFICATIONS.c.workspace_id == workspace_id,
        _is_for(person_id),
        bulk.among(db, _NOTIFICATIONS.c.id, wanted),
    )
    return wanted - set((await db.execute(query)).scalars())


async def known(db: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Return those of these keys that were told already, in any workspace."""
    wanted = sorted(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = wanted[start : start + _KEYS_AT_ONCE]
        query = select(_NOTIFICATIONS.c.key).where(_NOTIFICATIONS.c.key.in_(some))
        found |= set((await db.execute(query)).scalars())
    return found


async def fingerprint(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever something is told, read, or sent."""
    # Of the listed ones only: this is asked with every change of anything. What is for everybody
    # and what is for each alone is counted apart: much for others pushes nothing of somebody's out.
    place = func.row_number().over(
        partition_by=_NOTIFICATIONS.c.person_id, order_by=_NOTIFICATIONS.c.id.desc()
    )
    ranked = (
        select(_NOTIFICATIONS.c.id, place.label("place"))
        .where(_NOTIFICATIONS.c.workspace_id == workspace_id)
        .subquery()
    )
    query = (
        select(func.max(ranked.c.id), func.count(_READ.c.person_id), func.max(_READ.c.read_at))
        .select_from(ranked)
        .outerjoin(_READ, _READ.c.notification_id == ranked.c.id)
        .where(ranked.c.place <= LISTED)
    )
    told, number, read_at = (await db.execute(query)).one()
    sent = select(func.max(Destination.tried_at)).where(Destination.workspace_id == workspace_id)
    sent_at = (await db.execute(sent)).scalar()
    return f"{told or 0} {number} {read_at or ''} {sent_at or ''}"


async def has_told_since(
    db: AsyncSession, workspace_id: int, event: Event, about: str, since: datetime
) -> bool:
    """Whether the workspace was told of `about` since then; its key begins with the two."""
    query = select(_NOTIFICATIONS.c.id).where(
        _NOTIFICATIONS.c.workspace_id == workspace_id,
        _NOTIFICATIONS.c.event == event,
        _NOTIFICATIONS.c.created_at >= since,
        _NOTIFICATIONS.c.key.startswith(f"{event}:{about}:", autoescape=True),
    )
    return (await db.execute(query.limit(1))).first() is not None


async def waiting_for(db: AsyncSession, provider: str, address: str) -> list[int]:
    """Return the workspaces for which something is queued to go to a network."""
    query = (
        select(Workspace.id)
        .join(Channel, col(Channel.workspace_id) == Workspace.id)
        .where(Channel.provider == provider, Channel.address == address)
        .where(col(Channel.removed_at).is_(None))
        .where(exists().where(_WAITS))
        .distinct()
    )
    return sorted(i for i in (await db.execute(query)).scalars() if i)


QUIET = timedelta(minutes=15)
"""Each worker finds out by itself that a network is silent; so long it is the same silence."""


async def tell_of_network(db: AsyncSession, provider: str, address: str, *, now: datetime) -> None:
    """Tell whoever has something queued for a network that it is left alone for now."""
    about = f"{provider}:{address}"
    for workspace_id in await waiting_for(db, provider, address):
        await people.lock_workspace(db, workspace_id)
        if await has_told_since(db, workspace_id, Event.HELD, about, now - QUIET):
            continue
        news = News(
            workspace_id=workspace_id,
            event=Event.HELD,
            key=f"{Event.HELD}:{about}:{iso(now)}",
            title=f"Posting to {address or provider.capitalize()} is held",
            text="It failed several times in a row. It is tried every half minute; what waits goes"
            " out when it answers, unless that would be too late.",
        )
        await tell(db, [news], now=now)


async def forget(db: AsyncSession, *, before: datetime) -> None:
    """Forget what was told long ago."""
    old = select(_NOTIFICATIONS.c.id).where(_NOTIFICATIONS.c.created_at < before)
    await destinations.forget(db, old)
    await db.execute(delete(NotificationRead).where(_READ.c.notification_id.in_(old)))
    await db.execute(delete(Notification).where(_NOTIFICATIONS.c.created_at < before))
