"""Calendar feeds: made, listed and revoked; and the calendar that is at the address of one."""

import asyncio
import hashlib
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from socialapp.api import address
from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Bounded, Guarded
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain import ical
from socialapp.domain.moments import iso
from socialapp.services import calendar_feeds
from socialapp.store.session import database
from socialapp.store.tables import CalendarFeed

router = APIRouter(prefix="/api", tags=["Calendar feeds"], route_class=Guarded)
by_secret = APIRouter(prefix="/api", tags=["Calendar feeds"], route_class=Bounded)
TYPE = "text/calendar; charset=utf-8"
_FEED = {"id": 3, "channel_id": 1, "created_at": AT, "last_used_at": None}
_SHOWN = {"url": "https://social.example.org/api/calendar/kN3v….ics"}


class NewFeed(BaseModel):
    """What a new feed shows."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"channel_id": 1}, {}]}
    )

    channel_id: Annotated[StrictInt, Field(ge=1, le=ID_AT_MOST)] | None = Field(
        default=None, description="The only channel that it shows; without it all are shown."
    )


class FeedOut(BaseModel):
    """A calendar feed; its address is not kept."""

    model_config = example(_FEED)

    id: int
    channel_id: int | None = Field(description="The only channel that it shows; null: all.")
    created_at: str
    last_used_at: str | None

    @classmethod
    def of(cls, feed: CalendarFeed) -> "FeedOut":
        """Return what programs see of a feed."""
        return cls(
            id=feed.id or 0,
            channel_id=feed.channel_id,
            created_at=iso(feed.created_at),
            last_used_at=iso(feed.last_used_at) if feed.last_used_at else None,
        )


class ShownAddress(BaseModel):
    """What is shown once and kept nowhere; empty in an answer that is given again."""

    url: str = Field(default="", description="The address that calendar programs subscribe to.")


class NewFeedOut(FeedOut):
    """A new feed, with its address."""

    model_config = example(_FEED | {"shown": _SHOWN})

    shown: ShownAddress


class FeedsOut(BaseModel):
    """All feeds of the workspace."""

    model_config = example({"items": [_FEED]})

    items: list[FeedOut]


@router.get("/calendar-feeds", responses=problems(401, 403))
async def list_feeds(by: Reads, db: Reading) -> FeedsOut:
    """List the calendar feeds of the workspace, newest first."""
    found = await calendar_feeds.of_workspace(db, by)
    return FeedsOut(items=[FeedOut.of(feed) for feed, _ in found])


@router.post("/calendar-feeds", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def make_feed(new: NewFeed, by: Writes, db: Transaction, request: Request) -> NewFeedOut:
    """Make an address that calendar programs subscribe to. It is shown this once.

    Whoever knows it can read the plan, and nothing else, until it is revoked or its maker is
    removed from the workspace.
    """
    made, secret = await calendar_feeds.create(db, by, channel_id=new.channel_id, now=utc_now())
    url = f"{address.of(request)}/api/calendar/{secret}.ics"
    return NewFeedOut(**FeedOut.of(made).model_dump(), shown=ShownAddress(url=url))


@router.delete("/calendar-feeds/{feed_id}", status_code=204, responses=problems(400, 401, 403, 404))
async def revoke_feed(feed_id: Id, by: Writes, db: Transaction) -> None:
    """End a feed, at once: there is nothing at its address any more."""
    await calendar_feeds.revoke(db, by, feed_id)


_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The calendar (RFC 5545).",
        "content": {
            "text/calendar": {
                "schema": {"type": "string"},
                "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n",
            }
        },
    },
    304: {"description": "Not changed since the ETag that was sent."},
}


@by_secret.get(
    "/calendar/{secret}.ics",
    response_class=Response,
    responses=_CALENDAR | problems(404),
)
async def read_calendar(
    secret: str, if_none_match: Annotated[str, Header(max_length=1000)] = ""
) -> Response:
    """Return the schedules of the last 90 and the next 365 days, but for cancelled ones.

    At most 2,000: those that are nearest to now.
    """
    feed = await calendar_feeds.read(database(), secret, now=utc_now())
    entries = [replace(each, url=address.details(each.schedule_id)) for each in feed.entries]
    tag = f'"{hashlib.sha256(repr((feed.name, entries)).encode()).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": tag, "X-Robots-Tag": "noindex"}
    # A proxy that compresses makes the tag a weak one.
    if tag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    # The full 2,000 take a second.
    written = await asyncio.to_thread(ical.write, feed.name, entries)
    return Response(written, headers=headers, media_type=TYPE)
