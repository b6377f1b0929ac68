"""Recycling: the rules by which evergreen lists fill themselves, and what these found."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from socialapp.domain.recycling import State
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class RecyclingRule(SQLModel, table=True):
    """Which posts an evergreen list gets by itself; a list has one rule at most."""

    __tablename__ = "recycling_rule"
    __table_args__ = (Index("recycling_rule_to_look_at", "look_at"),)

    list_id: int = ref("evergreen_list", primary_key=True)
    workspace_id: int = workspace_ref()
    measure: str
    best_percent: int
    at_least: int
    from_days: int
    to_days: int
    per_week: int
    asks: bool
    look_at: datetime | None = instant(default=None)
    """When it looks again; None: never."""
    looked_at: datetime | None = instant(default=None)
    said: str = text_column()
    """What the last look came to, for people."""
    saved_by: int | None = ref("person", default=None)
    """Whose rights it acts with."""
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class RecycledPost(SQLModel, table=True):
    """A post that a rule has found for a list: once, that is what the constraint is for."""

    __tablename__ = "recycled_post"
    __table_args__ = (
        UniqueConstraint("list_id", "post_id"),
        Index("recycled_post_by_entry", "entry_id"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    list_id: int = ref("evergreen_list")
    post_id: int = ref("post")
    """The original."""
    channel_id: int = ref("channel")
    """Where it did best."""
    state: str = State.PROPOSED
    why: str = text_column()
    entry_id: int | None = ref("evergreen_entry", default=None)
    is_held: bool = False
    """A rule added it, and whoever saved that may not approve: its posts wait for who may."""
    found_at: datetime = now_column()
    decided_at: datetime | None = instant(default=None)
    decided_by: int | None = ref("person", default=None)
    """Who said yes or no; None: the rule did it by itself."""
