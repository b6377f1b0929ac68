"""Addresses of pictures: those that wait, and what became of the others."""

from sqlalchemy import delete, func, select
from sqlmodel import col

from socialapp.store.session import AsyncSession
from socialapp.store.tables import PictureLink


async def waiting(db: AsyncSession, workspace_id: int) -> PictureLink | None:
    """Return the next that nobody has fetched."""
    query = (
        select(PictureLink)
        .where(col(PictureLink.workspace_id) == workspace_id)
        .where(col(PictureLink.status) == "waiting")
        .order_by(col(PictureLink.id))
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[PictureLink]:
    """Return all that are known, in their order."""
    query = select(PictureLink).where(col(PictureLink.workspace_id) == workspace_id)
    return list((await db.execute(query.order_by(col(PictureLink.id)))).scalars())


async def number(db: AsyncSession, workspace_id: int) -> int:
    """Count all that are known."""
    query = select(func.count()).where(col(PictureLink.workspace_id) == workspace_id)
    return int((await db.execute(query)).scalar_one())


async def still(db: AsyncSession, link_id: int) -> PictureLink | None:
    """Return an address that still waits; nobody else settles it until the commit."""
    query = select(PictureLink).where(col(PictureLink.id) == link_id).with_for_update()
    found = (await db.execute(query)).scalar_one_or_none()
    return found if found and found.status == "waiting" else None


async def workspaces_waiting(db: AsyncSession) -> list[int]:
    """Return the workspaces that have some to fetch."""
    query = select(col(PictureLink.workspace_id)).where(col(PictureLink.status) == "waiting")
    return list((await db.execute(query.distinct())).scalars())


async def forget(db: AsyncSession, workspace_id: int, *, is_all: bool = False) -> None:
    """Forget those that are over; or all."""
    query = delete(PictureLink).where(col(PictureLink.workspace_id) == workspace_id)
    await db.execute(query if is_all else query.where(col(PictureLink.status) != "waiting"))


async def fingerprint(db: AsyncSession, workspace_id: int) -> str:
    """Return words that differ whenever one of them is over."""
    query = select(func.count(), func.count().filter(col(PictureLink.status) == "waiting")).where(
        col(PictureLink.workspace_id) == workspace_id
    )
    return ":".join(map(str, (await db.execute(query)).one()))
