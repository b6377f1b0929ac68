"""The whole app as people start it: `socialapp run`, in a data folder and on a port of its own."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

READY = "is ready at"
BUILDS_WITHIN_S = 240


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class App:
    """One running instance."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {
            **os.environ,
            "SOCIALAPP_PORT": str(self.port),
            "SOCIALAPP_DATA_DIR": str(folder),
            **env,
        }
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "App":
        """Start it, building the pages when they changed, and return when it says it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "socialapp.cli", "run"],
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + BUILDS_WITHIN_S
        while time.monotonic() < deadline:
            line = self._line(deadline)
            if READY in line:
                return self
            assert line or self._process.poll() is None, "".join(self.said)
        raise AssertionError("not ready in time:\n" + "".join(self.said))

    def _line(self, deadline: float) -> str:
        assert self._process
        assert self._process.stdout
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            if not ready.select(max(0.0, deadline - time.monotonic())):
                return ""
        line = self._process.stdout.readline()
        self.said.append(line)
        return line

    def stop(self) -> int:
        """Press Ctrl-C and return the exit status."""
        assert self._process
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        return int(self._process.returncode)

    def children(self, word: str) -> list[int]:
        """Return the processes below this instance whose command line has `word`."""
        assert self._process
        parents = {int(p.name): _parent(p) for p in Path("/proc").glob("[0-9]*")}
        below = {self._process.pid}
        for _ in range(4):
            below |= {pid for pid, parent in parents.items() if parent in below}
        return sorted(pid for pid in below if word in _command(pid))

    def kill(self, word: str) -> None:
        """End those processes without a word; whoever watches them starts them again."""
        for pid in self.children(word):
            os.kill(pid, signal.SIGKILL)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
