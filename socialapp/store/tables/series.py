"""Schedules that repeat: the series, and which post is the one of which moment."""

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


class Series(SQLModel, table=True):
    """A schedule that repeats by a rule. Its channels are those of its pattern."""

    __table_args__ = (
        Index("series_by_workspace", "workspace_id", "id"),
        Index("series_to_look_at", "look_at"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    post_id: int = ref("post")
    """The pattern: each occurrence gets a copy of it."""
    rule: str = text_column()
    """RRULE with its end."""
    starts: str
    """The wall-clock time in `timezone` from which the rule counts."""
    timezone: str
    priority: int = 0
    look_at: datetime | None = instant(default=None)
    """When more may have to be made; None: never."""
    trouble: str = text_column()
    """Why the next one could not be made, for people."""
    paused_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)
    """When somebody ended it; the end of its rule is in the rule."""
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class Occurrence(SQLModel, table=True):
    """One moment of a series, made at most once: that is what the constraint is for."""

    __table_args__ = (UniqueConstraint("series_id", "nominal_at"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    series_id: int = ref("series")
    nominal_at: datetime = instant()
    """When it happens by the rule; its schedule may have been moved since."""
    post_id: int | None = ref("post", default=None, index=True)
    """The post of this moment; None: it is skipped."""
