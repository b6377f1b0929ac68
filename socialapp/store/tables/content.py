"""What is posted: media, attachments, posts and pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from socialapp.domain.content import Kind
from socialapp.domain.delivery import Shown
from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class MediaAsset(SQLModel, table=True):
    """A picture or video in the library; `key` is where the store keeps its bytes."""

    __tablename__ = "media_asset"
    __table_args__ = (Index("media_by_time", "workspace_id", "id"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    kind: str
    mime_type: str
    size_bytes: int = Field(sa_type=BigInteger)
    width: int = 0
    height: int = 0
    duration_s: float | None = None
    alt_text: str = text_column()
    focus_x: float | None = None
    focus_y: float | None = None
    """The point that a crop must keep: -1..1 from the left, and from the bottom."""
    filename: str
    sha256: str
    key: str
    has_thumbnail: bool = False
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()


class AttachmentAsset(SQLModel, table=True):
    """A file for pages, of any type on the list; `key` is where the store keeps its bytes."""

    __tablename__ = "attachment_asset"
    __table_args__ = (Index("attachment_by_time", "workspace_id", "id"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    mime_type: str
    size_bytes: int = Field(sa_type=BigInteger)
    description: str = text_column()
    filename: str
    sha256: str
    key: str
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()


class Post(SQLModel, table=True):
    """What the author plans: a post, or a page. `status` is derived from its schedules."""

    __table_args__ = (
        Index("post_by_status", "workspace_id", "kind", "status", "id"),
        Index("post_by_time", "workspace_id", "kind", "id"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    kind: Kind = Field(default=Kind.POST, sa_type=Text)
    title: str = text_column()
    text: str = text_column()
    parts: list[str] = Field(default_factory=list, sa_type=JSON)
    """The texts that follow in a thread; their media are in `PostMedia`."""
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSON)
    """What differs, by the id of the channel: `text`, `title`, `parts`, `options`, and `media`
    (true when it has media of its own, which are in `PostMedia`)."""
    status: str = Shown.DRAFT
    revision: int = 1
    approved_revision: int | None = None
    """The revision that may go out; another than `revision` says nothing."""
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    campaign: str = ""
    notes: str = text_column()
    scheduled_at: datetime | None = instant(default=None)
    author_id: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()
    deleted_at: datetime | None = instant(default=None)
    is_aside: bool = False
    """In no list: the pattern of a series or a template, or an occurrence while it is paused."""


class PostComment(SQLModel, table=True):
    """What somebody said about a post, or did with it: an `approval.Said`."""

    __tablename__ = "post_comment"

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    post_id: int = ref("post", index=True)
    revision: int
    """Of the post, when it was said."""
    kind: str
    author_id: int | None = ref("person", default=None)
    author_name: str
    link_id: int | None = ref("review_link", default=None, index=True)
    """The review link through which somebody outside said it; the name is as they gave it."""
    text: str = text_column()
    created_at: datetime = now_column()


class PostMedia(SQLModel, table=True):
    """A medium of a post, in its place."""

    __tablename__ = "post_media"

    post_id: int = ref("post", primary_key=True)
    place: str = Field(default="", primary_key=True)
    """Whose it is: "" the post's, "1" the second part's, "@12" the variant's of channel 12,
    "@12/1" the second part's of that variant."""
    position: int = Field(primary_key=True)
    media_id: int = ref("media_asset", index=True)


class PostAttachment(SQLModel, table=True):
    """An attachment of a page, in its place."""

    __tablename__ = "post_attachment"

    post_id: int = ref("post", primary_key=True)
    position: int = Field(primary_key=True)
    attachment_id: int = ref("attachment_asset", index=True)
