"""What editors are given: the draft, and the channels with their rules. Plain values."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain import moments
from socialapp.domain.checks import AltText
from socialapp.domain.content import Kind
from socialapp.domain.delivery import Shown
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.services import dry_run, making, writing
from socialapp.store import channels, contents, posts, schedules, series
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Post, Schedule
from socialapp.ui.components.status import LABELS
from socialapp.ui.rows import letters

CLOSED = (Shown.POSTED, Shown.PARTLY_POSTED, Shown.PUBLISHING, Shown.NEEDS_CHECK)
"""Out, or on its way: it stays as it is."""
_FROM, _UNTIL, _AT = 8, 20, 9
"""Between which hours a time is proposed, and which one on the next day."""


class Opened(BaseModel):
    """What the page asks for when it opens."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ticket: str = Field(max_length=40)
    post_id: int = Field(ge=0, lt=2**63)
    media_ids: list[int] = Field(default=[], max_length=50)
    template_id: int = Field(default=0, ge=0, lt=2**63)


class Written(BaseModel):
    """A draft as an editor sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ticket: str = Field(max_length=40)
    key: str = Field(max_length=60)
    seq: int
    post_id: int = Field(ge=0, lt=2**63)
    revision: int = Field(ge=0, lt=2**31)
    overwrites: bool = False
    """The author saw what `revision` says, and wants theirs all the same."""
    sitting: str = Field(default="", max_length=80)
    """Which open editor this is: its saves are one version for a while."""
    text: str = Field(max_length=writing.TEXT_AT_MOST)
    channel_ids: list[int] = Field(max_length=500)
    how: str = Field(default="", pattern="^(|schedule|now|queue)$")
    local: str = Field(default="", max_length=64)
    zone: str = Field(default="", max_length=64)
    repeat: str = Field(default="", max_length=500)
    """RRULE, when it is scheduled."""
    scope: str = Field(default="", pattern="^(|one|following|all)$")
    """Of an occurrence of a series: which of them have the change."""

    def given(self) -> dict[str, Any]:
        """Return what it says, as the services take it."""
        return {"text": self.text, "channel_ids": self.channel_ids}


async def read_channels(db: AsyncSession, by: Member, kind: Kind) -> list[dict[str, Any]]:
    """Return the channels of the workspace, each with what its network takes of it, for a kind."""
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    return [_channel(c, kind, alt_text) for c in await channels.of_workspace(db, by.workspace_id)]


def _channel(channel: Channel, kind: Kind, alt_text: AltText) -> dict[str, Any]:
    network, can = dry_run.takes(channel, kind)
    return {
        "id": channel.id,
        "name": channel.name,
        "handle": channel.handle,
        "letters": letters(channel.name),
        "is_default": channel.is_default,
        "is_paused": channel.paused_at is not None,
        "network": network,
        "provider": channel.provider,
        "is_open": kind in can.kinds,
        "can": can.as_data(),
        "options": channel.options,
        "alt_text": str(alt_text),
    }


async def read_draft(
    db: AsyncSession, by: Member, asked: Opened, there: list[dict[str, Any]], kind: Kind
) -> dict[str, Any]:
    """Return the post or page that is asked for, or a blank one."""
    post = await posts.get(db, by.workspace_id, asked.post_id, kind=kind) if asked.post_id else None
    if post is None:
        return _blank(asked, there)
    return {
        "ticket": asked.ticket,
        "post_id": post.id,
        "revision": post.revision,
        "title": post.title,
        "text": post.text,
        "channel_ids": [i for i in post.channel_ids if i in {c["id"] for c in there}],
        "status": str(post.status),
        "state": await _state(db, post),
        "status_words": LABELS.get(post.status, ""),
        "is_missing": False,
        "repeats": await _repeats(db, by, post),
    }


async def _repeats(db: AsyncSession, by: Member, post: Post) -> str:
    """Say how the series repeats that a post is an occurrence of; empty when there is none."""
    mine = await series.occurrence_of(db, by.workspace_id, post.id or 0)
    found = await series.get(db, by.workspace_id, mine.series_id) if mine else None
    return making.spoken(found) if found and not found.ended_at else ""


async def _state(db: AsyncSession, post: Post) -> str:
    """Say how it may be edited: `draft` saves by itself, `planned` when told to, `closed` never."""
    if post.status in CLOSED:
        return "closed"
    return "planned" if await planned(db, post) else "draft"


async def planned(db: AsyncSession, post: Post) -> Schedule | None:
    """Return the schedule that a post has, if it was not cancelled."""
    alive = [s for s in await schedules.of_post(db, post.id or 0) if s.status != Shown.CANCELLED]
    return alive[0] if alive else None


def _blank(asked: Opened, there: list[dict[str, Any]]) -> dict[str, Any]:
    fitting = [c for c in there if c["is_open"]]
    chosen = [c["id"] for c in fitting if c["is_default"]] or [c["id"] for c in fitting[:1]]
    return {
        "ticket": asked.ticket,
        "post_id": 0,
        "revision": 0,
        "title": "",
        "text": "",
        "channel_ids": chosen,
        "status": "",
        "state": "draft",
        "status_words": "",
        "is_missing": bool(asked.post_id),
        "repeats": "",
    }


async def read_problems(
    db: AsyncSession, by: Member, post: Post, channel_ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return what the chosen networks say about the post as it is saved."""
    written = (await contents.written(db, [post.id or 0]))[post.id or 0]
    there = await channels.by_id(db, by.workspace_id, channel_ids)
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    found = {
        (p.code, p.message): asdict(p)
        for channel in there.values()
        if channel.removed_at is None
        for p in dry_run.of_channel(written, channel, alt_text=alt_text).verdict.problems
    }
    return list(found.values())


def proposed(local: datetime) -> str:
    """Return the wall-clock time that stands in a new post, and nobody has chosen yet.

    A full hour of the day, an hour away at least: what is sent without a look at it goes out
    neither at once nor in the night.
    """
    hour = (local + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    if hour.hour < _FROM:
        hour = hour.replace(hour=_AT)
    elif hour.hour > _UNTIL:
        hour = (hour + timedelta(days=1)).replace(hour=_AT)
    return f"{hour:%Y-%m-%dT%H}:00"


def spoken(moment: Moment, *, now: Any) -> dict[str, str]:
    """Say a moment for the split button, and what the clocks do to it."""
    return {
        "words": moments.spoken(moment.at, moment.zone, now=now),
        "distance": moments.distance(moment.at, now=now),
        "note": _note(moment),
        "trouble": "" if moment.at > now else "That time has passed. Choose a later one.",
        "at": moments.iso(moment.at),
    }


def _note(moment: Moment) -> str:
    local = moments.in_zone(moment.at, moment.zone)
    if moment.was_skipped:
        return (
            f"The clocks jump over {moment.local:%H:%M} that day."
            f" It goes out at {local:%H:%M}, the first time that exists."
        )
    if moment.happens_twice:
        return f"{moment.local:%H:%M} happens twice that day. It goes out the first time."
    return ""
