"""The real servers that tests run against: PostgreSQL, SQLite and valkey, each of our own."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from socialapp import live
from socialapp.store import tables
from socialapp.store.session import Database, connect
from socialapp.store.vault import Vault
from tests.servers import given
from tests.servers.postgresql import Cluster, run
from tests.servers.valkey import ValkeyServer

LONGEST = ("test_crash_points.py", "test_fuzz.py", "test_autopilot_week.py")
"""Files that take minutes; the others fill what is left beside them."""

pytest_plugins = ["tests.servers.fixtures"]

assert tables  # importing it fills SQLModel.metadata

# How long an example takes is for benchmarks: a busy machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Every network of the tests is on loopback, without https.
os.environ.setdefault("SOCIALAPP_ALLOW_PRIVATE_ADDRESSES", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or one worker does it alone at the end."""
    items.sort(key=lambda each: each.path.name not in LONGEST)


@pytest.fixture(autouse=True, scope="module")
def short_pauses() -> None:
    """Keep what the run has gathered out of the collector's way.

    Later it would stop everything for seconds, in the middle of what has to be on time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_line_of_another_test() -> Iterator[None]:
    """Each test has its own line to Redis, or none."""
    yield
    live.close_current()


@pytest.fixture(autouse=True, scope="session")
def what_is_sealed_is_secret() -> Iterator[None]:
    """Whatever the app takes for a secret is looked for, too: tokens that networks gave it."""
    with pytest.MonkeyPatch.context() as patch:
        seal = Vault.seal

        def noting(self: Vault, value: Mapping[str, Any], purpose: str) -> str:
            given.sealed(value, purpose)
            return seal(self, value, purpose)

        patch.setattr(Vault, "seal", noting)
        yield


@pytest.fixture(autouse=True)
def no_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test is about: what lets somebody in is never logged."""
    yield
    records = caplog.get_records("setup") + caplog.get_records("call")
    words = (f"{r.getMessage()}\n{r.exc_text or ''}" for r in records)
    assert given.found_in(*words) == []


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """One server for the whole run."""
    cluster = Cluster()
    yield cluster
    assert cluster.stop() == []


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Cluster) -> str:
    """A database with every table in it, to copy from."""

    async def create() -> None:
        engine = create_async_engine(postgresql.url(name))
        async with engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        await engine.dispose()

    name = postgresql.fresh()
    run(create())
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table in it, to copy from."""
    file = tmp_path_factory.mktemp("template") / "socialapp.db"
    engine = create_engine(f"sqlite:///{file}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture
def postgresql_url(postgresql: Cluster, postgresql_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database that has its tables, and nothing in them."""
    name = postgresql.lend(postgresql_template)
    yield postgresql.url(name)
    postgresql.give_back(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh SQLite file that has its tables; no secret may be read in it."""
    shutil.copy(sqlite_template, tmp_path / "socialapp.db")
    yield f"sqlite+aiosqlite:///{tmp_path / 'socialapp.db'}"
    assert given.found_in_files(tmp_path, ["socialapp.db*"]) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, for the migrations."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.fresh()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database of this test; `transaction()` and `reading()` use it too."""
    opened = connect(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """One valkey for the whole run."""
    server = ValkeyServer()
    yield server
    kept = given.found_in_files(server.folder)
    server.stop()
    assert kept == []


@pytest.fixture
def valkey(valkey_server: ValkeyServer) -> str:
    """The address of a valkey that is empty."""
    valkey_server.command("FLUSHALL")
    return valkey_server.url


@pytest.fixture
def own_valkey() -> Iterator[Callable[[], ValkeyServer]]:
    """Start servers that this test may kill."""
    started: list[ValkeyServer] = []

    def start() -> ValkeyServer:
        started.append(ValkeyServer())
        return started[-1]

    yield start
    for server in started:
        server.stop()
