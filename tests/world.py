"""A workspace with a sandbox channel, and what tests do with it, over real parts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.people import Member
from socialapp.services import attachments, channels, members, posts, schedules
from socialapp.settings import Settings
from socialapp.store import files
from socialapp.store.session import Database
from socialapp.store.tables import (
    AttachmentAsset,
    Delivery,
    PublishLog,
    SandboxPost,
    Schedule,
)
from socialapp.worker import Tools

PASSWORD = "correct horse battery"
NO_REDIS = "redis://127.0.0.1:1/0"


def settings_for(database_url: str, folder: Path, redis_url: str = NO_REDIS) -> Settings:
    """Return settings as the environment would give them."""
    given = {"data_dir": folder, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return Settings.model_validate(given)


async def until(
    claim: Callable[[], Awaitable[Any]], *, within_s: float = 20.0, every_s: float = 0.05
) -> Any:
    """Return what `claim` gives as soon as it is true; fail after a while.

    The database cannot be awaited from outside: this looks again and again.
    """
    async with asyncio.timeout(within_s):
        while True:
            if found := await claim():
                return found
            await asyncio.sleep(every_s)


@dataclass
class World:
    """Alice's workspace in a fresh database."""

    database: Database
    alice: Member
    settings: Settings

    async def schedule(
        self,
        text: str = "Hello",
        *,
        in_s: float = 0.0,
        channel_ids: list[int] | None = None,
        **more: Any,
    ) -> Schedule:
        """Plan a post; without `in_s` it is due at once."""
        now = utc_now()
        at = moments.read((now + timedelta(seconds=in_s)).isoformat(), zone="UTC")
        async with self.database.transaction() as db:
            post = await posts.create(db, self.alice, text=text, now=now, **more)
            return await schedules.create(
                db,
                self.alice,
                post_id=post.id or 0,
                kind=post.kind,
                at=at,
                channel_ids=channel_ids or [],
                now=now,
            )

    async def schedule_page(
        self,
        title: str,
        text: str = "Open *from six*",
        *,
        carries: tuple[str, ...] = (),
        in_s: float = 0.0,
    ) -> Schedule:
        """Plan a page with text files of these names, each with a description."""
        ids = [(await self.attach(name)).id or 0 for name in carries]
        page = {"kind": Kind.PAGE, "title": title, "attachment_ids": ids}
        return await self.schedule(text, in_s=in_s, **page)

    async def attach(self, name: str) -> AttachmentAsset:
        """Keep a text file for pages; its words and its description name it."""
        home = files.connect(self.settings.media_dir, limit_bytes=10**6)
        async with home.incoming() as incoming:
            await incoming.write(f"What is in {name}".encode())
            return await attachments.upload(
                self.database,
                self.alice,
                incoming,
                filename=name,
                description=f"About {name}",
                now=utc_now(),
            )

    async def public(self) -> list[SandboxPost]:
        """Return what is on the sandbox, oldest first."""
        async with self.database.reading() as db:
            query = select(SandboxPost).order_by(col(SandboxPost.id))
            return list((await db.execute(query)).scalars())

    async def plan(self, number: int, *, at: datetime) -> None:
        """Plan many posts for one instant; each text is its own marker."""
        await self.plan_more("marker", number, at=at)

    async def plan_more(self, name: str, number: int, *, at: datetime) -> None:
        """Plan many posts for one instant, marked with `name` and a number."""
        moment = moments.read(at.isoformat(), zone="UTC")
        async with self.database.transaction() as db:
            for i in range(number):
                post = await posts.create(db, self.alice, text=f"{name}-{i}", now=utc_now())
                await schedules.create(
                    db, self.alice, post_id=post.id or 0, at=moment, now=utc_now()
                )

    async def plan_spread(
        self, number: int, *, begin: datetime, every_s: float, name: str = "spread"
    ) -> dict[str, float]:
        """Plan posts one after the other; returns when each is due, in seconds since 1970."""
        due: dict[str, float] = {}
        async with self.database.transaction() as db:
            for i in range(number):
                at = begin + timedelta(seconds=i * every_s)
                due[f"{name}-{i}"] = at.timestamp()
                moment = moments.read(at.isoformat(), zone="UTC")
                post = await posts.create(db, self.alice, text=f"{name}-{i}", now=utc_now())
                await schedules.create(
                    db, self.alice, post_id=post.id or 0, at=moment, now=utc_now()
                )
        return due

    async def tell_sandbox(self, behaviour: str, *, requests: int = 1, delay_ms: int = 0) -> None:
        """Make the sandbox misbehave."""
        async with self.database.transaction() as db:
            there = (await db.execute(select(col(Delivery.channel_id)).limit(1))).scalar()
            await channels.set_behaviour(
                db,
                self.alice,
                there or await self.channel_id(),
                behaviour=behaviour,
                requests=requests,
                delay_ms=delay_ms,
            )

    async def channel_id(self) -> int:
        """Return the id of the workspace's first channel."""
        from socialapp.store import channels as rows

        async with self.database.reading() as db:
            return (await rows.of_workspace(db, self.alice.workspace_id))[0].id or 0

    async def delivery(self, schedule: Schedule) -> Delivery:
        """Return the only delivery of a schedule, as it is now."""
        async with self.database.reading() as db:
            query = select(Delivery).where(Delivery.schedule_id == schedule.id)
            return (await db.execute(query)).scalars().one()

    async def delivery_of(self, delivery_id: int) -> Delivery:
        """Return a delivery by its id."""
        async with self.database.reading() as db:
            found = await db.get(Delivery, delivery_id)
        assert found
        return found

    async def log(self, schedule: Schedule) -> list[PublishLog]:
        """Return the attempts of a schedule, oldest first."""
        async with self.database.reading() as db:
            query = (
                select(PublishLog)
                .where(PublishLog.schedule_id == schedule.id)
                .order_by(col(PublishLog.id))
            )
            return list((await db.execute(query)).scalars())

    async def status_of(self, schedule: Schedule) -> str:
        """Return the status of a schedule as people see it."""
        async with self.database.reading() as db:
            query = select(Schedule.status).where(Schedule.id == schedule.id)
            return str((await db.execute(query)).scalar_one())

    async def reaches(self, schedule: Schedule, *statuses: str, within_s: float = 20.0) -> str:
        """Wait until a schedule has one of the statuses, and return it."""

        async def found() -> str:
            status = await self.status_of(schedule)
            return status if status in statuses else ""

        return str(await until(found, within_s=within_s))

    async def timeline(self) -> list[str]:
        """Return the texts on the sandbox, oldest first."""
        async with self.database.reading() as db:
            query = select(SandboxPost.text).order_by(col(SandboxPost.id))
            return list((await db.execute(query)).scalars())

    async def counts(self) -> dict[str, int]:
        """Return how many schedules have each status."""
        async with self.database.reading() as db:
            query = select(Schedule.status, func.count()).group_by(col(Schedule.status))
            return {str(row[0]): int(row[1]) for row in (await db.execute(query)).all()}

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Tools]:
        """Run a whole worker, without arq's jobs, inside this process."""
        async with Tools(self.settings) as tools:
            yield tools


async def make_world(database: Database, settings: Settings) -> World:
    """Return a world with its owner."""
    async with database.transaction() as db:
        alice = await members.create_owner(
            db,
            name="Alice",
            email="alice@example.org",
            password=PASSWORD,
            zone="Europe/Berlin",
            now=utc_now(),
        )
    return World(database, alice, settings)
