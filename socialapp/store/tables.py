"""Every table. All but the few of the installation itself carry the workspace."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown, Status


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, to the microsecond, on databases with zones and without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would be read as another instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return it aware."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


# SQLite gives out ids by itself only for a column of type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigId)


def _workspace(**more: Any) -> Any:
    return Field(foreign_key="workspace.id", sa_type=BigId, **more)


def _ref(table: str, **more: Any) -> Any:
    return Field(foreign_key=f"{table}.id", sa_type=BigId, **more)


def _at(**more: Any) -> Any:
    return Field(sa_type=UtcDateTime, **more)


def _now() -> Any:
    return Field(default_factory=utc_now, sa_type=UtcDateTime)


def _text(default: str = "") -> Any:
    return Field(default=default, sa_type=Text)


class Workspace(SQLModel, table=True):
    """One brand or client: its channels, content, people and zone."""

    id: int | None = _id()
    name: str
    zone: str = "UTC"
    missed_after_minutes: int = 15
    """How late a post found unsent may still go out by itself."""
    is_paused: bool = False
    checklist_hidden: bool = False
    created_at: datetime = _now()


class Person(SQLModel, table=True):
    """Someone who signs in."""

    id: int | None = _id()
    email: str = Field(unique=True)
    """In lower case."""
    name: str
    password_hash: str = _text()
    created_at: datetime = _now()


class Membership(SQLModel, table=True):
    """A person's role in a workspace."""

    person_id: int = _ref("person", primary_key=True)
    workspace_id: int = _workspace(primary_key=True)
    role: str
    created_at: datetime = _now()


class BrowserSession(SQLModel, table=True):
    """A signed-in browser; the cookie's secret is kept as a hash."""

    __tablename__ = "browser_session"

    id: int | None = _id()
    token_hash: str = Field(unique=True)
    person_id: int = _ref("person", index=True)
    workspace_id: int = _workspace()
    user_agent: str = _text()
    created_at: datetime = _now()
    seen_at: datetime = _now()
    expires_at: datetime = _at()


class SignInTry(SQLModel, table=True):
    """A failed sign-in, remembered for as long as it counts against the next."""

    __tablename__ = "sign_in_try"

    id: int | None = _id()
    subject: str = Field(index=True)
    """`person:<email>` or `address:<ip>`."""
    at: datetime = _now()


class ApiKey(SQLModel, table=True):
    """A program's key; its secret is kept as a hash."""

    __tablename__ = "api_key"

    id: int | None = _id()
    workspace_id: int = _workspace(index=True)
    name: str
    prefix: str
    key_hash: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_by: int | None = _ref("person", default=None)
    created_at: datetime = _now()
    last_used_at: datetime | None = _at(default=None)
    revoked_at: datetime | None = _at(default=None)


class Channel(SQLModel, table=True):
    """One connected account on one network."""

    id: int | None = _id()
    workspace_id: int = _workspace(index=True)
    provider: str
    name: str
    handle: str = ""
    address: str = ""
    """The network's own address where people choose it (an instance); else empty."""
    is_default: bool = False
    needs_reconnect: bool = False
    paused_at: datetime | None = _at(default=None)
    removed_at: datetime | None = _at(default=None)
    created_at: datetime = _now()


class MediaAsset(SQLModel, table=True):
    """A picture or film in the library; `key` is where the store keeps its bytes."""

    __tablename__ = "media_asset"
    __table_args__ = (Index("media_by_time", "workspace_id", "id"),)

    id: int | None = _id()
    workspace_id: int = _workspace()
    kind: str
    mime_type: str
    size_bytes: int = Field(sa_type=BigInteger)
    width: int = 0
    height: int = 0
    duration_s: float | None = None
    alt_text: str = _text()
    filename: str
    sha256: str
    key: str
    has_thumbnail: bool = False
    created_by: int | None = _ref("person", default=None)
    created_at: datetime = _now()


class Post(SQLModel, table=True):
    """What the author plans. `status` is derived from its schedules, kept for lists."""

    __table_args__ = (
        Index("post_by_status", "workspace_id", "status", "id"),
        Index("post_by_time", "workspace_id", "id"),
    )

    id: int | None = _id()
    workspace_id: int = _workspace()
    text: str = _text()
    status: str = Shown.DRAFT
    revision: int = 1
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    campaign: str = ""
    notes: str = _text()
    scheduled_at: datetime | None = _at(default=None)
    author_id: int | None = _ref("person", default=None)
    created_at: datetime = _now()
    updated_at: datetime = _now()
    deleted_at: datetime | None = _at(default=None)


class PostMedia(SQLModel, table=True):
    """A medium of a post, in its place."""

    __tablename__ = "post_media"

    post_id: int = _ref("post", primary_key=True)
    position: int = Field(primary_key=True)
    media_id: int = _ref("media_asset", index=True)


