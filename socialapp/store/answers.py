"""The first answers to requests that carried an Idempotency-Key."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, Database, change
from socialapp.store.tables import IdempotentAnswer

UNDER_WAY = 0
CARRIED_OUT = 1
"""The status of a key whose work is committed, and whose answer is not kept yet."""


async def find(db: AsyncSession, workspace_id: int, key: str) -> IdempotentAnswer | None:
    """Return what is known of a key."""
    query = select(IdempotentAnswer).where(
        IdempotentAnswer.workspace_id == workspace_id, IdempotentAnswer.key == key
    )
    return (await db.execute(query)).scalar_one_or_none()


async def reserve(
    database: Database, workspace_id: int, key: str, request_hash: str, *, now: datetime
) -> IdempotentAnswer | None:
    """Note that the first request with this key is under way; None when there was one."""
    row = IdempotentAnswer(
        workspace_id=workspace_id, key=key, request_hash=request_hash, created_at=now
    )
    try:
        async with database.transaction() as db:
            db.add(row)
    except IntegrityError:
        return None
    return row


def _is(row: IdempotentAnswer) -> ColumnElement[bool]:
    """Whether it is this row still: SQLite gives out the id of a deleted one again."""
    return and_(
        col(IdempotentAnswer.id) == row.id,
        col(IdempotentAnswer.created_at) == row.created_at,
    )


async def keep(db: AsyncSession, reserved: IdempotentAnswer, *, status: int, body: str) -> None:
    """Keep the answer."""
    await db.execute(update(IdempotentAnswer).where(_is(reserved)).values(status=status, body=body))


async def carried_out(db: AsyncSession, reserved: IdempotentAnswer) -> bool:
    """Note, in the transaction of the work itself, that it is done; False: it was given up."""
    done = update(IdempotentAnswer).where(_is(reserved)).values(status=CARRIED_OUT)
    return bool(await change(db, done))


async def drop(db: AsyncSession, reserved: IdempotentAnswer) -> None:
    """Forget a key whose request came to nothing; of one that was carried out it is known."""
    is_under_way = col(IdempotentAnswer.status) == UNDER_WAY
    await db.execute(delete(IdempotentAnswer).where(_is(reserved), is_under_way))


async def forget(db: AsyncSession, *, before: datetime) -> None:
    """Forget answers older than `before`."""
    await db.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < before))
