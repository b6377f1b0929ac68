"""What posts pictures by itself: photographs, what they are worth, personas, what went out."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from socialapp.domain.curation import PhotoStatus
from socialapp.store.tables.columns import (
    BigId,
    id_column,
    instant,
    now_column,
    ref,
    text_column,
    workspace_ref,
)

_TAKEN = text("status <> 'released'")


class Photo(SQLModel, table=True):
    """A medium that autopilot may post."""

    media_id: int = ref("media_asset", primary_key=True, ondelete="CASCADE")
    workspace_id: int = workspace_ref(index=True)
    folder: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    status: str = PhotoStatus.NEW
    own_score: float | None = None
    """What a person says that it is worth; it counts instead of the measured score."""
    not_before: datetime | None = instant(default=None)
    """A person put it off: it is not for moments before this one."""
    created_at: datetime = now_column()


class MediaOrigin(SQLModel, table=True):
    """What a camera wrote into a picture, read before it was taken out of the file."""

    __tablename__ = "media_origin"

    media_id: int = ref("media_asset", primary_key=True, ondelete="CASCADE")
    taken_at: datetime | None = instant(default=None)
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None
    """Only where the workspace keeps places."""


class PhotoAnalysis(SQLModel, table=True):
    """What a photograph is worth, by the formula `version`."""

    __tablename__ = "photo_analysis"

    media_id: int = ref("media_asset", primary_key=True, ondelete="CASCADE")
    version: int
    score: float
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """`name`, `value` (0-1) and `why` of each part."""
    fingerprint: str = ""
    """A perceptual hash: 64 bits in hexadecimal; empty when the picture could not be read."""
    analysed_at: datetime = now_column()


class Persona(SQLModel, table=True):
    """Who posts what, where and when, by itself."""

    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    name: str
    channel_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    days: list[int] = Field(default_factory=lambda: list(range(7)), sa_type=JSON)
    """0 is Monday."""
    minutes: list[int] = Field(default_factory=lambda: [9 * 60], sa_type=JSON)
    """Of the day, in `timezone`."""
    timezone: str
    caption: str = text_column()
    folders: list[str] = Field(default_factory=list, sa_type=JSON)
    """Empty: any folder."""
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    """Any of them; empty: any photograph."""
    orientation: str = ""
    minimum_score: float = 0.0
    strategy: str = "highest"
    proposes_alt_text: bool = False
    """What nobody has described is described by a proposal, which goes out unread."""
    described_until: datetime | None = instant(default=None)
    """For moments up to this one a description was asked for: once, whatever came of it."""
    is_on: bool = False
    is_stopped: bool = False
    """It was on when a person stopped everything."""
    ran_dry_at: datetime | None = instant(default=None)
    """Since when it has posted nothing, for want of a photograph or a trouble: told once each."""
    seen_until: datetime = instant()
    """Moments up to this one are dealt with."""
    skipped: list[str] = Field(default_factory=list, sa_type=JSON)
    """Moments to come that a person left out, as ISO 8601."""
    created_by: int | None = ref("person", default=None)
    """Whose rights it acts with."""
    created_at: datetime = now_column()


class PhotoPosting(SQLModel, table=True):
    """A photograph on its way, written with its schedule before anything is sent."""

    __tablename__ = "photo_posting"
    __table_args__ = (
        UniqueConstraint("persona_id", "due_at"),
        Index(
            "photo_posted_once",
            "media_id",
            unique=True,
            sqlite_where=_TAKEN,
            postgresql_where=_TAKEN,
        ),
    )

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    persona_id: int | None = ref("persona", default=None)
    """Nothing, of a persona that was deleted."""
    media_id: int = Field(sa_type=BigId)
    """No reference: what was posted stays known when the picture is deleted."""
    schedule_id: int = ref("schedule")
    due_at: datetime = instant()
    status: str = "posting"
    """posting, posted, failed; cancelled, by a person; or released: it may be picked again."""
    why: str = text_column()
    remote_id: str = ""
    url: str = text_column()
    posted_at: datetime | None = instant(default=None)
    created_at: datetime = now_column()


class TakenFile(SQLModel, table=True):
    """A file of the watched folder, by its content: it is taken once, or refused once."""

    __tablename__ = "taken_file"
    __table_args__ = (UniqueConstraint("workspace_id", "sha256"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    sha256: str
    """Of the file as it lay there; what is kept of it is another one."""
    path: str = text_column()
    """Inside of the folder, as it was first seen."""
    media_id: int | None = Field(default=None, sa_type=BigId)
    """No reference: a picture that is deleted is not taken again. Nothing: it was refused."""
    created_at: datetime = now_column()


class PictureLink(SQLModel, table=True):
    """An address that somebody gave a picture by, and what became of it."""

    __tablename__ = "picture_link"
    __table_args__ = (Index("picture_link_by_workspace", "workspace_id", "id"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    created_by: int | None = ref("person", default=None)
    """None: a program."""
    folder: str = ""
    url: str = text_column()
    status: str = "waiting"
    """waiting, done or failed."""
    why: str = text_column()
    created_at: datetime = now_column()


class AutopilotNote(SQLModel, table=True):
    """A line of the log that people read: each choice, and why."""

    __tablename__ = "autopilot_note"
    __table_args__ = (Index("autopilot_note_by_time", "workspace_id", "id"),)

    id: int | None = id_column()
    workspace_id: int = workspace_ref()
    persona: str = ""
    words: str = text_column()
    is_warning: bool = False
    created_at: datetime = now_column()
