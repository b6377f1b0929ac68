"""A worker that knows the judge's five networks: `python -m tests.networks.worker`.

With `fork` it imports everything once, and then makes a worker of each line that it reads: JSON
with its environment, where its words go, and what happens at its crash points. It answers with
`started PID` and `ended PID STATUS`. The product itself knows nothing of this.
"""

import json
import os
import select
import signal
import sys
import traceback
from typing import Any

from tests.networks import points


def _teach_networks() -> None:
    """Make this process know the judge's networks beside the sandbox."""
    import socialapp.providers
    from tests.networks.adapters import ADAPTERS

    socialapp.providers.PROVIDERS = (*socialapp.providers.PROVIDERS, *ADAPTERS)


def _work() -> None:
    from socialapp.settings import get_settings
    from socialapp.worker import main

    get_settings.cache_clear()
    main(get_settings())


def _become(order: dict[str, Any]) -> None:
    """Turn a fork into the worker that was ordered; never returns."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(order["env"])
    if order.get("record"):
        points.record_into(order["record"])
    if order.get("crash"):
        points.crash_at(*order["crash"])
    if order.get("freeze"):
        points.freeze_at(*order["freeze"])
    status = 1
    try:
        _work()
        status = 0
    except BaseException:
        traceback.print_exc()  # os._exit() below would swallow the reason
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _fork_for_ever() -> None:
    """Make workers until nobody orders any more; a dead one is buried at once."""
    import uvloop  # noqa: F401 - once, before the forks

    import socialapp.worker  # noqa: F401

    woken, wakes = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: set[int] = set()
    orders = b""
    _say("ready")
    while True:
        able, _, _ = select.select([0, woken], [], [])
        if woken in able:
            os.read(woken, 4096)
            _bury(children)
        if 0 in able:
            some = os.read(0, 65536)
            if not some:
                break
            *whole, orders = (orders + some).split(b"\n")
            for line in whole:
                children.add(_fork(json.loads(line)))
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _fork(order: dict[str, Any]) -> int:
    parent = os.getpid()
    if pid := os.fork():
        _say(f"started {pid}")
        return pid
    _die_with(parent)
    _become(order)
    raise AssertionError


def _die_with(parent: int) -> None:
    from tests.servers.postgresql import die_with_parent

    die_with_parent()()
    if os.getppid() != parent:
        os._exit(1)


def _bury(children: set[int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        children.discard(pid)
        _say(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    if "points" in sys.argv:
        points.install()
    _teach_networks()
    if "fork" in sys.argv:
        _fork_for_ever()
    else:
        _work()
