"""What people are told, and what each of them has read."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Notification(SQLModel, table=True):
    """One thing that happened in a workspace, told to all its people or to one of them."""

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
    person_id: int | None = ref("person", default=None)
    """Whom it is for; None: everybody."""
    created_at: datetime = instant(index=True)


class NotificationRead(SQLModel, table=True):
    """Somebody has read a notification."""

    __tablename__ = "notification_read"

    notification_id: int = ref("notification", primary_key=True)
    person_id: int = ref("person", primary_key=True)
    read_at: datetime = now_column()


class Destination(SQLModel, table=True):
    """Where a person is told of things outside of the app; its address is sealed."""

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    person_id: int = ref("person")
    service: str
    name: str
    sealed: str = text_column()
    tried_at: datetime | None = instant(default=None)
    trouble: str = text_column()
    """Why the last message did not get out; empty when it did."""
    created_at: datetime = now_column()


class NotificationRule(SQLModel, table=True):
    """When a person wants to be told of an event; without a row as at first."""

    __tablename__ = "notification_rule"

    person_id: int = ref("person", primary_key=True)
    workspace_id: int = workspace_ref(primary_key=True)
    event: str = Field(primary_key=True)
    """An event; or `mute`, whose `until` holds back all of them."""
    when: str = ""
    until: datetime | None = instant(default=None)


class OutgoingNotification(SQLModel, table=True):
    """What is still to be sent to a destination; gone when it was taken, or given up."""

    __tablename__ = "outgoing_notification"

    notification_id: int = ref("notification", primary_key=True)
    destination_id: int = ref("destination", primary_key=True)
    due_at: datetime = instant(index=True)
    tries: int = 0
    claimed_until: datetime | None = instant(default=None)
