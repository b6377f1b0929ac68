"""Channels: the connected accounts, how they get in, and what their networks allow."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import (
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Channel(SQLModel, table=True):
    """One connected account on one network."""

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    provider: str
    name: str
    handle: str = ""
    address: str = ""
    """The network's own address where people choose it (an instance); else empty."""
    remote_id: str = ""
    """The network's own id of the account."""
    url: str = text_column()
    """The account's public page."""
    known: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What the network said of the account and of itself: limits, names, endpoints."""
    known_at: datetime | None = instant(default=None)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What its posts have when they do not say otherwise, by the keys of the network's options."""
    is_default: bool = False
    needs_reconnect: bool = False
    trouble: str = text_column()
    """Why it needs to be connected again."""
    paused_at: datetime | None = instant(default=None)
    removed_at: datetime | None = instant(default=None)
    created_at: datetime = now_column()


class ChannelSecret(SQLModel, table=True):
    """How a channel gets in, sealed. Of its own, so that no list of channels ever reads it."""

    __tablename__ = "channel_secret"

    channel_id: int = ref("channel", primary_key=True)
    sealed: str = text_column()
    version: int = 1
    """Grows with each change, so that whoever waited for another's refresh sees it."""
    expires_at: datetime | None = instant(default=None)
    """When the network stops accepting it; None: not by itself."""
    refreshing_until: datetime | None = instant(default=None)
    """Somebody is fetching the next one, and nobody else may until then."""


class NetworkApp(SQLModel, table=True):
    """Our registration at one server of a network, sealed: made once, used by all workspaces."""

    __tablename__ = "network_app"
    __table_args__ = (UniqueConstraint("provider", "address"),)

    id: int | None = id_column()
    provider: str
    address: str
    sealed: str = text_column()
    created_at: datetime = now_column()


class Connecting(SQLModel, table=True):
    """A person has gone to a network to let us in, and is expected back."""

    id: int | None = id_column()
    state_hash: str = Field(unique=True)
    workspace_id: int = workspace_ref()
    person_id: int | None = ref("person", default=None)
    channel_id: int | None = ref("channel", default=None)
    """The channel that is connected again; None: it will be a new one."""
    provider: str
    way: str
    sealed: str = text_column()
    """What has to be known when they come back."""
    expires_at: datetime = instant(index=True)


class RateLimit(SQLModel, table=True):
    """What a network said that an account, or everybody, may still do."""

    __tablename__ = "rate_limit"

    scope: str = Field(primary_key=True)
    """`channel:<id>`, or `network:<provider>:<host>`."""
    allowed: int | None = None
    """Requests in the network's window."""
    remaining: int | None = None
    resets_at: datetime | None = instant(default=None)
    closed_until: datetime | None = instant(default=None)
    """Nothing is sent before: it would be refused."""
    said_at: datetime = now_column()
