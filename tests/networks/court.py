"""Cases by the hundred: each a fresh database, a judge of its own, and workers to be killed."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, update
from sqlmodel import col

from socialapp.domain.people import Member
from socialapp.store.session import Database
from socialapp.store.tables import Channel
from tests.networks.fleet import Fleet, Forked
from tests.networks.judge import Arrived, Judge
from tests.networks.stand import KINDS, Stand, take_stand
from tests.servers.postgresql import Cluster
from tests.world import NO_REDIS, World, make_world, settings_for


@dataclass
class Case:
    """A workspace before its judge, and the fleet that its workers come from."""

    folder: Path
    url: str
    stand: Stand
    fleet: Fleet
    order: Sequence[str] = KINDS
    """The order in which a post goes to its networks."""
    record: Path | None = None
    crash: tuple[str, int] | None = None
    freeze: tuple[str, int] | None = None
    redis_url: str = NO_REDIS

    @property
    def judge(self) -> Judge:
        """The networks."""
        return self.stand.judge

    async def victim(self) -> Forked:
        """Start the worker that writes its steps down, ends or stands still at one of them."""
        return await self.fleet.start(
            self.folder,
            self.url,
            name="victim",
            record=self.record,
            crash=self.crash,
            freeze=self.freeze,
        )

    async def worker(self, name: str) -> Forked:
        """Start a worker that goes its way."""
        return await self.fleet.start(self.folder, self.url, name=name, redis_url=self.redis_url)

    async def at_first_request(self, do: Callable[[], None]) -> None:
        """Do something at the very moment at which the first request comes in."""
        there = asyncio.Event()

        def arrives(_: Arrived) -> None:
            if not there.is_set():
                do()
            there.set()

        self.judge.on_arrival = arrives
        async with asyncio.timeout(20):
            await there.wait()


@dataclass
class Court:
    """Opens cases over one kind of database; `empty` is one that has its tables."""

    fleet: Fleet
    folder: Path
    empty: str
    cluster: Cluster | None = None
    _template: str = ""
    _alice: Member | None = None
    _ids: dict[str, int] = field(default_factory=dict)
    _opened: int = 0

    @property
    def name(self) -> str:
        """Which kind of database."""
        return "postgresql" if self.cluster else "sqlite"

    @asynccontextmanager
    async def case(self) -> AsyncIterator[Case]:
        """Open a case; nothing is left of it."""
        if not self._template:
            await self._make_template()
        assert self._alice
        folder, url = await self._copy(self._template)
        database, judge = Database(url), Judge()
        await judge.start()
        world = World(database, self._alice, settings_for(url, folder))
        await _move_networks(database, judge.address)
        try:
            yield Case(folder, url, Stand(world, judge, self._ids), self.fleet)
        finally:
            await judge.stop()
            await database.close()
            await self._forget(folder, url)

    async def _make_template(self) -> None:
        """Do once what every case begins with: the workspace and its accounts."""
        folder, url = await self._copy(self.empty)
        database = Database(url)
        world = await make_world(database, settings_for(url, folder))
        stand = await take_stand(world, Judge())
        await database.close()
        self._alice, self._ids = world.alice, stand.ids
        self._template = url.rpartition("/")[2] if self.cluster else str(folder / "socialapp.db")

    async def _copy(self, template: str) -> tuple[Path, str]:
        self._opened += 1
        folder = self.folder / f"{self.name}-{self._opened}"
        folder.mkdir()
        if self.cluster:
            name = await asyncio.to_thread(self.cluster.fresh, template)
            return folder, self.cluster.url(name)
        shutil.copy(template, folder / "socialapp.db")
        return folder, f"sqlite+aiosqlite:///{folder / 'socialapp.db'}"

    async def _forget(self, folder: Path, url: str) -> None:
        if self.cluster:
            await asyncio.to_thread(self.cluster.drop, url.rpartition("/")[2])
        # A worker that is being killed may still write there; the rest goes with the whole folder.
        shutil.rmtree(folder, ignore_errors=True)


async def _move_networks(database: Database, address: str) -> None:
    there = func.concat(f"{address}/", col(Channel.provider))
    query = update(Channel).where(col(Channel.provider).in_(KINDS)).values(address=there)
    async with database.transaction() as db:
        await db.execute(query)
