"""A database with a workspace on the fake networks, copied afresh for each run of the model."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from socialapp.domain.people import Member
from socialapp.store import channels as channel_rows
from socialapp.store.session import Database
from socialapp.store.tables import Channel
from tests.publishing.model import follow
from tests.publishing.model_network import KINDS
from tests.publishing.model_worker import START, Clock
from tests.servers.postgresql import Cluster
from tests.world import make_world, settings_for


@dataclass
class Copies:
    """A furnished database, and the copies that are made of it."""

    base: str
    fresh: Callable[[], str]
    drop: Callable[[str], None]


@dataclass
class Setup:
    """Where each run gets its own database from, and who is in it."""

    copies: Copies
    alice: Member
    channels: list[Channel]
    clock: Clock
    gone: set[str]


async def furnish(url: str, folder: Path) -> tuple[Member, list[Channel]]:
    """Put Alice's workspace in, with a channel of each kind."""
    database = Database(url)
    world = await make_world(database, settings_for(url, folder))
    async with database.transaction() as db:
        made = [
            await channel_rows.add_channel(
                db, world.alice.workspace_id, provider=kind.key, name=kind.name, now=START
            )
            for kind in KINDS
        ]
    await follow(database)
    await database.close()
    return world.alice, made


def sqlite(template: Path, folder: Path) -> Copies:
    """Copy a file."""
    base, file = folder / "furnished.db", folder / "run.db"
    shutil.copy(template, base)

    def fresh() -> str:
        shutil.copy(base, file)
        return f"sqlite+aiosqlite:///{file}"

    def drop(_: str) -> None:
        for name in folder.glob("run.db*"):
            name.unlink()

    return Copies(f"sqlite+aiosqlite:///{base}", fresh, drop)


def postgresql(template: str, cluster: Cluster) -> Copies:
    """Copy a database of the server."""
    base = cluster.fresh(template)

    def fresh() -> str:
        return cluster.url(cluster.fresh(base))

    def drop(url: str) -> None:
        cluster.drop(url.rpartition("/")[2])

    return Copies(cluster.url(base), fresh, drop)
