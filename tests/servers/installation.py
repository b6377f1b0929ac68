"""The whole app as people start it: `socialapp run` in a folder and on a port of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from socialapp.store import secrets
from socialapp.store.session import Database
from socialapp.store.vault import FILE, Vault
from tests.servers import given
from tests.servers.postgresql import free_port
from tests.servers.program import Program

ROOT = Path(__file__).resolve().parents[2]
_OURS = ("SOCIALAPP_", "DATABASE_URL", "REDIS_URL", "REFLEX_", "__REFLEX_")


def clean_environment(**settings: str) -> dict[str, str]:
    """Return this environment without what somebody set for their own instance."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return rest | {"PYTHONPATH": str(ROOT)} | settings


def socialapp(
    *arguments: str, cwd: Path, tree: Path = ROOT, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "socialapp.cli", *arguments],
        env=clean_environment(**settings) | {"PYTHONPATH": str(tree)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


class Installation:
    """A running app; what it prints is kept in `said`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "SOCIALAPP_PORT": str(self.port),
            "SOCIALAPP_DATA_DIR": str(folder / "data"),
            **settings,
        }

    def start(self, within_s: float = 120) -> "Installation":
        """Start it and return when it is ready."""
        self._program = Program(
            [sys.executable, "-P", "-m", "socialapp.cli", "run"],
            env=clean_environment(**self.settings),
            cwd=self.folder,
        )
        self.process, self.said = self._program.process, self._program.said
        self.hear("is ready at", within_s)
        return self

    def hear(self, words: str, within_s: float = 30) -> None:
        """Wait until it has said `words`."""
        self._program.hear(words, within_s)

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for something."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def children(self) -> dict[int, str]:
        """Return the command lines of every process below it, itself included."""
        found = {self.process.pid: _command(self.process.pid)}
        for pid, parent in sorted(_parents().items()):
            if parent in found:
                found[pid] = _command(pid)
        return found

    def kill(self, word: str) -> None:
        """End the processes with `word` in their command line, without a word to them."""
        for pid, command in self.children().items():
            if word in command:
                os.kill(pid, signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)

    def secrets_in_the_open(self) -> list[str]:
        """Return the secrets that stand in what it printed or in anything that it keeps.

        Those are looked for, too, that it was given by networks and keeps sealed. Its valkey
        writes down every command, so that is searched with the files.
        """
        key = self.folder / "data" / FILE
        if key.exists():  # made when there is something to seal
            for line in key.read_text().split():
                given.given(line, "the key that seals")
            assert asyncio.run(self._sealed(key)) == []
        return given.found_in(*self.said) + given.found_in_files(self.folder, but=key)

    async def _sealed(self, key: Path) -> list[str]:
        """Note all that it keeps sealed; returns the names of what does not open."""
        database = Database(f"sqlite+aiosqlite:///{key.parent / 'socialapp.db'}")
        try:
            async with database.reading() as db:
                return await secrets.closed(db, _Noting(file=key))
        finally:
            await database.close()


class _Noting(Vault):
    """Notes what it opens, to be looked for."""

    def open(self, sealed: str, purpose: str) -> dict[str, Any]:
        value = super().open(sealed, purpose)
        given.sealed(value, purpose)
        return value


def pss_bytes(pid: int) -> int:
    """Return the memory of a process, what it shares counted in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _parents() -> dict[int, int]:
    found: dict[int, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest: Any = file.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if rest[0] != "Z":
            found[int(file.parent.name)] = int(rest[1])
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended meanwhile
