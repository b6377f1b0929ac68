"""The first answers to requests that carried an Idempotency-Key."""

from datetime import datetime

from sqlalchemy import delete, update
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
) -> int | None:
    """Note that the first request with this key is under way; None when there was one."""
    row = IdempotentAnswer(
        workspace_id=workspace_id, key=key, request_hash=request_hash, created_at=now
    )
    try:
        async with database.transaction() as db:
            db.add(row)
    except IntegrityError:
        return None
    return row.id


async def keep(db: AsyncSession, reserved: int, *, status: int, body: str) -> None:
    """Keep the answer."""
    await db.execute(
        update(IdempotentAnswer)
        .where(col(IdempotentAnswer.id) == reserved)
        .values(status=status, body=body)
    )


async def carried_out(db: AsyncSession, reserved: int) -> bool:
    """Note, in the transaction of the work itself, that it is done; False: it was given up."""
    done = update(IdempotentAnswer).where(col(IdempotentAnswer.id) == reserved)
    return bool(await change(db, done.values(status=CARRIED_OUT)))


async def drop(db: AsyncSession, reserved: int) -> None:
    """Forget a key whose request came to nothing; of one that was carried out it is known."""
    await db.execute(
        delete(IdempotentAnswer).where(
            col(IdempotentAnswer.id) == reserved, col(IdempotentAnswer.status) == UNDER_WAY
        )
    )


async def forget(db: AsyncSession, *, before: datetime) -> None:
    """Forget answers older than `before`."""
    await db.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < before))
