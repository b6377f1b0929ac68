"""Evergreen lists: their entries and wordings, and what goes out at which of their turns."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.domain.evergreen import REST_DAYS
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class EvergreenList(SQLModel, table=True):
    """Posts that go round, by a rhythm of their own."""

    __tablename__ = "evergreen_list"
    __table_args__ = (
        Index("evergreen_list_by_workspace", "workspace_id", "id"),
        Index("evergreen_list_to_look_at", "look_at"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    name: str
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    times: list[list[int]] = Field(default_factory=list, sa_type=JSON)
    """Weekday (0 is Monday) and minute of the day, in `timezone`; empty: `per_week` counts."""
    per_week: int = 0
    timezone: str
    rest_days: int = REST_DAYS
    ends_at: datetime | None = instant(default=None)
    """Its last turn is not later."""
    rounds: int | None = None
    """Each entry goes out so many times at most."""
    started_at: datetime | None = instant(default=None)
    """When it was last started; what failed before is not held against it."""
    paused_at: datetime | None = instant(default=None)
    stopped: str = text_column()
    """Why it stopped by itself, for people; it is paused then, too."""
    ended_at: datetime | None = instant(default=None)
    look_at: datetime | None = instant(default=None)
    """When more may have to be made; None: never."""
    trouble: str = text_column()
    """Why its next turn would stay empty, for people."""
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class EvergreenEntry(SQLModel, table=True):
    """Something that goes round."""

    __tablename__ = "evergreen_entry"

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    list_id: int = ref("evergreen_list", index=True)
    at_most: int | None = None
    until: datetime | None = instant(default=None)
    removed_at: datetime | None = instant(default=None)
    created_at: datetime = now_column()


class EvergreenWording(SQLModel, table=True):
    """One way in which an entry says it: a post that is in no list, and copied for each turn."""

    __tablename__ = "evergreen_wording"

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    entry_id: int = ref("evergreen_entry", index=True)
    post_id: int = ref("post")
    removed_at: datetime | None = instant(default=None)


class EvergreenTurn(SQLModel, table=True):
    """One turn of a list, decided at most once: that is what the constraint is for."""

    __tablename__ = "evergreen_turn"
    __table_args__ = (UniqueConstraint("list_id", "nominal_at"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    list_id: int = ref("evergreen_list")
    nominal_at: datetime = instant()
    """When it comes by the rhythm; its schedules may be later, or moved."""
    entry_id: int | None = ref("evergreen_entry", default=None, index=True)
    wording_id: int | None = ref("evergreen_wording", default=None)
    post_id: int | None = ref("post", default=None, index=True)
    """The post of this turn; None: it is skipped."""
    why: str = text_column()
