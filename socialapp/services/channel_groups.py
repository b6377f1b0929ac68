"""Groups of channels: saved, changed, forgotten. They are a way to choose, and change no post."""

from collections.abc import Sequence
from datetime import datetime

from socialapp.domain import naming
from socialapp.domain.errors import NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.store import channel_groups, channels, people
from socialapp.store.session import AsyncSession
from socialapp.store.tables import ChannelGroup

NAME_AT_MOST = 60
GROUPS_AT_MOST = 100


def _allow(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at groups here, not change them.")


async def of_workspace(db: AsyncSession, by: Member) -> list[ChannelGroup]:
    """Return the groups of the workspace, with the channels that are there."""
    there = {each.id for each in await channels.of_workspace(db, by.workspace_id)}
    found = await channel_groups.of_workspace(db, by.workspace_id)
    return [
        ChannelGroup(
            **each.model_dump(exclude={"channel_ids"}),
            channel_ids=[key for key in each.channel_ids if key in there],
        )
        for each in found
    ]


async def create(
    db: AsyncSession, by: Member, *, name: str, channel_ids: Sequence[int], now: datetime
) -> ChannelGroup:
    """Keep channels under a name."""
    _allow(by)
    await people.one_at_a_time(db, f"groups:{by.workspace_id}")
    there = await channel_groups.of_workspace(db, by.workspace_id)
    if len(there) >= GROUPS_AT_MOST:
        message = f"A workspace has at most {GROUPS_AT_MOST} groups. Nothing was saved."
        raise Rejected(Problem("too_many", message, "name"))
    group = ChannelGroup(
        workspace_id=by.workspace_id,
        name=_name(name, there),
        channel_ids=await _channels(db, by, channel_ids),
        created_at=now,
    )
    db.add(group)
    await db.flush()
    return group


async def change(
    db: AsyncSession,
    by: Member,
    group_id: int,
    *,
    name: str | None = None,
    channel_ids: Sequence[int] | None = None,
) -> ChannelGroup:
    """Give a group another name or other channels; what is not given stays."""
    _allow(by)
    await people.one_at_a_time(db, f"groups:{by.workspace_id}")
    group = await channel_groups.get(db, by.workspace_id, group_id)
    if group is None:
        raise NotFound("There is no such group.")
    if name is not None:
        there = await channel_groups.of_workspace(db, by.workspace_id)
        group.name = _name(name, [each for each in there if each.id != group_id])
    if channel_ids is not None:
        group.channel_ids = await _channels(db, by, channel_ids)
    await db.flush()
    return group


async def remove(db: AsyncSession, by: Member, group_id: int) -> None:
    """Forget a group; its channels stay as they are."""
    _allow(by)
    if not await channel_groups.remove(db, by.workspace_id, group_id):
        raise NotFound("There is no such group.")


def _name(name: str, others: Sequence[ChannelGroup]) -> str:
    name = naming.named(name, at_most=NAME_AT_MOST)
    return naming.only(name, [each.name for each in others], "group")


async def _channels(db: AsyncSession, by: Member, ids: Sequence[int]) -> list[int]:
    there = {each.id for each in await channels.of_workspace(db, by.workspace_id)}
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        message = "Choose at least one channel. Nothing was saved."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    if unknown := [str(each) for each in wanted if each not in there]:
        message = f"There is no channel with the id {', '.join(unknown)}. Nothing was saved."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))
    return wanted
