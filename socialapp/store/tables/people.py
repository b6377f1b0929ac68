"""Who acts: workspaces, people, their sessions and keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Workspace(SQLModel, table=True):
    """One brand or client: its channels, content, people and zone."""

    id: int | None = id_column()
    name: str
    zone: str = "UTC"
    missed_after_minutes: int = 15
    """How late a post found unsent may still go out by itself."""
    alt_text_rule: str = "warn"
    """What is said of media that nobody described: a `checks.AltText`."""
    approval_rule: str = "none"
    """Who approves what others schedule: an `approval.Rule`."""
    utm_rule: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What links get when a post is sent: a `utm.UtmRule`; without one nothing."""
    keeps_place: bool = False
    """Whether the coordinates that are in pictures are kept for captions."""
    is_paused: bool = False
    checklist_hidden: bool = False
    created_at: datetime = now_column()


class Person(SQLModel, table=True):
    """Someone who signs in."""

    id: int | None = id_column()
    email: str = Field(unique=True)
    """In lower case."""
    name: str
    password_hash: str = text_column()
    zone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """In which times are shown too; empty: the workspace's alone."""
    created_at: datetime = now_column()


class Membership(SQLModel, table=True):
    """A person's role in a workspace."""

    person_id: int = ref("person", primary_key=True)
    workspace_id: int = workspace_ref(primary_key=True)
    role: str
    created_at: datetime = now_column()


class Invitation(SQLModel, table=True):
    """A way into a workspace for one person; the link's secret is kept as a hash."""

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    role: str
    secret_hash: str = Field(unique=True)
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)


class BrowserSession(SQLModel, table=True):
    """A signed-in browser; the cookie's secret is kept as a hash."""

    __tablename__ = "browser_session"

    id: int | None = id_column()
    token_hash: str = Field(unique=True)
    person_id: int = ref("person", index=True)
    workspace_id: int = workspace_ref()
    user_agent: str = text_column()
    created_at: datetime = now_column()
    seen_at: datetime = now_column()
    expires_at: datetime = instant()


class SignInTry(SQLModel, table=True):
    """A failed sign-in, remembered for as long as it counts against the next."""

    __tablename__ = "sign_in_try"

    id: int | None = id_column()
    subject: str = Field(index=True)
    """`person:<email>` or `address:<ip>`."""
    at: datetime = now_column()


class ApiKey(SQLModel, table=True):
    """A program's key; its secret is kept as a hash."""

    __tablename__ = "api_key"

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    name: str
    prefix: str
    key_hash: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    last_used_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
