"""A real `socialapp run` in a folder of its own, with an owner and a key to its API."""

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks import table
from socialapp.services.members import COOKIE
from socialapp.settings import ROOT
from socialapp.store.session import Database
from tests.servers.postgresql import Cluster, die_with_parent, free_port

PASSWORD = "correct horse battery"
EMAIL = "anna@example.org"
READY = b"socialapp is ready"
# A start may have to build the pages first.
PATIENCE_S = 300.0
# Also what keeps Python from keeping compiled modules: people do not set that.
_FOREIGN = ("SOCIALAPP_", "REDIS_", "REFLEX_", "PYTHONDONTWRITEBYTECODE")
_TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass
class App:
    """One running instance."""

    address: str
    database_url: str
    process: "subprocess.Popen[bytes]"
    started_in_s: float
    key: str = ""
    cookie: str = ""

    @property
    def authorization(self) -> dict[str, str]:
        """The header of a program with a key."""
        return {"Authorization": f"Bearer {self.key}"}

    def database(self) -> Database:
        """Open its database beside it, to prepare and to read what happened."""
        return Database(self.database_url)

    def processes(self) -> dict[str, int]:
        """Return its processes by name."""
        found = {"supervisor": self.process.pid}
        for pid in _children(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            is_ours = command[1:3] == [b"-m", b"socialapp.cli"]
            program = command[0].decode().partition(" ")[0]  # valkey writes its socket behind it
            name = command[3].decode() if is_ours else Path(program).name
            inner = _children(pid)
            found[f"{name} (granian)" if inner else name] = pid
            found |= {f"{name} {number}".removesuffix(" 1"): p for number, p in enumerate(inner, 1)}
        return found

    def web_cpu_s(self) -> float:
        """Return the processor seconds that the web processes have used."""
        return sum(cpu_s(p) for name, p in self.processes().items() if name.startswith("web"))


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


def pss_mib(pid: int) -> float:
    """Return the memory of a process, its shared pages divided among those that share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def options(about: str | None) -> argparse.ArgumentParser:
    """Return the options that all benchmarks have."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    return parser


@contextmanager
def running(kind: str = "sqlite") -> Iterator[App]:
    """Start an instance with an empty database, an owner and a key; stop it at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="socialapp-bench-") as folder,
        database(kind) as url,
        started(Path(folder) / "data", url) as app,
    ):
        app.cookie = _become_owner(app)
        app.key = _make_key(Path(folder) / "data", url)
        table.note(f"Database: {kind}. Started in {app.started_in_s:.1f} s.")
        yield app


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield the DATABASE_URL of an empty database; "" is the file in the data folder."""
    if kind == "sqlite":
        yield ""
        return
    cluster = Cluster(options=("-c", "max_connections=100"))
    try:
        yield cluster.url(cluster.fresh())
    finally:
        cluster.stop()


@contextmanager
def started(data: Path, url: str = "", root: Path = ROOT) -> Iterator[App]:
    """Start the instance of a data folder, from the checkout in `root`, and stop it at the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "socialapp.cli", "run"],
        cwd=root,
        env=environment(data, url) | {"SOCIALAPP_PORT": str(port), "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - its one thread only reads
    )
    try:
        begun = monotonic()
        _wait_until_ready(process)
        took = monotonic() - begun
        # What it says later must not fill the pipe.
        threading.Thread(target=process.communicate, daemon=True).start()
        where = url or f"sqlite+aiosqlite:///{data / 'socialapp.db'}"
        yield App(f"http://127.0.0.1:{port}", where, process, took)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def environment(data: Path, url: str) -> dict[str, str]:
    """Return the environment of an instance: nothing of the one that may run here already."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    return ours | {
        "SOCIALAPP_DATA_DIR": str(data),
        "SOCIALAPP_LOG_LEVEL": "warning",
        "DATABASE_URL": url,
        "REDIS_URL": "",
    }


def _wait_until_ready(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdout
    said = b""
    until = monotonic() + PATIENCE_S
    while READY not in said:
        heard, _, _ = select.select([process.stdout], [], [], max(0.0, until - monotonic()))
        news = os.read(process.stdout.fileno(), 65536) if heard else b""
        if not news:
            raise RuntimeError(f"It did not start:\n{said.decode()}")
        said += news


def request(app: App, method: str, path: str, body: Any = None) -> tuple[Any, Any]:
    """Send one request and return the answer's JSON and headers."""
    headers = {"Content-Type": "application/json"} | (app.authorization if app.key else {})
    asked = urllib.request.Request(
        app.address + path,
        method=method,
        headers=headers,
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer), answer.headers


def _become_owner(app: App) -> str:
    body = {"name": "Anna", "email": EMAIL, "password": PASSWORD, "zone": "Europe/Berlin"}
    _, headers = request(app, "POST", "/api/owner", body)
    return str(headers["set-cookie"]).partition(";")[0].removeprefix(f"{COOKIE}=")


def _make_key(data: Path, url: str) -> str:
    command = [sys.executable, "-m", "socialapp.cli", "keys", "create", "--name", "benchmark"]
    made = subprocess.run(
        command, cwd=ROOT, env=environment(data, url), check=True, capture_output=True, text=True
    )
    return made.stdout.strip()
