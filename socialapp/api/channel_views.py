"""What programs see of channels, and of what networks say of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain.moments import iso
from socialapp.store import deliveries, limits, secrets
from socialapp.store.limits import Limit
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel

AT = "2027-05-14T07:00:00.000Z"


def example(value: dict[str, Any]) -> ConfigDict:
    """Return the configuration of a model whose documentation shows `value`."""
    return ConfigDict(json_schema_extra={"examples": [value]})


CHANNEL = {
    "id": 1, "name": "Sandbox", "provider": "sandbox", "handle": "sandbox-1",
    "is_default": True, "is_paused": False, "needs_reconnect": False, "url": "", "trouble": "",
}  # fmt: skip


class ChannelOut(BaseModel):
    """A connected account."""

    model_config = example(CHANNEL)

    id: int
    name: str
    provider: str
    handle: str
    is_default: bool
    is_paused: bool
    needs_reconnect: bool
    url: str = Field(default="", description="The account's page on its network.")
    trouble: str = Field(default="", description="Why it needs to be connected again.")

    @classmethod
    def of(cls, channel: Channel) -> "ChannelOut":
        """Return what programs see of a row."""
        return cls(
            id=channel.id or 0,
            name=channel.name,
            provider=channel.provider,
            handle=channel.handle,
            is_default=channel.is_default,
            is_paused=channel.paused_at is not None,
            needs_reconnect=channel.needs_reconnect,
            url=channel.url,
            trouble=channel.trouble,
        )


class LimitOut(BaseModel):
    """What a network last said that an account may still do."""

    model_config = example(
        {"allowed": 300, "remaining": 3, "resets_at": AT, "closed_until": None}
    )  # fmt: skip

    allowed: int | None = Field(description="Requests in the network's window.")
    remaining: int | None
    resets_at: str | None
    closed_until: str | None = Field(description="Nothing is sent before: it would be refused.")

    @classmethod
    def of(cls, limit: Limit) -> "LimitOut":
        """Return what programs see of it."""
        return cls(
            allowed=limit.allowed,
            remaining=limit.remaining,
            resets_at=_iso(limit.resets_at),
            closed_until=_iso(limit.closed_until),
        )


class ListedChannelOut(ChannelOut):
    """A connected account, with the state of its access and what its network said of it."""

    model_config = example(
        CHANNEL
        | {"address": "", "options": {}, "connected_at": AT, "verified_at": None,
           "expires_at": None, "waiting": 3, "limit": None}
    )  # fmt: skip

    address: str = Field(description="The network's server, where people choose it.")
    options: dict[str, Any] = Field(
        description="What its posts have when they do not say otherwise."
    )
    connected_at: str
    verified_at: str | None = Field(description="When the network last said that it is good.")
    expires_at: str | None = Field(description="When our access ends; null: not by itself.")
    waiting: int = Field(description="How much is planned for it, or on its way.")
    limit: LimitOut | None = Field(description="Null while nothing is known that still holds.")


async def listed(
    db: AsyncSession, channels: Sequence[Channel], *, now: datetime
) -> list[ListedChannelOut]:
    """Return what programs see of channels in a list."""
    ids = [channel.id or 0 for channel in channels]
    said = await limits.of_channels(db, channels, now=now)
    ends = await secrets.ends(db, ids)
    waiting = await deliveries.waiting_of(db, ids)
    return [
        ListedChannelOut(
            **ChannelOut.of(channel).model_dump(),
            address=channel.address,
            options=channel.options,
            connected_at=iso(channel.created_at),
            verified_at=_iso(channel.known_at),
            expires_at=_iso(ends.get(channel_id)),
            waiting=waiting.get(channel_id, 0),
            limit=LimitOut.of(said[channel_id]) if channel_id in said else None,
        )
        for channel_id, channel in zip(ids, channels, strict=True)
    ]


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None
