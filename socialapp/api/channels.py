"""Channels: listed, connected, verified, changed, removed."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp import providers
from socialapp.access import Keyring
from socialapp.api import address
from socialapp.api.channel_views import (
    CHANNEL,
    ChannelOut,
    ListedChannelOut,
    example,
    listed,
)
from socialapp.api.deps import Admins, Id, Publishes, Reading, Reads, Transaction, transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.writing import AnyId, Options
from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.services import channels, connections
from socialapp.store import channels as rows
from socialapp.store.session import database
from socialapp.store.tables import Channel

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)

Key = Annotated[Words, Field(max_length=50)]
Typed = Annotated[dict[Key, Annotated[Words, Field(max_length=10_000)]], Field(max_length=50)]
Name = Annotated[Words, Field(min_length=1, max_length=100)]


class ChannelList(BaseModel):
    """The connected accounts."""

    items: list[ListedChannelOut]


@router.get("/channels", responses=problems(401, 403))
async def list_channels(by: Reads, db: Reading) -> ChannelList:
    """List the channels of the workspace, each with what its network said of it last."""
    there = await rows.of_workspace(db, by.workspace_id)
    return ChannelList(items=await listed(db, there, now=utc_now()))


@router.get("/channels/{channel_id}", responses=problems(400, 401, 403, 404))
async def get_channel(channel_id: Id, by: Reads, db: Reading) -> ListedChannelOut:
    """Return a channel with what its network said of it last."""
    channel = await rows.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return (await listed(db, [channel], now=utc_now()))[0]


class Connection(BaseModel):
    """What a person types to connect an account."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"provider": "sandbox", "fields": {"name": "Second shop"}},
            ]
        },
    )

    provider: Key
    way: Key = Field(default="", description="Of `GET /api/providers`; left out: the first.")
    fields: Typed = Field(default={}, description="What is typed, by the keys of the fields.")
    channel_id: AnyId | None = Field(default=None, description="The channel to connect again.")


class NewChannel(Connection):
    """An account to connect."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"provider": "sandbox", "name": "Second shop"}]},
    )

    name: Name | None = Field(default=None, description="What it is called here.")


class ConnectedOut(ChannelOut):
    """A channel that was just connected."""

    model_config = example(CHANNEL | {"shown": {}})

    shown: dict[str, str] = Field(
        description="Secrets that were made for you, by their names: shown now and never again,"
        " also not to a repeat of the request."
    )

    @classmethod
    def connected(cls, channel: Channel, shown: Mapping[str, str]) -> "ConnectedOut":
        """Return what programs see of a row, and the secrets once."""
        return cls(**ChannelOut.of(channel).model_dump(), shown=dict(shown))


@router.post("/channels", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def connect_channel(new: NewChannel, by: Admins, request: Request) -> ConnectedOut:
    """Connect an account with what a person typed; the network is asked.

    With `channel_id` a channel is connected again: what waited for it goes out. For the sandbox a
    `name` is enough. What is wrong with one of the fields names it.
    """
    if new.provider == providers.DEFAULT and not new.fields and new.channel_id is None:
        return await _add_sandbox(new, by, request)
    shown: dict[str, str] = {}
    channel = await connections.connect(
        database(),
        by,
        provider=new.provider,
        way=new.way,
        given=new.fields,
        name=new.name or "",
        channel_id=new.channel_id,
        show=shown.update,
        now=utc_now(),
    )
    return ConnectedOut.connected(channel, shown)


async def _add_sandbox(new: NewChannel, by: Admins, request: Request) -> ConnectedOut:
    if new.name is None:
        raise Rejected(Problem("missing", "Give the channel a name.", "name"))
    async with transaction(request) as db:
        made = await channels.add_sandbox(db, by, name=new.name, now=utc_now())
        return ConnectedOut.connected(made, {})


class VisitOut(BaseModel):
    """Where a person has to go."""

    model_config = example({"url": "https://social.example/oauth/authorize?state=…"})

    url: str = Field(description="Good for half an hour, and for one visit.")


@router.post("/channels/visit", responses=problems(400, 401, 403, 404, 409))
async def visit_network(new: Connection, by: Admins, request: Request) -> VisitOut:
    """Say where a person has to go to let us in; they come back by themselves.

    They come back to `/api/connect/{provider}/back`, in a browser that is signed in to this
    workspace; there the account becomes a channel.
    """
    url = await connections.depart(
        database(),
        by,
        provider=new.provider,
        way=new.way,
        given=new.fields,
        channel_id=new.channel_id,
        back=f"{address.of(request)}/api/connect/{new.provider}/back",
        now=utc_now(),
    )
    return VisitOut(url=url)


class VerifiedOut(BaseModel):
    """What the network says of a channel."""

    model_config = example(
        {"ok": True, "detail": "Sandbox knows sandbox-1, and lets us in.", "channel": CHANNEL}
    )

    ok: bool
    detail: str
    channel: ChannelOut


@router.post("/channels/{channel_id}/verify", responses=problems(400, 401, 403, 404, 409))
async def verify_channel(channel_id: Id, by: Publishes) -> VerifiedOut:
    """Ask the network whether our access is good, and what it allows.

    When it is good again, what waited for the channel goes out. Nothing is published.
    """
    keyring = Keyring(database())
    found = await connections.verify(database(), keyring, by, channel_id, now=utc_now())
    return VerifiedOut(ok=found.is_ok, detail=found.words, channel=ChannelOut.of(found.channel))


class ChannelChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Shop", "options": {"language": "en"}}]},
    )

    name: Name | None = None
    is_default: StrictBool | None = Field(
        default=None, description="Only true: another becomes the default by its own change."
    )
    options: Options | None = Field(
        default=None, description="What its posts have when they do not say otherwise; all of it."
    )


@router.patch("/channels/{channel_id}", responses=problems(400, 401, 403, 404))
async def change_channel(
    channel_id: Id, change: ChannelChange, by: Admins, db: Transaction
) -> ListedChannelOut:
    """Change what a channel is called here, its defaults, or make it the default one."""
    if change.is_default is False:
        message = "Make another channel the default; then this one is it no more."
        raise Rejected(Problem("default_required", message, "is_default"))
    if change.name is not None:
        await channels.rename(db, by, channel_id, name=change.name)
    if change.options is not None:
        await channels.set_options(db, by, channel_id, options=change.options)
    if change.is_default:
        await channels.make_default(db, by, channel_id)
    await db.flush()
    return await get_channel(channel_id, by, db)


@router.delete(
    "/channels/{channel_id}", status_code=204, responses=problems(400, 401, 403, 404, 409)
)
async def remove_channel(channel_id: Id, by: Admins, db: Transaction) -> None:
    """Take a channel away, and forget its access. 409 while something is planned for it."""
    await channels.remove(db, by, channel_id, now=utc_now())
