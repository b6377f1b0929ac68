"""Groups of channels."""

from sqlalchemy import delete, func
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import ChannelGroup


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[ChannelGroup]:
    """Return the groups of a workspace, by their names."""
    query = (
        select(ChannelGroup)
        .where(ChannelGroup.workspace_id == workspace_id)
        .order_by(func.lower(ChannelGroup.name), col(ChannelGroup.id))
    )
    return list((await db.execute(query)).scalars())


async def get(db: AsyncSession, workspace_id: int, group_id: int) -> ChannelGroup | None:
    """Return a group of the workspace."""
    query = select(ChannelGroup).where(
        ChannelGroup.id == group_id, ChannelGroup.workspace_id == workspace_id
    )
    return (await db.execute(query)).scalar_one_or_none()


async def remove(db: AsyncSession, workspace_id: int, group_id: int) -> bool:
    """Forget a group; False when the workspace has none with that id."""
    query = delete(ChannelGroup).where(
        col(ChannelGroup.id) == group_id, col(ChannelGroup.workspace_id) == workspace_id
    )
    return bool(await change(db, query))
