"""An older copy of the database is restored: what was posted since is not posted again."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from socialapp.launch import migrations
from socialapp.store import witness
from socialapp.store.tables import Schedule
from tests.faults.conftest import WorkerProcess
from tests.servers.installation import socialapp
from tests.servers.network import CountingNetwork
from tests.servers.postgresql import Cluster, binaries
from tests.world import World, until

NewWorker = Callable[..., WorkerProcess]


class SqliteCopy:
    """A copy of the file."""

    def __init__(self, url: str, folder: Path) -> None:
        self._file = str(make_url(url).database)
        self._copy = str(folder / "copy.db")

    def make(self) -> None:
        """Copy what is committed."""
        line, copy = pysqlite3.connect(self._file), pysqlite3.connect(self._copy)
        line.backup(copy)
        line.close()
        copy.close()

    def restore(self) -> None:
        """Put the copy in the place of the file."""
        for rest in ("-wal", "-shm"):
            Path(self._file + rest).unlink(missing_ok=True)
        shutil.copy(self._copy, self._file)


class PostgresqlCopy:
    """A dump of the database."""

    def __init__(self, url: str, folder: Path, server: Cluster) -> None:
        self._name = str(make_url(url).database)
        self._line = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "tester"]
        self._copy = str(folder / "copy.dump")
        self._server = server

    def make(self) -> None:
        """Dump what is committed."""
        self._run("pg_dump", "-Fc", "-f", self._copy, self._name)

    def restore(self) -> None:
        """Put the dump in the place of the database."""
        self._server.drop(self._name)
        self._server.execute(f"CREATE DATABASE {self._name}")
        self._run("pg_restore", "-d", self._name, self._copy)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(binaries() / program), *self._line, *arguments]
        subprocess.run(command, check=True, timeout=60)


@pytest.fixture
def copy(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Any:
    """What makes a copy of the database, and puts it back."""
    if database_url.startswith("sqlite"):
        return SqliteCopy(database_url, tmp_path)
    return PostgresqlCopy(database_url, tmp_path, request.getfixturevalue("postgresql"))


@dataclass
class Yesterday:
    """What was there when the copy was made."""

    posted: Schedule
    sending: Schedule
    due: Schedule
    later: Schedule

    async def now(self, world: World) -> dict[str, str]:
        """Return what people see of each."""
        return {name: await world.status_of(schedule) for name, schedule in vars(self).items()}


async def _copied_while_publishing(world: World, network: CountingNetwork, copy: Any) -> Yesterday:
    """Copy the database while one post is on its way and one is about to leave; then all leave."""
    posted = await world.schedule("Posted before")
    await world.reaches(posted, "posted")
    network.answers.clear()
    sending = await world.schedule("On its way")
    await network.has(2, within_s=10)
    due = await world.schedule("About to leave", in_s=3.0)
    later = await world.schedule("Later", in_s=3600)
    copy.make()
    network.answers.set()
    for schedule in (sending, due):
        await world.reaches(schedule, "posted")
    return Yesterday(posted, sending, due, later)


async def _is_noted(world: World, *, attempts: int) -> bool:
    noted = witness.remembered(world.settings.data_dir)
    return noted is not None and noted.attempt >= attempts


async def _stamp(world: World) -> None:
    """Make it look as if the migrations had made the tables."""
    async with world.database.transaction() as db:
        await db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        head = {"head": migrations.head()}
        await db.execute(text("INSERT INTO alembic_version VALUES (:head)"), head)


ONCE_EACH = {"Posted before": 1, "On its way": 1, "About to leave": 1}


async def test_nothing_that_was_posted_since_the_copy_is_posted_again(
    world: World, new_worker: NewWorker, network: CountingNetwork, copy: Any
) -> None:
    worker = new_worker()
    await worker.start()
    yesterday = await _copied_while_publishing(world, network, copy)
    await until(lambda: _is_noted(world, attempts=3))
    assert await worker.end(signal.SIGTERM) == 0

    await world.database.close()
    copy.restore()
    assert (await yesterday.now(world))["due"] == "queued"
    await new_worker().start()

    await world.reaches(yesterday.due, "missed")
    await world.reaches(yesterday.sending, "posted")
    assert await yesterday.now(world) == {
        "posted": "posted",
        "sending": "posted",
        "due": "missed",
        "later": "queued",
    }
    assert "older copy" in (await world.delivery(yesterday.due)).reason
    after = await world.schedule("After it")
    await world.reaches(after, "posted")
    assert network.requests == ONCE_EACH | {"After it": 1}


async def test_on_a_new_machine_the_command_says_that_it_is_a_copy(
    world: World, new_worker: NewWorker, network: CountingNetwork, copy: Any, tmp_path: Path
) -> None:
    worker = new_worker()
    await worker.start()
    yesterday = await _copied_while_publishing(world, network, copy)
    assert await worker.end(signal.SIGTERM) == 0

    await world.database.close()
    copy.restore()
    new = tmp_path / "new machine"
    told = {"SOCIALAPP_DATA_DIR": str(new), "DATABASE_URL": world.settings.database}
    await _stamp(world)
    said = await asyncio.to_thread(socialapp, "restored", cwd=tmp_path, **told)
    assert (said.returncode, said.stdout[:2]) == (0, "1 "), said.stdout + said.stderr
    await new_worker(SOCIALAPP_DATA_DIR=str(new)).start()

    await world.reaches(yesterday.sending, "posted")
    assert await yesterday.now(world) == {
        "posted": "posted",
        "sending": "posted",
        "due": "missed",
        "later": "queued",
    }
    assert network.requests == ONCE_EACH


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_a_copy_restored_at_once_after_the_worker_ended_posts_nothing_again(
    world: World, new_worker: NewWorker, network: CountingNetwork, copy: Any, how: signal.Signals
) -> None:
    worker = new_worker()
    await worker.start()
    yesterday = await _copied_while_publishing(world, network, copy)
    await worker.end(how)

    await world.database.close()
    copy.restore()
    await new_worker().start()

    await world.reaches(yesterday.sending, "posted")
    await world.reaches(yesterday.due, "missed", "posted")
    assert network.requests == ONCE_EACH


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_copy_restored_under_a_running_worker_posts_nothing_again(
    world: World, new_worker: NewWorker, network: CountingNetwork, copy: Any
) -> None:
    await new_worker().start()
    yesterday = await _copied_while_publishing(world, network, copy)
    await until(lambda: _is_noted(world, attempts=3))

    await world.database.close()
    copy.restore()

    await world.reaches(yesterday.due, "missed", "posted", within_s=40)
    assert network.requests == ONCE_EACH
