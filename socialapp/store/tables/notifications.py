"""What people are told, and what each of them has read."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Notification(SQLModel, table=True):
    """One thing that happened in a workspace, told to all its people."""

    __table_args__ = (
        # Whoever finds it out tells it; that it is told once is what the constraint is for.
        UniqueConstraint("workspace_id", "key"),
        Index("notification_by_time", "workspace_id", "id"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    event: str
    """A `domain.notifications.Event`."""
    key: str
    title: str = text_column()
    text: str = text_column()
    schedule_id: int | None = ref("schedule", default=None)
    channel_id: int | None = ref("channel", default=None)
    post_id: int | None = ref("post", default=None)
    created_at: datetime = instant(index=True)


class NotificationRead(SQLModel, table=True):
    """Somebody has read a notification."""

    __tablename__ = "notification_read"

    notification_id: int = ref("notification", primary_key=True)
    person_id: int = ref("person", primary_key=True)
    read_at: datetime = now_column()
