"""The network on this machine."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, now_column, text_column, workspace_ref


class SandboxPost(SQLModel, table=True):
    """A post on the network that is built in."""

    __tablename__ = "sandbox_post"
    __table_args__ = (
        UniqueConstraint("account", "once"),
        Index("sandbox_by_account", "account", "id"),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    account: str
    once: str
    kind: str = "post"
    title: str = text_column()
    text: str = text_column()
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reply_to: int | None = Field(default=None, sa_type=BigInteger)
    """The part of a thread that it follows."""
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    media: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    likes: int = 0
    """How often somebody who looks at the timeline reacted like that."""
    reposts: int = 0
    created_at: datetime = now_column()


class SandboxRule(SQLModel, table=True):
    """What an account of the built-in network was told to do with the next requests."""

    __tablename__ = "sandbox_rule"

    account: str = Field(primary_key=True)
    workspace_id: int = workspace_ref()
    behaviour: str
    requests_left: int = 1
    delay_ms: int = 0
