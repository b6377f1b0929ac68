"""Where people are told of things outside of the app, and what is still to be sent there."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, or_, update
from sqlmodel import col, select

from socialapp.domain.notifications import AT_FIRST, Event, When, heard, next_digest
from socialapp.domain.people import RIGHTS, Role
from socialapp.store import bulk
from socialapp.store.session import AsyncSession, aftermath, change
from socialapp.store.tables import (
    Destination,
    Membership,
    Notification,
    NotificationRule,
    OutgoingNotification,
    Workspace,
)

JOB = "send_notifications"
MUTE = "mute"
CLAIM = timedelta(minutes=3)
"""A worker that has not sent it by then is gone."""
_OUTGOING: Table = OutgoingNotification.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Wishes:
    """When a person wants to be told of what in a workspace."""

    when: dict[Event, When]
    muted_until: datetime | None = None


async def wishes(db: AsyncSession, workspace_id: int, person_id: int) -> Wishes:
    """Return what somebody has chosen, and for the rest what holds at first."""
    query = select(NotificationRule).where(
        NotificationRule.workspace_id == workspace_id, NotificationRule.person_id == person_id
    )
    rows = {row.event: row for row in (await db.execute(query)).scalars()}
    chosen = {event: When(rows[event].when) for event in Event if event in rows}
    return Wishes(AT_FIRST | chosen, rows[MUTE].until if MUTE in rows else None)


async def wish(
    db: AsyncSession,
    workspace_id: int,
    person_id: int,
    event: str,
    *,
    when: str = "",
    until: datetime | None = None,
) -> None:
    """Keep what somebody has chosen for an event, or until when they want none."""
    ids = {"workspace_id": workspace_id, "person_id": person_id}
    await db.merge(NotificationRule(**ids, event=event, when=when, until=until))


async def address(db: AsyncSession, told: Sequence[Notification], *, now: datetime) -> None:
    """Note for each destination what is to be sent there, and when."""
    for workspace_id in sorted({each.workspace_id for each in told}):
        places = await of_workspace(db, workspace_id)
        if not places:
            continue
        zone = (
            await db.execute(select(col(Workspace.zone)).where(col(Workspace.id) == workspace_id))
        ).scalar_one()
        due = {When.NOW: now, When.DAILY: next_digest(zone, now=now)}
        rows: list[dict[str, Any]] = []
        roles = await _roles(db, workspace_id)
        for place in places:
            events = heard(RIGHTS[Role(roles[place.person_id])])
            wanted = await wishes(db, workspace_id, place.person_id)
            if wanted.muted_until and wanted.muted_until > now:
                continue
            rows += [
                {
                    "notification_id": each.id,
                    "destination_id": place.id,
                    "due_at": due[wanted.when[Event(each.event)]],
                    "tries": 0,
                }
                for each in told
                if each.workspace_id == workspace_id
                and each.event in events
                and each.person_id in (None, place.person_id)
                and wanted.when[Event(each.event)] is not When.OFF
            ]
        if rows:
            await bulk.insert_new(db, _OUTGOING, rows, returning=_OUTGOING.c.notification_id)
            aftermath(db).jobs.append((JOB, workspace_id))


async def _roles(db: AsyncSession, workspace_id: int) -> dict[int, str]:
    query = select(Membership.person_id, Membership.role).where(
        Membership.workspace_id == workspace_id
    )
    return {row.person_id: row.role for row in (await db.execute(query)).all()}


async def withdraw(db: AsyncSession, post_id: int, event: Event) -> None:
    """Send nothing more of an event about a post: what was put off is not true any more."""
    told = select(col(Notification.id)).where(
        Notification.post_id == post_id, Notification.event == event
    )
    await db.execute(delete(OutgoingNotification).where(_OUTGOING.c.notification_id.in_(told)))


async def of_workspace(
    db: AsyncSession, workspace_id: int, person_id: int | None = None
) -> list[Destination]:
    """Return the destinations of its members, or of one of them, oldest first."""
    query = (
        select(Destination)
        .join(
            Membership,
            (col(Membership.person_id) == Destination.person_id)
            & (col(Membership.workspace_id) == Destination.workspace_id),
        )
        .where(Destination.workspace_id == workspace_id)
        .order_by(col(Destination.id))
    )
    if person_id is not None:
        query = query.where(Destination.person_id == person_id)
    return list((await db.execute(query)).scalars())


@dataclass(frozen=True)
class Parcel:
    """What goes to one destination in one message."""

    destination: Destination
    items: list[Notification]
    tries: int
    """So often it was tried before."""
    is_digest: bool = field(default=False)


async def claim(db: AsyncSession, *, now: datetime, limit: int = 200) -> list[Parcel]:
    """Take what is due to be sent; nobody else gets it for a while."""
    is_free = or_(_OUTGOING.c.claimed_until.is_(None), _OUTGOING.c.claimed_until <= now)
    due = (
        select(_OUTGOING.c.notification_id, _OUTGOING.c.destination_id)
        .where(_OUTGOING.c.due_at <= now, is_free)
        .order_by(_OUTGOING.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken: dict[int, tuple[list[int], int]] = {}
    for notification_id, destination_id in (await db.execute(due)).all():
        one = (
            _OUTGOING.c.notification_id == notification_id,
            _OUTGOING.c.destination_id == destination_id,
        )
        done = await (await db.connection()).execute(
            update(_OUTGOING)
            .where(*one, is_free)
            .values(claimed_until=now + CLAIM)
            .returning(_OUTGOING.c.tries)
        )
        if (tries := done.scalar()) is not None:
            ids, most = taken.get(destination_id, ([], 0))
            taken[destination_id] = ([*ids, notification_id], max(most, tries))
    return [await _parcel(db, place, ids, tries) for place, (ids, tries) in taken.items()]


async def _parcel(
    db: AsyncSession, destination_id: int, ids: Collection[int], tries: int
) -> Parcel:
    place = (
        await db.execute(select(Destination).where(col(Destination.id) == destination_id))
    ).scalar_one()
    query = select(Notification).where(col(Notification.id).in_(ids)).order_by(col(Notification.id))
    return Parcel(place, list((await db.execute(query)).scalars()), tries)


async def sent(db: AsyncSession, parcel: Parcel) -> None:
    """Note that a message got out."""
    await change(db, delete(_OUTGOING).where(*_of(parcel)))


async def put_off(db: AsyncSession, parcel: Parcel, until: datetime) -> None:
    """Try a message again later."""
    await change(
        db,
        update(_OUTGOING)
        .where(*_of(parcel))
        .values(due_at=until, tries=parcel.tries + 1, claimed_until=None),
    )


def _of(parcel: Parcel) -> tuple[Any, Any]:
    return (
        _OUTGOING.c.destination_id == parcel.destination.id,
        _OUTGOING.c.notification_id.in_([each.id or 0 for each in parcel.items]),
    )


async def note(db: AsyncSession, place: Destination, *, trouble: str, now: datetime) -> None:
    """Keep how the last message to a destination went, and show it."""
    values = {"trouble": trouble, "tried_at": now}
    await change(db, update(Destination).where(col(Destination.id) == place.id).values(values))
    aftermath(db).workspaces.add(place.workspace_id)


async def remove(db: AsyncSession, place: Destination) -> None:
    """Forget a destination and what waits for it."""
    await change(db, delete(_OUTGOING).where(_OUTGOING.c.destination_id == place.id))
    await db.delete(place)


async def forget(db: AsyncSession, notification_ids: Any) -> None:
    """Send nothing any more of these."""
    await db.execute(delete(_OUTGOING).where(_OUTGOING.c.notification_id.in_(notification_ids)))


async def by_id(db: AsyncSession, ids: Iterable[int]) -> list[Destination]:
    """Return destinations, whosever they are."""
    query = select(Destination).where(col(Destination.id).in_(list(ids)))
    return list((await db.execute(query)).scalars())
