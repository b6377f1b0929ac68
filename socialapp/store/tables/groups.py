"""Channels that people choose together."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, now_column, workspace_ref


class ChannelGroup(SQLModel, table=True):
    """Some channels under a name; those that were removed since are not shown."""

    __tablename__ = "channel_group"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    name: str
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = now_column()
