"""Groups of channels, which are chosen together."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import example
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.writing import ChannelIds
from socialapp.clock import utc_now
from socialapp.services import channel_groups
from socialapp.store.tables import ChannelGroup

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)
_GROUP = {"id": 2, "name": "Shops", "channel_ids": [1, 4]}
_Name = Annotated[Words, Field(max_length=200)]


class NewGroup(BaseModel):
    """Channels to keep under a name."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Shops", "channel_ids": [1]}]}
    )

    name: _Name
    channel_ids: ChannelIds


class GroupChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "All shops"}]}
    )

    name: _Name | None = None
    channel_ids: ChannelIds | None = None


class GroupOut(BaseModel):
    """A group of channels."""

    model_config = example(_GROUP)

    id: int
    name: str
    channel_ids: list[int] = Field(description="Without those that were removed since.")

    @classmethod
    def of(cls, group: ChannelGroup) -> "GroupOut":
        """Return what programs see of a group."""
        return cls(id=group.id or 0, name=group.name, channel_ids=group.channel_ids)


class GroupsOut(BaseModel):
    """All groups of the workspace."""

    model_config = example({"items": [_GROUP]})

    items: list[GroupOut]


@router.get("/channel-groups", responses=problems(401, 403))
async def list_groups(by: Reads, db: Reading) -> GroupsOut:
    """List the groups of channels, by their names."""
    found = await channel_groups.of_workspace(db, by)
    return GroupsOut(items=[GroupOut.of(each) for each in found])


@router.post("/channel-groups", status_code=201, responses=problems(400, 401, 403, 409))
async def save_group(new: NewGroup, by: Writes, db: Transaction) -> GroupOut:
    """Keep channels under a name. 409: a group has that name already."""
    made = await channel_groups.create(
        db, by, name=new.name, channel_ids=new.channel_ids, now=utc_now()
    )
    return GroupOut.of(made)


@router.patch("/channel-groups/{group_id}", responses=problems(400, 401, 403, 404, 409))
async def change_group(group_id: Id, asked: GroupChange, by: Writes, db: Transaction) -> GroupOut:
    """Give a group another name or other channels."""
    changed = await channel_groups.change(
        db, by, group_id, name=asked.name, channel_ids=asked.channel_ids
    )
    return GroupOut.of(changed)


@router.delete(
    "/channel-groups/{group_id}", status_code=204, responses=problems(400, 401, 403, 404)
)
async def forget_group(group_id: Id, by: Writes, db: Transaction) -> None:
    """Forget a group; its channels and posts stay as they are."""
    await channel_groups.remove(db, by, group_id)
