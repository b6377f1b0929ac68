"""Pause and resume: of a channel, or of the workspace."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import ChannelOut, example
from socialapp.api.deps import Publishes, Transaction
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.writing import AnyId
from socialapp.clock import utc_now
from socialapp.services import channels, pauses

router = APIRouter(prefix="/api", tags=["Publishing"], route_class=Guarded)


class WhatToPause(BaseModel):
    """A channel; or nothing, and the whole workspace is meant."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"channel_id": 1}, {}]}
    )

    # Left out, not null: a program that has lost its id must not pause a whole workspace.
    channel_id: AnyId = Field(default_factory=int, description="Left out: the workspace.")


What = Annotated[WhatToPause, Body(default_factory=WhatToPause)]


class PausedOut(BaseModel):
    """How the workspace stands."""

    model_config = example({"is_paused": True, "held": 12, "too_late": 0})

    is_paused: bool
    held: int = Field(
        description="Deliveries on hold; after a resume: of channels that are paused themselves."
    )
    too_late: int = Field(
        description="After a resume: posts too late to go out by themselves; they become missed."
    )

    @classmethod
    def of(cls, stands: pauses.Paused) -> "PausedOut":
        """Return what programs see of it."""
        return cls(is_paused=stands.is_paused, held=stands.held, too_late=stands.too_late)


@router.post("/queue/pause", responses=problems(400, 401, 403, 404, 409))
async def pause(what: What, by: Publishes, db: Transaction) -> ChannelOut | PausedOut:
    """Hold all that has not left, and all that is planned, until it is resumed.

    For one channel with `channel_id`; without it, or without a body, for the workspace. Nothing is
    lost, and what is being sent at this moment is finished. Twice is harmless.
    """
    if what.channel_id:
        return ChannelOut.of(await channels.pause(db, by, what.channel_id, now=utc_now()))
    return PausedOut.of(await pauses.pause(db, by))


@router.post("/queue/resume", responses=problems(400, 401, 403, 404, 409))
async def resume(what: What, by: Publishes, db: Transaction) -> ChannelOut | PausedOut:
    """Let a channel publish again, or the workspace; what is too late by now becomes missed.

    What waits for a channel that is paused itself stays on hold when the workspace is resumed, and
    the other way round.
    """
    if what.channel_id:
        return ChannelOut.of(await channels.resume(db, by, what.channel_id))
    return PausedOut.of(await pauses.resume(db, by, now=utc_now()))
