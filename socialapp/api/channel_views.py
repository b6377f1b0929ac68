"""What programs see of channels, and of what networks say of them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain.moments import iso
from socialapp.store.limits import Limit
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
            resets_at=iso(limit.resets_at) if limit.resets_at else None,
            closed_until=iso(limit.closed_until) if limit.closed_until else None,
        )


class ListedChannelOut(ChannelOut):
    """A connected account, with what its network said of it."""

    model_config = example(CHANNEL | {"limit": None})

    limit: LimitOut | None = Field(description="Null while nothing is known that still holds.")

    @classmethod
    def listed(cls, channel: Channel, limit: Limit | None) -> "ListedChannelOut":
        """Return what programs see of a row in the list of channels."""
        seen = ChannelOut.of(channel).model_dump()
        return cls(**seen, limit=LimitOut.of(limit) if limit else None)
