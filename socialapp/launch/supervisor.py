"""The process that stays: it starts the others, waits for them, and stops them in order."""

import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from socialapp.clock import monotonic
from socialapp.launch import bundle, folder, migrations, plan, processes, valkey
from socialapp.launch.plan import CannotStart, Plan

_PATIENCE_S = 60.0
_LOOK_S = 0.05
# Longer than a request to a network may take: what was sent is recorded before the worker ends.
_WORKER_GRACE_S = 40.0
_GRACE_S = 8.0
_STEADY_S = 60.0
_LONGEST_WAIT_S = 30.0
_READY = b"worker ready"
_HEALTH = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class _Stopped(Exception):
    """Somebody asked us to end."""


@dataclass
class Part:
    """One child, and what is known about it."""

    name: str
    command: list[str]
    hears: bool = False
    """Whether we read its output, to see that it is ready."""
    child: "subprocess.Popen[bytes] | None" = None
    is_ready: bool = False
    started_at: float = 0.0
    again_at: float = 0.0
    wait_s: float = 0.5
    _rest: bytes = b""

    def start(self) -> None:
        """Start it, or start it again."""
        self.is_ready, self._rest = False, b""
        self.started_at = monotonic()
        self.child = processes.start(self.command, output=subprocess.PIPE if self.hears else None)
        if self.child.stdout:
            os.set_blocking(self.child.stdout.fileno(), False)

    @property
    def output(self) -> IO[bytes] | None:
        """Its output, as long as it has one."""
        out = self.child.stdout if self.child else None
        return out if out and not out.closed else None

    def hear(self) -> None:
        """Pass its words on; one of them means that it is ready."""
        out = self.output
        heard = out.read() if out else None
        if out and heard == b"":
            out.close()  # it will say no more; asking again would be answered at once
        if not heard:
            return
        *lines, self._rest = (self._rest + heard).split(b"\n")
        for line in lines:
            if line == _READY:
                self.is_ready = True
            else:
                say(line.decode(errors="replace"))


class Supervisor:
    """All parts of one installation on this machine."""

    def __init__(self, this: Plan) -> None:
        self.plan = this
        self.parts: list[Part] = []
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        # A signal that comes while we wait ends the wait.
        self._alarm, ring = socket.socketpair()
        for end in (self._alarm, ring):
            end.setblocking(False)
        self._ring = ring
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ring.fileno())

    def run(self) -> None:
        """Start everything, say where it is, and stay until told to stop."""
        try:
            self._start()
            say(f"socialapp is ready at {self.plan.address}")
            while True:
                self._wait(1.0)
                self._revive()
        except _Stopped:
            say("Stopping.")
        finally:
            self._stop()

    def _start(self) -> None:
        if self.plan.valkey_socket:
            self._begin(Part("valkey", [str(word) for word in valkey.command(self.plan)]))
        if not (self.plan.valkey_socket and migrations.is_current(self.plan.sqlite_file)):
            self._do(Part("preparation", processes.python("socialapp.launch.prepare")))
        os.environ[bundle.CHOSEN] = str(bundle.ensure(say))
        self._until(self._valkey_answers, "The bundled Redis server")
        web = Part("web", processes.python("socialapp.cli", "web"))
        worker = Part("worker", processes.python("socialapp.cli", "worker"), hears=True)
        self._begin(web)
        self._begin(worker)
        self._until(lambda: worker.is_ready, "The worker")
        self._until(lambda: answers(self.plan), "The web server")

    def _begin(self, part: Part) -> None:
        self.parts.append(part)
        part.start()

    def _do(self, part: Part) -> None:
        """Start a part that does one thing, and wait until it is done."""
        self._begin(part)
        while part.child and part.child.poll() is None:
            self._wait(_LOOK_S)
        self.parts.remove(part)
        if part.child and part.child.returncode:
            raise CannotStart("")  # it has said why

    def _until(self, done: "processes.Question", what: str) -> None:
        until = monotonic() + _PATIENCE_S
        while not done():
            for part in self.parts:
                if part.child and part.child.poll() is not None:
                    raise CannotStart(f"The {part.name} ended while starting ({_how(part)}).")
            if monotonic() > until:
                raise CannotStart(f"{what} did not answer within {_PATIENCE_S:.0f} s.")
            self._wait(_LOOK_S)

    def _valkey_answers(self) -> bool:
        return not self.plan.valkey_socket or valkey.answers(self.plan.valkey_socket)

    def _revive(self) -> None:
        """Start again what ended, each time after a longer wait."""
        now = monotonic()
        for part in self.parts:
            if part.child and part.child.poll() is not None:
                if now - part.started_at > _STEADY_S:
                    part.wait_s = 0.5
                say(f"The {part.name} ended ({_how(part)}); starting it again in {part.wait_s} s.")
                part.child, part.again_at = None, now + part.wait_s
                part.wait_s = min(part.wait_s * 2, _LONGEST_WAIT_S)
            elif part.child is None and now >= part.again_at:
                part.start()

    def _wait(self, seconds: float) -> None:
        """Wait for a word of a child, a signal, or the time."""
        lines = {part.output.fileno(): part for part in self.parts if part.output}
        alarm = self._alarm.fileno()
        heard, _, _ = select.select([alarm, *lines], [], [], seconds)
        for line in heard:
            if line == alarm:
                self._alarm.recv(4096)
            else:
                lines[line].hear()
        if self._asked:
            raise _Stopped

    def _ask(self, *_: object) -> None:
        self._asked = True

    def _stop(self) -> None:
        """Stop those who use the servers first, then the servers."""
        children = {part.name: part.child for part in self.parts if part.child}
        server = children.pop("valkey", None)
        self._asked = False
        grace_s = _WORKER_GRACE_S if "worker" in children else _GRACE_S
        processes.stop(list(children.values()), grace_s, hurry=lambda: self._asked)
        if server:
            processes.stop([server], _GRACE_S)


def answers(this: Plan) -> bool:
    """Whether the web server answers, well or not: what is wrong is shown there."""
    try:
        with socket.create_connection((reachable(this.host), this.port), timeout=2) as line:
            line.sendall(_HEALTH)
            return line.recv(64).split(b" ")[1:2] in ([b"200"], [b"503"])
    except OSError:
        return False


def reachable(host: str) -> str:
    """Return an address of this machine for one that means all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def see_that_port_is_free(this: Plan) -> None:
    """Raise CannotStart when something listens there, or it may not be used."""
    family = socket.AF_INET6 if ":" in this.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((this.host, this.port))
    except OSError as error:
        raise CannotStart(
            f"Port {this.port} on {this.host} cannot be used ({error.strerror}). "
            "Stop what uses it, or set SOCIALAPP_PORT to another."
        ) from error


def say(words: str) -> None:
    """Tell the person at the terminal, if there is still one."""
    try:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as this process lives


def _how(part: Part) -> str:
    code = part.child.returncode if part.child else 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def main() -> int:
    """Run until stopped; what is in the way is one sentence."""
    this = plan.handed_over()
    try:
        folder.prepare(this.folder)
        with folder.hold(this.folder, this.address):
            see_that_port_is_free(this)
            Supervisor(this).run()
    except CannotStart as error:
        if str(error):
            sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
