"""What the sandbox network remembers: its posts, their files, and what it was told to do."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, Database, aftermath, change
from socialapp.store.tables import Channel, SandboxPost, SandboxRule

_POSTS: Table = SandboxPost.__table__  # type: ignore[attr-defined]
_NEAR = 200
"""The parts of a thread are among so many posts of their account."""
_KEPT = ("kind", "title", "text", "options", "media", "attachments")


class SandboxTimeline:
    """The posts of all accounts, in the database; the files, in a folder.

    Requests that come in together are answered from one reading and kept by one commit.
    """

    def __init__(self, database: Database, folder: Path, told: Callable[[str, int], Any]) -> None:
        self._database = database
        self._folder = folder
        self._told = told
        self._asked: list[asyncio.Future[dict[str, SandboxRule]]] = []
        self._added: list[tuple[dict[str, Any], asyncio.Future[tuple[int, bool]]]] = []
        self._work: set[asyncio.Task[None]] = set()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def told(self, account: str) -> Any:
        """Return what to do with the next request of the account, and use that up."""
        if not self._asked:
            self._begin(self._read_rules())
        asked: asyncio.Future[dict[str, SandboxRule]] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        rule = (await asked).get(account)
        if rule is None:
            return self._told("normal", 0)
        if not await self._use_up(rule):
            return await self.told(account)
        return self._told(rule.behaviour, rule.delay_ms)

    async def _read_rules(self) -> None:
        await asyncio.sleep(0)
        asked, self._asked = self._asked, []
        try:
            async with self._database.reading() as db:
                rules = {r.account: r for r in (await db.execute(select(SandboxRule))).scalars()}
        except Exception as error:
            _fail(asked, error)
        else:
            for waiting in asked:
                waiting.set_result(rules)

    async def _use_up(self, rule: SandboxRule) -> bool:
        """Take one of a rule's requests; False when others took the last meanwhile."""
        if rule.requests_left < 0:
            return True
        mine = col(SandboxRule.account) == rule.account
        async with self._database.transaction() as db:
            done = await change(
                db,
                update(SandboxRule)
                .where(mine, col(SandboxRule.requests_left) > 0)
                .values(requests_left=col(SandboxRule.requests_left) - 1),
            )
            await db.execute(delete(SandboxRule).where(mine, col(SandboxRule.requests_left) == 0))
        return bool(done)

    async def add(self, post: dict[str, Any]) -> tuple[int, bool]:
        """Keep a post, once per account and `once`; returns its id and whether it is new."""
        if not self._added:
            self._begin(self._keep_posts())
        kept: asyncio.Future[tuple[int, bool]] = asyncio.get_running_loop().create_future()
        self._added.append((post, kept))
        return await kept

    async def _keep_posts(self) -> None:
        new = sqlite_insert if self._database.is_sqlite else pg_insert
        added: list[tuple[dict[str, Any], asyncio.Future[tuple[int, bool]]]] = []
        try:
            async with self._database.transaction() as db:
                added, self._added = self._added, []
                workspaces = await _workspaces_of(db, {post["account"] for post, _ in added})
                rows = {
                    (post["account"], post["once"]): {
                        "workspace_id": workspaces[post["account"]],
                        "account": post["account"],
                        "once": post["once"],
                        "reply_to": _number(post.get("reply_to")),
                        **{name: post[name] for name in _KEPT},
                    }
                    for post, _ in added
                }
                done = await db.execute(
                    new(_POSTS)
                    .on_conflict_do_nothing(index_elements=["account", "once"])
                    .returning(_POSTS.c.id, _POSTS.c.account, _POSTS.c.once),
                    list(rows.values()),
                )
                made = {(account, once): post_id for post_id, account, once in done.all()}
        except Exception as error:
            if not added:  # the transaction could not even begin
                added, self._added = self._added, []
            _fail([kept for _, kept in added], error)
            return
        for post, kept in added:
            place = post["account"], post["once"]
            post_id = made.pop(place, None)
            is_new = post_id is not None
            kept.set_result((post_id or await self.find(*place) or 0, is_new))

    async def find(self, account: str, once: str) -> int | None:
        """Return the id of the post with that `once`."""
        async with self._database.reading() as db:
            query = select(col(SandboxPost.id)).where(
                SandboxPost.account == account, SandboxPost.once == once
            )
            return (await db.execute(query)).scalar_one_or_none()

    async def reactions(self, account: str, ids: list[int]) -> dict[int, dict[str, int]]:
        """Return how often people reacted to the posts of the account, of those that are there."""
        query = select(SandboxPost).where(
            SandboxPost.account == account, col(SandboxPost.id).in_(ids)
        )
        async with self._database.reading() as db:
            found = (await db.execute(query)).scalars()
            return {p.id or 0: {"likes": p.likes, "reposts": p.reposts} for p in found}

    async def remove(self, account: str, post_id: int) -> None:
        """Take a post down."""
        async with self._database.transaction() as db:
            await db.execute(
                delete(SandboxPost).where(
                    col(SandboxPost.account) == account, col(SandboxPost.id) == post_id
                )
            )

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


def _number(words: str | None) -> int | None:
    return int(words) if words else None


def _fail(waiting: Iterable[asyncio.Future[Any]], error: Exception) -> None:
    for future in waiting:
        if not future.done():
            future.set_exception(error)


async def _workspaces_of(db: AsyncSession, accounts: set[str]) -> dict[str, int]:
    query = select(col(Channel.handle), col(Channel.workspace_id)).where(
        col(Channel.handle).in_(accounts)
    )
    return {row.handle: row.workspace_id for row in (await db.execute(query)).all()}


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


async def thread(db: AsyncSession, post_id: int) -> list[tuple[SandboxPost, Channel]]:
    """Return a public post with its account, and what follows it in its thread."""
    post = await get(db, post_id)
    if post is None:
        return []
    query = (
        select(SandboxPost, Channel)
        .join(Channel, col(Channel.handle) == SandboxPost.account)
        .where(SandboxPost.account == post.account, col(SandboxPost.id) >= post_id)
        .order_by(col(SandboxPost.id))
        .limit(_NEAR)
    )
    found: list[tuple[SandboxPost, Channel]] = []
    for one, channel in (await db.execute(query)).all():
        if not found or one.reply_to == found[-1][0].id:
            found.append((one, channel))
    return found


async def newest(db: AsyncSession) -> int:
    """Return the id of the youngest public post, 0 without any: it grows with each new one."""
    return int((await db.execute(select(func.max(SandboxPost.id)))).scalar() or 0)


async def get(db: AsyncSession, post_id: int) -> SandboxPost | None:
    """Return a public post."""
    return await db.get(SandboxPost, post_id)


async def react(db: AsyncSession, post_id: int, reaction: str) -> SandboxPost | None:
    """Let one more of those who look at the timeline like or repost a post; None: it is gone."""
    column = {"likes": SandboxPost.likes, "reposts": SandboxPost.reposts}[reaction]
    its = update(SandboxPost).where(col(SandboxPost.id) == post_id)
    await change(db, its.values({reaction: col(column) + 1}))
    return await db.get(SandboxPost, post_id, populate_existing=True)


async def channel_of(db: AsyncSession, account: str) -> Channel | None:
    """Return the channel of an account that is still connected."""
    query = select(Channel).where(
        Channel.handle == account, Channel.provider == "sandbox", col(Channel.removed_at).is_(None)
    )
    return (await db.execute(query)).scalars().first()


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
