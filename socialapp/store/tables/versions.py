"""What posts and pages said before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, now_column, ref, workspace_ref


class PostVersion(SQLModel, table=True):
    """A post or page as somebody saved it. One that was never edited has none."""

    __tablename__ = "post_version"
    __table_args__ = (Index("version_by_revision", "post_id", "revision", unique=True),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    post_id: int = ref("post")
    revision: int
    """The last of the post's revisions that are in it."""
    author_id: int | None = ref("person", default=None)
    author_name: str
    """Empty when it is not known: it was saved before versions were kept."""
    sitting: str = ""
    """Which tab saved it; saves of one go on in one version for a while."""
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Its `domain.versions.FIELDS`."""
    restored_from: int | None = None
    """The revision that it brought back."""
    began_at: datetime = now_column()
    saved_at: datetime = now_column()
