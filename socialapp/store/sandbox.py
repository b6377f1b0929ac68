"""What the sandbox network remembers: its posts, their files, and what it was told to do."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Channel, SandboxPost, SandboxRule


class SandboxTimeline:
    """The posts of all accounts, in the database; the files, in a folder."""

    def __init__(self, database: Database, folder: Path, told: Callable[[str, int], Any]) -> None:
        self._database = database
        self._folder = folder
        self._told = told

    async def told(self, account: str) -> Any:
        """Return what to do with the next request of the account, and use that up."""
        async with self._database.reading() as db:
            rule = await db.get(SandboxRule, account)
        if rule is None:
            return self._told("normal", 0)
        async with self._database.transaction() as db:
            if rule.requests_left == 1:
                await db.execute(delete(SandboxRule).where(col(SandboxRule.account) == account))
            elif rule.requests_left > 1:
                await db.execute(
                    update(SandboxRule)
                    .where(col(SandboxRule.account) == account)
                    .values(requests_left=col(SandboxRule.requests_left) - 1)
                )
        return self._told(rule.behaviour, rule.delay_ms)

    async def add(self, post: dict[str, Any]) -> tuple[int, bool]:
        """Keep a post, once per account and `once`; returns its id and whether it is new."""
        async with self._database.transaction() as db:
            workspace_id = await _workspace_of(db, post["account"])
            new = sqlite_insert if self._database.is_sqlite else pg_insert
            done = await db.execute(
                new(SandboxPost)
                .values(
                    workspace_id=workspace_id,
                    account=post["account"],
                    once=post["once"],
                    text=post["text"],
                    media=post["media"],
                )
                .on_conflict_do_nothing(index_elements=["account", "once"])
                .returning(col(SandboxPost.id))
            )
            made = done.scalar_one_or_none()
        if made is not None:
            return int(made), True
        return await self.find(post["account"], post["once"]) or 0, False

    async def find(self, account: str, once: str) -> int | None:
        """Return the id of the post with that `once`."""
        async with self._database.reading() as db:
            query = select(col(SandboxPost.id)).where(
                SandboxPost.account == account, SandboxPost.once == once
            )
            return (await db.execute(query)).scalar_one_or_none()

    def keep_media(self, sha256: str, body: bytes) -> None:
        """Keep a file under the hash of its bytes; raises ValueError when it is another."""
        if hashlib.sha256(body).hexdigest() != sha256:
            raise ValueError("not the hash of these bytes")
        target = self._folder / sha256
        if target.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{sha256}.{os.getpid()}.part")
        part.write_bytes(body)
        part.replace(target)


async def _workspace_of(db: AsyncSession, account: str) -> int:
    query = select(col(Channel.workspace_id)).where(Channel.handle == account).limit(1)
    return int((await db.execute(query)).scalar_one())


async def timeline(
    db: AsyncSession, *, before: int | None = None, account: str = "", limit: int = 30
) -> list[tuple[SandboxPost, Channel]]:
    """Return the public posts with their accounts, newest first."""
    query = (
        select(SandboxPost, Channel)
        .join(Channel, col(Channel.handle) == SandboxPost.account)
        .order_by(col(SandboxPost.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(SandboxPost.id) < before)
    if account:
        query = query.where(SandboxPost.account == account)
    return [(post, channel) for post, channel in (await db.execute(query)).all()]


async def set_rule(
    db: AsyncSession,
    channel: Channel,
    *,
    behaviour: str,
    requests: int,
    delay_ms: int,
) -> None:
    """Tell an account what to do with its next `requests` requests (-1: all); normal: as ever."""
    await db.execute(delete(SandboxRule).where(col(SandboxRule.account) == channel.handle))
    if behaviour != "normal" or delay_ms:
        await db.execute(
            insert(SandboxRule).values(
                account=channel.handle,
                workspace_id=channel.workspace_id,
                behaviour=behaviour,
                requests_left=requests,
                delay_ms=delay_ms,
            )
        )
    aftermath(db).workspaces.add(channel.workspace_id)


async def rules_of(db: AsyncSession, workspace_id: int) -> dict[str, SandboxRule]:
    """Return what the workspace's accounts were told, by account."""
    query = select(SandboxRule).where(SandboxRule.workspace_id == workspace_id)
    return {rule.account: rule for rule in (await db.execute(query)).scalars()}
