"""Children that never outlive us, and that are stopped politely first."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from socialapp.clock import monotonic
from socialapp.launch.plan import ROOT

Question = Callable[[], bool]
_PDEATHSIG = 1
_LOOK_S = 0.05
_LIBC = ctypes.CDLL(None)


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent is gone, however it went."""
    _LIBC.prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def python(*arguments: str) -> list[str]:
    """Return the command line of one of our own programs."""
    return [sys.executable, "-m", *arguments]


def start(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    output: int | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child in a group of its own: Ctrl-C reaches us alone, and we stop it in order."""
    parent = os.getpid()
    return subprocess.Popen(
        command,
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: die_with(parent),  # noqa: PLW1509 - no threads where this is called
    )


def stop(
    children: Sequence["subprocess.Popen[bytes]"],
    grace_s: float,
    hurry: Question = lambda: False,
) -> None:
    """End children together: a word first; by force after the grace, or when asked to hurry."""
    for child in children:
        _signal(child, signal.SIGTERM, group=False)
    until = monotonic() + grace_s
    for child in children:
        while child.poll() is None and monotonic() < until and not hurry():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_LOOK_S)
    for child in children:
        _signal(child, signal.SIGKILL, group=True)
        child.wait()


def _signal(child: "subprocess.Popen[bytes]", what: signal.Signals, *, group: bool) -> None:
    try:
        if group:
            os.killpg(child.pid, what)
        elif child.poll() is None:
            child.send_signal(what)
    except ProcessLookupError:
        pass
