"""The weekly posting times of channels, kept under names, and who has which of their slots."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, instant, now_column, ref, workspace_ref


class PostingTime(SQLModel, table=True):
    """A wall-clock time of each week at which a channel posts."""

    __tablename__ = "posting_time"
    __table_args__ = (UniqueConstraint("channel_id", "weekday", "minute"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    channel_id: int = ref("channel")
    weekday: int
    """0 is Monday."""
    minute: int
    """Of the day."""


class PostingRule(SQLModel, table=True):
    """How a channel's posting times are read; without a row as the workspace has it."""

    __tablename__ = "posting_rule"

    channel_id: int = ref("channel", primary_key=True)
    workspace_id: int = workspace_ref()
    timezone: str = ""
    """Empty: the workspace's zone."""
    delay_minutes: int = 0
    """At most so many minutes later, drawn anew for each post."""


class Timetable(SQLModel, table=True):
    """Weekly times under a name, that channels can be given."""

    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    name: str
    times: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    """Day (0 is Monday) and minute of the day, in the order of the week."""
    created_at: datetime = now_column()


class TakenSlot(SQLModel, table=True):
    """A slot that a schedule has: nobody else gets it, that is what the constraint is for."""

    __tablename__ = "taken_slot"
    __table_args__ = (UniqueConstraint("channel_id", "slot_at"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    channel_id: int = ref("channel")
    slot_at: datetime = instant()
    schedule_id: int = ref("schedule", index=True)
