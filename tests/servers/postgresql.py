"""A PostgreSQL of the tests' own: in a temporary folder, on loopback, gone with the tests."""

import asyncio
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg

from tests.servers import given

PDEATHSIG = 1
# Quicker than a copy of the template by far: 44 tables are a megabyte, most of them hold nothing.
EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$ DECLARE each regclass; BEGIN
  FOR each IN SELECT oid FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  LOOP EXECUTE format('DELETE FROM %s', each); END LOOP;
END $$;
SELECT setval(oid::regclass, 1, false) FROM pg_class
WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
"""
SHAPE = """
SELECT string_agg(name, ' ' ORDER BY name) FROM (
  SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
) AS all_there
"""
# What a power cut would lose is not tested here; a killed server loses nothing without it.
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300")


def binaries() -> Path:
    """Return the folder of the newest installed server's programs."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if versions:
        return versions[-1]
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is missing: `apt-get install postgresql`, or `make test`.")
    return Path(found).resolve().parent


def die_with_parent(how: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Return a step for a new process that ends it when the tests are killed."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PDEATHSIG, how)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own: the browser tests already have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Cluster:
    """A running server, and cheap fresh databases in it."""

    def __init__(self, options: tuple[str, ...] = FAST) -> None:
        self._options = options
        self.folder = Path(tempfile.mkdtemp(prefix="socialapp-pg-", dir="/tmp"))
        self.port = free_port()
        self._made = 0
        self._used: list[str] = []
        self._shape = ""
        self._as = self._user()
        self._initialise()
        self.server = self._start()

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+asyncpg://tester@127.0.0.1:{self.port}/{name}"

    def fresh(self, template: str = "template1") -> str:
        """Make a database, a copy of `template`, and return its name."""
        self._made += 1
        name = f"test_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def lend(self, template: str) -> str:
        """Return a database with the tables of `template` and no rows; it may have been used."""
        if self._used:
            return self._used.pop()
        name = self.fresh(template)
        self._shape = self._shape or self.ask(SHAPE, name)
        return name

    def give_back(self, name: str) -> None:
        """Take one that was lent, whoever still holds a connection to it, and empty it.

        One in which a test has changed the tables themselves is removed.
        """
        self.execute(EMPTY, name)
        if self.ask(SHAPE, name) == self._shape:
            self._used.append(name)
        else:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever still holds a connection to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Run statements."""
        self._with(database, lambda connection: connection.execute(sql))

    def ask(self, sql: str, database: str) -> Any:
        """Return the one value that a query finds."""
        return self._with(database, lambda connection: connection.fetchval(sql))

    def _with(self, database: str, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        async def once() -> Any:
            dsn = self.url(database).replace("+asyncpg", "")
            connection = await asyncpg.connect(dsn)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return run(once())

    def stop(self) -> list[str]:
        """End the server and remove its folder; returns the secrets that could be read there.

        Its log of what was written has every row of databases that are gone, too.
        """
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(20)
        found = given.found_in_files(self.folder / "db/pg_wal")
        shutil.rmtree(self.folder, ignore_errors=True)
        return found

    def restart(self) -> None:
        """End the server as a crash would, and start it again on the same port."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(20)
        self.server = self._start()

    def _user(self) -> dict[str, Any]:
        """Root may not run it: lend it to the user that exists for this."""
        if os.getuid() != 0:
            return {}
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _initialise(self) -> None:
        command = [str(binaries() / "initdb"), "-D", str(self.folder / "db"), "-U", "tester"]
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*command, *options], check=True, capture_output=True, cwd="/", **self._as)

    def _start(self) -> subprocess.Popen[bytes]:
        log = (self.folder / "log").open("ab")
        server = subprocess.Popen(
            [
                *(binaries() / "postgres", "-D", self.folder / "db"),
                *("-k", self.folder, "-h", "127.0.0.1", "-p", str(self.port)),
                *self._options,
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=die_with_parent(signal.SIGQUIT),
            **self._as,
        )
        ready = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            if server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
        return server
