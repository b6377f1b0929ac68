"""`socialapp run`: everything starts together, is watched, and ends together."""

import json
import os
import select
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from socialapp.clock import monotonic
from tests.servers.installation import Installation, pss_bytes, socialapp
from tests.servers.postgresql import Cluster

AT_REST_BYTES = 300 * 1024 * 1024


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An app that the tests below may ask and look at."""
    app = Installation(tmp_path_factory.mktemp("running")).start()
    yield app
    app.stop()


def until(claim: Callable[[], bool], within_s: float = 30) -> None:
    """Look again and again: a grandchild's start cannot be awaited from outside."""
    end = monotonic() + within_s
    while not claim():
        assert monotonic() < end
        select.select([], [], [], 0.05)


def until_gone(pids: Iterable[int], within_s: float = 10) -> None:
    """Wait for the end of processes that are not our children."""
    for pid in pids:
        try:
            ended = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([ended], [], [], within_s)[0], pid
        os.close(ended)


def named(app: Installation, *words: str) -> list[int]:
    return [pid for pid, line in app.children().items() if all(word in line for word in words)]


def test_it_answers_and_all_parts_are_well(running: Installation) -> None:
    status, body = running.get("/api/health")

    assert status == 200
    assert json.loads(body)["status"] == "ok"


def test_it_keeps_to_its_folder_and_a_private_socket(running: Installation) -> None:
    data = running.folder / "data"

    assert {"socialapp.db", "valkey", "run.lock"} <= {each.name for each in data.iterdir()}
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "valkey").stat().st_mode & 0o077 == 0
    assert [each.name for each in running.folder.iterdir()] == ["data"]


def test_it_is_small_at_rest(running: Installation) -> None:
    memory = {line: pss_bytes(pid) for pid, line in running.children().items()}

    assert sum(memory.values()) < AT_REST_BYTES, memory


def test_another_one_on_the_same_folder_is_refused(running: Installation) -> None:
    settings = {**running.settings, "SOCIALAPP_PORT": "1"}

    done = socialapp("run", cwd=running.folder, **settings)

    assert done.returncode == 1
    assert f"in use by the instance at {running.url}" in done.stderr


def test_the_doctor_finds_it_well(running: Installation) -> None:
    done = socialapp("doctor", "--json", cwd=running.folder, **running.settings)

    found = json.loads(done.stdout)
    words = {check["name"]: check["words"] for check in found["checks"]}
    assert (done.returncode, found["ok"]) == (0, True), found
    assert words["worker"] == "1 running"
    assert running.url in words["web"]


def test_people_and_keys_are_made_from_the_terminal(running: Installation) -> None:
    person = ("--email", "alice@example.org", "--password", "correct horse battery", "--json")

    made = socialapp("users", "create", *person, cwd=running.folder, **running.settings)
    again = socialapp("users", "create", *person, cwd=running.folder, **running.settings)
    key = socialapp("keys", "create", "--name", "script", cwd=running.folder, **running.settings)

    assert json.loads(made.stdout)["email"] == "alice@example.org"
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr
    assert key.returncode == 0
    assert len(key.stdout.split()) == 1
    with sqlite3.connect(running.folder / "data" / "socialapp.db") as file:
        assert file.execute("SELECT name FROM api_key").fetchall() == [("script",)]


def test_a_part_that_dies_comes_back(running: Installation) -> None:
    well = running.get("/api/health")
    for words in (("cli", "worker"), ("valkey-server",)):
        (before,) = named(running, *words)
        running.said.clear()

        os.kill(before, signal.SIGKILL)
        running.hear("starting it again")

        until(lambda words=words, old=before: named(running, *words) not in ([], [old]))
        until(lambda: running.get("/api/health") == well)


def test_two_run_side_by_side_from_one_checkout(running: Installation, tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    other = Installation(deep).start()
    try:
        assert other.get("/api/health")[0] == running.get("/api/health")[0] == 200
        assert not any("Building" in line for line in other.said)
        # The kernel would not take a socket's path as long as this folder's.
        assert not list((deep / "data" / "valkey").glob("*.sock"))
    finally:
        pids = list(other.children())
        assert other.stop(signal.SIGINT) == 0
    until_gone(pids)
    assert "Traceback" not in "".join(other.said)


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    app = Installation(tmp_path).start()
    pids = list(app.children())
    assert len(pids) >= 4

    app.stop(signal.SIGKILL)

    until_gone(pids)
    assert Installation(tmp_path).start().stop() == 0


def test_it_runs_on_servers_of_ones_own(tmp_path: Path, postgresql: Cluster, valkey: str) -> None:
    """Two web processes share their visitors through Redis; the database is empty at first."""
    database = postgresql.fresh()
    app = Installation(
        tmp_path,
        DATABASE_URL=postgresql.url(database).replace("+asyncpg", ""),
        REDIS_URL=valkey,
        SOCIALAPP_WEB_PROCESSES="2",
    ).start()
    try:
        assert json.loads(app.get("/api/health")[1])["status"] == "ok"
        assert not named(app, "valkey-server")
        assert len(named(app, "cli", "web")) == 3  # granian's own and two that serve
    finally:
        assert app.stop() == 0
        postgresql.drop(database)
