"""Calendars that other programs subscribe to."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, instant, now_column, ref, workspace_ref


class CalendarFeed(SQLModel, table=True):
    """An address that shows the plan to whoever knows it; its secret is kept as a hash.

    There is no row of one that was revoked.
    """

    __tablename__ = "calendar_feed"

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    channel_id: int | None = ref("channel", default=None)
    """The only one that it shows; None: all of the workspace."""
    secret_hash: str = Field(unique=True)
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    last_used_at: datetime | None = instant(default=None)
