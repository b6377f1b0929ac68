"""The first answers to requests that carried an Idempotency-Key."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import IdempotentAnswer

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
) -> bool:
    """Note that the first request with this key is under way; False when there was one."""
    try:
        async with database.transaction() as db:
            db.add(
                IdempotentAnswer(
                    workspace_id=workspace_id, key=key, request_hash=request_hash, created_at=now
                )
            )
    except IntegrityError:
        return False
    return True


async def keep(db: AsyncSession, workspace_id: int, key: str, *, status: int, body: str) -> None:
    """Keep the answer."""
    await db.execute(
        update(IdempotentAnswer)
        .where(col(IdempotentAnswer.workspace_id) == workspace_id, col(IdempotentAnswer.key) == key)
        .values(status=status, body=body)
    )


async def carried_out(db: AsyncSession, workspace_id: int, key: str) -> None:
    """Note, in the transaction of the work itself, that it is done."""
    await keep(db, workspace_id, key, status=CARRIED_OUT, body="")


async def drop(db: AsyncSession, workspace_id: int, key: str) -> None:
    """Forget a key whose request came to nothing: it may be tried again."""
    await db.execute(
        delete(IdempotentAnswer).where(
            col(IdempotentAnswer.workspace_id) == workspace_id, col(IdempotentAnswer.key) == key
        )
    )


async def forget(db: AsyncSession, *, before: datetime) -> None:
    """Forget answers older than `before`."""
    await db.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < before))
