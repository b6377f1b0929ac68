"""Weekly times under a name."""

from sqlalchemy import delete, func
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import Timetable


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[Timetable]:
    """Return the timetables of a workspace, by their names."""
    query = (
        select(Timetable)
        .where(Timetable.workspace_id == workspace_id)
        .order_by(func.lower(Timetable.name), col(Timetable.id))
    )
    return list((await db.execute(query)).scalars())


async def get(db: AsyncSession, workspace_id: int, timetable_id: int) -> Timetable | None:
    """Return a timetable of the workspace."""
    query = select(Timetable).where(
        Timetable.id == timetable_id, Timetable.workspace_id == workspace_id
    )
    return (await db.execute(query)).scalar_one_or_none()


async def remove(db: AsyncSession, workspace_id: int, timetable_id: int) -> bool:
    """Forget a timetable; False when the workspace has none with that id."""
    query = delete(Timetable).where(
        col(Timetable.id) == timetable_id, col(Timetable.workspace_id) == workspace_id
    )
    return bool(await change(db, query))
