"""The installation itself: workers, knobs, answers to repeats."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.clock import utc_now
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    text_column,
    workspace_ref,
)


class WorkerBeat(SQLModel, table=True):
    """A worker process. Others judge it by whether `beat` moves, never by its clock."""

    __tablename__ = "worker_beat"

    name: str = Field(primary_key=True)
    host: str
    pid: int
    beat: int = 0
    started_at: datetime = now_column()
    seen_at: datetime = instant(index=True)
    stopped_at: datetime | None = instant(default=None)
    trouble: str = text_column()
    """What keeps it from its work, for the operator; empty when all is well."""


class Knob(SQLModel, table=True):
    """A setting of the installation that is changed while it runs."""

    name: str = Field(primary_key=True)
    value: str = text_column()


class IdempotentAnswer(SQLModel, table=True):
    """The first answer to a POST that carried an Idempotency-Key, for 24 hours."""

    __tablename__ = "idempotent_answer"

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    key: str
    request_hash: str
    status: int = 0
    """0 while the first request is under way."""
    body: str = text_column()
    created_at: datetime = instant(default_factory=utc_now, index=True)

    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
