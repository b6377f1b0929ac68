"""Notifications: the list, and what of it is read."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Reading, Reads, Transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Limit
from socialapp.api.writing import AnyId
from socialapp.clock import utc_now
from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event
from socialapp.services import notifications
from socialapp.store.notifications import LISTED, Told

router = APIRouter(prefix="/api", tags=["Notifications"], route_class=Guarded)


class NotificationOut(BaseModel):
    """One thing that happened."""

    model_config = example(
        {"id": 7, "event": "failed", "title": "Failed at Sandbox: Fresh bread from six.",
         "text": "The sandbox refused the post. Nothing was posted.", "schedule_id": 12,
         "channel_id": None, "provider": "", "post_id": 12, "created_at": AT, "is_read": False}
    )  # fmt: skip

    id: int
    event: Event
    title: str
    text: str
    schedule_id: int | None
    channel_id: int | None
    provider: str = Field(description="The network of the channel.")
    post_id: int | None
    created_at: str
    is_read: bool

    @classmethod
    def of(cls, told: Told) -> "NotificationOut":
        """Return what programs see of it."""
        it = told.it
        return cls(
            id=it.id or 0,
            event=Event(it.event),
            title=it.title,
            text=it.text,
            schedule_id=it.schedule_id,
            channel_id=it.channel_id,
            provider=told.provider,
            post_id=it.post_id,
            created_at=iso(it.created_at),
            is_read=told.is_read,
        )


class InboxOut(BaseModel):
    """What was told last."""

    items: list[NotificationOut]
    unread: int = Field(description="Of all, also those that are not listed.")


class WhatIsRead(BaseModel):
    """Which are read; without `ids` all are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ids": [7]}, {}]})

    # Left out, not null: a program that has lost its ids must not mark everything.
    ids: list[AnyId] = Field(default_factory=list, max_length=1000)


@router.get("/notifications", responses=problems(400, 401, 403))
async def list_notifications(by: Reads, db: Reading, limit: Limit = LISTED) -> InboxOut:
    """List what the workspace was told last, newest first. For a key all is unread."""
    inbox = await notifications.inbox(db, by, limit=limit)
    return InboxOut(items=[NotificationOut.of(each) for each in inbox.told], unread=inbox.unread)


@router.post("/notifications/read", responses=problems(400, 401, 403, 404, 409))
async def read_notifications(
    what: Annotated[WhatIsRead, Body()], by: Reads, db: Transaction
) -> InboxOut:
    """Mark notifications as read by the person who is signed in."""
    is_some = "ids" in what.model_fields_set
    await notifications.read(db, by, set(what.ids) if is_some else None, now=utc_now())
    inbox = await notifications.inbox(db, by)
    return InboxOut(items=[NotificationOut.of(each) for each in inbox.told], unread=inbox.unread)
