"""Every table. All but the few of the installation itself carry the workspace."""

from socialapp.store.tables.autopilot import (
    AutopilotNote,
    MediaOrigin,
    Persona,
    Photo,
    PhotoAnalysis,
    PhotoPosting,
    PictureLink,
    TakenFile,
)
from socialapp.store.tables.channels import (
    Channel,
    ChannelSecret,
    Connecting,
    NetworkApp,
    RateLimit,
)
from socialapp.store.tables.columns import UtcDateTime
from socialapp.store.tables.comparisons import Comparison, ComparisonSending
from socialapp.store.tables.content import (
    AttachmentAsset,
    MediaAsset,
    Post,
    PostAttachment,
    PostComment,
    PostMedia,
)
from socialapp.store.tables.evergreen import (
    EvergreenEntry,
    EvergreenList,
    EvergreenTurn,
    EvergreenWording,
)
from socialapp.store.tables.feeds import CalendarFeed
from socialapp.store.tables.groups import ChannelGroup
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
from socialapp.store.tables.proposals import ProposalEndpoint
from socialapp.store.tables.publishing import Delivery, PublishLog, Schedule
from socialapp.store.tables.recycling import RecycledPost, RecyclingRule
from socialapp.store.tables.results import Result, ResultReading
from socialapp.store.tables.reviews import ReviewLink, ReviewLinkPost
from socialapp.store.tables.running import IdempotentAnswer, Knob, WorkerBeat
from socialapp.store.tables.sandbox import SandboxPost, SandboxRule
from socialapp.store.tables.series import Occurrence, Series
from socialapp.store.tables.slots import PostingRule, PostingTime, TakenSlot, Timetable
from socialapp.store.tables.sources import Source, SourceItem
from socialapp.store.tables.texts import Snippet, Template
from socialapp.store.tables.versions import PostVersion

__all__ = [
    "ApiKey",
    "AttachmentAsset",
    "AutopilotNote",
    "BrowserSession",
    "CalendarFeed",
    "Channel",
    "ChannelGroup",
    "ChannelSecret",
    "Comparison",
    "ComparisonSending",
    "Connecting",
    "Delivery",
    "Destination",
    "EvergreenEntry",
    "EvergreenList",
    "EvergreenTurn",
    "EvergreenWording",
    "IdempotentAnswer",
    "Invitation",
    "Knob",
    "MediaAsset",
    "MediaOrigin",
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
    "PictureLink",
    "Post",
    "PostAttachment",
    "PostComment",
    "PostMedia",
    "PostVersion",
    "PostingRule",
    "PostingTime",
    "ProposalEndpoint",
    "PublishLog",
    "RateLimit",
    "RecycledPost",
    "RecyclingRule",
    "Result",
    "ResultReading",
    "ReviewLink",
    "ReviewLinkPost",
    "SandboxPost",
    "SandboxRule",
    "Schedule",
    "Series",
    "SheetImport",
    "SheetRow",
    "SignInTry",
    "Snippet",
    "Source",
    "SourceItem",
    "TakenFile",
    "TakenSlot",
    "Template",
    "Timetable",
    "UtcDateTime",
    "WorkerBeat",
    "Workspace",
]
