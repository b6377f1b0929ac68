"""Every table. All but the few of the installation itself carry the workspace."""

from socialapp.store.tables.autopilot import (
    AutopilotNote,
    Persona,
    Photo,
    PhotoAnalysis,
    PhotoPosting,
)
from socialapp.store.tables.channels import (
    Channel,
    ChannelSecret,
    Connecting,
    NetworkApp,
    RateLimit,
)
from socialapp.store.tables.columns import UtcDateTime
from socialapp.store.tables.content import (
    AttachmentAsset,
    MediaAsset,
    Post,
    PostAttachment,
    PostComment,
    PostMedia,
)
from socialapp.store.tables.feeds import CalendarFeed
from socialapp.store.tables.imports import SheetImport, SheetRow
from socialapp.store.tables.notifications import (
    Destination,
    Notification,
    NotificationRead,
    NotificationRule,
    OutgoingNotification,
)
from socialapp.store.tables.people import (
    ApiKey,
    BrowserSession,
    Invitation,
    Membership,
    Person,
    SignInTry,
    Workspace,
)
from socialapp.store.tables.publishing import Delivery, PublishLog, Schedule
from socialapp.store.tables.running import IdempotentAnswer, Knob, WorkerBeat
from socialapp.store.tables.sandbox import SandboxPost, SandboxRule
from socialapp.store.tables.series import Occurrence, Series
from socialapp.store.tables.slots import PostingRule, PostingTime, TakenSlot
from socialapp.store.tables.sources import Source, SourceItem

__all__ = [
    "ApiKey",
    "AttachmentAsset",
    "AutopilotNote",
    "BrowserSession",
    "CalendarFeed",
    "Channel",
    "ChannelSecret",
    "Connecting",
    "Delivery",
    "Destination",
    "IdempotentAnswer",
    "Invitation",
    "Knob",
    "MediaAsset",
    "Membership",
    "NetworkApp",
    "Notification",
    "NotificationRead",
    "NotificationRule",
    "Occurrence",
    "OutgoingNotification",
    "Person",
    "Persona",
    "Photo",
    "PhotoAnalysis",
    "PhotoPosting",
    "Post",
    "PostAttachment",
    "PostComment",
    "PostMedia",
    "PostingRule",
    "PostingTime",
    "PublishLog",
    "RateLimit",
    "SandboxPost",
    "SandboxRule",
    "Schedule",
    "Series",
    "SheetImport",
    "SheetRow",
    "SignInTry",
    "Source",
    "SourceItem",
    "TakenSlot",
    "UtcDateTime",
    "WorkerBeat",
    "Workspace",
]
