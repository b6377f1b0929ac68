"""Comparisons: two wordings, the drawn order of their pairs, and what each post came to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Comparison(SQLModel, table=True):
    """Two wordings over comparable slots. All its posts are planned when it is made."""

    __table_args__ = (
        Index("comparison_by_workspace", "workspace_id", "id"),
        Index("comparison_to_look_at", "look_at"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    name: str
    a_id: int = ref("post")
    """The pattern of wording A, a post that is in no list; each of its posts is a copy."""
    b_id: int = ref("post")
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    measure: str
    """What it goes by, chosen before it started: a key of `comparing.MEASURES`."""
    age_days: int
    """So old is each post when it is measured."""
    pairs: int
    seed: int
    """From which the order of each pair was drawn."""
    timezone: str
    ends_at: datetime = instant()
    """When the last of its posts is so old."""
    stopped_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)
    """When everything was measured that can be."""
    finding: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What its pairs told when it ended, judged once; None: nothing, or not yet."""
    look_at: datetime | None = instant(default=None)
    """When more may have to be measured; None: never."""
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class ComparisonSending(SQLModel, table=True):
    """One post of a comparison. A pair has each wording once: that is what the constraint holds."""

    __tablename__ = "comparison_sending"
    __table_args__ = (UniqueConstraint("comparison_id", "pair", "wording"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    comparison_id: int = ref("comparison")
    pair: int
    """From 1."""
    wording: str
    channel_id: int = ref("channel")
    planned_at: datetime = instant()
    """Its slot; its schedule may be moved, and then it does not count."""
    post_id: int = ref("post", index=True)
    value: int | None = None
    """What it came to at the age of the comparison, kept once it was known."""
    measured_at: datetime | None = instant(default=None)
    lost: str = text_column()
    """Why it has no value and its pair does not count, for people."""
