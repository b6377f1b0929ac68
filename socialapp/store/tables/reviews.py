"""Links by which somebody without an account looks at posts."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, instant, now_column, ref, workspace_ref


class ReviewLink(SQLModel, table=True):
    """Shows some posts to whoever has its secret, which is kept as a hash."""

    __tablename__ = "review_link"

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    secret_hash: str = Field(unique=True)
    takes_advice: bool = False
    """Whether its readers may say that a post looks good, or ask for changes."""
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)
    last_opened_at: datetime | None = instant(default=None)


class ReviewLinkPost(SQLModel, table=True):
    """A post or page that a link shows, in its place."""

    __tablename__ = "review_link_post"

    link_id: int = ref("review_link", primary_key=True)
    post_id: int = ref("post", primary_key=True)
    position: int
