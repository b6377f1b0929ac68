"""What programs see of schedules, deliveries and attempts."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, Field

from socialapp.api.channel_views import AT, CHANNEL, ChannelOut, example
from socialapp.api.page_views import PageOut, pages_out
from socialapp.api.post_views import POST, PostOut, posts_out
from socialapp.domain.content import Kind
from socialapp.domain.delivery import Status, shown
from socialapp.domain.moments import iso
from socialapp.store import channels, posts, schedules, series
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, PublishLog, Schedule


class DeliveryOut(BaseModel):
    """One schedule to one channel: what became of it."""

    model_config = example(
        {"id": 31, "schedule_id": 21, "channel": CHANNEL,
         "provider": "sandbox", "status": "posted", "attempt": 1, "planned_at": AT, "due_at": AT,
         "sent_at": AT,
         "posted_at": AT, "late_ms": 4.2, "remote_id": "77",
         "url": "/sandbox/?post=77", "reason": "", "action": ""}
    )  # fmt: skip

    id: int
    schedule_id: int
    channel: ChannelOut
    provider: str
    status: str
    attempt: int
    planned_at: str = Field(description="The moment that was asked for; lateness counts from it.")
    due_at: str = Field(description="When the next step is due: it, the next try, or a look.")
    sent_at: str | None
    posted_at: str | None
    late_ms: float | None
    remote_id: str
    url: str
    reason: str
    action: str

    @classmethod
    def of(cls, delivery: Delivery, channel: Channel) -> "DeliveryOut":
        """Return what programs see of a row."""
        return cls(
            id=delivery.id or 0,
            schedule_id=delivery.schedule_id,
            channel=ChannelOut.of(channel),
            provider=channel.provider,
            status=shown(Status(delivery.status)),
            attempt=delivery.attempt,
            planned_at=iso(delivery.planned_at),
            due_at=iso(delivery.due_at),
            sent_at=iso(delivery.sent_at) if delivery.sent_at else None,
            posted_at=iso(delivery.posted_at) if delivery.posted_at else None,
            late_ms=delivery.late_ms,
            remote_id=delivery.remote_id,
            url=delivery.url,
            reason=delivery.reason,
            action=delivery.action,
        )


class WarningOut(BaseModel):
    """Something that is allowed, and may not be meant."""

    code: str
    message: str
    schedule_id: int


class ScheduleOut(BaseModel):
    """One post, one moment, some channels."""

    model_config = example(
        {"id": 21, "post_id": 12, "page_id": None, "scheduled_at": AT,
         "local_time": "2027-05-14T09:00:00", "timezone": "Europe/Berlin", "status": "queued",
         "priority": 0, "deliveries": [], "warnings": [], "post": POST, "page": None, "others": [],
         "series_id": None,
         "created_at": AT, "updated_at": AT}
    )  # fmt: skip

    id: int
    post_id: int | None = Field(description="Null when it is a page.")
    page_id: int | None = Field(default=None, description="Null when it is a post.")
    scheduled_at: str
    local_time: str
    timezone: str
    status: str
    priority: int
    deliveries: list[DeliveryOut]
    warnings: list[WarningOut]
    post: PostOut | None
    page: PageOut | None = None
    others: list[int] = Field(
        default=[],
        description="Made by the same request, for channels with other slots, or by `repeat`.",
    )
    series_id: int | None = Field(default=None, description="The series that it is one of.")
    created_at: str
    updated_at: str


class SchedulePage(BaseModel):
    """Some schedules, by their time."""

    items: list[ScheduleOut]
    next_cursor: str | None
    total: int | None = Field(description="Exact up to 10000; null when there are more.")


async def schedules_out(
    db: AsyncSession,
    rows: Sequence[Schedule],
    *,
    warnings: Iterable[WarningOut] = (),
) -> list[ScheduleOut]:
    """Return what programs see of schedules of one workspace."""
    if not rows:
        return []
    workspace_id = rows[0].workspace_id
    deliveries = await schedules.deliveries_of(db, [row.id or 0 for row in rows])
    ids = {d.channel_id for some in deliveries.values() for d in some}
    known = await channels.by_id(db, workspace_id, ids)
    planned = list((await posts.by_id(db, workspace_id, {row.post_id for row in rows})).values())
    written = {p.id: p for p in await posts_out(db, [p for p in planned if p.kind == Kind.POST])}
    repeated = await series.of_posts(db, {row.post_id for row in rows})
    pages = {p.id: p for p in await pages_out(db, [p for p in planned if p.kind == Kind.PAGE])}
    return [
        ScheduleOut(
            id=row.id or 0,
            post_id=None if row.post_id in pages else row.post_id,
            page_id=row.post_id if row.post_id in pages else None,
            scheduled_at=iso(row.scheduled_at),
            local_time=row.local_time,
            timezone=row.timezone,
            status=row.status,
            priority=row.priority,
            deliveries=[
                DeliveryOut.of(d, known[d.channel_id]) for d in deliveries.get(row.id or 0, [])
            ],
            warnings=list(warnings),
            post=written.get(row.post_id),
            page=pages.get(row.post_id),
            series_id=repeated.get(row.post_id),
            created_at=iso(row.created_at),
            updated_at=iso(row.updated_at),
        )
        for row in rows
    ]


class LogOut(BaseModel):
    """One attempt of a delivery."""

    model_config = example(
        {"id": 41, "schedule_id": 21, "delivery_id": 31, "provider": "sandbox", "kind": "send",
         "status": "posted", "attempt": 1, "remote_id": "77", "url": "/sandbox/?post=77",
         "error": "", "late_ms": 4.2, "started_at": AT, "finished_at": AT}
    )  # fmt: skip

    id: int
    schedule_id: int
    delivery_id: int
    provider: str
    kind: str
    status: str
    attempt: int
    remote_id: str
    url: str
    error: str
    late_ms: float | None
    started_at: str
    finished_at: str | None

    @classmethod
    def of(cls, row: PublishLog) -> "LogOut":
        """Return what programs see of a row."""
        return cls(
            **row.model_dump(include=set(cls.model_fields) - {"started_at", "finished_at"}),
            started_at=iso(row.started_at),
            finished_at=iso(row.finished_at) if row.finished_at else None,
        )
