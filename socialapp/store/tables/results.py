"""What networks say that people did with what is out."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, instant, ref, text_column, workspace_ref


class Result(SQLModel, table=True):
    """The latest of one delivery, and when its network is asked again."""

    __table_args__ = (
        Index("result_due", "due_at"),
        Index("result_asked", "asked_at"),
        Index("result_by_time", "workspace_id", "posted_at", "delivery_id"),
        Index("result_by_channel", "channel_id", "posted_at"),
    )

    delivery_id: int = ref("delivery", primary_key=True)
    workspace_id: int = workspace_ref()
    channel_id: int = ref("channel")
    provider: str
    posted_at: datetime = instant()
    due_at: datetime | None = instant(default=None)
    """None: it is not asked any more."""
    asked_at: datetime | None = instant(default=None)
    """When it was last in a worker's hands, whatever came of it."""
    read_at: datetime | None = instant(default=None)
    """When the network last answered; None: nothing is known."""
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """By metric, as the network named them; what it does not tell is missing."""
    gone_at: datetime | None = instant(default=None)
    """Since when the network says that the post is not there any more; what was counted stays."""
    trouble: str = text_column()
    """Why it could not be read the last time."""


class ResultReading(SQLModel, table=True):
    """One entry of a result's series: only what differs from the one before is kept."""

    __tablename__ = "result_reading"
    __table_args__ = (
        Index("reading_by_delivery", "delivery_id", "read_at"),
        Index("reading_by_workspace", "workspace_id", "read_at"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    delivery_id: int = ref("delivery")
    read_at: datetime = instant()
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    is_gone: bool = False
