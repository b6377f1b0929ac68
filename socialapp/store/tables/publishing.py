"""When and where to it goes out, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from socialapp.domain.delivery import Shown, Status
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Schedule(SQLModel, table=True):
    """One post, one moment, some channels. `status` is derived from its deliveries."""

    __table_args__ = (
        Index("schedule_by_time", "workspace_id", "scheduled_at", "id"),
        Index("schedule_by_status", "workspace_id", "status", "scheduled_at", "id"),
        Index("schedule_by_change", "workspace_id", "updated_at"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    post_id: int = ref("post", index=True)
    scheduled_at: datetime = instant()
    local_time: str
    """The wall-clock time it was read from, in `timezone`."""
    timezone: str
    priority: int = 0
    status: str = Shown.QUEUED
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class Delivery(SQLModel, table=True):
    """One schedule to one channel: it owns the status."""

    __table_args__ = (
        UniqueConstraint("schedule_id", "channel_id"),
        # The two questions of the clock: what is due, and what is in whose hands.
        Index("delivery_due", "status", "due_at"),
        Index(
            "delivery_owned",
            "owner",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
        Index("delivery_by_channel", "channel_id", "status"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    schedule_id: int = ref("schedule", index=True)
    channel_id: int = ref("channel")
    status: Status = Field(default=Status.QUEUED, sa_type=Text)
    planned_at: datetime = instant()
    """The moment that was asked for: lateness counts from here, whatever came between."""
    due_at: datetime = instant()
    """When the next step is due: the moment of the post, or of the next try or look."""
    priority: int = 0
    fence: int = 0
    """Grows with each claim; a write that does not know the number changes nothing."""
    owner: str | None = None
    attempt: int = 0
    """Requests sent so far."""
    tries: int = 0
    """Requests since a person last asked; the limit counts these."""
    looks: int = 0
    """How often the network was asked whether it has it."""
    absences: int = 0
    """How often in a row it did not."""
    once: str = ""
    """The id or key that makes a repeat recognisable; the same for all attempts."""
    intent: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Exactly what is sent, frozen before the first byte leaves."""
    progress: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """The parts of a thread that are out, in their order: `remote_id`, `url`, `kept`.

    Of a single post, when something is kept of it."""
    remote_id: str = ""
    url: str = text_column()
    reason: str = text_column()
    action: str = ""
    claimed_at: datetime | None = instant(default=None)
    sent_at: datetime | None = instant(default=None)
    posted_at: datetime | None = instant(default=None)
    late_ms: float | None = None


class PublishLog(SQLModel, table=True):
    """One attempt of a delivery. None is ever deleted: the youngest says how far we have come."""

    __tablename__ = "publish_log"

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    schedule_id: int = ref("schedule", index=True)
    delivery_id: int = ref("delivery", index=True)
    provider: str
    attempt: int
    part: int = 0
    """The element of a thread, from 0."""
    kind: str = "send"
    """`send`: a request that publishes; `look`: asking for it; `person`: somebody's decision."""
    status: str = "publishing"
    remote_id: str = ""
    url: str = text_column()
    error: str = text_column()
    due_at: datetime | None = instant(default=None)
    started_at: datetime = now_column()
    finished_at: datetime | None = instant(default=None)
    late_ms: float | None = None