class Schedule(SQLModel, table=True):
    """One post, one moment, some channels. `status` is derived from its deliveries."""

    __table_args__ = (
        Index("schedule_by_time", "workspace_id", "scheduled_at", "id"),
        Index("schedule_by_status", "workspace_id", "status", "scheduled_at", "id"),
        Index("schedule_by_change", "workspace_id", "updated_at"),
    )

    id: int | None = _id()
    workspace_id: int = _workspace()
    post_id: int = _ref("post", index=True)
    scheduled_at: datetime = _at()
    local_time: str
    """The wall-clock time it was read from, in `timezone`."""
    timezone: str
    priority: int = 0
    status: str = Shown.QUEUED
    created_by: int | None = _ref("person", default=None)
    created_at: datetime = _now()
    updated_at: datetime = _now()


class Delivery(SQLModel, table=True):
    """One schedule to one channel: it owns the status."""

    __table_args__ = (
        UniqueConstraint("schedule_id", "channel_id"),
        # The two questions of the clock: what is due, and what is in whose hands.
        Index("delivery_due", "status", "due_at"),
        Index(
            "delivery_owned",
            "owner",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
        Index("delivery_by_channel", "channel_id", "status"),
    )

    id: int | None = _id()
    workspace_id: int = _workspace()
    schedule_id: int = _ref("schedule", index=True)
    channel_id: int = _ref("channel")
    status: Status = Field(default=Status.QUEUED, sa_type=Text)
    planned_at: datetime = _at()
    """The moment that was asked for: lateness counts from here, whatever came between."""
    due_at: datetime = _at()
    """When the next step is due: the moment of the post, or of the next try or look."""
    priority: int = 0
    fence: int = 0
    """Grows with each claim; a write that does not know the number changes nothing."""
    owner: str | None = None
    attempt: int = 0
    """Requests sent so far."""
    tries: int = 0
    """Requests since a person last asked; the limit counts these."""
    looks: int = 0
    """How often the network was asked whether it has it."""
    absences: int = 0
    """How often in a row it did not."""
    once: str = ""
    """The id or key that makes a repeat recognisable; the same for all attempts."""
    intent: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Exactly what is sent, frozen before the first byte leaves."""
    remote_id: str = ""
    url: str = _text()
    reason: str = _text()
    action: str = ""
    claimed_at: datetime | None = _at(default=None)
    sent_at: datetime | None = _at(default=None)
    posted_at: datetime | None = _at(default=None)
    late_ms: float | None = None


class PublishLog(SQLModel, table=True):
    """One attempt of a delivery. None is ever deleted: the youngest says how far we have come."""

    __tablename__ = "publish_log"

    id: int | None = _id()
    workspace_id: int = _workspace()
    schedule_id: int = _ref("schedule", index=True)
    delivery_id: int = _ref("delivery", index=True)
    provider: str
    attempt: int
    kind: str = "send"
    """`send`: a request that publishes; `look`: asking for it; `person`: somebody's decision."""
    status: str = "publishing"
    remote_id: str = ""
    url: str = _text()
    error: str = _text()
    due_at: datetime | None = _at(default=None)
    started_at: datetime = _now()
    finished_at: datetime | None = _at(default=None)
    late_ms: float | None = None


class WorkerBeat(SQLModel, table=True):
    """A worker process. Others judge it by whether `beat` moves, never by its clock."""

    __tablename__ = "worker_beat"

    name: str = Field(primary_key=True)
    host: str
    pid: int
    beat: int = 0
    started_at: datetime = _now()
    seen_at: datetime = _at(index=True)
    stopped_at: datetime | None = _at(default=None)
    trouble: str = _text()
    """What keeps it from its work, for the operator; empty when all is well."""


class RateLimit(SQLModel, table=True):
    """What a network said that an account, or everybody, may still do."""

    __tablename__ = "rate_limit"

    scope: str = Field(primary_key=True)
    """`channel:<id>`, or `network:<provider>:<host>`."""
    allowed: int | None = None
    """Requests in the network's window."""
    remaining: int | None = None
    resets_at: datetime | None = _at(default=None)
    closed_until: datetime | None = _at(default=None)
    """Nothing is sent before: it would be refused."""
    said_at: datetime = _now()


class Knob(SQLModel, table=True):
    """A setting of the installation that is changed while it runs."""

    name: str = Field(primary_key=True)
    value: str = _text()


class IdempotentAnswer(SQLModel, table=True):
    """The first answer to a POST that carried an Idempotency-Key, for 24 hours."""

    __tablename__ = "idempotent_answer"

    id: int | None = _id()
    workspace_id: int = _workspace()
    key: str
    request_hash: str
    status: int = 0
    """0 while the first request is under way."""
    body: str = _text()
    created_at: datetime = _at(default_factory=utc_now, index=True)

    __table_args__ = (UniqueConstraint("workspace_id", "key"),)


class SandboxPost(SQLModel, table=True):
    """A post on the network that is built in."""

    __tablename__ = "sandbox_post"
    __table_args__ = (
        UniqueConstraint("account", "once"),
        Index("sandbox_by_account", "account", "id"),
    )

    id: int | None = _id()
    workspace_id: int = _workspace(index=True)
    account: str
    once: str
    text: str = _text()
    media: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = _now()


class SandboxRule(SQLModel, table=True):
    """What an account of the built-in network was told to do with the next requests."""

    __tablename__ = "sandbox_rule"

    account: str = Field(primary_key=True)
    workspace_id: int = _workspace()
    behaviour: str
    requests_left: int = 1
    delay_ms: int = 0
