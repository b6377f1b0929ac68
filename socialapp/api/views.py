"""What programs see of posts, schedules, deliveries and attempts."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.media import MediaOut
from socialapp.domain.delivery import Status, shown
from socialapp.domain.moments import iso
from socialapp.store import channels, posts, schedules
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, Post, PublishLog, Schedule

AT = "2027-05-14T07:00:00.000Z"


def example(value: dict[str, Any]) -> ConfigDict:
    """Return the configuration of a model whose documentation shows `value`."""
    return ConfigDict(json_schema_extra={"examples": [value]})


_CHANNEL = {
    "id": 1, "name": "Sandbox", "provider": "sandbox", "handle": "sandbox-1",
    "is_default": True, "is_paused": False, "needs_reconnect": False,
}  # fmt: skip


class ChannelOut(BaseModel):
    """A connected account."""

    model_config = example(_CHANNEL)

    id: int
    name: str
    provider: str
    handle: str
    is_default: bool
    is_paused: bool
    needs_reconnect: bool

    @classmethod
    def of(cls, channel: Channel) -> "ChannelOut":
        """Return what programs see of a row."""
        return cls(
            id=channel.id or 0,
            name=channel.name,
            provider=channel.provider,
            handle=channel.handle,
            is_default=channel.is_default,
            is_paused=channel.paused_at is not None,
            needs_reconnect=channel.needs_reconnect,
        )


class LimitOut(BaseModel):
    """What a network last said that an account may still do."""

    model_config = example(
        {"allowed": 300, "remaining": 3, "resets_at": AT, "closed_until": None}
    )  # fmt: skip

    allowed: int | None = Field(description="Requests in the network's window.")
    remaining: int | None
    resets_at: str | None
    closed_until: str | None = Field(description="Nothing is sent before: it would be refused.")

    @classmethod
    def of(cls, limit: Limit) -> "LimitOut":
        """Return what programs see of it."""
        return cls(
            allowed=limit.allowed,
            remaining=limit.remaining,
            resets_at=iso(limit.resets_at) if limit.resets_at else None,
            closed_until=iso(limit.closed_until) if limit.closed_until else None,
        )


class ListedChannelOut(ChannelOut):
    """A connected account, with what its network said of it."""

    model_config = example(_CHANNEL | {"limit": None})

    limit: LimitOut | None = Field(description="Null while nothing is known that still holds.")

    @classmethod
    def listed(cls, channel: Channel, limit: Limit | None) -> "ListedChannelOut":
        """Return what programs see of a row in the list of channels."""
        seen = ChannelOut.of(channel).model_dump()
        return cls(**seen, limit=LimitOut.of(limit) if limit else None)


_POST = {
    "id": 12, "kind": "post", "text": "Fresh bread from six.", "media": [], "status": "draft",
    "revision": 1, "channels": [], "variants": [], "parts": [], "tags": ["bread"],
    "campaign": "", "notes": "", "approval": None, "scheduled_at": None,
    "created_at": AT, "updated_at": AT,
}  # fmt: skip


class PostOut(BaseModel):
    """What the author plans."""

    model_config = example(_POST)

    id: int
    kind: str = "post"
    text: str
    media: list[MediaOut]
    status: str
    revision: int
    channels: list[ChannelOut]
    variants: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    tags: list[str]
    campaign: str
    notes: str
    approval: dict[str, Any] | None = None
    scheduled_at: str | None
    created_at: str
    updated_at: str


class PostPage(BaseModel):
    """Some posts."""

    items: list[PostOut]
    next_cursor: str | None
    total: int | None = Field(description="Exact up to 10000; null when there are more.")


async def posts_out(
    db: AsyncSession, rows: Sequence[Post], *, have_media: bool = True
) -> list[PostOut]:
    """Return what programs see of posts of one workspace."""
    if not rows:
        return []
    media = await posts.media_of(db, [post.id or 0 for post in rows]) if have_media else {}
    wanted = {channel_id for post in rows for channel_id in post.channel_ids}
    known = await channels.by_id(db, rows[0].workspace_id, wanted) if wanted else {}
    return [
        PostOut(
            id=post.id or 0,
            text=post.text,
            media=[MediaOut.of(asset) for asset in media.get(post.id or 0, [])],
            status=post.status,
            revision=post.revision,
            channels=[ChannelOut.of(known[i]) for i in post.channel_ids if i in known],
            tags=post.tags,
            campaign=post.campaign,
            notes=post.notes,
            scheduled_at=iso(post.scheduled_at) if post.scheduled_at else None,
            created_at=iso(post.created_at),
            updated_at=iso(post.updated_at),
        )
        for post in rows
    ]


async def post_out(db: AsyncSession, post: Post, *, has_media: bool = True) -> PostOut:
    """Return what programs see of one post; without media none are looked for."""
    return (await posts_out(db, [post], have_media=has_media))[0]


class DeliveryOut(BaseModel):
    """One schedule to one channel: what became of it."""

    model_config = example(
        {"id": 31, "schedule_id": 21, "channel": _CHANNEL,
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
         "priority": 0, "deliveries": [], "warnings": [], "post": _POST, "created_at": AT,
         "updated_at": AT}
    )  # fmt: skip

    id: int
    post_id: int
    page_id: int | None = None
    scheduled_at: str
    local_time: str
    timezone: str
    status: str
    priority: int
    deliveries: list[DeliveryOut]
    warnings: list[WarningOut]
    post: PostOut | None
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
    planned = await posts.by_id(db, workspace_id, {row.post_id for row in rows})
    written = {p.id: p for p in await posts_out(db, list(planned.values()))}
    return [
        ScheduleOut(
            id=row.id or 0,
            post_id=row.post_id,
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
