"""What became of what was sent: one line for each channel, in words."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.delivery import Status, shown
from socialapp.domain.people import Member
from socialapp.store import channels, schedules
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery
from socialapp.ui.rows import letters


class SentTo(TypedDict):
    """One channel's part."""

    key: str
    channel: str
    letters: str
    status: str
    url: str
    reason: str


class Sent(TypedDict):
    """A schedule that was just made."""

    schedule_id: int
    key: str
    """The id as the key of LiveState.changed."""
    post_id: int
    when: str
    at: str
    status: str
    channels: list[SentTo]
    warnings: list[str]


def nothing() -> Sent:
    """Return what is shown before anything was sent."""
    return Sent(
        schedule_id=0, key="", post_id=0, when="", at="", status="", channels=[], warnings=[]
    )


async def read(db: AsyncSession, by: Member, schedule_id: int, *, now: datetime) -> Sent:
    """Return how a schedule of the workspace stands."""
    schedule = await schedules.get(db, by.workspace_id, schedule_id)
    if schedule is None:
        return nothing()
    sent = (await schedules.deliveries_of(db, [schedule_id])).get(schedule_id, [])
    names = await channels.by_id(db, by.workspace_id, {d.channel_id for d in sent})
    return Sent(
        schedule_id=schedule_id,
        key=str(schedule_id),
        post_id=schedule.post_id,
        when=moments.spoken(schedule.scheduled_at, schedule.timezone, now=now),
        at=moments.iso(schedule.scheduled_at),
        status=str(schedule.status),
        channels=[_line(d, names.get(d.channel_id)) for d in sent],
        warnings=[],
    )


def _line(delivery: Delivery, channel: Channel | None) -> SentTo:
    name = channel.name if channel else "A channel that is gone"
    return SentTo(
        key=str(delivery.id),
        channel=name,
        letters=letters(name),
        status=str(shown(Status(delivery.status))),
        url=delivery.url,
        reason=delivery.reason,
    )
