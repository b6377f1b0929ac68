"""What became of what was sent: one line for each channel, in words."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.delivery import RETRYABLE, Status, shown
from socialapp.domain.people import Member
from socialapp.store import channels, schedules
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery
from socialapp.ui.rows import letters


class SentPart(TypedDict):
    """One part of a thread that is out."""

    label: str
    url: str


class SentTo(TypedDict):
    """One channel's part."""

    id: int
    """Of the delivery."""
    key: str
    channel: str
    letters: str
    status: str
    url: str
    reason: str
    parts: list[SentPart]
    """Of a thread, in its order; those that are still to come are not in it."""
    can_retry: bool
    needs_check: bool


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
    channel_ids: str
    """The same channels for the address of the editor: `3,5`."""
    warnings: list[str]


def nothing() -> Sent:
    """Return what is shown before anything was sent."""
    return Sent(
        schedule_id=0,
        key="",
        post_id=0,
        when="",
        at="",
        status="",
        channels=[],
        channel_ids="",
        warnings=[],
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
        channel_ids=",".join(str(d.channel_id) for d in sent),
        warnings=[],
    )


def _line(delivery: Delivery, channel: Channel | None) -> SentTo:
    name, status = channel.name if channel else "A channel that is gone", Status(delivery.status)
    return SentTo(
        id=delivery.id or 0,
        key=str(delivery.id),
        channel=name,
        letters=letters(name),
        status=str(shown(status)),
        url=delivery.url,
        reason=delivery.reason,
        parts=_parts(delivery),
        can_retry=status in RETRYABLE,
        needs_check=status is Status.NEEDS_CHECK,
    )


def _parts(delivery: Delivery) -> list[SentPart]:
    out = [part.get("url", "") for part in delivery.progress]
    if len(out) < 2:
        return []
    return [SentPart(label=f"Part {n}", url=url) for n, url in enumerate(out, 1)]
