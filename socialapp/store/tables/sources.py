"""Feeds of others whose new items become posts, and what became of each item."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.domain.sources import TEMPLATE, Becomes, ItemState
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Source(SQLModel, table=True):
    """A feed whose new items become posts."""

    __table_args__ = (Index("source_to_look_at", "look_at"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    url: str = text_column()
    """As it was typed: of a feed, or of a page that names one."""
    feed_url: str = text_column()
    """Of the feed itself, once it was found."""
    title: str = text_column()
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    becomes: str = Becomes.DRAFT
    template: str = text_column(TEMPLATE)
    must_have: list[str] = Field(default_factory=list, sa_type=JSON)
    must_not_have: list[str] = Field(default_factory=list, sa_type=JSON)
    per_day: int = 5
    etag: str = text_column()
    last_modified: str = text_column()
    look_at: datetime | None = instant(default=None)
    """When it is read again; None: never."""
    looking_until: datetime | None = instant(default=None)
    """Until then somebody is reading it."""
    looked_at: datetime | None = instant(default=None)
    known_at: datetime | None = instant(default=None)
    """When what was there first was noted; None: what is found next is not new."""
    found_new: int = 0
    """By the last look."""
    failures: int = 0
    """In a row."""
    asked_to_wait_until: datetime | None = instant(default=None)
    """The feed's server said so; nobody asks it before that."""
    trouble: str = text_column()
    trouble_since: datetime | None = instant(default=None)
    is_gone: bool = False
    paused_at: datetime | None = instant(default=None)
    created_by: int | None = ref("person", default=None)
    """Whose rights its posts are made with."""
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class SourceItem(SQLModel, table=True):
    """An item of a feed. Its row is changed with the post that is made of it: once."""

    __tablename__ = "source_item"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("source_item_by_state", "source_id", "state"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    source_id: int = ref("source", ondelete="CASCADE")
    key: str
    title: str = text_column()
    link: str = text_column()
    summary: str = text_column()
    author: str = text_column()
    published_at: datetime | None = instant(default=None)
    place: int = 0
    """In the feed when it was seen: 0 stood first."""
    state: str = ItemState.KNOWN
    post_id: int | None = ref("post", default=None)
    made_at: datetime | None = instant(default=None)
    seen_at: datetime = now_column()
    """For the first time."""
    last_in_feed_at: datetime = now_column()
    """Seen for the last time: what has been out of the feed for longest is forgotten first."""
